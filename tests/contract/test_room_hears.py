"""A trading room of a paper key hears of its orders over the socket, and does without it."""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.contract.served import CODES, serving

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.model import NoticeKind, Side
from jennie_cli.engine.store import NoticeSeen
from jennie_cli.engine.trading import Plan, Wish
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import House, change_setting, import_files, open_house
from jennie_cli.wiring.trading import TradingRoom, open_trading


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Run one exchange for all tests."""
    with serving(tmp_path_factory.mktemp("exchange"), "--at", "10:00", "--paper") as told:
        yield told


@pytest.fixture
def house(
    served: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Return a home with a paper key of that exchange, in its time."""
    honest = SystemClock.now
    ahead = datetime.fromisoformat(served["now"]) - honest(SystemClock())
    monkeypatch.setattr(SystemClock, "now", lambda clock: honest(clock) + ahead)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    # a key gets a token a minute
    key = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:36]
    monkeypatch.setenv("KIS_VIRTUAL_APP_KEY", key)
    monkeypatch.setenv("KIS_VIRTUAL_APP_SECRET", "s" * 180)
    monkeypatch.setenv("KIS_VIRTUAL_ACCOUNT_NO", "50000142-01")
    monkeypatch.setenv("KIS_HTS_ID", "trader1")
    options = Options(home=tmp_path / "home", profile=Profile.PAPER)
    first = open_house(options, Masker())
    change_setting(first, "kis.paper_url", served["url"], who="test")
    change_setting(first, "kis.paper_socket_url", served["ws_url"], who="test")
    import_files(first, market(tmp_path))
    first.close()
    home = open_house(options, Masker())
    yield home
    home.close()


def market(folder: Path) -> list[str]:
    """Write the stocks of the tape as they were before its day."""
    bars = ["code,date,open,high,low,close,volume"]
    bars += [f"{c},2025-06-27,70000,70500,69500,70000,900000" for c in CODES]
    master = ["code,name,market", *(f"{c},name{c},KOSPI" for c in CODES)]
    for name, lines in (("daily_ohlcv", bars), ("stock_master", master)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(folder / "daily_ohlcv.csv"), str(folder / "stock_master.csv")]


async def heard(room: TradingRoom) -> set[NoticeKind]:
    """Buy one share at market; return what notices the ledger then holds of it."""
    stock = await room.desk.find(CODES[0], Side.BUY)
    plan = await room.desk.plan(Wish(side=Side.BUY, stock=stock, qty=1))
    assert isinstance(plan, Plan)
    await room.desk.send(plan, confirmed=True)
    events = [r.event for r in room.ledger.read()]
    return {e.notice.kind for e in events if isinstance(e, NoticeSeen)}


def test_a_room_hears_of_its_orders(house: House) -> None:
    """The socket is registered before the first order; a second room leaves it to the first."""

    async def scene() -> tuple[bool, bool, set[NoticeKind]]:
        async with open_trading(house) as room:
            kinds = await heard(room)
            async with open_trading(house) as other:
                return (
                    room.orders.capabilities.notices,
                    other.orders.capabilities.notices,
                    kinds,
                )

    first, second, kinds = asyncio.run(scene())
    assert (True, False) == (first, second)
    assert {NoticeKind.ACCEPTED, NoticeKind.FILLED} <= kinds


def test_without_an_hts_id_the_records_are_polled(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders are followed all the same, and no notices are offered."""
    monkeypatch.delenv("KIS_HTS_ID")

    async def scene() -> tuple[bool, set[NoticeKind]]:
        async with open_trading(house) as room:
            return room.orders.capabilities.notices, await heard(room)

    assert (False, set()) == asyncio.run(scene())
