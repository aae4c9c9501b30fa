"""Orders, their rows, their notices, and the money that follows."""

from datetime import date, datetime, time

import pytest
from tests.unit.simulator.tiny_market import ALPHA, BETA, TinyDays

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import NoticeKind, Side
from jennie_cli.simulator.brokerage import Books, Change, OrderNotice, OrderRow, RowKind, Ticket
from jennie_cli.simulator.playing import Disturbance, DisturbanceKind, Play, PlayEvent

MINE = "1234567801"
DAY = date(2025, 6, 30)


def at(text: str, *, day: date = DAY) -> datetime:
    """Return a moment."""
    return datetime.combine(day, time.fromisoformat(text), KST)


def market(side: Side, qty: int, *, code: str = ALPHA) -> Ticket:
    """Return a market order."""
    return Ticket(code=code, side=side, qty=qty, division="01")


def limit(side: Side, qty: int, price: int) -> Ticket:
    """Return a limit order in ALPHA."""
    return Ticket(code=ALPHA, side=side, qty=qty, price=price)


def notices(events: list[PlayEvent]) -> list[OrderNotice]:
    """Return the customers' notices among events."""
    return [e for e in events if isinstance(e, OrderNotice)]


def kinds(events: list[PlayEvent]) -> list[NoticeKind]:
    """Return the kinds of the notices among events."""
    return [n.kind for n in notices(events)]


def row(play: Play, number: int) -> OrderRow:
    """Return a row of today."""
    return play.brokerage.account(MINE).rows[number]


def test_an_order_is_told_accepted_then_filled(play: Play) -> None:
    """The acceptance comes first; fills carry their own quantity and add up to the row."""
    play.advance(at("10:00"))
    taken, events = play.place(MINE, market(Side.BUY, 30))
    events += play.advance(at("10:10"))
    told = notices(events)
    assert NoticeKind.ACCEPTED is told[0].kind
    fills = told[1:]
    assert {NoticeKind.FILLED} == {n.kind for n in fills}
    done = row(play, taken.number)
    assert 30 == sum(n.qty for n in fills) == done.filled_qty
    assert done.filled_amount == sum(n.qty * n.price for n in fills)
    assert 0 == done.remaining


def test_a_modify_moves_the_rest_to_a_new_number(play: Play) -> None:
    """The old row keeps what it filled and has nothing left, the new one names it."""
    play.advance(at("10:00"))
    old, _ = play.place(MINE, limit(Side.BUY, 10, 40_000))
    new, events = play.change(MINE, Change(original=old.number, cancels=False, price=41_000))
    assert old.number + 1 == new.number
    assert [NoticeKind.MODIFIED] == kinds(events)
    assert (new.number, old.number, 10, 41_000) == (
        notices(events)[0].number,
        notices(events)[0].original,
        notices(events)[0].qty,
        notices(events)[0].price,
    )
    assert 0 == row(play, old.number).remaining
    assert (RowKind.MODIFY, old.number, 10) == (
        row(play, new.number).kind,
        row(play, new.number).original,
        row(play, new.number).remaining,
    )


def test_a_partial_modify_leaves_the_rest_under_the_old_number(play: Play) -> None:
    """Only the quantity that was named moves."""
    play.advance(at("10:00"))
    old, _ = play.place(MINE, limit(Side.BUY, 10, 40_000))
    change = Change(original=old.number, cancels=False, whole=False, qty=4, price=41_000)
    new, _ = play.change(MINE, change)
    assert (6, 4) == (row(play, old.number).remaining, row(play, new.number).remaining)
    mine = play.brokerage.account(MINE)
    free = 100_000_000 - mine.orderable
    assert 6 * 40_000 + 4 * 41_000 <= free <= 6 * 40_000 + 4 * 41_000 + 100


