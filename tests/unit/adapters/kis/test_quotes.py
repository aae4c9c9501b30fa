"""Quotes, books, minutes and days, adjusted and without padding."""

import asyncio
from datetime import date, datetime
from typing import Any

import pytest
from tests.unit.adapters.kis.answering import Answers, answer, clock, failure

from jennie_cli.adapters.kis.answers import UnreadableAnswer
from jennie_cli.adapters.kis.caller import Reply
from jennie_cli.adapters.kis.quotes import KisQuotes
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import UnknownStock
from jennie_cli.engine.feed import MinuteBar, Quote
from jennie_cli.engine.model import StockStatus
from jennie_cli.engine.venue import default_calendar

TODAY = date(2026, 11, 23)


def _quotes(
    *replies: Reply, paper: bool = False, at: ManualClock | None = None
) -> tuple[KisQuotes, Answers]:
    caller = Answers([*replies], paper=paper)
    return KisQuotes(caller, at or clock(), default_calendar()), caller


def _price(**fields: str) -> Reply:
    row = {
        "iscd_stat_cls_code": "55",
        "temp_stop_yn": "N",
        "stck_prpr": "71000",
        "stck_sdpr": "70000",
        "stck_oprc": "70100",
        "stck_hgpr": "71200",
        "stck_lwpr": "69900",
        "stck_mxpr": "91000",
        "stck_llam": "49000",
        "acml_vol": "123456",
        "acml_tr_pbmn": "8765432100",
        "vi_cls_code": "N",
        "mrkt_warn_cls_code": "00",
        "short_over_yn": "N",
        "sltr_yn": "N",
    }
    return answer(output=row | fields)


QUOTE = Quote(
    code="005930",
    price=71000,
    base_price=70000,
    open=70100,
    high=71200,
    low=69900,
    upper_limit=91000,
    lower_limit=49000,
    volume=123456,
    value=8765432100,
)


def _book(expected: str = "0", auction: str = "311", **fields: str) -> Reply:
    levels = {
        f"{side}{kind}{n}": "0"
        for side in ("askp", "bidp")
        for kind in ("", "_rsqn")
        for n in range(1, 11)
    }
    told = {"askp1": "71100", "askp_rsqn1": "5", "bidp1": "71000", "bidp_rsqn1": "7"}
    odd = {"askp2": "71200"}
    head = {"aspr_acpt_hour": "095958"}
    after = {"stck_prpr": "71000", "stck_sdpr": "70000", "antc_cnpr": expected}
    after["antc_mkop_cls_code"] = auction
    return answer(output1=levels | told | odd | head | fields, output2=after)


def test_a_quote_is_read_whole() -> None:
    """In continuous trading one call answers, without an expected price."""
    quotes, caller = _quotes(_price())
    assert QUOTE == asyncio.run(quotes.quote("005930"))
    assert {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"} == caller.asked[0].query


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"temp_stop_yn": "Y"}, StockStatus.HALTED),
        ({"sltr_yn": "Y"}, StockStatus.LIQUIDATION),
        ({"iscd_stat_cls_code": "51"}, StockStatus.ADMINISTRATIVE),
        ({"mrkt_warn_cls_code": "03"}, StockStatus.RISK),
        ({"short_over_yn": "Y"}, StockStatus.OVERHEATED),
    ],
)
def test_a_quote_tells_the_designation(fields: dict[str, str], status: StockStatus) -> None:
    """Marks and status code are read together."""
    quotes, _ = _quotes(_price(**fields))
    assert status is asyncio.run(quotes.quote("005930")).status


@pytest.mark.parametrize(("hour", "minute", "code"), [(8, 45, "311"), (15, 25, "121")])
def test_an_auction_has_an_expected_price(hour: int, minute: int, code: str) -> None:
    """While an auction runs the book is asked too."""
    quotes, caller = _quotes(_price(), _book("71300", code), at=clock(hour, minute))
    assert 71300 == asyncio.run(quotes.quote("005930")).expected_price
    assert ["price", "book"] == [a.tr for a in caller.asked]


@pytest.mark.parametrize("code", ["112", "129", ""])
def test_what_the_opening_auction_expected_is_not_the_price_of_the_close(code: str) -> None:
    """KIS repeats it all day and for some seconds of the closing auction, under the old code."""
    quotes, _ = _quotes(_price(), _book("60000", code), at=clock(15, 20, 5))
    assert asyncio.run(quotes.quote("005930")).expected_price is None


def test_a_volatility_interruption_is_an_auction() -> None:
    """With VI active the expected price is asked; 0 is none."""
    quotes, _ = _quotes(_price(vi_cls_code="1"), _book())
    quote = asyncio.run(quotes.quote("005930"))
    assert (True, None) == (quote.vi_active, quote.expected_price)


