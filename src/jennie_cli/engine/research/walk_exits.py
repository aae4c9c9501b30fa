"""Exits of a past session: a book judged over all moments to come, until one of them sells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.exits import (
    CHAIN,
    NO_EXIT,
    REGIMES,
    ExitBook,
    ExitMoment,
    ExitPolicy,
    ExitPrices,
    ExitTable,
    day_second,
    judge,
    protective_level,
    watch,
)
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason, TradingContext
from jennie_cli.engine.research.path import PATH
from jennie_cli.engine.research.walk_moments import Moments
from jennie_cli.engine.rules import Rule, RuleCount
from jennie_cli.engine.rules import exits as exit_rule
from jennie_cli.engine.venue import Session

PROFITS: Mapping[ExitReason, Rule | None] = {
    ExitReason.SCALE_OUT: exit_rule.SCALE_OUT_LEVEL,
    ExitReason.PROFIT_TARGET: exit_rule.PROFIT_TARGET,
    ExitReason.RSI_OVERBOUGHT: None,
}
"""The sales that a rise calls for, with the rule whose limit is the profit that does, if one is."""

LOOK = 256
"""Moments judged in one call at most: what lies behind a sale is judged anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What the exits of one session are judged by, the same at every moment of it.

    `lower_limit` is won, (stocks,), NaN without one.
    """

    day: date
    hours: Session
    context: TradingContext
    moments: Moments
    lower_limit: FloatArray
    policy: ExitPolicy

    def moment(self, second: FloatArray, total: FloatArray, held_back: FloatArray) -> ExitMoment:
        """Return moments, `second` and `total` (moments, 1) or one figure each."""
        return ExitMoment(
            day=self.day,
            at_second=second,
            opens=int(day_second(self.hours.open)),
            auction=int(day_second(self.hours.closing_auction_start)),
            closes=int(day_second(self.hours.close)),
            regime=np.array(REGIMES.index(self.context.regime)),
            stop_factor=np.array(self.context.stop_factor),
            total=total,
            liquidate=np.zeros(len(held_back), dtype=np.bool_),
            pending_until=held_back,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A book judged from one moment on as if nothing were sold; row 0 of `table` is `first`.

    `plain` is the book before these moments, `seen` the one that has seen each of them.
    """

    first: int
    plain: ExitBook
    seen: ExitBook
    table: ExitTable

    @property
    def end(self) -> int:
        """The moment after the last one judged."""
        return self.first + len(self.table.reason)

    def book(self, moment: int) -> ExitBook:
        """Return the book before a moment, as those before it left it."""
        if moment <= self.first:
            return self.plain
        row = moment - self.first - 1
        return replace(
            self.plain, watermark=self.seen.watermark[row], floor_armed=self.seen.floor_armed[row]
        )

    def levels(self, keeping: Keeping, marks: FloatArray, first: int) -> FloatArray:
        """Return the protective levels at the ends of minutes, (minutes, positions) in won.

        `marks`, as shaped, are the closes known then; `first` counts the minutes that had ended
        at the first of them. Every row reads the moments before it alone.
        """
        ended = first + np.arange(len(marks))
        row = np.maximum(ended * len(PATH) - self.first, 0)
        book = replace(
            self.plain,
            watermark=np.vstack([self.plain.watermark, self.seen.watermark])[row],
            floor_armed=np.vstack([self.plain.floor_armed, self.seen.floor_armed])[row],
        )
        second = np.append(-np.inf, keeping.moments.ends)[ended][:, None]
        nothing = np.full(len(book.codes), -np.inf)
        moment = keeping.moment(second, np.array(np.nan), nothing)
        return protective_level(book, marks, moment, keeping.policy)

    def profit_level(self, moment: int, place: int, reason: ExitReason) -> float:
        """Return the price in won from which a position is sold for a profit, NaN if none is."""
        rule = PROFITS[reason]
        if rule is None:
            return float("nan")
        gain = self.table.limit[CHAIN.index(rule), moment - self.first, place]
        return float(self.plain.price_at(gain)[place])

    def next_sale(self, start: int, stop: int) -> int | None:
        """Return the first moment from start to before stop that sells anything, if any does."""
        rows = self.table.reason[start - self.first : stop - self.first]
        selling = (rows != NO_EXIT).any(axis=1)
        return start + int(selling.argmax()) if selling.any() else None

    def counts(self, stop: int) -> tuple[RuleCount, ...]:
        """Return how often each rule was asked and fired before a moment."""
        rows = slice(0, stop - self.first)
        asked = self.table.asked[:, rows].sum(axis=(1, 2))
        fired = self.table.fired[:, rows].sum(axis=(1, 2))
        return tuple(
            RuleCount(rule=rule.id, asked=int(asked[n]), fired=int(fired[n]))
            for n, rule in enumerate(CHAIN)
        )


def watch_from(
    keeping: Keeping,
    book: ExitBook,
    first: int,
    *,
    columns: Sequence[int],
    worth: FloatArray,
    held_back: FloatArray,
) -> Watched:
    """Judge a book over the next moments.

    `columns` are the places of its stocks, NO_COLUMN for one that is not among them; `worth` is
    won of the whole account by row of `Moments.closes`; `held_back` the second until which each
    position is not sold, -inf without one.
    """
    rows = slice(first, min(first + LOOK, keeping.moments.count))
    second = keeping.moments.second[rows, None]
    price = _taken(keeping.moments.price[rows], columns)
    nothing = np.full(price.shape, np.nan)
    prices = ExitPrices(
        price=price,
        second=np.where(np.isnan(price), np.nan, second),
        expected=nothing,
        expected_second=nothing,
        lower_limit=_taken(keeping.lower_limit[None], columns)[0],
        halted=np.zeros(len(columns), dtype=np.bool_),
    )
    total = worth[np.arange(rows.start, rows.stop) // len(PATH)][:, None]
    moment = keeping.moment(second, total, held_back)
    seen = watch(book, prices, moment, keeping.policy)
    return Watched(
        first=first, plain=book, seen=seen, table=judge(seen, prices, moment, keeping.policy)
    )


NO_COLUMN = -1


def _taken(prices: FloatArray, columns: Sequence[int]) -> NDArray[np.float64]:
    padded = np.hstack([prices, np.full((len(prices), 1), np.nan)])
    return padded[:, list(columns)]
