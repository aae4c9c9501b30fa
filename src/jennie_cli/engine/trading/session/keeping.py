"""What of a session outlives its process: told to the bus as it changes, read again at a start.

The ledger and the charts tell all of it but the highest price of the running minute, which no chart
has yet: that one is taken from here. What is lost here costs no more than those seconds.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from jennie_cli.engine.bus import Key, Keys
from jennie_cli.engine.bus.names import (
    HIGH_WATERMARK,
    LIVE_POSITIONS,
    LOSS_LATCH,
    PROFIT_FLOOR,
    RSI_SOLD,
    SCALE_OUT,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import ALIKE_RATIO, ExDate, ExitBook, ExitPolicy, Highs, Trade, rebuild
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import TradingContext
from jennie_cli.engine.trading.session.monitor import Monitor
from jennie_cli.engine.trading.session.rests import Rests

OF_A_POSITION = (HIGH_WATERMARK, SCALE_OUT, RSI_SOLD, PROFIT_FLOOR)
"""The keys of a stock that go when it is sold whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HighMark:
    """The highest price in won since a position began, as it stood at a moment.

    `bought` is the average won a share and `paid` the dividends, both as the exits count them.
    """

    high: float
    bought: float
    since: datetime
    at: datetime
    paid: float = 0.0

    def text(self) -> str:
        """Return it as the bus keeps it."""
        told = {"high": self.high, "bought": self.bought, "paid": self.paid}
        return json.dumps({**told, "since": self.since.isoformat(), "at": self.at.isoformat()})

    @classmethod
    def read(cls, text: str) -> "HighMark | None":
        """Return what a key says, None when it is something else."""
        try:
            told = json.loads(text)
            since, at = (datetime.fromisoformat(told[name]) for name in ("since", "at"))
            figures = {name: float(told.get(name, 0.0)) for name in ("high", "bought", "paid")}
            mark = cls(**figures, since=since, at=at)
        except (KeyError, TypeError, ValueError):
            return None
        aware = since.tzinfo is not None and at.tzinfo is not None
        return (
            mark if aware and mark.bought > 0 and np.isfinite([*figures.values()]).all() else None
        )


async def loss_limit_met(keys: Keys, at: datetime) -> bool:
    """Return whether a session has kept that it met the loss limit of that day. Raises BusDown."""
    return await keys.get(_latch(at)) is not None


def _latch(at: datetime) -> Key:
    return LOSS_LATCH.of(f"{at.astimezone(KST):%Y-%m-%d}")


class Kept:
    """Reads a session's exits and rests at any moment; it changes nothing."""

    def __init__(
        self,
        monitor: Monitor,
        rests: Rests,
        codes: Sequence[str],
        context: Callable[[], TradingContext],
        *,
        latched: Callable[[], bool],
        cold: Callable[[], frozenset[str]],
    ) -> None:
        """`codes` are the columns of the rests; `latched` says whether the day's loss limit was
        met, `cold` of which codes the earlier minutes of the day are still to be read.
        """
        self._latched, self._cold = latched, cold
        self._monitor, self._rests, self._codes = monitor, rests, tuple(codes)
        self._context = context

    @property
    def held(self) -> tuple[str, ...]:
        """The codes held."""
        return self._monitor.book.codes

    def stamp(self) -> tuple[object, ...]:
        """Return something that is equal for as long as nothing but a high changes."""
        book, rests = self._monitor.book, self._rests
        figures = (book.qty, book.average, book.level, book.rsi_sold, book.floor_armed)
        arrays = (*figures, rests.signal, rests.stop, rests.sale)
        return self._latched(), book.codes, *(array.tobytes() for array in arrays)

    def highs(self) -> bytes:
        """Return something that is equal for as long as no high changes."""
        return self._monitor.book.watermark.tobytes()

    def values(self, now: datetime) -> Mapping[Key, str]:
        """Return the texts of the keys of what is held, and of a loss limit that was met."""
        book = self._monitor.book
        found: dict[Key, str] = {}
        for place, code in enumerate(book.codes):
            mark = HighMark(
                high=float(book.watermark[place]),
                bought=float(book.average[place]),
                paid=float(book.dividend[place]),
                since=_entered(book, place),
                at=now,
            )
            found[HIGH_WATERMARK.of(code)] = mark.text()
            found[SCALE_OUT.of(code)] = str(int(book.level[place]))
            found[RSI_SOLD.of(code)] = str(int(book.rsi_sold[place]))
            found[PROFIT_FLOOR.of(code)] = str(int(book.floor_armed[place]))
        if self._latched():
            found[_latch(now)] = now.isoformat()
        return found

    def live(self, now: datetime) -> Mapping[Key, str]:
        """Return what others see of the session: positions with their protection, and rests.

        `charted` is False while the highs of the day before the start of the session are still to
        be read, so that the watermark may be too low.
        """
        told = {
            "at": now.isoformat(),
            "positions": self._positions(now),
            "rests": {
                "signal": self._resting(self._rests.signal, now),
                "stop": self._resting(self._rests.stop, now),
                "sale": self._resting(self._rests.sale, now),
            },
        }
        return {LIVE_POSITIONS: json.dumps(told)}

    def protected(self, now: datetime) -> frozenset[str]:
        """Return the codes held that have a price at or under which they would be sold whole."""
        levels = self._monitor.levels(now, self._context())
        return frozenset(code for code, level in zip(self.held, levels, strict=True) if level > 0)

    def _positions(self, now: datetime) -> dict[str, dict[str, Any]]:
        book, marks = self._monitor.book, self._monitor.marks()
        levels, cold = self._monitor.levels(now, self._context()), self._cold()
        return {
            code: {
                "qty": int(book.qty[place]),
                "average": float(book.average[place]),
                "price": _known(marks[place]),
                "protected_at": _known(levels[place]),
                "high": float(book.watermark[place]),
                "charted": code not in cold,
                "level": int(book.level[place]),
                "rsi_sold": bool(book.rsi_sold[place]),
                "floor_armed": bool(book.floor_armed[place]),
                "since": _entered(book, place).isoformat(),
            }
            for place, code in enumerate(book.codes)
        }

    def _resting(self, until: FloatArray, now: datetime) -> dict[str, str | None]:
        """Return when each rest ends by code, None where it lasts all day."""
        midnight = datetime.combine(now.astimezone(KST), time(), KST)
        second = (now - midnight).total_seconds()
        pairs = zip(self._codes, until.tolist(), strict=True)
        resting = {code: end for code, end in pairs if end > second}
        return {
            code: None if np.isinf(end) else (midnight + timedelta(seconds=end)).isoformat()
            for code, end in resting.items()
        }


