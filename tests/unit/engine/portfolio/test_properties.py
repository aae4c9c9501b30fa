"""Whatever order and however often evidence comes, there is one portfolio, and it is right."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.portfolio.story import (
    at,
    cash,
    cost_seen,
    filled,
    foreign,
    holding,
    row,
    taken,
)

from jennie_cli.engine.model import Side
from jennie_cli.engine.portfolio import Costs, fills_of, fold
from jennie_cli.engine.store import CashSet, LedgerEvent, PositionSet

pytestmark = pytest.mark.slow

CODES = ("005930", "000660")
NUMBERS = st.sampled_from(["9", "10", "11"])
SIDE_OF = {"9": Side.BUY, "10": Side.SELL, "11": Side.BUY}
CODE_OF = {"9": CODES[0], "10": CODES[0], "11": CODES[1]}
COSTS = Costs()
MOMENTS = st.floats(0, 9, allow_nan=False)
SMALL = st.integers(1, 4)
PRICES = st.integers(900, 1_100)


@st.composite
def evidence(draw: st.DrawFn) -> LedgerEvent:
    """Any event that a portfolio is made of, true or not."""
    number, moment = draw(NUMBERS), draw(MOMENTS)
    side, code = SIDE_OF[number], CODE_OF[number]
    qty, price = draw(SMALL), draw(PRICES)
    options: list[LedgerEvent] = [
        filled(number, qty, price, second=int(moment), seen=moment, side=side, code=code),
        row(number, qty * 2, qty * 2 * price, second=moment, side=side, code=code),
        taken(number, draw(st.sampled_from("ab"))),
        foreign(number),
        cash(price, second=moment),
        holding(qty, qty * price, second=moment, code=code),
        cost_seen(qty, qty * price, second=moment, code=code),
    ]
    return draw(st.sampled_from(options))


@settings(max_examples=150)
@given(events=st.lists(evidence(), max_size=25), data=st.data(), moment=st.none() | MOMENTS)
def test_order_and_repetition_of_evidence_change_nothing(
    events: list[LedgerEvent], data: st.DataObject, moment: float | None
) -> None:
    """Any permutation with any repetitions gives the same fills and the same portfolio."""
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=10)) if events else []
    shuffled = data.draw(st.permutations([*events, *repeated]))
    when = None if moment is None else at(moment)
    assert fills_of(events) == fills_of(shuffled)
    assert fold(events, COSTS, at=when) == fold(shuffled, COSTS, at=when)


@settings(max_examples=100)
@given(events=st.lists(evidence(), max_size=25))
def test_no_share_and_no_won_is_lost(events: list[LedgerEvent]) -> None:
    """Without baselines, shares bought = held + sold − unexplained, and cost is conserved."""
    moves = [e for e in events if not isinstance(e, CashSet | PositionSet)]
    portfolio = fold(moves, COSTS)
    for code in CODES:
        booked = [b for b in portfolio.booked if b.fill.code == code]
        signed = sum(b.fill.qty * (1 if b.fill.side is Side.BUY else -1) for b in booked)
        held = portfolio.positions.get(code)
        assert signed == (held.qty if held else 0) - portfolio.unexplained.get(code, 0)
        if all(b.cost is not None for b in booked if b.fill.side is Side.SELL):
            spent = sum(b.fill.amount for b in booked if b.fill.side is Side.BUY)
            gone = sum(b.cost or 0 for b in booked)
            assert spent == gone + (held.cost if held else 0)
        assert all(b.cost is None or b.cost >= 0 for b in booked)


@dataclass(frozen=True)
class Trade:
    """One execution of the truth: its second, number, code, side, shares, won a share."""

    second: int
    number: int
    code: str
    side: Side
    qty: int
    price: int


@st.composite
def truths(draw: st.DrawFn) -> list[Trade]:
    """Executions in the order in which they count; nothing is sold that is not held."""
    wanted = draw(
        st.lists(
            st.tuples(
                st.integers(0, 6),
                st.sampled_from(list(Side)),
                st.integers(1, 30),
                st.sampled_from(CODES),
                st.integers(1, 20),
                st.integers(1_000, 90_000),
            ),
            max_size=25,
            unique_by=lambda t: (t[0], t[2]),
        )
    )
    held = dict.fromkeys(CODES, 0)
    trades = []
    # a number is one order: its code and its side follow from it
    for second, side, number, code, qty, price in sorted(
        wanted, key=lambda t: (t[0], t[1] is Side.SELL, t[2] * 2 + (t[1] is Side.SELL))
    ):
        own = (number * 2 + (side is Side.SELL)) * 2 + CODES.index(code)
        dealt = qty if side is Side.BUY else min(qty, held[code])
        if dealt:
            held[code] += dealt if side is Side.BUY else -dealt
            trades.append(Trade(second, own, code, side, dealt, price))
    return trades


def naive(trades: list[Trade]) -> tuple[dict[str, tuple[int, int]], int, int, int, int]:
    """Keep the books by hand: positions, cash from 0, profit, fees, taxes."""
    lots: dict[str, list[int]] = {code: [] for code in CODES}
    profit = 0
    for t in trades:
        if t.side is Side.BUY:
            pot = sum(lots[t.code]) + t.qty * t.price
            lots[t.code] = _spread(pot, len(lots[t.code]) + t.qty)
        else:
            pot, count = sum(lots[t.code]), len(lots[t.code])
            out = int(Fraction(pot * t.qty, count))
            lots[t.code] = _spread(pot - out, count - t.qty)
            profit += t.qty * t.price - out
    fees = taxes = cash_ = 0
    for number in {t.number for t in trades}:
        mine = [t for t in trades if t.number == number]
        amount = sum(t.qty * t.price for t in mine)
        fee = (amount * 140_527 * 2 + 10**9) // (2 * 10**9)
        tax = amount * 20 // 10_000 if mine[0].side is Side.SELL else 0
        cash_ += (amount if mine[0].side is Side.SELL else -amount) - fee - tax
        fees, taxes = fees + fee, taxes + tax
    held = {c: (len(lot), sum(lot)) for c, lot in lots.items() if lot}
    return held, cash_, profit, fees, taxes


def _spread(pot: int, shares: int) -> list[int]:
    """One entry a share; what does not divide lies on the first."""
    return [pot - pot // shares * (shares - 1)] + [pot // shares] * (shares - 1) if shares else []


@settings(max_examples=200)
@given(trades=truths(), data=st.data())
def test_the_fold_keeps_the_same_books_as_a_person_with_a_pencil(
    trades: list[Trade], data: st.DataObject
) -> None:
    """Shuffled, repeated and half-lost evidence of known trades gives their exact books."""
    events: list[LedgerEvent] = [cash(0)]
    for t in trades:
        number = str(t.number)
        events += [taken(number, number)]
        notice = filled(number, t.qty, t.price, second=t.second, side=t.side, code=t.code)
        alone = sum(other.number == t.number for other in trades) == 1
        total = row(number, t.qty, t.qty * t.price, second=t.second, side=t.side, code=t.code)
        told: list[list[LedgerEvent]] = [[notice], [notice, notice]]
        if alone:
            told += [[total], [total, notice]]
        events += data.draw(st.sampled_from(told))
    portfolio = fold(data.draw(st.permutations(events)), COSTS)
    held = {code: (p.qty, p.cost) for code, p in portfolio.positions.items()}
    books = (held, portfolio.cash, portfolio.realised, portfolio.fees, portfolio.taxes)
    assert naive(trades) == books


@st.composite
def deaf_evidence(draw: st.DrawFn) -> tuple[list[Trade], list[LedgerEvent]]:
    """Known trades, and evidence of them that lacks notices: totals, read at some later time."""
    trades = draw(truths())
    events: list[LedgerEvent] = []
    for number in sorted({t.number for t in trades}):
        mine = [t for t in trades if t.number == number]
        heard = draw(st.sets(st.sampled_from(mine)))
        events.append(taken(str(number), str(number)))
        events += [
            filled(str(number), t.qty, t.price, second=t.second, side=t.side, code=t.code)
            for t in heard
        ]
        if len(heard) < len(mine):
            events.append(
                row(
                    str(number),
                    sum(t.qty for t in mine),
                    sum(t.qty * t.price for t in mine),
                    second=draw(st.integers(max(t.second for t in mine), 8)),
                    ordered=draw(st.integers(0, min(t.second for t in mine))),
                    side=mine[0].side,
                    code=mine[0].code,
                )
            )
    return trades, events


@settings(max_examples=150)
@given(told=deaf_evidence())
def test_a_cost_that_is_not_doubtful_is_the_true_one(
    told: tuple[list[Trade], list[LedgerEvent]],
) -> None:
    """Whatever notices are lost: shares are right, and so is the cost unless it is named."""
    trades, events = told
    portfolio, (held, *_) = fold(events, COSTS), naive(trades)
    ours = {code: (p.qty, p.cost) for code, p in portfolio.positions.items()}
    assert {c: qty for c, (qty, _) in held.items()} == {c: qty for c, (qty, _) in ours.items()}
    for code, (_, cost) in held.items():
        assert code in portfolio.doubtful or cost == ours[code][1]


@settings(max_examples=150)
@given(told=deaf_evidence(), data=st.data())
def test_costs_seen_at_the_broker_end_in_its_books(
    told: tuple[list[Trade], list[LedgerEvent]], data: st.DataObject
) -> None:
    """Costs, and the profit of all sales, are the true ones, in any order of evidence."""
    trades, events = told
    held, _, profit, *_ = naive(trades)
    for code, (qty, cost) in held.items():
        events.append(cost_seen(qty, cost, second=9, code=code))
    portfolio = fold(data.draw(st.permutations(events)), COSTS)
    ours = {code: (p.qty, p.cost) for code, p in portfolio.positions.items()}
    assert (held, profit, frozenset()) == (ours, portfolio.realised, portfolio.doubtful)
