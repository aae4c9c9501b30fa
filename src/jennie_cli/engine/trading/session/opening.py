"""What an account brings into a session, found again from the ledger alone.

A session that was killed and one that begins in the morning are opened the same way: nothing that
decides a trade is kept anywhere but in the ledger, in prices, and in the keys that say which
signals were given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.execution import orders
from jennie_cli.engine.exits import (
    STOPS,
    ExDate,
    ExitBook,
    Highs,
    Trade,
    day_second,
    rebuild,
    trades_of,
)
from jennie_cli.engine.exits import Past as PastDays
from jennie_cli.engine.model import Side
from jennie_cli.engine.portfolio import Portfolio
from jennie_cli.engine.risk import BY_SIGNAL, Past
from jennie_cli.engine.sectors import OTHER
from jennie_cli.engine.signals import SignalPolicy
from jennie_cli.engine.store import LedgerEvent
from jennie_cli.engine.trading.daybook import committed
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.policies import SessionPolicies


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is held and owed, and what was done before; a mapping goes by code unless it says more.

    `equity` is won at the last close, `cash` won now as the ledger tells them; None when unknown.
    `entries` are the won of today's automatic buys by order id, filled or still open: `bought` is
    their number and `ordered` their sum, at the fill where there was one, else at the limit.
    `last` is what was done with each stock, `signalled_until` the second of the day until which it
    rests after its signal, `groups` the sector group of what is held, `marks` last prices in won of
    what has no base price today. `trades` of the ledger are
    in all this: the next one is news. `cold` are the codes that give no signal before their earlier
    minutes of the day are read.
    """

    book: ExitBook
    last: Mapping[str, Past]
    signalled_until: Mapping[str, float]
    equity: int | None
    cash: int | None
    latched: bool
    groups: Mapping[str, str]
    trades: int
    entries: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    cold: frozenset[str] = frozenset()

    @property
    def bought(self) -> int:
        """How many automatic buys of today there are."""
        return len(self.entries)

    @property
    def ordered(self) -> int:
        """Won of the automatic buys of today."""
        return sum(self.entries.values())


def opening_of(
    events: Sequence[LedgerEvent],
    morning: Morning,
    *,
    portfolio: Portfolio,
    highs: Mapping[str, Highs],
    ex_dates: Sequence[ExDate],
    signalled_until: Mapping[str, float],
    latched: bool,
    policies: SessionPolicies,
    base_prices: Mapping[str, int],
    groups: Mapping[str, str],
    cold: frozenset[str] = frozenset(),
) -> Opening:
    """Return what these events bring into a session; `portfolio` is the fold over the same ones.

    `base_prices` are won of this morning by code, `groups` the sector groups of what is held and
    is no column of the morning, `latched` says whether the day's loss limit was met before.
    """
    trades = trades_of(events)
    codes = morning.candidates.codes
    book = rebuild(trades, highs, ex_dates, policies.exits)
    known = {**groups, **dict(zip(codes, morning.groups, strict=True))}
    return Opening(
        book=book.with_past(codes, PastDays.of(morning.days)),
        last=last_of(trades),
        signalled_until=signalled_until,
        equity=closing_equity(portfolio, morning.day, base_prices),
        cash=portfolio.cash,
        latched=latched,
        groups={code: known.get(code, OTHER) for code in book.codes},
        trades=len(trades),
        entries=entries_on(morning.day, events),
        cold=cold,
    )


def held_since(book: ExitBook) -> Mapping[str, date]:
    """Return the day on which each position of a book began, by code: its highs count from there
    on.
    """
    return {
        code: date.fromordinal(day)
        for code, day in zip(book.codes, book.entry_day.tolist(), strict=True)
    }


def last_of(trades: Iterable[Trade]) -> Mapping[str, Past]:
    """Return what was done with each stock, by code; trades oldest first."""
    last: dict[str, Past] = {}
    for trade in trades:
        last[trade.code] = done(last.get(trade.code, Past()), trade)
    return last


def done(before: Past, trade: Trade) -> Past:
    """Return what was done with a stock after one more trade; a take-over is none."""
    if trade.taken_over:
        return before
    if trade.side is Side.BUY:
        return replace(before, bought_at=trade.at)
    stopped_at = trade.at if trade.reason in STOPS else before.stopped_at
    return replace(before, sold_at=trade.at, stopped_at=stopped_at)


def entries_on(day: date, events: Iterable[LedgerEvent]) -> Mapping[str, int]:
    """Return the won of a day's automatic buys by order id, filled or still open."""
    won = {
        order.order_id: committed(order, {})
        for order in orders(events).values()
        if order.side is Side.BUY
        and order.reason == BY_SIGNAL
        and order.created_at.astimezone(KST).date() == day
    }
    return {order_id: worth for order_id, worth in won.items() if worth}


def ordered_until(
    events: Iterable[LedgerEvent], day: date, policy: SignalPolicy
) -> Mapping[str, float]:
    """Return the second of a day until which stocks rest whose signal was ordered, by code.

    It stands in for a signal that nobody else remembers; one that waited for its confirmation is
    taken to have come with the order, so that the rest is rather too long.
    """
    found: dict[str, float] = {}
    for order in orders(events).values():
        at = order.created_at.astimezone(KST)
        if order.side is Side.BUY and order.reason == BY_SIGNAL and at.date() == day:
            until = day_second(at) // 60 * 60 + policy.cooldown_seconds
            found[order.code] = max(until, found.get(order.code, -np.inf))
    return found


def closing_equity(portfolio: Portfolio, day: date, base_prices: Mapping[str, int]) -> int | None:
    """Return won of the account before the trades of a day, at that day's base prices.

    It is reckoned back from what is there now, so that won paid in and shares taken over since
    then are in it: they are neither profit nor loss of the day. None when the cash or the base
    price of anything that was held is unknown.
    """
    if portfolio.cash is None:
        return None
    today = [booked for booked in portfolio.booked if booked.day == day]
    shares = {code: position.qty for code, position in portfolio.positions.items()}
    for booked in today:
        code, qty = booked.fill.code, booked.fill.qty
        shares[code] = shares.get(code, 0) + (qty if booked.fill.side is Side.SELL else -qty)
    held = {code: qty for code, qty in shares.items() if qty}
    if not all(base_prices.get(code) for code in held):
        return None
    cash = portfolio.cash - sum(booked.cash_flow for booked in today)
    return cash + sum(qty * base_prices[code] for code, qty in held.items())