def with_marks(
    highs: Mapping[str, Highs], marks: Mapping[str, HighMark], book: ExitBook
) -> dict[str, Highs]:
    """Return highs with what was kept of the same positions, each at the moment it was kept.

    `book` says since when each stock is held: what was kept of an earlier position is left out.
    """
    found = dict(highs)
    for code in book.codes:
        mark = marks.get(code)
        if mark is not None and _of_this(mark, book, code):
            found[code] = _joined(found.get(code), mark)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """What the ledger tells of positions at any moment, by the policy of the exits."""

    trades: Sequence[Trade]
    policy: ExitPolicy

    def fitting(
        self, marks: Mapping[str, HighMark], ex_dates: Sequence[ExDate]
    ) -> dict[str, HighMark]:
        """Return the marks whose average and dividends are those of trades and ex-dates by then.

        One that a session has kept without knowing of an ex-date would arm what never was reached.
        """
        found = {}
        for code, mark in marks.items():
            told = self._at(mark, code, ex_dates)
            if told is not None:
                near = ALIKE_RATIO * told[0]
                if abs(mark.bought - told[0]) <= near and abs(mark.paid - told[1]) <= near:
                    found[code] = mark
        return found

    def moved(self, marks: Mapping[str, HighMark], codes: Collection[str]) -> tuple[ExDate, ...]:
        """Return what marks know of ex-dates of stocks whose days nobody can tell now.

        The figures that a session has kept are those that its ex-dates had moved.
        """
        found = []
        for code in sorted(codes & marks.keys()):
            mark = marks[code]
            told = self._at(mark, code, ())
            if told is not None:
                ratio = mark.bought / told[0]
                day = mark.at.astimezone(KST).toordinal()
                event = ExDate(code=code, day=day, base_ratio=ratio, dividend=mark.paid)
                if mark.paid or abs(ratio - 1.0) > ALIKE_RATIO:
                    found.append(event)
        return tuple(found)

    def _at(
        self, mark: HighMark, code: str, ex_dates: Sequence[ExDate]
    ) -> tuple[float, float] | None:
        """Return average and dividends, won a share, of the position of a mark, None of another."""
        until = [trade for trade in self.trades if trade.code == code and trade.at <= mark.at]
        day = mark.at.astimezone(KST).toordinal()
        events = [event for event in ex_dates if event.code == code and event.day <= day]
        book = rebuild(until, {}, events, self.policy)
        place = book.place(code)
        if place is None or not _of_this(mark, book, code):
            return None
        return float(book.average[place]), float(book.dividend[place])


def _of_this(mark: HighMark, book: ExitBook, code: str) -> bool:
    place = book.codes.index(code)
    return mark.since.astimezone(KST) == _entered(book, place)


def _joined(highs: Highs | None, mark: HighMark) -> Highs:
    at = mark.at.astimezone(KST)
    own = Highs(
        day=np.array([at.toordinal()], dtype=np.int64),
        minute=np.array([at.hour * 60 + at.minute], dtype=np.int64),
        high=np.array([mark.high]),
    )
    if highs is None:
        return own
    return replace(
        own,
        day=np.concatenate([highs.day, own.day]),
        minute=np.concatenate([highs.minute, own.minute]),
        high=np.concatenate([highs.high, own.high]),
    )


def _entered(book: ExitBook, place: int) -> datetime:
    """Return the minute in which a position began."""
    day = datetime.combine(date.fromordinal(int(book.entry_day[place])), time(), KST)
    return day + timedelta(minutes=int(book.entry_minute[place]))


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)
