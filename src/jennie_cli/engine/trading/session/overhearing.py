"""Ticks on their way to the session, overheard for the price alerts that somebody asked for."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from jennie_cli.engine.feed import MarketEvent, Tick, Ticks
from jennie_cli.engine.store import PriceAlert
from jennie_cli.engine.trading.alerts import Rung, rung


class OverheardTicks:
    """The ticks of a stream; those of stocks with an alert are asked for too, and ring it once."""

    def __init__(self, inner: Ticks, ring: Callable[[Rung], None]) -> None:
        """`ring` is told at once of each alert that rings, and must not wait."""
        self._inner, self._ring = inner, ring
        self._codes: tuple[str, ...] = ()
        self._held: tuple[str, ...] = ()
        self._alerts: dict[str, list[PriceAlert]] = {}
        self._rung: set[PriceAlert] = set()

    def listen_for(self, alerts: Iterable[PriceAlert]) -> None:
        """Say which alerts wait; one that rang stays silent however often it is named again."""
        before = self._alerts.keys()
        waiting: dict[str, list[PriceAlert]] = {}
        for alert in alerts:
            if alert not in self._rung:
                waiting.setdefault(alert.code, []).append(alert)
        self._alerts = waiting
        if waiting.keys() != before:
            self.watch(self._codes, held=self._held)

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Say what the session wants; what has an alert comes after it."""
        self._codes, self._held = tuple(codes), tuple(held)
        self._inner.watch(tuple(dict.fromkeys((*codes, *self._alerts))), held=held)

    async def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Yield what comes."""
        async for item in self._inner.ticks():
            if isinstance(item, Tick) and item.code in self._alerts:
                self._overhear(item)
            yield item

    def _overhear(self, tick: Tick) -> None:
        for told in rung(self._alerts[tick.code], (tick,)):
            self._rung.add(told.alert)
            self._alerts[tick.code].remove(told.alert)
            self._ring(told)
