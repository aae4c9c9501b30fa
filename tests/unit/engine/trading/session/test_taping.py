"""What a session hears is written whole, without what others say in words, and never in its way."""

import inspect
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.research.walk_cases import CALENDAR, CODE, DAY, OTHER, POLICIES, at, context
from tests.unit.engine.trading.session.tape_cases import BY, STOP_LOSS, Lines, never, recorded

from jennie_cli.engine.errors import JennieError, StorageFull
from jennie_cli.engine.exits import ExitBook, Trade
from jennie_cli.engine.feed import MarketEvent, MarketEventKind, MinuteBar, Tick
from jennie_cli.engine.model import (
    ExitReason,
    Flag,
    Order,
    OrderState,
    OrderType,
    Side,
    Venue,
)
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.walk_account import open_account
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.opening import Opening
from jennie_cli.engine.trading.session.replaying import replay
from jennie_cli.engine.trading.session.tape import Beginning, Moments
from jennie_cli.engine.trading.session.taping import TapedDay
from jennie_cli.engine.trading.session.wishes import SellWish

PLANTED = "PSplanted-key-0123456789"
READS = {"held", "limit", "quote", "standing"}
"""What only tells of a day, and changes nothing in it."""


def test_everything_a_day_can_be_told_is_taped() -> None:
    """A new way of telling it something would be missing from every tape."""
    names = {name for name, _ in inspect.getmembers(TradingDay) if not name.startswith("_")}
    assert names - READS == {name for name in names if name in vars(TapedDay)}


def opened(tape: Lines) -> TapedDay:
    """Return the morning of one stock that is neither held nor rests."""
    account = open_account(50_000_000)
    book: ExitBook = account.book
    opening = Opening(
        book=book,
        last={},
        signalled_until={OTHER: 34_000.5},
        equity=50_000_000,
        cash=50_000_000,
        latched=False,
        groups={},
        trades=0,
        marks={OTHER: 7},
    )
    beginning = Beginning(
        morning=STOP_LOSS,
        opening=opening,
        policies=POLICIES,
        since=at("10:00"),
        grace_s=1.0,
    )
    return TapedDay(beginning, tape, calendar=CALENDAR, costs=Costs(), by=BY, lost=never)


def order(side: Side = Side.BUY, **changes: Any) -> Order:
    """Return an order that others have something to say about."""
    plain = Order(
        order_id="0701-1",
        code=CODE,
        side=side,
        type=OrderType.LIMIT,
        qty=10,
        price=9_900,
        venue=Venue.KRX,
        state=OrderState.WORKING,
        created_at=at("09:50"),
        broker_ids=(PLANTED,),
        reason="signal",
        note=f"the broker says {PLANTED}",
    )
    return replace(plain, **changes)


def outside(now: datetime) -> Outside:
    """Return what a stamp is told, with the words of whoever set a flag."""
    flags = {Flag.PAUSE: FlagState(up=False, who=PLANTED, at=now, reason=PLANTED)}
    return Outside(
        now=now,
        order_id="0701-2",
        flags=flags,
        quote=None,
        power=None,
        bus_alive=True,
        taken=False,
        locked=None,
    )


def tick(price: int, second: str = "10:01", **changes: Any) -> Tick:
    """Return a trade of ten shares."""
    plain = Tick(code=CODE, at=at(second), price=price, qty=10, day_volume=10, day_high=price)
    return replace(plain, **changes)


def live_through(day: TapedDay) -> None:
    """Tell a day everything that it can be told."""
    bars = [
        MinuteBar(code=CODE, start=at("09:30"), open=1, high=3, low=1, close=2, volume=7),
        MinuteBar(code=CODE, start=at("09:31"), open=2, high=3, low=1, close=2, volume=0),
    ]
    day.warm_up(CODE, bars, until=at("10:00"))
    day.resume(order())
    day.weather(context(size_factor=0.8, avoid_sectors=frozenset({"b", "a"})))
    day.weigh(None)
    day.weigh(49_000_000, 1_000_000)
    day.traded(Trade(code=CODE, side=Side.BUY, qty=10, amount=99_000, at=at("10:00")))
    day.catch_up(CODE, bars)
    day.ended(order(filled_qty=10, filled_amount=99_000, state=OrderState.FILLED))
    halted = MarketEvent(
        kind=MarketEventKind.HALTED, code=CODE, at=at("10:01"), text=f"say {PLANTED}"
    )
    resumed = replace(halted, kind=MarketEventKind.RESUMED)
    items: list[Tick | MarketEvent] = [
        tick(9_900, after_gap=True),
        halted,
        resumed,
        tick(9_890, regular=False),
    ]
    day.hear(items, at("10:01") + timedelta(microseconds=7))
    day.expect(CODE, 9_700, at("10:01"))
    day.liquidate(frozenset({OTHER, CODE}))
    day.beat(at("10:02"))
    for sellable in (0, None):
        wish = SellWish(
            code=CODE, second=36_120.5, qty=10, reason=ExitReason.FIXED_STOP, price=9_000
        )
        day.stamp_sell(wish, outside(at("10:02")), sellable=sellable)
    day.freed(CODE)
    day.not_sent("0701-2")
    day.weather(None)
    day.take_records()
    day.end()


def test_everything_comes_again() -> None:
    """Each kind of thing that a day can be told, as it was told."""
    tape = Lines()
    live_through(opened(tape))
    came = replay(tape.lines)
    assert (None, True, len(tape.lines)) == (came.difference, came.whole, came.lines)
    assert 1 == sum(b'["weigh",49000000,1000000]' in line for line in tape.lines)
    assert came.decisions
    assert came.wishes


def test_no_words_of_others_are_taped() -> None:
    """A key that a broker's answer or a person's reason held is not in it."""
    tape = Lines()
    live_through(opened(tape))
    assert PLANTED.encode() not in b"\n".join(tape.lines)


_MOMENTS = Moments(DAY)
_AT = st.integers(-86_400_000_000, 2 * 86_400_000_000).map(_MOMENTS.at)
_WON = st.integers(0, 10**12)
ITEMS = st.lists(
    st.one_of(
        st.builds(
            Tick,
            code=st.sampled_from([CODE, OTHER]),
            at=_AT,
            price=_WON,
            qty=_WON,
            day_volume=_WON,
            day_high=_WON,
            regular=st.booleans(),
            after_gap=st.booleans(),
        ),
        st.builds(
            MarketEvent,
            kind=st.sampled_from(MarketEventKind),
            code=st.sampled_from(["", CODE]),
            at=_AT,
        ),
    )
)


@given(items=ITEMS)
def test_ticks_and_events_are_read_as_they_were_written(items: list[Tick | MarketEvent]) -> None:
    """To the microsecond and the won."""
    assert items == _MOMENTS.unpacked(_MOMENTS.packed(items))


@pytest.mark.parametrize("room", [0, 1, 40])
def test_a_full_disk_is_told_once_and_stops_no_trade(room: int) -> None:
    """The same is decided; the tape ends where it ended."""
    told: list[JennieError] = []
    full = StorageFull("The disk is full.")
    tape = Lines(full, room)
    decisions, lines = recorded(STOP_LOSS, tape=tape, lost=told.append)
    assert recorded(STOP_LOSS)[0] == decisions
    assert [full] == told
    assert room == len(lines)
