"""The in-memory twin of what a person asked the session to do."""

from datetime import datetime

from jennie_cli.engine.store.standing import Ask, same_ask


class MemoryStanding:
    """Asks that are forgotten at exit."""

    def __init__(self) -> None:
        """Start with nothing asked."""
        self._asks: dict[tuple[type[Ask], str], Ask] = {}

    def all(self) -> tuple[Ask, ...]:
        """Return what was asked and not taken back, oldest first."""
        return tuple(self._asks.values())

    def put(self, *asks: Ask) -> None:
        """Keep asks."""
        for ask in asks:
            self._asks.pop(_place(ask), None)
            self._asks[_place(ask)] = ask

    def drop(self, *asks: Ask, who: str, at: datetime) -> tuple[Ask, ...]:
        """Take asks back and return those that were there."""
        del who, at
        found = (self._asks.pop(_place(ask), None) for ask in asks)
        return tuple(ask for ask in found if ask is not None)


def _place(ask: Ask) -> tuple[type[Ask], str]:
    return type(ask), same_ask(ask)