def test_a_partial_cancel_keeps_the_order_alive(play: Play) -> None:
    """The cancel has its own number; the order goes on with less."""
    play.advance(at("10:00"))
    old, _ = play.place(MINE, limit(Side.BUY, 10, 40_000))
    part = Change(original=old.number, cancels=True, whole=False, qty=4)
    cancel, events = play.change(MINE, part)
    (told,) = notices(events)
    assert (NoticeKind.CANCELLED, cancel.number, old.number, 4, 0) == (
        told.kind,
        told.number,
        told.original,
        told.qty,
        told.price,
    )
    assert (6, 4) == (row(play, old.number).remaining, row(play, old.number).cancelled)
    assert [old.number] == [r.number for r in play.brokerage.open_orders(MINE)]
    play.change(MINE, Change(original=old.number, cancels=True))
    assert () == play.brokerage.open_orders(MINE)
    assert 100_000_000 == play.brokerage.account(MINE).orderable


def test_the_rest_of_an_ioc_order_is_taken_back(play: Play) -> None:
    """The exchange cancels what does not trade at once, and says that it did."""
    play.advance(at("10:00"))
    ticket = Ticket(code=ALPHA, side=Side.BUY, qty=5, price=40_000, division="11")
    taken, events = play.place(MINE, ticket)
    assert [NoticeKind.ACCEPTED, NoticeKind.CANCELLED] == kinds(events)
    told = notices(events)[-1]
    assert (True, taken.number, None, 5) == (
        told.automatic,
        told.number,
        told.original,
        told.qty,
    )


def test_what_only_the_exchange_knows_is_refused_by_notice(play: Play) -> None:
    """In a market-wide break an order gets a number, and a notice that it was turned away."""
    play.advance(at("10:00"))
    play.disturb(Disturbance(kind=DisturbanceKind.BREAK))
    taken, events = play.place(MINE, limit(Side.BUY, 10, 40_000))
    assert [NoticeKind.REJECTED] == kinds(events)
    assert (10, 0) == (row(play, taken.number).rejected, row(play, taken.number).remaining)
    assert 100_000_000 == play.brokerage.account(MINE).orderable


def test_a_day_order_dies_with_the_session(play: Play) -> None:
    """After the close nothing remains, nothing is reserved, and nobody is told."""
    taken, _ = play.place(MINE, limit(Side.BUY, 10, 36_000))
    assert [] == notices(play.advance(at("16:00")))
    assert (0, 10) == (row(play, taken.number).remaining, row(play, taken.number).expired)
    assert 100_000_000 == play.brokerage.account(MINE).orderable


def test_cash_settles_on_the_second_day(play: Play) -> None:
    """A buy leaves D+2 cash at once and the deposit two trading days later, over a weekend."""
    play.advance(at("10:00", day=date(2025, 7, 3)))
    play.place(MINE, market(Side.BUY, 10))
    play.advance(at("11:00", day=date(2025, 7, 3)))
    paid = 100_000_000 - play.brokerage.balance(MINE).cash
    fri, mon = (play.advance(at("08:00", day=date(2025, 7, d))) for d in (4, 7))
    assert fri
    assert mon
    balance = play.brokerage.balance(MINE)
    assert (100_000_000 - paid, 100_000_000 - paid) == (balance.deposit, balance.cash)


def test_the_deposit_of_each_day_is_told(play: Play) -> None:
    """Deposit, D+1 and D+2 on the day of trade and on the day after."""
    play.advance(at("10:00"))
    play.place(MINE, market(Side.BUY, 10))
    play.advance(at("11:00"))
    first = play.brokerage.balance(MINE)
    assert (100_000_000, 100_000_000) == (first.deposit, first.next_day_cash)
    assert first.today.net == first.cash - 100_000_000
    play.advance(at("11:00", day=date(2025, 7, 1)))
    second = play.brokerage.balance(MINE)
    assert (100_000_000, first.cash, first.cash) == (
        second.deposit,
        second.next_day_cash,
        second.cash,
    )
    assert (first.today, (10, 0)) == (second.before, second.holdings[0].yesterday)


