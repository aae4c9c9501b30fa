"""A master line is written and read, whatever the name and the code."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.model import Market, SecurityKind, Stock, StockStatus
from jennie_cli.kis_wire.masters import (
    BadMaster,
    MasterLine,
    layout,
    line_of,
    parse_line,
    tail_width,
    write_line,
)

NAMES = st.text(alphabet="가나다라힣ABC 12&", min_size=1, max_size=20).map(str.strip).filter(bool)
CODES = st.text(alphabet="0123456789KLMQ", min_size=6, max_size=9)


def test_tails_are_as_wide_as_on_record() -> None:
    """KOSPI has 70 fields in 227 characters, KOSDAQ 64 in 221."""
    widths = {m: (len(layout(m)), tail_width(m)) for m in Market}
    assert {Market.KOSPI: (70, 227), Market.KOSDAQ: (64, 221)} == widths


STOCKS = st.builds(
    Stock,
    code=CODES,
    name=NAMES,
    market=st.sampled_from(Market),
    kind=st.sampled_from(SecurityKind),
    status=st.sampled_from(StockStatus),
    shares=st.none() | st.integers(1, 10**9).map(lambda n: n * 1000),
    listed_on=st.none() | st.dates(date(1956, 3, 3), date(2099, 1, 1)),
)


@settings(max_examples=80)
@given(STOCKS)
def test_a_stock_survives_its_line(stock: Stock) -> None:
    """What a line tells of a stock is what it was made of, through bytes of CP949."""
    text = write_line(line_of(stock, isin="KR7005930003", base_price=71000))
    raw = text.encode("cp949")
    assert 9 + 12 + 40 + tail_width(stock.market) == len(raw)
    line = parse_line(raw.decode("cp949") + "\n", stock.market)
    assert (stock, "KR7005930003", "000071000") == (
        line.stock(),
        line.isin,
        line.fields["base_price"],
    )


def test_a_group_that_jennie_does_not_know_is_no_stock() -> None:
    """Warrants, funds and foreign shares are left out."""
    line = line_of(Stock(code="57JB01", name="가나워런트", market=Market.KOSPI))
    warrant = MasterLine(
        market=line.market,
        code=line.code,
        isin=line.isin,
        name=line.name,
        fields={**line.fields, "group": "EW"},
    )
    assert None is parse_line(write_line(warrant), Market.KOSPI).stock()


def test_a_line_of_another_shape_is_named() -> None:
    """A line that is too short, has no code or a field that is no number is BadMaster."""
    good = write_line(line_of(Stock(code="005930", name="가나전자", market=Market.KOSPI)))
    for bad in ("", "005930", " " * len(good)):
        with pytest.raises(BadMaster):
            parse_line(bad, Market.KOSPI)
    place = layout(Market.KOSPI)["shares_thousand"]
    start = len(good) - tail_width(Market.KOSPI) + place.start
    with pytest.raises(BadMaster, match="005930"):
        parse_line(good[:start] + "x" + good[start + 1 :], Market.KOSPI).stock()


def test_what_does_not_fit_is_not_cut() -> None:
    """A code too long, and a field the board has not, are errors of the writer."""
    with pytest.raises(ValueError, match="code has 10"):
        write_line(line_of(Stock(code="0123456789", name="가", market=Market.KOSPI)))
    line = MasterLine(market=Market.KOSDAQ, code="1", isin="", name="", fields={"kospi50": "Y"})
    with pytest.raises(ValueError, match="no such fields"):
        write_line(line)
