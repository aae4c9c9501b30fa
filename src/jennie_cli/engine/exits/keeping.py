"""How a book moves: by prices, by fills, by ex-dates. Nothing else changes it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from jennie_cli.engine.exits.book import ExitBook, ExitMoment, ExitPrices, Flags
from jennie_cli.engine.exits.marks import Trade
from jennie_cli.engine.exits.policy import ExitPolicy
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason, Side

ALIKE_RATIO = 1e-3
"""Averages that differ by less, as a part of one, are the same but for rounding."""


def watch(book: ExitBook, prices: ExitPrices, moment: ExitMoment, policy: ExitPolicy) -> ExitBook:
    """Return the book after these prices: a higher watermark, an armed floor, who is halted.

    Given many moments, row t has seen prices 0..t. A price counts from the minute after the fill
    on, while the session runs or in the minute of its close; a day's high never does, nor what
    would lie ahead (such as yesterday's last price, seen in the morning).
    """
    minute = prices.second // 60
    in_session = (minute >= moment.opens // 60) & (minute <= moment.closes // 60)
    later_day = moment.day.toordinal() > book.entry_day
    told = prices.second <= moment.at_second + policy.tick_age
    counts = told & in_session & (later_day | (minute > book.entry_minute))
    return replace(
        raised(book, np.where(counts, prices.price, np.nan), policy), halted=prices.halted
    )


def raised(book: ExitBook, highs: FloatArray, policy: ExitPolicy) -> ExitBook:
    """Return the book after prices that all count; NaN is none."""
    seen = np.fmax(book.watermark, highs)
    if seen.ndim > 1:
        seen = np.fmax.accumulate(seen, axis=0)
    armed = book.floor_armed | (book.gain_pct(seen) >= policy.profit_floor_armed_pct)
    return replace(book, watermark=seen, floor_armed=armed)


def newly_halted(before: ExitBook, after: ExitBook) -> Flags:
    """Return whose halt is news, so that it is told once; `after` is what `watch` made."""
    return np.asarray(after.halted & ~before.halted)


def filled(book: ExitBook, trade: Trade, policy: ExitPolicy) -> ExitBook:
    """Return the book after a confirmed fill; all that is kept of a position ends with it.

    Only the first buy after holding nothing starts a watermark. A scale-out level is taken, and
    the sale on RSI made, by its first fill.
    """
    place = book.place(trade.code)
    if trade.taken_over:
        return _taken_over(book, trade, policy)
    if trade.side is Side.BUY:
        return _entered(book, trade, policy) if place is None else _added(book, trade, policy)
    if place is None:
        return book
    qty, cost = int(book.qty[place]), int(book.cost[place])
    if trade.qty >= qty:
        return _closed(book, place)
    return book.put(
        trade.code,
        qty=qty - trade.qty,
        cost=cost - cost * trade.qty // qty,
        level=max(book.level[place], trade.level),
        rsi_sold=book.rsi_sold[place] or trade.reason is ExitReason.RSI_OVERBOUGHT,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExDate:
    """What a stock went ex on the morning of a day: base price ÷ previous close, and won a share.

    A cash dividend leaves the base price as it is (`base_ratio` 1) and is known by its amount.
    """

    code: str
    day: int
    base_ratio: float = 1.0
    dividend: float = 0.0


def rebased(book: ExitBook, event: ExDate, policy: ExitPolicy) -> ExitBook:
    """Return the book after an ex-date: average and watermark scaled, both stop and watermark
    lower by a cash dividend. Shares change when the ledger says so.
    """
    place = book.place(event.code)
    if place is None or int(book.entry_day[place]) >= event.day:
        return book
    ratio = event.base_ratio
    moved = book.put(
        event.code,
        average=book.average[place] * ratio,
        watermark=book.watermark[place] * ratio - event.dividend,
        dividend=book.dividend[place] * ratio + event.dividend,
    )
    return _rearmed(moved, policy)


def _rearmed(book: ExitBook, policy: ExitPolicy) -> ExitBook:
    """Return the book with the floors that its averages arm, so that they are known at once."""
    return raised(book, np.full(len(book.codes), np.nan), policy)


def _closed(book: ExitBook, place: int) -> ExitBook:
    return book.take([p for p in range(len(book.codes)) if p != place])


def _entered(book: ExitBook, trade: Trade, policy: ExitPolicy) -> ExitBook:
    price = trade.amount / trade.qty
    fresh: dict[str, Any] = {
        "qty": trade.qty,
        "average": price,
        "cost": trade.amount,
        "dividend": 0.0,
        "entry_day": trade.day,
        "entry_minute": trade.minute,
        "watermark": price,
        "stored_stop_pct": policy.recon_stop_pct if trade.recon else np.nan,
    }
    return book.put(trade.code, **fresh)


def _added(book: ExitBook, trade: Trade, policy: ExitPolicy) -> ExitBook:
    place = book.codes.index(trade.code)
    held = int(book.qty[place])
    qty = held + trade.qty
    more = book.put(
        trade.code,
        qty=qty,
        average=(book.average[place] * held + trade.amount) / qty,
        cost=int(book.cost[place]) + trade.amount,
        # the new shares never had what went ex before
        dividend=book.dividend[place] * held / qty,
    )
    return _rearmed(more, policy)


def _taken_over(book: ExitBook, trade: Trade, policy: ExitPolicy) -> ExitBook:
    place = book.place(trade.code)
    if place is None:
        return _entered(book, trade, policy) if trade.qty else book
    if not trade.qty:
        return _closed(book, place)
    held, average = int(book.qty[place]), float(book.average[place])
    before, now = int(book.cost[place]) / held, trade.amount / trade.qty
    if abs(average - before) <= ALIKE_RATIO * before:
        average = now
    elif trade.qty == held:
        average *= now / before
    # else these are the shares of an ex-date that has moved the average already
    moved = book.put(trade.code, qty=trade.qty, average=average, cost=trade.amount)
    return _rearmed(moved, policy)