def test_an_unknown_code_is_named() -> None:
    """A row of zeros is no quote, no book and no chart."""
    zeros = answer(output1={"stck_prpr": "0"}, output2=[])
    empty = answer(output1={}, output2={})
    quotes, _ = _quotes(_price(stck_prpr="0"), zeros, zeros, empty)
    with pytest.raises(UnknownStock):
        asyncio.run(quotes.quote("999999"))
    with pytest.raises(UnknownStock):
        asyncio.run(quotes.minutes("999999"))
    with pytest.raises(UnknownStock):
        asyncio.run(quotes.days("999999", start=TODAY, end=TODAY))
    with pytest.raises(UnreadableAnswer):
        asyncio.run(quotes.book("999999"))


def test_the_book_leaves_out_empty_levels() -> None:
    """A level without a price or without shares is none."""
    quotes, _ = _quotes(_book())
    book = asyncio.run(quotes.book("005930"))
    assert (((71100, 5),), ((71000, 7),)) == (book.asks, book.bids)
    assert datetime(2026, 11, 23, 9, 59, 58, tzinfo=KST) == book.at


def _listed(code: str, **fields: str) -> dict[str, str]:
    row = {
        "inter_shrn_iscd": code,
        "hour_cls_code": "0",
        "inter2_prpr": "71000",
        "inter2_sdpr": "70000",
        "inter2_oprc": "70100",
        "inter2_hgpr": "71200",
        "inter2_lwpr": "69900",
        "inter2_mxpr": "91000",
        "inter2_llam": "49000",
        "acml_vol": "123456",
        "acml_tr_pbmn": "8765432100",
        "intr_antc_vol": "0",
        "intr_antc_cntg_vrss": "0",
    }
    falls = fields.get("intr_antc_cntg_vrss", "0").startswith("-")
    return row | {"intr_antc_cntg_vrss_sign": "5" if falls else "2"} | fields


def test_many_quotes_take_one_call_for_thirty() -> None:
    """Codes are asked once, thirty a call; zeros and strangers are left out."""
    codes = [f"{n:06}" for n in range(1, 36)]
    first = answer(output=[_listed(code) for code in codes[:30]])
    second = answer(
        output=[_listed("000031"), _listed("000032", inter2_prpr="0"), _listed("777777")]
    )
    quotes, caller = _quotes(first, second)
    found = asyncio.run(quotes.quotes([*codes, codes[0]]))
    assert [*codes[:30], "000031"] == [quote.code for quote in found]
    assert [60, 10] == [len(a.query) for a in caller.asked]
    assert ("J", "000031") == (
        caller.asked[1].query["FID_COND_MRKT_DIV_CODE_1"],
        caller.asked[1].query["FID_INPUT_ISCD_1"],
    )


def test_a_listed_quote_tells_the_expected_price_of_an_auction() -> None:
    """The list gives the expected change; outside auctions it is left over and not read."""
    rows = [
        _listed("005930", hour_cls_code="B", intr_antc_vol="9", intr_antc_cntg_vrss="-300"),
        _listed("000660", intr_antc_vol="9", intr_antc_cntg_vrss="-300"),
    ]
    quotes, _ = _quotes(answer(output=rows))
    found = asyncio.run(quotes.quotes(["005930", "000660"]))
    assert [69700, None] == [quote.expected_price for quote in found]


@pytest.mark.parametrize(("clock_", "expected"), [((15, 25), 69_700), ((15, 31), None)])
def test_the_list_tells_what_the_closing_auction_expects(
    clock_: tuple[int, int], expected: int | None
) -> None:
    """Its hour class A is believed while the auction runs."""
    told = {"hour_cls_code": "A", "intr_antc_vol": "9", "intr_antc_cntg_vrss": "-300"}
    rows = [_listed(code, **told) for code in ("005930", "000660")]
    quotes, _ = _quotes(answer(output=rows), at=clock(*clock_))
    found = asyncio.run(quotes.quotes(["005930", "000660"]))
    assert [expected] * 2 == [quote.expected_price for quote in found]


@pytest.mark.parametrize("change", ["-70000", "-21100", "21100"])
def test_an_expected_price_beyond_the_limits_is_none(change: str) -> None:
    """No auction can trade there, so it is left over from something else."""
    odd = _listed("005930", hour_cls_code="A", intr_antc_vol="9", intr_antc_cntg_vrss=change)
    quotes, _ = _quotes(answer(output=[odd, _listed("000660")]), at=clock(15, 25))
    found = asyncio.run(quotes.quotes(["005930", "000660"]))
    assert [None, None] == [quote.expected_price for quote in found]


