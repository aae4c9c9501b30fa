"""Orders and plans in words, where a chat and a terminal say the same."""

import asyncio
from dataclasses import replace

from tests.unit.engine.risk.cases import QUOTE, STOCK
from tests.unit.engine.trading.little_room import LittleRoom

from jennie_cli.engine.model import Order, OrderState, Side
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import Failure, Wish
from jennie_cli.engine.trading.telling import (
    failure_text,
    outcome_lines,
    plan_lines,
    price_text,
    won,
)


def planned(room: LittleRoom, wish: Wish) -> list[str]:
    """Return what is said of a plan."""
    plan = asyncio.run(room.desk.plan(wish))
    assert not isinstance(plan, Refusal)
    return plan_lines(plan, "ko")


def test_what_nobody_tells_is_unknown_and_not_zero() -> None:
    """In both languages."""
    assert ("모름", "unknown") == (won(None, "ko"), won(None, "en"))


def test_a_price_is_the_market_or_a_limit() -> None:
    """In words."""
    assert ("시장가", "지정가 71,000원") == (price_text(None, "ko"), price_text(71_000, "ko"))


def test_a_plan_in_an_auction_tells_the_expected_price() -> None:
    """It is not known what it will trade at."""
    room = LittleRoom()
    room.quotes.now = replace(QUOTE, expected_price=70_900)
    lines = planned(room, Wish(side=Side.SELL, stock=STOCK, qty=3))
    assert "예상체결가 70,900원" in lines


def test_the_word_of_the_broker_follows_the_state() -> None:
    """And the average of what was filled stands between them."""
    room = LittleRoom()
    room.lives.note = "no such account"
    room.lives.becomes = OrderState.PARTIAL
    plan = asyncio.run(room.desk.plan(Wish(side=Side.SELL, stock=STOCK, qty=4)))
    assert not isinstance(plan, Refusal)
    order = asyncio.run(room.desk.send(plan, confirmed=True))
    assert isinstance(order, Order)
    said, average, note = outcome_lines(order, "ko", "jennie")
    assert "jennie trade cancel" in said
    assert ("평균 71,000원, 합계 142,000원", "no such account") == (average, note)


def test_a_failure_is_a_refusal_or_an_error() -> None:
    """Each in its words."""
    room = LittleRoom()
    refused = asyncio.run(room.desk.plan(Wish(side=Side.SELL, stock=STOCK, qty=101)))
    assert isinstance(refused, Refusal)
    assert "100주" in failure_text(Failure(code=STOCK.code, refusal=refused), "ko")
    assert "too late" == failure_text(Failure(code=STOCK.code, text="too late"), "ko")
