"""The exit chain: which of the stocks held is sold now, how much of it, and for what reason.

No switch on trading reaches this room. That a freeze holds everything back except a forced
liquidation is for those who stamp orders, who are told here what would have been sold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.exits.book import REGIMES, ExitBook, ExitMoment, ExitPrices, Flags
from jennie_cli.engine.exits.levels import BULLS, Levels, levels, scale_out
from jennie_cli.engine.exits.policy import ExitPolicy
from jennie_cli.engine.exits.table import REASONS, Asking, ExitTable
from jennie_cli.engine.indicators import death_cross_pct, rsi_today
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason
from jennie_cli.engine.rules import Rule
from jennie_cli.engine.rules import exits as rule

_BULL = np.array([regime in BULLS for regime in REGIMES])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What the rules look at; `steady` is the session without its closing auction."""

    book: ExitBook
    moment: ExitMoment
    policy: ExitPolicy
    price: FloatArray
    age: FloatArray
    steady: Flags
    open: Flags
    at: Levels
    rows: Asking


def judge(book: ExitBook, prices: ExitPrices, moment: ExitMoment, policy: ExitPolicy) -> ExitTable:
    """Ask every rule of every position at one moment, or at many that leave the book as it is.

    Give the book that `watch` made of these prices. With many moments row t tells what would
    be decided at t if nothing had been sold before; it reads rows 0..t alone.
    """
    scene = _scene(book, prices, moment, policy)
    _whether(scene, prices)
    _stops_and_locks(scene)
    _trailing(scene)
    slice_qty = _scale_out(scene)
    half_qty = _overbought(scene)
    _patience(scene)
    rows = scene.rows
    reason = rows.reason()
    scaling = reason == REASONS.index(ExitReason.SCALE_OUT)
    halving = reason == REASONS.index(ExitReason.RSI_OVERBOUGHT)
    sold = np.where(scaling, slice_qty, np.where(halving, half_qty, book.qty))
    selling = reason >= 0
    return ExitTable(
        codes=book.codes,
        asked=rows.asked,
        value=rows.value,
        limit=rows.limit,
        fired=rows.fired,
        reason=reason,
        sell_qty=np.where(selling, sold, 0),
        level=np.where(scaling, book.level + 1, 0),
        at_lower_limit=selling & (scene.price <= prices.lower_limit),
    )


def held_back_until(table: ExitTable, moment: ExitMoment, policy: ExitPolicy) -> FloatArray:
    """Return the second until which what is sold now is not sold again, -inf where nothing is.

    At the lower limit and in the closing auction one order waits until the close.
    """
    waits = table.at_lower_limit | (moment.auction <= moment.at_second)
    until = np.where(waits, float(moment.closes), moment.at_second + policy.pending)
    return np.where(table.reason >= 0, until, -np.inf)


def _scene(book: ExitBook, prices: ExitPrices, moment: ExitMoment, policy: ExitPolicy) -> _Scene:
    now, shape = moment.at_second, np.broadcast(book.watermark, prices.price, moment.at_second)
    steady = (moment.opens <= now) & (now < moment.auction)
    stops_only = (moment.auction <= now) & (now <= moment.closes - policy.auction_cut)
    price = np.where(stops_only, prices.expected, prices.price)
    told_at = np.where(stops_only, prices.expected_second, prices.second)
    return _Scene(
        book=book,
        moment=moment,
        policy=policy,
        price=price,
        age=np.where(np.isnan(price), np.nan, now - told_at),
        steady=steady,
        open=(steady | stops_only) & (moment.closes > 0),
        at=levels(book, price, moment, policy),
        rows=Asking(shape.shape),
    )


def _whether(scene: _Scene, prices: ExitPrices) -> None:
    """Ask whether there is anything to decide, and on what."""
    ask, moment = scene.rows.ask, scene.moment
    ask(rule.HOURS, fires=~scene.open, ends=True)
    ask(rule.HALTED, fires=prices.halted, ends=True)
    wait = moment.pending_until - moment.at_second
    wait = np.where(np.isinf(wait), np.nan, wait)
    ask(rule.PENDING, fires=wait > 0.0, value=wait, limit=0.0, ends=True)
    ask(rule.FORCED_LIQUIDATION, fires=moment.liquidate)
    limit = scene.policy.tick_age
    # what seems to lie ahead is of another day
    stale = ~(np.abs(scene.age) <= limit)
    ask(rule.FRESH, fires=stale, value=scene.age, limit=limit, ends=True)


def _stops_and_locks(scene: _Scene) -> None:
    ask, policy, at, now = scene.rows.ask, scene.policy, scene.at, scene.at.now_pct
    hard, steady = policy.hard_stop_pct, scene.steady
    ask(rule.HARD_STOP, fires=now <= hard, value=now, limit=hard)
    armed = ask(
        rule.PROFIT_FLOOR_ARMED,
        fires=scene.book.floor_armed,
        among=steady,
        value=at.high_pct,
        limit=policy.profit_floor_armed_pct,
    )
    _lock(scene, rule.PROFIT_FLOOR, armed, policy.profit_floor_pct)
    armed = _arm(scene, rule.PROFIT_LOCK_2_ARMED, at.lock_2, steady)
    _lock(scene, rule.PROFIT_LOCK_2, armed, policy.profit_lock_2_pct)
    armed = _arm(scene, rule.PROFIT_LOCK_1_ARMED, at.lock_1, steady & policy.profit_lock_1)
    _lock(scene, rule.PROFIT_LOCK_1, armed, policy.profit_lock_1_pct)
    instead = steady & (not policy.profit_lock_1)
    armed = _arm(scene, rule.BREAKEVEN_STOP_ARMED, policy.breakeven_armed_pct, instead)
    _lock(scene, rule.BREAKEVEN_STOP, armed, policy.breakeven_pct)
    calm = ~_gapping(scene)
    below = scene.price < at.atr_stop
    ask(rule.ATR_STOP, fires=below, among=calm, value=scene.price, limit=at.atr_stop)
    ask(rule.FIXED_STOP, fires=now <= at.fixed_stop, among=calm, value=now, limit=at.fixed_stop)


