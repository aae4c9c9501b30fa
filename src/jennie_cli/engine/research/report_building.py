"""Counts a backtest together: arrays over the trips, one pass a table."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import numpy as np

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason, Regime, Strategy
from jennie_cli.engine.research.measures import (
    IntArray,
    clustered_means,
    deepest_fall,
    fall_pct,
    longest_under,
    sharpe_ratio,
)
from jennie_cli.engine.research.past import Blocked, SessionResult, Trip
from jennie_cli.engine.research.report import (
    BacktestReport,
    BlockedRow,
    Curve,
    Drawdown,
    SilentRule,
    Totals,
    Trading,
    TripRow,
)
from jennie_cli.engine.rules import JUDGED_RULES, summed
from jennie_cli.engine.rules.exits import ASLEEP
from jennie_cli.engine.rules.guests import PREFIX, is_of_guest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closed:
    """Trips that were sold, as arrays over them; days are ordinals of the purchase."""

    trips: Sequence[Trip]
    won: IntArray
    return_pct: FloatArray
    days: IntArray


def backtest_report(
    results: Iterable[SessionResult], *, capital: int, held: Iterable[Trip] | None = None
) -> BacktestReport:
    """Return the report of sessions that started with `capital` won; their order does not matter.

    `held` are the trips still open at the end; without it they are those of the last session, for
    what an earlier one left open was open that evening only. Raises InputError without capital or
    with a day told twice.
    """
    sessions = sorted(results, key=lambda result: result.day)
    _refuse_nonsense(sessions, capital)
    closed = _closed([t for s in sessions for t in s.trips if t.reason is not None])
    if held is None:
        held = [t for s in sessions[-1:] for t in s.trips if t.reason is None]
    held = tuple(held)
    whole = _closed(_purchases(closed.trips, held))
    return BacktestReport(
        totals=_totals(sessions, closed, whole, held, capital),
        strategies=_table(whole, closed, _strategies(whole), lambda trip: trip.strategy),
        exits=_table(closed, closed, ExitReason, lambda trip: str(trip.reason)),
        regimes=_table(whole, closed, Regime, lambda trip: trip.regime),
        blocked=_blocked([b for s in sessions for b in s.blocked]),
        silent=_silent(sessions),
        curve=_curve(sessions, capital),
    )


def _refuse_nonsense(sessions: Sequence[SessionResult], capital: int) -> None:
    if capital <= 0:
        raise InputError("A backtest needs capital.", hint="Give it won to start with.")
    for earlier, later in pairwise(sessions):
        if earlier.day == later.day:
            raise InputError(f"{later.day} was told twice.", hint="Report each session once.")


def _closed(trips: Sequence[Trip]) -> _Closed:
    cost = np.array([t.cost for t in trips], dtype=np.int64)
    won = np.array([t.proceeds for t in trips], dtype=np.int64) - cost
    return _Closed(
        trips=trips,
        won=won,
        return_pct=won / cost * 100.0,
        days=np.array([t.entered_at.toordinal() for t in trips], dtype=np.int64),
    )


def _levels(sessions: Sequence[SessionResult], capital: int) -> FloatArray:
    """Return the capital, then the equity at every close."""
    return np.array([capital, *(s.equity for s in sessions)], dtype=np.float64)


def _totals(
    sessions: Sequence[SessionResult],
    closed: _Closed,
    whole: _Closed,
    held: Sequence[Trip],
    capital: int,
) -> Totals:
    levels = _levels(sessions, capital)
    equity = sessions[-1].equity if sessions else capital
    closed_won = int(closed.won.sum())
    open_won = sum(t.proceeds - t.cost for t in held)
    return Totals(
        capital=capital,
        equity=equity,
        sessions=len(sessions),
        net_profit=equity - capital,
        return_pct=(equity - capital) / capital * 100.0,
        closed=len(closed.trips),
        open=len(held),
        closed_won=closed_won,
        open_won=open_won,
        unexplained_won=equity - capital - closed_won - open_won,
        trading=_trading(closed, whole, held, levels),
        drawdown=_drawdown(sessions, levels),
        longest_under_sessions=longest_under(levels),
        sharpe_ratio=sharpe_ratio(levels),
    )


def _trading(closed: _Closed, whole: _Closed, held: Sequence[Trip], levels: FloatArray) -> Trading:
    won = closed.won
    wins, losses = won[won > 0], won[won < 0]
    (mean,) = clustered_means(whole.return_pct, whole.days, np.zeros_like(whole.won), 1)
    every = (*closed.trips, *held)
    bought = sum(t.qty * t.entry_price for t in every)
    sold = sum(t.qty * t.exit_price for t in every)
    costs = sum(t.cost - t.proceeds for t in every) - bought + sold
    return Trading(
        wins=len(wins),
        losses=len(losses),
        win_ratio=_part(len(wins), len(won)),
        average_win=round(wins.mean()) if len(wins) else None,
        average_loss=round(losses.mean()) if len(losses) else None,
        profit_factor=_part(int(wins.sum()), -int(losses.sum())),
        return_pct=mean,
        purchases=len(whole.trips),
        purchase_wins=int((whole.won > 0).sum()),
        costs=costs,
        costs_of_gross_ratio=_part(costs, sold - bought),
        traded=bought + sum(t.qty * t.exit_price for t in closed.trips),
        turnover_factor=_part(bought, float(levels[1:].mean()) if len(levels) > 1 else 0.0),
    )


def _part(of: float, whole: float) -> float | None:
    return of / whole if whole > 0 else None


def _purchases(closed: Sequence[Trip], held: Sequence[Trip]) -> Sequence[Trip]:
    """Return one trip for each purchase that was sold to the last share, its slices together.

    A purchase is known by its stock, its moment and why it was made. Winners are sold in slices
    and losers at once, so a mean over slices would lean to winners.
    """
    slices: dict[tuple[object, ...], list[Trip]] = {}
    for trip in closed:
        slices.setdefault(_purchase(trip), []).append(trip)
    for trip in held:
        slices.pop(_purchase(trip), None)
    return [
        replace(
            own[-1],
            qty=sum(t.qty for t in own),
            cost=sum(t.cost for t in own),
            proceeds=sum(t.proceeds for t in own),
        )
        for own in slices.values()
    ]


def _purchase(trip: Trip) -> tuple[object, ...]:
    return trip.code, trip.entered_at, trip.strategy, trip.regime


def _drawdown(sessions: Sequence[SessionResult], levels: FloatArray) -> Drawdown | None:
    fall = deepest_fall(levels)
    if fall is None:
        return None
    again = fall.recovered
    return Drawdown(
        pct=float(fall_pct(levels)[fall.bottom]),
        won=int(levels[fall.bottom] - levels[fall.peak]),
        peak=sessions[fall.peak - 1].day if fall.peak else None,
        bottom=sessions[fall.bottom - 1].day,
        recovered=None if again is None else sessions[again - 1].day,
        sessions=fall.bottom - fall.peak,
    )


def _table(
    measured: _Closed, sold: _Closed, kinds: Iterable[str], kind_of: Callable[[Trip], str]
) -> tuple[TripRow, ...]:
    """Return a row for each kind of which something was sold, in the order of the kinds.

    What is `measured` is counted and averaged; the won are of all that was `sold`.
    """
    every = [str(kind) for kind in kinds]
    groups = _places(every, [kind_of(trip) for trip in measured.trips])
    means = clustered_means(measured.return_pct, measured.days, groups, len(every))
    wins = np.bincount(groups[measured.won > 0], minlength=len(every))
    slices = _places(every, [kind_of(trip) for trip in sold.trips])
    won = np.zeros(len(every), dtype=np.int64)
    np.add.at(won, slices, sold.won)
    return tuple(
        TripRow(name=name, wins=int(wins[at]), won=int(won[at]), return_pct=means[at])
        for at, name in enumerate(every)
        if (slices == at).any()
    )


def _strategies(bought: _Closed) -> tuple[str, ...]:
    """Return every strategy, then those of plugins that bought something."""
    return tuple(dict.fromkeys((*Strategy, *sorted({t.strategy for t in bought.trips}))))


def _places(every: Sequence[str], names: Sequence[str]) -> IntArray:
    place = {name: at for at, name in enumerate(every)}
    return np.array([place[name] for name in names], dtype=np.int64)


def _blocked(blocked: Sequence[Blocked]) -> tuple[BlockedRow, ...]:
    """Return a row for each rule that blocked, the busiest first."""
    hits = Counter(b.rule for b in blocked)
    rules = sorted(hits, key=lambda rule: (-hits[rule], rule))
    groups = _places(rules, [b.rule for b in blocked])
    days = np.array([b.at.toordinal() for b in blocked], dtype=np.int64)
    soon = np.array([b.after_30_min_pct for b in blocked], dtype=np.float64)
    late = np.array([b.at_close_pct for b in blocked], dtype=np.float64)
    stocks = Counter(rule for rule, _, _ in {(b.rule, b.code, b.at.date()) for b in blocked})
    after = clustered_means(soon, days, groups, len(rules))
    close = clustered_means(late, days, groups, len(rules))
    return tuple(
        BlockedRow(
            rule=rule,
            hits=hits[rule],
            stock_days=stocks[rule],
            after_30_min=after[at],
            at_close=close[at],
        )
        for at, rule in enumerate(rules)
    )


def _silent(sessions: Sequence[SessionResult]) -> tuple[SilentRule, ...]:
    """Return the rules that never fired, in the order in which they are asked."""
    totals = summed(chain.from_iterable(s.counts for s in sessions))
    asked = {total.rule: total.asked for total in totals}
    fired = {total.rule for total in totals if total.fired}
    return tuple(
        SilentRule(rule=rule, asked=asked.get(rule, 0), asleep=ASLEEP.get(rule))
        for rule in dict.fromkeys((*JUDGED_RULES, *asked))
        if rule not in fired and (is_of_guest(rule) or not rule.startswith(PREFIX))
    )


def _curve(sessions: Sequence[SessionResult], capital: int) -> Curve:
    return Curve(
        days=tuple(s.day for s in sessions),
        equity=tuple(s.equity for s in sessions),
        drawdown_pct=tuple(fall_pct(_levels(sessions, capital))[1:].tolist()),
    )
