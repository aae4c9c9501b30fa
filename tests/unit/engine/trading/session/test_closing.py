"""What a session does in the closing auction, and what it leaves alone."""

from dataclasses import replace
from datetime import timedelta

from tests.unit.engine.research.walk_cases import (
    CALENDAR,
    CODE,
    DAY,
    MONEY,
    POLICIES,
    at,
    past,
    still,
)
from tests.unit.engine.risk.auto_cases import PRICED, auto, signal

from jennie_cli.engine.exits import Trade, rebuild
from jennie_cli.engine.feed import Tick
from jennie_cli.engine.model import ExitReason, Side
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.risk import ApprovedOrder, Refusal
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.opening import Opening
from jennie_cli.engine.trading.session.wishes import SellWish

_LOWEST = 7_000


def holding(qty: int = 100) -> TradingDay:
    """Return a day on which shares bought yesterday at 10,000 won are held, last at 10,000."""
    yesterday = at("10:00", DAY) - timedelta(days=1)
    bought = Trade(code=CODE, side=Side.BUY, qty=qty, amount=qty * 10_000, at=yesterday)
    day = TradingDay(
        past({CODE: still(30)}),
        Opening(
            book=rebuild([bought] if qty else [], {}, (), POLICIES.exits),
            last={},
            signalled_until={},
            equity=MONEY,
            cash=MONEY,
            latched=False,
            groups={CODE: "반도체/IT"},
            trades=1,
        ),
        policies=POLICIES,
        calendar=CALENDAR,
        costs=Costs(),
        since=at("09:00", DAY),
        grace_s=0.0,
    )
    day.hear(
        [Tick(code=CODE, at=at("15:19:50"), price=10_000, qty=1, day_volume=1, day_high=10_000)],
        at("15:19:50"),
    )
    return day


def seconds(day: TradingDay, first: str, last: str) -> list[SellWish]:
    """Let the seconds of a stretch go by, the expected price told anew; return the wishes."""
    now, found = at(first), list[SellWish]()
    while now <= at(last):
        day.expect(CODE, _LOWEST, now)
        found += day.beat(now).sells
        now += timedelta(seconds=5)
    return found


def outside(clock: str, **changes: object) -> Outside:
    """Return what a stamp is told of the world at a moment."""
    calm = Outside(
        now=at(clock),
        order_id="x",
        flags={},
        quote=replace(PRICED, code=CODE),
        power=auto().buying_power,
        bus_alive=True,
        taken=False,
        locked=False,
    )
    return replace(calm, **changes)  # type: ignore[arg-type]  # names of its own fields


def test_a_sale_in_the_auction_is_asked_for_once_however_long_it_waits() -> None:
    """It trades at the close; until then nothing new can be said of it."""
    assert ["HARD_STOP"] == [w.reason.value for w in seconds(holding(), "15:20:00", "15:30:00")]


def test_a_sale_that_came_to_nothing_in_the_auction_is_asked_for_again() -> None:
    """As long as one can still enter it."""
    day = holding()
    assert 1 == len(seconds(day, "15:21:00", "15:21:00"))
    day.freed(CODE)
    assert 1 == len(seconds(day, "15:28:55", "15:29:30"))
    day.freed(CODE)
    assert [] == seconds(day, "15:29:05", "15:30:00")


def test_a_stop_of_the_auction_is_stamped_as_a_market_sale() -> None:
    """Until a minute before the close; at the lower limit it is a market sale there too."""
    day = holding()
    (wish,) = seconds(day, "15:21:00", "15:21:00")
    assert (ExitReason.HARD_STOP, True) == (wish.reason, wish.at_lower_limit)
    stamped = day.stamp_sell(wish, outside("15:29:00", quote=day.quote(CODE)), sellable=100)
    late = day.stamp_sell(wish, outside("15:29:01", quote=day.quote(CODE)), sellable=100)
    assert isinstance(stamped, ApprovedOrder)
    assert ("market", 100) == (stamped.intent.type.value, stamped.intent.qty)
    assert isinstance(late, Refusal)


def test_no_buy_is_stamped_in_the_closing_auction() -> None:
    """What the last minutes said is too late."""
    day = holding(qty=0)
    assert () == day.beat(at("15:20:00")).buys
    answer = day.stamp_buy(signal(code=CODE, at=at("15:20:00")), outside("15:20:00"))
    assert isinstance(answer, Refusal)
    assert "risk.entry_hours" == answer.rule
