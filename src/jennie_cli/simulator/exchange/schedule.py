"""What everybody is told as time passes: phases of the market, interruptions, halts, breaks."""

from bisect import bisect_right
from collections.abc import Iterable

from jennie_cli.simulator.exchange.board import Phase
from jennie_cli.simulator.exchange.happenings import (
    BreakerChanged,
    BreakerStage,
    HaltChanged,
    Happening,
    PhaseChanged,
    ViChanged,
)
from jennie_cli.simulator.exchange.pit import Pit
from jennie_cli.simulator.exchange.plan import RESUME_AUCTION_MS, Pause
from jennie_cli.simulator.tapes.marks import Marks


class Schedule:
    """The known happenings of a day in order of time."""

    def __init__(self, marks: Marks, pits: Iterable[Pit], breaks: Iterable[Pause]) -> None:
        """Read what the plans of all stocks hold."""
        told = [*_phases(marks), *(one for pause in breaks for one in _break(pause))]
        for pit in pits:
            told += _stock(pit)
        self._told = sorted(told, key=lambda one: one.at_ms)
        self._times = [one.at_ms for one in self._told]

    def between(self, after: int, to: int) -> list[Happening]:
        """Return what is told in after < time <= to."""
        return self._told[bisect_right(self._times, after) : bisect_right(self._times, to)]

    def next_after(self, now: int) -> int | None:
        """Return when something is told next."""
        place = bisect_right(self._times, now)
        return self._times[place] if place < len(self._times) else None


def market_phase(marks: Marks, breaks: Iterable[Pause], now: int) -> Phase:
    """Return what the market as a whole is doing."""
    for pause in breaks:
        until = pause.until or marks.close
        if pause.at <= now < until:
            return Phase.BREAK
        if until <= now < until + RESUME_AUCTION_MS:
            return Phase.AUCTION
    begun = [change.phase for change in _phases(marks) if change.at_ms <= now]
    return begun[-1] if begun else Phase.BEFORE


def _phases(marks: Marks) -> list[PhaseChanged]:
    return [
        PhaseChanged(at_ms=marks.intake, phase=Phase.OPENING),
        PhaseChanged(at_ms=marks.open, phase=Phase.CONTINUOUS),
        PhaseChanged(at_ms=marks.closing, phase=Phase.CLOSING),
        PhaseChanged(at_ms=marks.close, phase=Phase.AFTER),
    ]


def _break(pause: Pause) -> list[Happening]:
    until = pause.until or pause.at
    return [
        BreakerChanged(at_ms=pause.at, stage=BreakerStage.HALT),
        BreakerChanged(at_ms=until, stage=BreakerStage.AUCTION),
        BreakerChanged(at_ms=until + RESUME_AUCTION_MS, stage=BreakerStage.OVER),
    ]


def _stock(pit: Pit) -> list[Happening]:
    code = pit.listing.code
    told: list[Happening] = []
    for window in pit.windows:
        if window.vi:
            told += [
                ViChanged(at_ms=window.start, code=code, active=True, vi=window.vi),
                ViChanged(at_ms=window.end, code=code, active=False, vi=window.vi),
            ]
    for pause in pit.pauses:
        if pause.phase is Phase.HALTED:
            told.append(HaltChanged(at_ms=pause.at, code=code, halted=True))
            if pause.until is not None:
                told.append(HaltChanged(at_ms=pause.until, code=code, halted=False))
    return told
