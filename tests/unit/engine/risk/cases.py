"""A moment in which everything is allowed, and orders to be judged in it."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import (
    Flag,
    Market,
    Order,
    OrderIntent,
    OrderState,
    OrderType,
    Side,
    Stock,
)
from jennie_cli.engine.risk import ManualFacts
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.venue import default_calendar

DAY = date(2025, 6, 30)
PRICE = 71_000
CALENDAR = default_calendar()

STOCK = Stock(code="900010", name="가온칩스텍", market=Market.KOSPI)
QUOTE = Quote(
    code=STOCK.code,
    price=PRICE,
    base_price=70_000,
    open=70_500,
    high=71_500,
    low=70_100,
    upper_limit=91_000,
    lower_limit=49_000,
    volume=10_000,
    value=710_000_000,
)


def at(hour: int, minute: int = 0, second: int = 0, day: date = DAY) -> datetime:
    """Return a moment of a day in Korea."""
    return datetime.combine(day, time(hour, minute, second), KST)


def flag(*, up: bool = True) -> FlagState:
    """Return a flag somebody set."""
    return FlagState(up=up, who="cli", at=at(8), reason="")


def facts(**changes: Any) -> ManualFacts:
    """Return ten in the morning of a trading day with plenty of cash and shares."""
    moment = changes.get("now", at(10))
    calm = ManualFacts(
        now=moment,
        session=CALENDAR.session(moment.date()),
        flags={},
        quote=QUOTE,
        stock=STOCK,
        buying_power=BuyingPower(cash=100_000_000, qty=1_000, unit_price=91_000),
        sellable=100,
    )
    return replace(calm, **changes)


def quoted(**changes: Any) -> ManualFacts:
    """Return the same moment with another quote."""
    return facts(quote=replace(QUOTE, **changes))


def flagged(*flags: Flag) -> ManualFacts:
    """Return the same moment with flags up."""
    return facts(flags={f: flag() for f in flags})


def intent(
    side: Side = Side.BUY, qty: int = 10, price: int | None = PRICE, **changes: Any
) -> OrderIntent:
    """Return an order to be judged."""
    made = OrderIntent(
        order_id="0630-100000-t-1",
        code=STOCK.code,
        side=side,
        type=OrderType.MARKET if price is None else OrderType.LIMIT,
        qty=qty,
        price=price,
    )
    return replace(made, **changes)


def order(state: OrderState = OrderState.WORKING, **changes: Any) -> Order:
    """Return an order that is out: ten shares at 71,000 won."""
    made = Order(
        order_id="0630-095900-t-1",
        code=STOCK.code,
        side=Side.BUY,
        type=OrderType.LIMIT,
        qty=10,
        price=PRICE,
        venue=intent().venue,
        state=state,
        created_at=at(9, 59),
        broker_ids=("123",),
    )
    return replace(made, **changes)
