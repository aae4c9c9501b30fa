"""What a stock's board and book show at a moment."""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange.background import LEVELS, Mark
from jennie_cli.simulator.exchange.board import Board, Depth, Phase, StretchRow
from jennie_cli.simulator.exchange.chance import root, shares
from jennie_cli.simulator.exchange.pit import Pit
from jennie_cli.simulator.tapes import SELL

_BUCKET_MS = 5_000
_WOBBLE = 0.01
_SUMS = (
    *("last_qty", "last_aggressor", "last_at_ms", "open", "open_at_ms", "high", "high_at_ms"),
    *("low", "low_at_ms", "volume", "value", "trades", "buy_trades", "sell_trades"),
    *("buy_volume", "sell_volume"),
)
_SETTLED = 0.9
"""From this part of an auction on, the expected price is the one it will have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a running call auction would trade at and how much: won, shares; zeros for nothing."""

    price: int
    qty: int


def expected(pit: Pit, now: int, *, seed: int) -> Expected:
    """Return the expected price and shares: from the last price towards the auction's own.

    The way there wobbles, changes every five seconds and depends on nothing but the seed.
    """
    window = pit.window
    if window is None or not window.phase.auction or window.last == window.first:
        return Expected(price=0, qty=0)
    aim = pit.price(window.last - 1)
    done = min(1.0, (now - window.start) / (_SETTLED * max(1, window.end - window.start)))
    start, bucket = pit.mark.price, now // _BUCKET_MS
    chance = shares(root(seed, pit.listing.code), np.array([window.start]), np.array([bucket]))
    wobble = _WOBBLE * (2.0 * float(chance[0]) - 1.0) * start
    price = round(start + (aim - start) * done + wobble * (1.0 - done))
    if done < 1.0:
        price = int(pit.background.grid.floors(np.array([max(1, price)]))[0])
        limits = pit.background.limits
        price = min(max(price, limits.lower), limits.upper)
    return Expected(price=price, qty=max(1, int(pit.volume(window) * (0.2 + 0.8 * done))))


def book(pit: Pit, now: int, *, seed: int) -> Depth:
    """Return the ten best levels of both sides, members' orders included."""
    return _book(pit, now, expected(pit, now, seed=seed))


def _book(pit: Pit, now: int, told: Expected) -> Depth:
    if pit.phase is Phase.BEFORE:
        return Depth(code=pit.listing.code, at_ms=now, asks=(), bids=())
    mark = pit.mark
    if told.price:
        mark = Mark(price=told.price, aggressor=SELL, index=pit.done + now // _BUCKET_MS)
    return Depth(
        code=pit.listing.code,
        at_ms=now,
        asks=_side(pit, mark, Side.SELL),
        bids=_side(pit, mark, Side.BUY),
    )


def board(pit: Pit, now: int, *, seed: int) -> Board:
    """Return the stock as its board shows it."""
    return board_and_book(pit, now, seed=seed)[0]


def board_and_book(pit: Pit, now: int, *, seed: int) -> tuple[Board, Depth]:
    """Return the stock as its board shows it, and the book that the board's best levels are of."""
    told = expected(pit, now, seed=seed)
    depth = _book(pit, now, told)
    return _board(pit, now, told, depth), depth


def _board(pit: Pit, now: int, told: Expected, depth: Depth) -> Board:
    window, limits = pit.window, pit.background.limits
    ask, bid = (depth.asks or ((0, 0),))[0], (depth.bids or ((0, 0),))[0]
    phase = pit.phase
    limited = pit.background.limited
    return Board(
        code=pit.listing.code,
        at_ms=now,
        phase=phase,
        base_price=pit.listing.base_price,
        **_sums(pit, now),
        upper_limit=limits.upper if limited else 0,
        lower_limit=limits.lower if limited else 0,
        ask=ask[0],
        ask_qty=ask[1],
        bid=bid[0],
        bid_qty=bid[1],
        expected_price=told.price,
        expected_qty=told.qty,
        static_reference=pit.reference,
        vi=window.vi if window else None,
        halted=phase is Phase.HALTED,
    )


def _sums(pit: Pit, now: int) -> dict[str, int]:
    trades = pit.record.trades(now)
    if not trades:
        return {"last": pit.listing.base_price} | dict.fromkeys(_SUMS, 0)
    (last,), (first,) = (
        pit.record.stretch(trades - 1, trades).trades(),
        pit.record.stretch(0, 1).trades(),
    )
    return {
        "last": last[StretchRow.PRICE],
        "last_qty": last[StretchRow.QTY],
        "last_aggressor": last[StretchRow.AGGRESSOR],
        "last_at_ms": last[StretchRow.AT_MS],
        "open": first[StretchRow.PRICE],
        "open_at_ms": first[StretchRow.AT_MS],
        "high": last[StretchRow.HIGH],
        "high_at_ms": pit.record.moment(trades, StretchRow.HIGH),
        "low": last[StretchRow.LOW],
        "low_at_ms": pit.record.moment(trades, StretchRow.LOW),
        "volume": last[StretchRow.VOLUME],
        "value": last[StretchRow.VALUE],
        "trades": trades,
        "buy_trades": last[StretchRow.BUY_TRADES],
        "sell_trades": last[StretchRow.SELL_TRADES],
        "buy_volume": last[StretchRow.BUY_VOLUME],
        "sell_volume": last[StretchRow.SELL_VOLUME],
    }


def _side(pit: Pit, mark: Mark, side: Side) -> tuple[tuple[int, int], ...]:
    """Return one side's levels; a gathered order better than the best stands at the best."""
    buys = side is Side.BUY
    levels = pit.matcher.offers(side, mark)
    best = next(iter(levels), None)
    gathered = pit.phase is not Phase.CONTINUOUS
    for price, qty in pit.matcher.queues[side].levels().items():
        at = price
        if gathered and best is not None:
            at = min(price, best) if buys else max(price, best)
        levels[at] = levels.get(at, 0) + qty
    return tuple(sorted(levels.items(), reverse=buys)[:LEVELS])
