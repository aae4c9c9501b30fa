"""Master files are unzipped and read, or the line that is wrong is named."""

import asyncio
import zipfile
from io import BytesIO

import pytest

from jennie_cli.adapters.kis.masters import KisMasters, stocks_of
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.model import Market, SecurityKind, Stock
from jennie_cli.kis_wire.masters import line_of, write_line

STOCKS = (
    Stock(code="005930", name="가나전자", market=Market.KOSDAQ, shares=5_000_000),
    Stock(code="0167A0", name="ACE 미국", market=Market.KOSDAQ, kind=SecurityKind.ETF),
)


def _zipped(*lines: str) -> bytes:
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("kosdaq_code.mst", "\n".join(lines).encode("cp949"))
    return raw.getvalue()


def test_the_stocks_of_a_board_are_read() -> None:
    """The file of the board is fetched and read in its order, blank lines skipped."""
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        return _zipped(*(write_line(line_of(stock)) for stock in STOCKS), "")

    assert STOCKS == asyncio.run(KisMasters(fetch).stocks(Market.KOSDAQ))
    assert asked[0].endswith("/kosdaq_code.mst.zip")


@pytest.mark.parametrize(
    "archive", [b"", b"no zip", _zipped(""), _zipped("short line"), _zipped("가")]
)
def test_what_is_no_master_is_named(archive: bytes) -> None:
    """No archive, no stock or a line of another shape is BrokerUnavailable."""
    with pytest.raises(BrokerUnavailable, match="master"):
        stocks_of(archive, Market.KOSDAQ)


def test_the_wrong_line_has_its_number() -> None:
    """The error tells where to look."""
    good = write_line(line_of(STOCKS[0]))
    with pytest.raises(BrokerUnavailable, match="line 2"):
        stocks_of(_zipped(good, "short"), Market.KOSDAQ)
