"""The prices and profits at which the rules of the chain act, one definition for all who ask."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from jennie_cli.engine.exits.book import REGIMES, ExitBook, ExitMoment, Flags
from jennie_cli.engine.exits.policy import ExitPolicy
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Regime

BULLS = (Regime.STRONG_BULL, Regime.BULL)
_BEARS = (Regime.BEAR, Regime.STRONG_BEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Where each rule stands at one price, (positions,) or (moments, positions).

    `now_pct` and `high_pct` are profits on the average price, at the price and at the watermark.
    Stops and arming limits are profits too; `atr_stop` is won, `trailing_drop` percent of the
    watermark.
    """

    now_pct: FloatArray
    high_pct: FloatArray
    atr_stop: FloatArray
    fixed_stop: FloatArray
    lock_1: FloatArray
    lock_2: FloatArray
    trailing: FloatArray
    trailing_drop: FloatArray


def levels(book: ExitBook, price: FloatArray, moment: ExitMoment, policy: ExitPolicy) -> Levels:
    """Return the levels that hold at a price in won; what is unknown tightens nothing.

    The macro stop factor widens the ATR stop as it is, and the fixed stop only where it is above
    1. A MACD divergence and a topping chart each tighten the ATR stop and arm trailing sooner.
    """
    atr_won = np.where(
        np.isnan(book.past.atr), book.average * policy.atr_unknown_pct / 100.0, book.past.atr
    )
    atr_pct = atr_won * 100.0 / book.average
    diverging = book.past.macd.divergence_pct(price) > 0.0
    topping = book.past.topping > 0.0
    width = _times(diverging, policy.divergence_stop) * _times(topping, policy.topping_stop)
    factor = moment.stop_factor
    fixed = np.maximum(
        policy.hard_stop_pct, policy.fixed_stop_pct * np.maximum(1.0, factor)
    ) + np.zeros_like(book.average)
    trail = _times(topping, policy.topping_trailing)
    return Levels(
        now_pct=book.gain_pct(price),
        high_pct=book.gain_pct(book.watermark),
        atr_stop=book.average - policy.atr_stop * factor * atr_won * width - book.dividend,
        fixed_stop=np.fmax(fixed, book.stored_stop_pct),
        lock_1=np.clip(
            policy.profit_lock_1_atr * atr_pct,
            policy.profit_lock_1_least_pct,
            policy.profit_lock_1_most_pct,
        ),
        lock_2=np.clip(
            policy.profit_lock_2_atr * atr_pct,
            policy.profit_lock_2_least_pct,
            policy.profit_lock_2_most_pct,
        ),
        trailing=policy.trailing_armed_pct * _times(diverging, policy.divergence_trailing) * trail,
        trailing_drop=trailing_drop(policy)[moment.regime] * trail,
    )


def protective_level(
    book: ExitBook, price: FloatArray, moment: ExitMoment, policy: ExitPolicy
) -> FloatArray:
    """Return the highest price in won, at or under which a whole position would be sold now.

    Of the stops, and of the floor, locks and trailing stop that are armed. Trailing protects only
    while both the price and its own level yield its least profit. `price` is that of now, NaN
    where unknown, which leaves trailing out.
    """
    at = levels(book, price, moment, policy)
    locks = (
        (policy.profit_floor_pct, book.floor_armed),
        (policy.profit_lock_2_pct, at.high_pct >= at.lock_2),
        (policy.profit_lock_1_pct, policy.profit_lock_1 & (at.high_pct >= at.lock_1)),
        (policy.breakeven_pct, _breakeven(at, policy)),
    )
    found = np.fmax(at.atr_stop, book.price_at(np.fmax(at.fixed_stop, policy.hard_stop_pct)))
    for gain_pct, armed in locks:
        found = np.fmax(found, np.where(armed, book.price_at(gain_pct), np.nan))
    trail = book.watermark * (100.0 - at.trailing_drop) / 100.0
    least = policy.trailing_least_pct
    live = policy.trailing & (at.high_pct >= at.trailing)
    live = live & (at.now_pct >= least) & (book.gain_pct(trail) >= least)
    return np.fmax(found, np.where(live, trail, np.nan))


def _breakeven(at: Levels, policy: ExitPolicy) -> Flags:
    armed = at.high_pct >= policy.breakeven_armed_pct
    return np.asarray(armed & (not policy.profit_lock_1))


def _times(where: Flags, factor: float) -> FloatArray:
    return np.where(where, factor, 1.0)


@cache
def scale_out(policy: ExitPolicy) -> tuple[FloatArray, FloatArray]:
    """Return profits and slices by regime, (regimes, levels) in percent; NaN behind the last."""
    neutral = (policy.scale_neutral_pct, policy.scale_neutral_share_pct)
    of = dict.fromkeys(REGIMES, neutral)
    of |= dict.fromkeys(BULLS, (policy.scale_bull_pct, policy.scale_bull_share_pct))
    of |= dict.fromkeys(_BEARS, (policy.scale_bear_pct, policy.scale_bear_share_pct))
    most = max(len(profits) for profits, _ in of.values())
    table = np.full((2, len(REGIMES), most + 1), np.nan)
    for row, regime in enumerate(REGIMES):
        for part, figures in enumerate(of[regime]):
            table[part, row, : len(figures)] = figures
    return table[0], table[1]


def scale_out_pct(policy: ExitPolicy, regime: Regime, level: int) -> float:
    """Return the profit in percent from which a level, counted from 1, is sold; NaN without it."""
    profits = scale_out(policy)[0][REGIMES.index(regime)]
    return float(profits[min(level - 1, len(profits) - 1)])


@cache
def trailing_drop(policy: ExitPolicy) -> FloatArray:
    """Return the fall from the high that sells by regime, (regimes,), percent of the high."""
    of = dict.fromkeys(REGIMES, policy.trailing_drop_pct)
    of |= dict.fromkeys(BULLS, policy.trailing_drop_bull_pct)
    of[Regime.STRONG_BEAR] = policy.trailing_drop_strong_bear_pct
    return np.array([of[regime] for regime in REGIMES])
