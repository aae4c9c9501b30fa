"""From the ledger's evidence to trades with their reasons, and on to the book."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.exits.cases import CODE, DAY, POLICY, at

from jennie_cli.engine.exits import exit_mark, rebuild, trades_of
from jennie_cli.engine.model import (
    ExitReason,
    Notice,
    NoticeKind,
    OrderIntent,
    OrderType,
    Side,
    TradeTier,
)
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules.buying import TRADABLE
from jennie_cli.engine.store import (
    Act,
    Evidence,
    Foreign,
    Intended,
    LedgerEvent,
    NoticeSeen,
    PositionSet,
    Taken,
)


def order(
    number: str, side: Side, qty: int, price: int, when: datetime, **intent: Any
) -> list[LedgerEvent]:
    """Return the events of an order at market that fills at once."""
    tier = intent.pop("tier", TradeTier.TIER1)
    checks = (Check(rule=TRADABLE.id, value=tier, limit=None, unit="", passed=True),)
    wish = OrderIntent(
        order_id=f"o{number}", code=CODE, side=side, type=OrderType.MARKET, qty=qty, **intent
    )
    taken = Taken(
        at=when,
        order_id=wish.order_id,
        call_id=f"c{number}",
        act=Act.PLACE,
        broker_id=number,
        branch="00950",
        day=DAY,
        how=Evidence.REPLY,
    )
    return [
        Intended(at=when, intent=wish, checks=checks),
        taken,
        seen(number, side, qty, price, when),
    ]


def seen(number: str, side: Side, qty: int, price: int, when: datetime) -> NoticeSeen:
    """Return the notice of one execution."""
    notice = Notice(
        kind=NoticeKind.FILLED,
        broker_id=number,
        original_id=None,
        code=CODE,
        side=side,
        qty=qty,
        price=price,
        order_qty=qty,
        at=when,
    )
    return NoticeSeen(at=when, notice=notice)


def sale(
    number: str, qty: int, clock: str, reason: ExitReason, level: int = 0
) -> list[LedgerEvent]:
    """Return the events of a sale of the session."""
    mark = exit_mark(reason, level)
    return order(number, Side.SELL, qty, 10_300, at(clock), reason=reason.value, strategy=mark)


@pytest.mark.parametrize(
    ("tier", "stop"), [(TradeTier.RECON, -2.5), (TradeTier.TIER1, None), (TradeTier.TIER2, None)]
)
def test_the_book_is_read_from_the_ledger(tier: TradeTier, stop: float | None) -> None:
    """Tier, level and the sale on RSI stand in orders and fills, in whatever order these came."""
    events = [
        *sale("3", 30, "10:05", ExitReason.RSI_OVERBOUGHT),
        *sale("2", 25, "09:50", ExitReason.SCALE_OUT, 2),
        *order("1", Side.BUY, 100, 10_000, at("09:31"), reason="SIGNAL", tier=tier),
    ]
    found = rebuild(trades_of(events), {}, (), POLICY)
    assert (45, 2, True) == (found.qty[0], found.level[0], found.rsi_sold[0])
    stored = float(found.stored_stop_pct[0])
    assert stop == (None if np.isnan(stored) else stored)


def test_fills_made_elsewhere_and_what_was_taken_over() -> None:
    """A position taken over and a sale by another program count, without a reason of ours."""
    events: list[LedgerEvent] = [
        PositionSet(at=at("08:50"), code=CODE, qty=10, cost=99_000, text="start"),
        Foreign(at=at("09:40"), broker_id="77", day=DAY),
        seen("77", Side.SELL, 4, 10_500, at("09:40")),
    ]
    first, second = trades_of(events)
    assert (True, 10, 99_000) == (first.taken_over, first.qty, first.amount)
    assert (False, 4, None) == (second.taken_over, second.qty, second.reason)
    found = rebuild((first, second), {}, (), POLICY)
    assert (6, 9_900.0, 0) == (found.qty[0], found.average[0], found.level[0])


def test_a_level_is_written_and_read_in_one_form() -> None:
    """The mark of a slice names its level, that of any other sale its reason alone."""
    assert "SCALE_OUT:1" == exit_mark(ExitReason.SCALE_OUT, 1)
    assert "HARD_STOP" == exit_mark(ExitReason.HARD_STOP)