def _arm(scene: _Scene, which: Rule, limit: FloatArray | float, among: Flags) -> Flags:
    high = scene.at.high_pct
    return scene.rows.ask(which, fires=high >= limit, among=among, value=high, limit=limit)


def _lock(scene: _Scene, which: Rule, armed: Flags, limit: float) -> None:
    now = scene.at.now_pct
    scene.rows.ask(which, fires=now < limit, among=armed, value=now, limit=limit)


def _gapping(scene: _Scene) -> Flags:
    """Return where the gap guard, if it is on, waits for the opening minutes to settle."""
    policy, moment, now = scene.policy, scene.moment, scene.at.now_pct
    early = moment.at_second < moment.opens + policy.gap_guard_seconds
    return np.asarray(policy.gap_guard & early & (now <= policy.gap_guard_pct))


def _trailing(scene: _Scene) -> None:
    ask, policy, at, book = scene.rows.ask, scene.policy, scene.at, scene.book
    among = scene.steady & policy.trailing
    armed = _arm(scene, rule.TRAILING_STOP_ARMED, at.trailing, among)
    drop = (book.watermark - scene.price) * 100.0 / book.watermark
    fallen = ask(
        rule.TRAILING_STOP_DROP,
        fires=drop >= at.trailing_drop,
        among=armed,
        value=drop,
        limit=at.trailing_drop,
    )
    least = policy.trailing_least_pct
    enough = at.now_pct >= least
    ask(rule.TRAILING_STOP, fires=enough, among=fallen, value=at.now_pct, limit=least)


def _scale_out(scene: _Scene) -> NDArray[np.int64]:
    """Ask for the next level alone; return the shares of its slice."""
    ask, policy, book = scene.rows.ask, scene.policy, scene.book
    profits, shares = scale_out(policy)
    level = np.minimum(book.level, profits.shape[1] - 1)
    limit, share = profits[scene.moment.regime, level], shares[scene.moment.regime, level]
    now = scene.at.now_pct
    among = scene.steady & ~np.isnan(limit)
    reached = ask(rule.SCALE_OUT_LEVEL, fires=now >= limit, among=among, value=now, limit=limit)
    qty = _part(book.qty, share)
    worth = qty * scene.price
    least = np.fmin(
        float(policy.scale_least), scene.moment.total * policy.scale_least_total_pct / 100.0
    )
    fires = (worth >= least) & (qty < book.qty)
    ask(rule.SCALE_OUT, fires=fires, among=reached, value=worth, limit=least)
    return qty


def _overbought(scene: _Scene) -> NDArray[np.int64]:
    """Ask the daily RSI, once a position and not while it trails; return the shares of a sale."""
    ask, policy, book, at = scene.rows.ask, scene.policy, scene.book, scene.at
    trails = policy.trailing & (at.high_pct >= at.trailing)
    qty = _part(book.qty, np.array(policy.rsi_share_pct))
    among = scene.steady & ~book.rsi_sold & ~trails & (qty < book.qty)
    least = policy.rsi_profit_pct
    enough = ask(
        rule.RSI_OVERBOUGHT_PROFIT,
        fires=at.now_pct >= least,
        among=among,
        value=at.now_pct,
        limit=least,
    )
    rsi = (
        rsi_today(book.past.bars, scene.price) if enough.any() else np.full_like(at.now_pct, np.nan)
    )
    limit = policy.rsi_limit
    ask(rule.RSI_OVERBOUGHT, fires=rsi >= limit, among=enough, value=rsi, limit=limit)
    return qty


def _patience(scene: _Scene) -> None:
    """Ask what ends a position that neither rises nor falls enough."""
    ask, policy, book, now = scene.rows.ask, scene.policy, scene.book, scene.at.now_pct
    target = policy.target_pct
    untrailed = scene.steady & (not policy.trailing)
    ask(rule.PROFIT_TARGET, fires=now >= target, among=untrailed, value=now, limit=target)
    limit = policy.death_cross_loss_pct
    among = scene.steady & ~_BULL[scene.moment.regime]
    losing = ask(rule.DEATH_CROSS_LOSS, fires=now < limit, among=among, value=now, limit=limit)
    gap = (
        death_cross_pct(book.past.bars, scene.price) if losing.any() else np.full_like(now, np.nan)
    )
    limit = policy.death_cross_pct
    ask(rule.DEATH_CROSS, fires=gap >= limit, among=losing, value=gap, limit=limit)
    held = (scene.moment.day.toordinal() - book.entry_day).astype(np.float64)
    days = policy.time_exit_days
    ask(rule.TIME_EXIT, fires=held >= days, among=scene.steady, value=held, limit=float(days))


def _part(qty: NDArray[np.int64], share_pct: FloatArray) -> NDArray[np.int64]:
    """Return a part of the shares, rounded down but at least one."""
    known = np.where(np.isnan(share_pct), 0.0, share_pct)
    return np.maximum(1, (qty * known / 100.0).astype(np.int64))
