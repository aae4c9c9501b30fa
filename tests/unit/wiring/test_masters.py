"""The stocks a broker profile can name come from the home, or from KIS once a day."""

import asyncio
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.model import Market, Stock
from jennie_cli.kis_wire.masters import line_of, write_line
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import House, open_house
from jennie_cli.wiring.masters import broker_stocks


class Shelf:
    """Hands out the files of both boards and counts how often it was asked."""

    def __init__(self) -> None:
        """Both files hold one stock."""
        self.asked: list[str] = []
        self.content: bytes | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer with the file that the URL names."""
        self.asked.append(request.url.path.rpartition("/")[2])
        market = Market.KOSPI if "kospi" in self.asked[-1] else Market.KOSDAQ
        code = "900100" if market is Market.KOSPI else "900200"
        stock = Stock(code=code, name="가나전자", market=market, shares=1_000)
        raw = BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            archive.writestr("code.mst", write_line(line_of(stock)).encode("cp949"))
        return httpx.Response(200, content=self.content or raw.getvalue())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A paper home without any data."""
    opened = open_house(Options(home=tmp_path / "home", profile=Profile.PAPER), Masker())
    yield opened
    opened.close()


def named(house: House, shelf: Shelf) -> dict[str, Market]:
    """Return the codes that can be named and their boards."""
    found = asyncio.run(broker_stocks(house, transport=httpx.MockTransport(shelf)))
    return {code: stock.market for code, stock in found.items()}


def test_the_files_of_both_boards_are_fetched_once_a_day(house: House) -> None:
    """The second question of a day is answered from the home."""
    shelf = Shelf()
    first = named(house, shelf)
    assert {"900100": Market.KOSPI, "900200": Market.KOSDAQ} == first
    assert first == named(house, shelf)
    assert ["kospi_code.mst.zip", "kosdaq_code.mst.zip"] == shelf.asked
    assert 2 == len([*house.folder.masters.iterdir()])


def test_a_file_that_cannot_be_read_is_not_kept(house: House) -> None:
    """It raises BrokerUnavailable, and the next question fetches it anew."""
    shelf = Shelf()
    shelf.content = b"maintenance"
    with pytest.raises(BrokerUnavailable):
        named(house, shelf)
    shelf.content = None
    assert 2 == len(named(house, shelf))


def test_an_unreachable_host_says_what_else_can_be_done(house: House) -> None:
    """The hint names the import of a master of one's own."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(BrokerUnavailable) as failure:
        asyncio.run(broker_stocks(house, transport=httpx.MockTransport(refuse)))
    assert "data import" in failure.value.hint