def test_sale_proceeds_buy_at_once(play: Play) -> None:
    """Cash of a sale is orderable the moment it fills, less fee and tax."""
    play.advance(at("10:00"))
    play.place(MINE, market(Side.BUY, 100))
    play.advance(at("10:30"))
    before = play.brokerage.account(MINE).orderable
    taken, _ = play.place(MINE, market(Side.SELL, 100))
    play.advance(at("11:00"))
    sold = row(play, taken.number)
    assert 100 == sold.filled_qty
    assert before + sold.filled_amount - sold.fee - sold.tax == (
        play.brokerage.account(MINE).orderable
    )
    assert sold.filled_amount * 15 // 10_000 == sold.tax
    assert sold.filled_amount == play.brokerage.buying_power(MINE).reusable


def test_a_sold_out_code_is_shown_until_it_settles(play: Play) -> None:
    """The row stays with nothing in it on D and D+1 and is gone on D+2."""
    play.advance(at("10:00"))
    play.place(MINE, market(Side.BUY, 10))
    play.advance(at("10:30"))
    play.place(MINE, market(Side.SELL, 10))
    play.advance(at("11:00"))
    shown = []
    for day in (30, 1, 2):
        month = 6 if day == 30 else 7
        play.advance(at("12:00", day=date(2025, month, day)))
        shown.append([(h.code, h.qty) for h in play.brokerage.balance(MINE).holdings])
    assert [[(ALPHA, 0)], [(ALPHA, 0)], []] == shown


def test_a_split_multiplies_shares_and_keeps_the_cost() -> None:
    """Ten shares become twenty overnight; what they cost does not change."""
    play = Play(TinyDays(split_on=date(2025, 7, 1)), start=at("10:00"))
    play.place(MINE, market(Side.BUY, 10))
    play.advance(at("11:00"))
    (before,) = play.brokerage.balance(MINE).holdings
    play.advance(at("08:00", day=date(2025, 7, 1)))
    (after,) = play.brokerage.balance(MINE).holdings
    assert (20, before.cost, 25_000) == (after.qty, after.cost, after.base)


def test_profits_are_told_by_day_and_code(play: Play) -> None:
    """A round trip shows what was bought, sold, paid and earned."""
    play.advance(at("10:00"))
    play.place(MINE, market(Side.BUY, 10))
    play.place(MINE, market(Side.BUY, 10, code=BETA))
    play.advance(at("10:30"))
    play.place(MINE, market(Side.SELL, 10))
    play.advance(at("08:00", day=date(2025, 7, 1)))
    alpha, beta = play.brokerage.profits(MINE, DAY, DAY)
    assert (ALPHA, 10, 10, BETA, 10, 0) == (
        alpha.code,
        alpha.bought,
        alpha.sold,
        beta.code,
        beta.bought,
        beta.sold,
    )
    cash = play.brokerage.balance(MINE).cash
    assert cash + beta.buy_amount + beta.fee == 100_000_000 + alpha.realized


def test_the_identity_of_the_balance_holds(play: Play) -> None:
    """Total is D+2 cash and the value of the holdings, at the last price."""
    play.advance(at("10:00"))
    play.place(MINE, market(Side.BUY, 33))
    play.advance(at("11:17"))
    balance = play.brokerage.balance(MINE)
    (held,) = balance.holdings
    assert 33 * play.exchange.board(ALPHA).last == held.value
    assert balance.worth == balance.cash + held.value
    assert held.average * 33 == pytest.approx(held.cost, abs=1)


def test_books_are_the_same_after_a_round_trip(play: Play) -> None:
    """What is kept on a morning reads back to the byte."""
    play.advance(at("10:00"))
    play.place(MINE, market(Side.BUY, 33))
    play.place(MINE, limit(Side.BUY, 3, 40_000))
    play.advance(at("10:00", day=date(2025, 7, 2)))
    kept = play.brokerage.keep().dump()
    assert kept == Books.read(kept).dump()


def test_a_question_opens_no_account(play: Play) -> None:
    """Only an order leaves a trace; the balance of a stranger is that of a new account."""
    assert 100_000_000 == play.brokerage.balance("9999999901").cash
    assert {} == play.brokerage.accounts