@pytest.mark.parametrize(
    ("change", "sign", "expected"), [("300", "5", 69_700), ("300", "3", None), ("-300", "2", None)]
)
def test_an_expected_change_takes_its_direction_from_its_code(
    change: str, sign: str, expected: int | None
) -> None:
    """Told without its minus a fall would look like a rise; what contradicts itself is nothing."""
    told = {"intr_antc_cntg_vrss": change, "intr_antc_cntg_vrss_sign": sign}
    row = _listed("005930", hour_cls_code="A", intr_antc_vol="9", **told)
    quotes, _ = _quotes(answer(output=[row, _listed("000660")]), at=clock(15, 25))
    found = asyncio.run(quotes.quotes(["005930", "000660"]))
    assert [expected, None] == [quote.expected_price for quote in found]


@pytest.mark.parametrize("paper", [True, False])
def test_one_code_is_asked_with_its_book_in_an_auction(paper: bool) -> None:
    """The book names the auction whose price it tells; the list does not."""
    quotes, caller = _quotes(_price(), _book("69700", "121"), paper=paper, at=clock(15, 25))
    (found,) = asyncio.run(quotes.quotes(["005930"]))
    assert 69_700 == found.expected_price
    assert ["price", "book"] == [a.tr for a in caller.asked]


def test_paper_asks_one_by_one() -> None:
    """The paper host has no list; unknown codes are left out there too."""
    quotes, caller = _quotes(_price(), _price(stck_prpr="0"), paper=True)
    assert (QUOTE,) == asyncio.run(quotes.quotes(["005930", "999999"]))
    assert ["price", "price"] == [a.tr for a in caller.asked]


def _minute(hhmmss: str, volume: str = "5", day: str = "20261123") -> dict[str, str]:
    return {
        "stck_bsop_date": day,
        "stck_cntg_hour": hhmmss,
        "stck_prpr": "71000",
        "stck_oprc": "70900",
        "stck_hgpr": "71100",
        "stck_lwpr": "70800",
        "cntg_vol": volume,
    }


def _chart(*rows: dict[str, Any]) -> Reply:
    return answer(output1={"stck_prpr": "71000"}, output2=[*rows])


def test_minutes_are_todays_without_the_running_one() -> None:
    """Pages go back until yesterday; minutes without a trade and fill-ins are left out."""
    quotes, caller = _quotes(
        _chart(_minute("090300"), _minute("090200"), _minute("090100", "0"), {}),
        _chart(_minute("090000"), _minute("153000", day="20261120")),
        at=clock(9, 3, 30),
    )
    bars = asyncio.run(quotes.minutes("005930"))
    at = datetime(2026, 11, 23, 9, 2, tzinfo=KST)
    expected = MinuteBar(
        code="005930", start=at, open=70900, high=71100, low=70800, close=71000, volume=5
    )
    assert [at.replace(minute=0), at] == [bar.start for bar in bars]
    assert expected == bars[-1]
    assert ["090330", "090000"] == [a.query["FID_INPUT_HOUR_1"] for a in caller.asked]


def test_a_day_without_minutes_is_empty() -> None:
    """Before the first trade there are no bars, and no more is asked."""
    quotes, caller = _quotes(_chart())
    assert () == asyncio.run(quotes.minutes("005930"))
    assert 1 == len(caller.asked)


def _day(day: str) -> dict[str, str]:
    row = _minute("", day=day)
    return row | {"stck_clpr": "71000", "acml_vol": "99"}


def test_days_are_adjusted_and_put_together() -> None:
    """The daily chart's flag 0 means adjusted; pages go back; fill-ins are skipped."""
    quotes, caller = _quotes(
        _chart(_day("20261123"), _day("20261120"), {}),
        _chart(_day("20261119"), _day("20261101")),
        _chart(),
    )
    bars = asyncio.run(quotes.days("005930", start=date(2026, 11, 10), end=TODAY))
    assert [(19, True), (20, True), (23, False)] == [(b.day.day, b.final) for b in bars]
    assert ["0"] * 3 == [a.query["FID_ORG_ADJ_PRC"] for a in caller.asked]
    assert ["20261123", "20261119", "20261118"] == [
        a.query["FID_INPUT_DATE_2"] for a in caller.asked
    ]


def _traded(day: str, close: int, change: int, sign: str) -> dict[str, str]:
    told = {"stck_clpr": str(close), "prdy_vrss": str(change), "prdy_vrss_sign": sign}
    return _day(day) | told


