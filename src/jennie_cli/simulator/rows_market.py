"""Batches of what the market did: bars, flows, caps, indices, breadth, trading days."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store import Batch, Dataset
from jennie_cli.engine.store.panels import BoolArray
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator.evolution import DayMade
from jennie_cli.simulator.packing import close_of, evening, moment, objects, pack
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.tape import PRICES, Span
from jennie_cli.simulator.ticks import BOARDS

INDEX_CODES = ("KOSPI", "KOSDAQ")
_INSTITUTIONS = {
    "securities": 0.22,
    "insurance": 0.08,
    "trust": 0.31,
    "bank": 0.02,
    "other_fin": 0.05,
}


def bar_batches(
    span: Span, roster: Roster, calendar: Calendar, *, stocks: BoolArray | None = None
) -> tuple[Batch, Batch]:
    """Return daily bars and flows of a span, one stock after another."""
    live = span.live.T if stocks is None else span.live.T & stocks[:, None]
    who, when = np.nonzero(live)
    code, day = objects(roster.code)[who], objects(span.days)[when]
    closes = np.array([close_of(calendar, d) for d in span.days], dtype=np.int64)
    evenings = np.array([evening(d) for d in span.days], dtype=np.int64)
    prices = {n: span.arrays[n].T[live].astype(np.int64) for n in (*PRICES, "volume")}
    flows = {n: span.arrays[n].T[live].astype(np.float64) for n in _FLOWS}
    return (
        pack(Dataset.DAILY_BARS, code=code, date=day, **prices, known_at=closes[when]),
        pack(
            Dataset.FLOWS_STOCK,
            code=code,
            date=day,
            **{_FLOWS[n]: values for n, values in flows.items()},
            known_at=evenings[when],
        ),
    )


_FLOWS = {
    "foreign": "foreign_net",
    "institution": "inst_net",
    "individual": "indiv_net",
    "foreign_pct": "foreign_pct",
}


def cap_batch(days: Sequence[DayMade], roster: Roster, calendar: Calendar) -> Batch:
    """Return market caps of some days at the prices and shares of their own time."""
    live = np.array([d.events.live for d in days])
    when, who = np.nonzero(live)
    close, volume, shares = (
        np.array([getattr(d, n) for d in days], dtype=np.int64)[live]
        for n in ("close", "volume", "shares")
    )
    known = np.array([close_of(calendar, d.day) for d in days], dtype=np.int64)
    return pack(
        Dataset.MARKET_CAPS,
        code=objects(roster.code)[who],
        date=objects([d.day for d in days])[when],
        market=objects([m.value for m in BOARDS])[roster.board[who]],
        close=close,
        volume=volume,
        value=close * volume,
        market_cap=close * shares,
        shares=shares,
        known_at=known[when],
    )


def market_batches(days: Sequence[DayMade], calendar: Calendar) -> tuple[Batch, ...]:
    """Return indices, breadth, market flows and trading days."""
    known = np.repeat([close_of(calendar, d.day) for d in days], 2).astype(np.int64)
    day = objects([d.day for d in days for _ in BOARDS])
    board = objects([m.value for _ in days for m in BOARDS])
    points = np.concatenate([d.market.points for d in days])
    breadth = np.concatenate([d.market.breadth for d in days])
    names = ("up", "flat", "down", "new_highs", "new_lows")
    return (
        pack(
            Dataset.INDEX_DAILY,
            index_code=objects([c for _ in days for c in INDEX_CODES]),
            date=day,
            **{n: points[:, i] for i, n in enumerate(PRICES)},
            volume=np.concatenate([d.market.volume for d in days]),
            value=np.concatenate([d.market.value for d in days]),
            known_at=known,
        ),
        pack(
            Dataset.MARKET_BREADTH,
            market=board,
            date=day,
            **{n: breadth[:, i] for i, n in enumerate(names)},
            known_at=known,
        ),
        _flow_batch(days, board, day),
        pack(
            Dataset.TRADING_DAYS,
            date=objects([d.day for d in days]),
            known_at=np.array([moment(d.day.replace(month=1, day=1)) for d in days]),
        ),
    )


def _flow_batch(
    days: Sequence[DayMade], board: NDArray[np.object_], day: NDArray[np.object_]
) -> Batch:
    foreign, inst, indiv = np.concatenate([d.market.net_buying for d in days]).T
    parts = {name: np.round(inst * share) for name, share in _INSTITUTIONS.items()}
    parts["pension"] = inst - sum(parts.values())
    return pack(
        Dataset.FLOWS_MARKET,
        market=board,
        date=day,
        indiv=indiv,
        foreign=foreign,
        inst=inst,
        **parts,
        other_corp=-(indiv + foreign + inst),
        known_at=np.repeat([evening(d.day) for d in days], 2).astype(np.int64),
    )
