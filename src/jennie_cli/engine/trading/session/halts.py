"""What does not trade now: single stocks, and while the market is broken off all of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from jennie_cli.engine.feed import MarketEvent, MarketEventKind, Tick
from jennie_cli.engine.model import Stock, StockStatus

WHOLE = ""
"""The code under which an event speaks of the whole market."""

_STOPS = frozenset({MarketEventKind.HALTED, MarketEventKind.CIRCUIT_BREAKER})


class Halts:
    """Follows what the exchange tells; a stock that trades is not halted, whatever was told."""

    def __init__(self, halted: Iterable[str], tell: Callable[[str, bool], None]) -> None:
        """Begin with the stocks halted since before the session; `tell` hears each change."""
        self._since: dict[str, datetime | None] = {}
        self._tell = tell
        for code in halted:
            self._stop(code, None)

    @classmethod
    def of(cls, stocks: Iterable[Stock], tell: Callable[[str, bool], None]) -> "Halts":
        """Begin with those of some stocks that are halted this morning."""
        return cls((s.code for s in stocks if s.status is StockStatus.HALTED), tell)

    @property
    def market(self) -> bool:
        """Whether the whole market stands."""
        return WHOLE in self._since

    def __contains__(self, code: str) -> bool:
        """Whether a stock stands on its own account."""
        return code in self._since

    def hear(self, items: Sequence[Tick | MarketEvent]) -> None:
        """Take in what was told, in its order."""
        for item in items:
            if isinstance(item, Tick):
                self._traded(item)
            elif item.kind in _STOPS:
                self._stop(item.code, item.at)
            elif item.kind is MarketEventKind.RESUMED:
                self._go_on(item.code)

    def _traded(self, tick: Tick) -> None:
        """A halt that nobody was told the end of is over with the first trade after it began."""
        if tick.code in self._since and tick.regular:
            since = self._since[tick.code]
            if since is None or tick.at > since:
                self._go_on(tick.code)

    def _stop(self, code: str, at: datetime | None) -> None:
        self._since[code] = at
        self._tell(code, True)

    def _go_on(self, code: str) -> None:
        self._since.pop(code, None)
        self._tell(code, False)
