"""The stocks of a day, each set in motion when it is first asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from jennie_cli.simulator.exchange.pit import Pit
from jennie_cli.simulator.tapes import Listing


class Pits(Mapping[str, Pit]):
    """All listed stocks by code, in order of code. `awake` are those asked for so far."""

    def __init__(self, listings: Iterable[Listing], make: Callable[[Listing], Pit]) -> None:
        """`make` sets up one stock; it is called once for each code that is asked for."""
        self.awake: dict[str, Pit] = {}
        self._listings = {one.code: one for one in sorted(listings, key=lambda one: one.code)}
        self._make = make

    def __getitem__(self, code: str) -> Pit:
        if code not in self.awake:
            self.awake[code] = self._make(self._listings[code])
        return self.awake[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listings)

    def __len__(self) -> int:
        return len(self._listings)
