"""Folding the ledger into a portfolio. Baselines replace what was before them.

A cost seen at the broker replaces only how cost was spread over sales and what is held.

Fills have whole seconds, baselines and costs seen more: within one second a fill counts as after
one of them when its first evidence came after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from jennie_cli.engine.model import Position, Side
from jennie_cli.engine.portfolio.costs import Costs
from jennie_cli.engine.portfolio.fills import FROM_TOTAL, FillBook, FoundFill, Number
from jennie_cli.engine.portfolio.holding import Holding, Sale
from jennie_cli.engine.portfolio.portfolio import BookedFill, Portfolio
from jennie_cli.engine.store import CashSet, CostSeen, LedgerEvent, PositionSet

_Mark = PositionSet | CostSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The evidence up to a moment: fills in the order of trading, all else in that of time."""

    fills: tuple[FoundFill, ...]
    cash: tuple[CashSet, ...]
    marks: tuple[_Mark, ...]


def fold(events: Iterable[LedgerEvent], costs: Costs, *, at: datetime | None = None) -> Portfolio:
    """Return the portfolio at a moment, by default with everything known.

    Evidence that arrived later than `at` still tells of what happened before it.
    """
    known = _known(events, at)
    holdings, sales = _walk(known)
    booked = tuple(
        BookedFill(fill=found.fill, day=found.day, fee=fee, tax=tax, cost=_cost(sale))
        for found, (fee, tax), sale in zip(
            known.fills, _charges(known.fills, costs), sales, strict=True
        )
    )
    short = {code: h.unexplained for code, h in sorted(holdings.items()) if h.unexplained}
    return Portfolio(
        positions=_positions(holdings),
        cash=_cash(known, booked),
        booked=booked,
        unexplained=MappingProxyType(short),
        doubtful=frozenset(code for code, h in holdings.items() if h.qty and h.doubtful),
    )


def positions_at(
    events: Iterable[LedgerEvent], *, at: datetime | None = None
) -> Mapping[str, Position]:
    """Return what was held at a moment by code, in the order of codes."""
    return _positions(_walk(_known(events, at))[0])


def held_codes(events: Iterable[LedgerEvent], *, at: datetime | None = None) -> tuple[str, ...]:
    """Return the codes held at a moment, in order."""
    return tuple(positions_at(events, at=at))


def _known(events: Iterable[LedgerEvent], at: datetime | None) -> _Known:
    book, cash, marks = FillBook(), set[CashSet](), set[_Mark]()
    for event in events:
        if isinstance(event, CashSet):
            cash.add(event)
        elif isinstance(event, PositionSet | CostSeen):
            marks.add(event)
        else:
            book.add(event)
    return _Known(
        fills=tuple(f for f in book.found() if at is None or f.fill.at <= at),
        cash=tuple(
            sorted(
                (c for c in cash if at is None or c.at <= at),
                key=lambda c: (c.at, c.amount, c.text),
            )
        ),
        marks=tuple(sorted((m for m in marks if at is None or m.at <= at), key=_mark_order)),
    )


def _walk(known: _Known) -> tuple[dict[str, Holding], list[Sale | None]]:
    """Move every holding through its fills and marks; return what each fill took out."""
    holdings: dict[str, Holding] = defaultdict(Holding)
    sales: list[Sale | None] = [None] * len(known.fills)
    placed = _placed(known.fills)
    for code, step in _timeline(known):
        match step:
            case PositionSet():
                holdings[code].take_over(step.qty, step.cost)
            case CostSeen():
                holdings[code].settle(step.qty, step.cost)
            case place:
                fill = known.fills[place].fill
                sales[place] = holdings[code].move(fill, placed=placed[place])
    return holdings, sales


def _placed(fills: Sequence[FoundFill]) -> list[bool]:
    """Tell of each fill whether all that count later surely traded later."""
    answers = [True] * len(fills)
    since: dict[str, datetime] = {}
    for place in range(len(fills) - 1, -1, -1):
        found, code = fills[place], fills[place].fill.code
        answers[place] = code not in since or found.fill.at < since[code]
        if found.fill.source == FROM_TOTAL:
            since[code] = min(found.since, since.get(code, found.since))
    return answers


def _timeline(known: _Known) -> Iterator[tuple[str, _Mark | int]]:
    """Yield marks and places of fills by code, in the order in which they count."""
    steps: list[tuple[Any, str, _Mark | int]] = []
    marks: dict[tuple[str, datetime], list[_Mark]] = defaultdict(list)
    for mark in known.marks:
        same_second = marks[mark.code, _second(mark.at)]
        same_second.append(mark)
        steps.append(((_second(mark.at), len(same_second), 0), mark.code, mark))
    for place, found in enumerate(known.fills):
        fill = found.fill
        passed = sum(mark.at < found.seen for mark in marks.get((fill.code, fill.at), ()))
        steps.append(((fill.at, passed, 1, place), fill.code, place))
    for _, code, step in sorted(steps, key=lambda step: step[0]):
        yield code, step


def _cash(known: _Known, booked: Sequence[BookedFill]) -> int | None:
    if not known.cash:
        return None
    last = known.cash[-1]
    start = (_second(last.at), last.at)
    later = (
        b.cash_flow
        for b, found in zip(booked, known.fills, strict=True)
        if (found.fill.at, found.seen) > start
    )
    return last.amount + sum(later)


def _charges(fills: Sequence[FoundFill], costs: Costs) -> Iterator[tuple[int, int]]:
    """Yield fee and tax of each fill: what it adds to those of its number's whole amount."""
    amounts: dict[Number, int] = defaultdict(int)
    for found in fills:
        fill, number = found.fill, (found.day, found.fill.broker_id)
        before = amounts[number]
        after = amounts[number] = before + fill.amount
        fee = costs.fee(fill.code, after) - costs.fee(fill.code, before)
        tax = 0
        if fill.side is Side.SELL:
            tax = costs.tax(fill.code, after, found.day) - costs.tax(fill.code, before, found.day)
        yield fee, tax


def _cost(sale: Sale | None) -> int | None:
    return None if sale is None or sale.owed else sale.cost


def _positions(holdings: Mapping[str, Holding]) -> Mapping[str, Position]:
    held = {
        code: Position(code=code, qty=holding.qty, cost=holding.cost)
        for code, holding in sorted(holdings.items())
        if holding.qty
    }
    return MappingProxyType(held)


def _mark_order(mark: _Mark) -> tuple[Any, ...]:
    """Return what marks are sorted by: time, and a baseline before the cost seen under it."""
    words = mark.text if isinstance(mark, PositionSet) else ""
    return (mark.at, isinstance(mark, CostSeen), mark.code, mark.qty, mark.cost, words)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
