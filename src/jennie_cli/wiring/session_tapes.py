"""Keeps the tape of a session in its home, and finds it again."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from jennie_cli._version import __version__
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.signals import NO_GUESTS, Guests
from jennie_cli.engine.trading.policy import RecordPolicy, TradingPolicy
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.running_ports import SessionEars
from jennie_cli.engine.trading.session.tape import Beginning
from jennie_cli.engine.trading.session.taping import TapedDay

if TYPE_CHECKING:
    from jennie_cli.adapters.tapes import FileTape, TapeFolder
    from jennie_cli.wiring.house import House

_WHERE = "tape"


class Taping:
    """The tape of one session. Nothing that goes wrong with it stops the session: it is told."""

    def __init__(self, house: "House", ears: SessionEars) -> None:
        """Nothing is written before `day`."""
        self._house, self._ears = house, ears
        self._tape: FileTape | None = None
        self._day: TapedDay | None = None

    def __enter__(self) -> Self:
        """Be ready."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Write what is left; the tape says that it is whole if nothing broke the session off."""
        if kind is None and self._day is not None:
            self._day.end()
        tape, self._tape = self._tape, None
        if tape is not None:
            self._try(tape.close)
        keep = self._house.settings.slice(RecordPolicy).tape_sessions
        self._try(lambda: kept_tapes(self._house).forget(keep))

    def day(self, beginning: Beginning, costs: Costs, guests: Guests = NO_GUESTS) -> TradingDay:
        """Return the machine of a session, with a tape if the settings want one."""
        if self._house.settings.slice(TradingPolicy).tape:
            try:
                self._tape = kept_tapes(self._house).begin(beginning.morning.day)
            except JennieError as error:
                self._lost(error)
        self._day = TapedDay(
            beginning,
            self._tape,
            calendar=self._house.calendar,
            costs=costs,
            by=__version__,
            lost=self._lost,
            guests=guests,
        )
        return self._day

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except JennieError as error:
            self._lost(error)

    def _lost(self, error: JennieError) -> None:
        self._ears.trouble(_WHERE, error)


def kept_tapes(house: "House") -> "TapeFolder":
    """Return the tapes of the home's profile; none need be there yet."""
    from jennie_cli.adapters.tapes import TapeFolder

    return TapeFolder(house.folder.tapes(house.profile))
