"""Price alerts ring from the session's own ticks, once each, and cost it nothing else."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import MarketEvent, Tick
from jennie_cli.engine.store import PriceAlert, Way
from jennie_cli.engine.trading.alerts import Rung
from jennie_cli.engine.trading.session.overhearing import OverheardTicks

NOW = datetime(2025, 7, 1, 10, 0, tzinfo=KST)


def tick(code: str, price: int, second: int = 1) -> Tick:
    """Return a trade of one share."""
    return Tick(
        code=code,
        at=NOW + timedelta(seconds=second),
        price=price,
        qty=1,
        day_volume=1,
        day_high=price,
    )


def alert(code: str, price: int, way: Way) -> PriceAlert:
    """Return an alert of a week."""
    return PriceAlert(
        code=code,
        name="가나다",
        price=price,
        way=way,
        who="test",
        at=NOW,
        until=NOW + timedelta(days=7),
    )


class Told:
    """A stream that tells what it was given, and keeps what it was asked for."""

    def __init__(self, *items: Tick) -> None:
        self._items = items
        self.asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = []

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Keep it."""
        self.asked.append((tuple(codes), tuple(held)))

    async def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Yield the items."""
        for item in self._items:
            yield item


def heard(stream: OverheardTicks) -> list[Tick | MarketEvent]:
    """Return all that comes."""

    async def read() -> list[Tick | MarketEvent]:
        return [item async for item in stream.ticks()]

    return asyncio.run(read())


def test_an_alert_rings_once_and_every_tick_goes_on() -> None:
    """By the first price that reaches it; the same alert named again stays silent."""
    rung: list[Rung] = []
    items = (tick("900010", 9_900), tick("900010", 10_000, 2), tick("900010", 10_100, 3))
    stream = OverheardTicks(Told(*items), rung.append)
    wanted = alert("900010", 10_000, Way.ABOVE)
    stream.listen_for([wanted])
    assert list(items) == heard(stream)
    stream.listen_for([wanted])
    heard(stream)
    assert [(wanted, 10_000)] == [(each.alert, each.price) for each in rung]


def test_a_stock_with_an_alert_is_asked_for_after_what_the_session_wants() -> None:
    """And no longer once nobody waits for it; what is held stays first."""
    told = Told()
    stream = OverheardTicks(told, lambda _: None)
    stream.watch(["900010"], held=["900020"])
    stream.listen_for([alert("900030", 1, Way.BELOW), alert("900010", 1, Way.BELOW)])
    stream.listen_for([])
    expected = [("900010",), ("900010", "900030"), ("900010",)]
    assert expected == [codes for codes, _ in told.asked]
    assert {("900020",)} == {held for _, held in told.asked}