def test_days_as_traded_tell_what_their_change_went_by() -> None:
    """Flag 1 is unadjusted: after 50,000 won a split for five begins at 10,000 and falls by 300."""
    quotes, caller = _quotes(
        _chart(_traded("20261120", 9_700, -300, "5"), _traded("20261119", 50_000, 500, "2"), {}),
    )
    told = asyncio.run(
        quotes.days_as_traded("005930", start=date(2026, 11, 19), end=date(2026, 11, 20))
    )
    assert [(19, 50_000, 49_500), (20, 9_700, 10_000)] == [
        (d.day.day, d.close, d.base) for d in told
    ]
    assert ["1"] == [a.query["FID_ORG_ADJ_PRC"] for a in caller.asked]
    assert {71_100} == {d.high for d in told}


@pytest.mark.parametrize(
    ("change", "sign", "field"), [(300, "3", "prdy_vrss_sign"), (9_700, "2", "prdy_vrss")]
)
def test_a_day_whose_change_says_nothing_is_unreadable(change: int, sign: str, field: str) -> None:
    """A wrong base price would move a stop."""
    quotes, _ = _quotes(_chart(_traded("20261120", 9_700, change, sign)))
    with pytest.raises(UnreadableAnswer, match=f"day_chart, but {field} "):
        asyncio.run(quotes.days_as_traded("005930", start=date(2026, 11, 20), end=TODAY))


def _dividend(record_day: str, won: str, code: str = "005930") -> dict[str, str]:
    return {"record_date": record_day, "sht_cd": code, "per_sto_divi_amt": won, "divi_kind": "분기"}


def test_dividends_are_told_by_their_record_day() -> None:
    """Zero or blank is an amount that is not decided; what was not asked for is left out."""
    reply = answer(
        output1=[
            _dividend("20261231", "0"),
            _dividend("20260930", "361.50"),
            _dividend("20260930", "90", code="005935"),
            _dividend("20250930", "354"),
            _dividend("20261130", " "),
        ]
    )
    quotes, caller = _quotes(reply)
    span = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    told = asyncio.run(quotes.dividends("005930", **span))
    assert [(9, 361.5), (11, None), (12, None)] == [(d.record_day.month, d.won) for d in told]
    wanted = {"SHT_CD": "005930", "GB1": "0", "F_DT": "20260101", "T_DT": "20261231"}
    assert wanted.items() <= caller.asked[0].query.items()
    assert {"CTS": "", "HIGH_GB": ""}.items() <= caller.asked[0].query.items()


@pytest.mark.parametrize("won", ["-1", "much"])
def test_an_amount_that_is_none_is_unreadable(won: str) -> None:
    """No stop moves by it."""
    quotes, _ = _quotes(answer(output1=[_dividend("20260930", won)]))
    with pytest.raises(UnreadableAnswer, match="per_sto_divi_amt is"):
        asyncio.run(quotes.dividends("005930", start=TODAY, end=TODAY))


def test_paper_tells_no_dividends() -> None:
    """Nothing is asked."""
    quotes, caller = _quotes(paper=True)
    with pytest.raises(BrokerUnavailable, match="does not tell dividends"):
        asyncio.run(quotes.dividends("005930", start=TODAY, end=TODAY))
    assert not caller.asked


def test_todays_bar_is_final_after_the_close() -> None:
    """From the session's end on the day's bar does not change."""
    quotes, _ = _quotes(_chart(_day("20261123")), at=clock(15, 30))
    (bar,) = asyncio.run(quotes.days("005930", start=TODAY, end=TODAY))
    assert bar.final


def test_open_days_are_those_the_exchange_opens() -> None:
    """opnd_yn decides, not the bank day; paper cannot tell."""
    row = {"bass_dt": "20261230", "bzdy_yn": "Y", "opnd_yn": "Y"}
    closed = {"bass_dt": "20261231", "bzdy_yn": "Y", "opnd_yn": "N"}
    quotes, caller = _quotes(answer(output=[row, closed]))
    found = asyncio.run(quotes.open_days(date(2026, 12, 30)))
    assert ((date(2026, 12, 30), True), (date(2026, 12, 31), False)) == found
    assert {"BASS_DT": "20261230", "CTX_AREA_NK": "", "CTX_AREA_FK": ""} == caller.asked[0].query
    paper, asked = _quotes(paper=True)
    with pytest.raises(BrokerUnavailable):
        asyncio.run(paper.open_days(TODAY))
    assert [] == asked.asked


@pytest.mark.parametrize(
    "reply", [failure("EGW00001", status=500), _price(stck_sdpr=""), _price(acml_vol="many")]
)
def test_a_quote_that_cannot_be_read_is_named(reply: Reply) -> None:
    """A failure or an odd figure is BrokerUnavailable."""
    quotes, _ = _quotes(reply)
    with pytest.raises(BrokerUnavailable):
        asyncio.run(quotes.quote("005930"))


def test_the_real_host_tells_thirty_stocks_at_once() -> None:
    """The paper host tells each by itself."""
    assert (30, 1) == (_quotes()[0].at_once, _quotes(paper=True)[0].at_once)
