"""Whatever a customer does, the books agree with the exchange to the share and the won."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.simulator.tiny_market import ALPHA, BETA, TinyDays

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import NoticeKind, Side
from jennie_cli.simulator.brokerage import (
    Account,
    Change,
    OrderNotice,
    Rejection,
    RowKind,
    Ticket,
)
from jennie_cli.simulator.playing import Play

MINE = "1234567801"
START = datetime(2025, 6, 30, 8, 40, tzinfo=KST)
PRICES = {ALPHA: (49_000, 49_600, 50_000, 50_300, 51_000), BETA: (1_990, 1_996, 2_000, 2_005)}

ORDERS = st.builds(
    lambda code, side, qty, price, kind: Ticket(
        code=code,
        side=side,
        qty=qty,
        division=kind,
        price=0 if kind in {"01", "03"} else PRICES[code][price % len(PRICES[code])],
    ),
    code=st.sampled_from([ALPHA, BETA]),
    side=st.sampled_from(Side),
    qty=st.integers(1, 900),
    price=st.integers(0, 4),
    kind=st.sampled_from(["00", "00", "00", "01", "03", "11", "12"]),
)
CHANGES = st.builds(
    Change,
    original=st.integers(1, 12),
    cancels=st.booleans(),
    whole=st.booleans(),
    qty=st.integers(1, 300),
    price=st.sampled_from(PRICES[ALPHA]),
)
WAITS = st.sampled_from([0, 0, 300, 1_000, 60_000, 1_900_000, 3_600_000, 20_000_000])


@given(acts=st.lists(st.tuples(WAITS, st.one_of(ORDERS, ORDERS, CHANGES)), max_size=25))
@settings(max_examples=40, deadline=None)
def test_books_and_exchange_agree(acts: list[tuple[int, Ticket | Change]]) -> None:
    """After every act shares, cash and notices follow from the rows, and rows from the exchange."""
    play = Play(TinyDays(), start=START)
    told: list[OrderNotice] = []
    for wait, act in acts:
        events = play.advance(play.now + timedelta(milliseconds=wait))
        with suppress(Rejection):
            if isinstance(act, Ticket):
                events += play.place(MINE, act)[1]
            else:
                events += play.change(MINE, act)[1]
        told += [e for e in events if isinstance(e, OrderNotice)]
        mine = play.brokerage.account(MINE)
        _check_rows(play, mine)
        _check_money(mine)
        _check_notices(mine, [n for n in told if n.day == play.day])


def _check_rows(play: Play, mine: Account) -> None:
    moved = Counter[int]()
    for row in mine.rows.values():
        if row.kind is RowKind.MODIFY and row.original:
            moved[row.original] += row.qty
    for row in mine.rows.values():
        if row.kind is RowKind.CANCEL:
            assert 0 == row.remaining == row.filled_qty
            continue
        over = row.filled_qty + row.cancelled + row.expired + moved[row.number]
        assert row.qty == over + row.remaining
        if row.remaining:
            assert play.exchange.left(str(row.number)) == row.remaining
    for code in (ALPHA, BETA):
        assert mine.sellable(code) >= 0


def _check_money(mine: Account) -> None:
    rate = Decimal("1.40527") / 10_000
    cash = mine.deposit + sum(mine.pending.values())
    for row in mine.rows.values():
        paid = int(row.filled_amount * rate + Decimal("0.5"))
        if row.side is Side.BUY:
            cash -= row.filled_amount + paid
        else:
            cash += row.filled_amount - paid - row.filled_amount * 15 // 10_000
    assert cash == mine.cash
    assert mine.orderable >= 0
    shares = {c: lot.qty for c, lot in mine.lots.items()}
    for row in mine.rows.values():
        sign = 1 if row.side is Side.BUY else -1
        shares[row.code] = shares.get(row.code, 0) + sign * row.filled_qty
    assert {c: q for c, q in shares.items() if q} == {
        c: t.lot.qty for c, t in mine.traded().items() if t.lot.qty
    }


def _check_notices(mine: Account, told: list[OrderNotice]) -> None:
    filled = Counter[int]()
    for notice in told:
        if notice.kind is NoticeKind.FILLED:
            filled[notice.number] += notice.qty
    assert {r.number: r.filled_qty for r in mine.rows.values() if r.filled_qty} == dict(filled)
    first = {n.number: n.kind for n in reversed(told)}
    assert NoticeKind.FILLED not in first.values()
