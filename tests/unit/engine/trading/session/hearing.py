"""A session told as ticks, minute by minute, to a bar maker and a scanner."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from tests.unit.engine.research.walk_cases import CALENDAR, at

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.path import price_path
from jennie_cli.engine.research.walk_moments import POINT_SECONDS
from jennie_cli.engine.risk import Past
from jennie_cli.engine.trading import BarMaker, TickBatch
from jennie_cli.engine.trading.bars import Closed
from jennie_cli.engine.trading.session import Scanned, SessionPolicies
from jennie_cli.engine.trading.session.rests import Rests
from jennie_cli.engine.trading.session.scanner import Scanner

GRACE_S = 1.0


@dataclass
class Ear:
    """A bar maker and a scanner of one session, and all that was said so far."""

    past: PastSession
    policies: SessionPolicies
    rests: Rests
    maker: BarMaker
    scanner: Scanner

    def hear(self, minutes: Sequence[int], *, timed: bool = True) -> Iterator[Scanned]:
        """Yield what comes of some minutes told at once, and of the timer at the end of the last.

        Without the timer a bar waits for its stock's next tick.
        """
        if not minutes:
            return
        yield self.judge(self.maker.add(ticks(self.past, minutes)))
        if timed:
            yield self.end(max(minutes))

    def end(self, minute: int) -> Scanned:
        """Let the timer close a minute."""
        over = midnight(self.past) + timedelta(minutes=minute + 1, seconds=GRACE_S)
        return self.judge(self.maker.close_minutes(over))

    def judge(self, closed: Closed) -> Scanned:
        """Return what the scanner says of bars that closed."""
        context = self.past.careful_context(self.policies.macro)
        known = self.past.context is not None
        return self.scanner.judge(self.maker.bars, closed, context, known=known)


def ear(
    past: PastSession,
    policies: SessionPolicies,
    *,
    last: Mapping[str, Past] | None = None,
    signalled_until: Mapping[str, float] | None = None,
) -> Ear:
    """Return a scanner that has heard nothing yet."""
    rests = Rests(past, last or {}, signalled_until or {}, policies, CALENDAR)
    since = at("08:50", past.day)
    return Ear(
        past=past,
        policies=policies,
        rests=rests,
        maker=BarMaker(past.candidates.codes, since=since, grace_s=GRACE_S),
        scanner=Scanner(past, policies, rests),
    )


def minutes_of(bars: SessionBars) -> list[int]:
    """Return the minutes of a session in which anything traded."""
    return [int(minute) for minute in np.unique(bars.minute[bars.known])]


def ticks(past: PastSession, minutes: Sequence[int]) -> TickBatch:
    """Return the bars of some minutes as ticks: the points of their paths, in the order of time."""
    bars = past.bars
    row, column = np.nonzero(np.isin(bars.minute, minutes))
    price = price_path(bars)[row, :, column]
    second = bars.minute[row, column][:, None] * 60 + POINT_SECONDS
    shares = np.zeros(price.shape, dtype=np.int64)
    shares[:, -1] = bars.volume[row, column]
    order = np.argsort(second.ravel(), kind="stable")
    return TickBatch(
        day=past.day,
        column=np.repeat(column, price.shape[1]).astype(np.int16)[order],
        second=second.ravel().astype(np.int32)[order],
        price=price.ravel().astype(np.int64)[order],
        qty=shares.ravel()[order],
        after_gap=np.repeat(bars.after_gap[row, column], price.shape[1])[order],
    )


def midnight(past: PastSession) -> datetime:
    """Return the start of the session's day."""
    return at("00:00", past.day)


def heard(past: PastSession, policies: SessionPolicies) -> list[Scanned]:
    """Return what a scanner says of a whole session, told minute by minute."""
    listening = ear(past, policies)
    return [said for m in minutes_of(past.bars) for said in listening.hear([m])]
