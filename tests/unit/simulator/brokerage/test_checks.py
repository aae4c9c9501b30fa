"""What the brokerage refuses, by name and before anything is changed."""

from datetime import date, datetime, time

import pytest
from tests.unit.simulator.tiny_market import ALPHA, HALTED

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Side
from jennie_cli.simulator.brokerage import Change, Reason, Rejection, Ticket
from jennie_cli.simulator.playing import Play

MINE, OTHER = "1234567801", "8765432101"


def at(text: str, *, day: date = date(2025, 6, 30)) -> datetime:
    """Return a moment of the first day."""
    return datetime.combine(day, time.fromisoformat(text), KST)


def buy(
    code: str = ALPHA,
    qty: int = 1,
    price: int = 50_000,
    *,
    division: str = "00",
    venue: str = "KRX",
) -> Ticket:
    """Return a buy."""
    return Ticket(code=code, side=Side.BUY, qty=qty, price=price, division=division, venue=venue)


def sell(qty: int, *, price: int = 50_000) -> Ticket:
    """Return a sale of ALPHA."""
    return Ticket(code=ALPHA, side=Side.SELL, qty=qty, price=price)


def refused(play: Play, ticket: Ticket, *, account: str = MINE) -> Reason:
    """Return why an order is refused."""
    with pytest.raises(Rejection) as caught:
        play.place(account, ticket)
    return caught.value.reason


@pytest.mark.parametrize(
    ("reason", "ticket"),
    [
        (Reason.VENUE, buy(venue="NXT")),
        (Reason.VENUE, buy(venue="SOR")),
        (Reason.UNKNOWN_CODE, buy("999999")),
        (Reason.DIVISION, buy(division="07")),
        (Reason.DIVISION, buy(division="21")),
        (Reason.AFTER_MARKET, buy(division="41")),
        (Reason.AFTER_MARKET, buy(division="06")),
        (Reason.QUANTITY, buy(qty=0)),
        (Reason.PRICE, buy(price=0)),
        (Reason.TICK, buy(price=50_010)),
        (Reason.LIMITS, buy(price=65_100)),
        (Reason.LIMITS, buy(price=34_950)),
        (Reason.HALTED, buy(HALTED, price=7_000)),
        (Reason.CASH, buy(qty=2_000)),
        (Reason.NO_HOLDING, sell(1)),
    ],
)
def test_an_order_is_refused_by_name(play: Play, reason: Reason, ticket: Ticket) -> None:
    """Each broken rule has its own reason, and no number is spent."""
    assert reason == refused(play, ticket)
    taken, _ = play.place(MINE, buy())
    assert 1 == taken.number


@pytest.mark.parametrize(
    ("reason", "account"),
    [
        (Reason.ACCOUNT, "12345678"),
        (Reason.ACCOUNT, "12345678x1"),
        (Reason.ACCOUNT, "1234567855"),
        (Reason.PENSION_ACCOUNT, "1234567829"),
    ],
)
def test_an_account_is_refused_by_name(play: Play, reason: Reason, account: str) -> None:
    """Only ten digits of a brokerage account order anything."""
    assert reason == refused(play, buy(), account=account)


@pytest.mark.parametrize(
    ("reason", "moment"),
    [
        (Reason.BEFORE_OPEN, at("08:29:59")),
        (Reason.AFTER_CLOSE, at("15:30:40")),
        (Reason.AFTER_CLOSE, at("16:30")),
        (Reason.NO_TRADING_DAY, at("10:00", day=date(2025, 7, 5))),
    ],
)
def test_hours_are_kept(reason: Reason, moment: datetime, play: Play) -> None:
    """Before, after, in the evening and on a Saturday there is no order."""
    early = Play(play.market, start=at("07:00"))
    early.advance(moment)
    assert reason == refused(early, buy())


def test_a_market_buy_reserves_the_upper_limit_with_its_fee(play: Play) -> None:
    """100,000,000 won buy 1,538 shares at 65,000 with the fee, not one more."""
    power = play.brokerage.buying_power(MINE, code=ALPHA)
    assert (65_000, 1_538) == (power.unit, power.qty)
    assert Reason.CASH == refused(play, buy(qty=1_539, price=0, division="01"))
    play.place(MINE, buy(qty=1_538, price=0, division="01"))
    left = play.brokerage.account(MINE).orderable
    assert 100_000_000 - 99_970_000 - 14_048 == left


def test_a_sale_claims_its_shares(play: Play) -> None:
    """What an open sale has claimed cannot be sold again; a cancel gives it back."""
    play.advance(at("09:05"))
    play.place(MINE, buy(qty=10, price=0, division="01"))
    play.advance(at("09:06"))
    taken, _ = play.place(MINE, sell(7, price=65_000))
    assert Reason.SELLABLE == refused(play, sell(4))
    assert 3 == play.brokerage.sellable(MINE, ALPHA).free
    play.change(MINE, Change(original=taken.number, cancels=True))
    assert 10 == play.brokerage.sellable(MINE, ALPHA).free


def refused_change(play: Play, change: Change, *, account: str = MINE) -> Reason:
    """Return why a modify or cancel is refused."""
    with pytest.raises(Rejection) as caught:
        play.change(account, change)
    return caught.value.reason


def test_a_change_is_refused_by_name(play: Play) -> None:
    """Unknown, foreign, too much, unaffordable, off the tick: each by its name."""
    taken, _ = play.place(MINE, buy(qty=1_500))
    number = taken.number
    assert Reason.UNKNOWN_ORIGINAL == refused_change(play, Change(original=9, cancels=True))
    other = refused_change(play, Change(original=number, cancels=True), account=OTHER)
    assert Reason.UNKNOWN_ORIGINAL == other
    over = Change(original=number, cancels=True, whole=False, qty=1_501)
    assert Reason.OVER_CHANGE == refused_change(play, over)
    tick = Change(original=number, cancels=False, price=50_010)
    assert Reason.TICK == refused_change(play, tick)
    dear = Change(original=number, cancels=False, price=65_000, whole=False, qty=1_500)
    play.place(MINE, buy(qty=400, price=60_000))
    assert Reason.CASH == refused_change(play, dear)
    play.change(MINE, Change(original=number, cancels=True))
    again = Change(original=number, cancels=True)
    assert Reason.NOTHING_LEFT == refused_change(play, again)
