"""A moment in which a signal is bought and a position sold, and changes to it, one at a time."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from tests.unit.engine.risk.cases import CALENDAR, QUOTE, STOCK, at, flag

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.model import (
    ExitReason,
    Flag,
    OrderIntent,
    OrderType,
    Regime,
    RiskTag,
    Side,
    Signal,
    Strategy,
    ThrottleLevel,
    TradeTier,
    TradingContext,
)
from jennie_cli.engine.risk import AutoFacts, AutoPolicy, Held, Past

POLICY = AutoPolicy()
NOW = at(10)
GROUP = "반도체/IT"
OTHER_GROUP = "금융"

SIGNAL = Signal(
    signal_id="s-1",
    code=STOCK.code,
    name=STOCK.name,
    strategy=Strategy.GOLDEN_CROSS,
    price=39_650,  # its limit is 40,000
    at=at(9, 59, 58),
    tier=TradeTier.TIER1,
    is_tradable=True,
    hybrid_score=76.0,
    llm_score=74.0,
    scored_at=at(8, 31),
    sector_group=GROUP,
    regime=Regime.NEUTRAL,
)
CONTEXT = TradingContext(
    at=at(9, 55),
    regime=Regime.NEUTRAL,
    size_factor=1.1,
    stop_factor=1.0,
    risk_off_level=0,
    throttle=ThrottleLevel.NORMAL,
)
PRICED = replace(QUOTE, price=39_600, base_price=39_000, upper_limit=50_700, lower_limit=27_300)
DEAR = Held(code="900090", group=OTHER_GROUP, qty=300, price=100_000, protective=100_000)
"""Thirty million won that cannot fall."""


def signal(**changes: Any) -> Signal:
    """Return the signal with changes."""
    return replace(SIGNAL, **changes)


def context(**changes: Any) -> TradingContext:
    """Return the macro context with changes."""
    return replace(CONTEXT, **changes)


def auto(**changes: Any) -> AutoFacts:
    """Return the worked example of the specification: fifty million won, twenty of them cash."""
    now: datetime = changes.get("now", NOW)
    calm = AutoFacts(
        now=now,
        session=CALENDAR.session(now.date()),
        flags={},
        stock=STOCK,
        buying_power=power(),
        calendar=CALENDAR,
        order_id="0630-100000-a-1",
        quote=PRICED,
        bus_alive=True,
        taken=False,
        locked=False,
        context=CONTEXT,
        risk_tag=RiskTag.NEUTRAL,
        holdings=(DEAR,),
        cash=20_000_000,
        past=Past(),
        bought_today=0,
        ordered_today=0,
        closing_equity=50_000_000,
        correlation=correlation(0.1),
        atr=1_200,
        sector_cap=3,
        sellable=100,
    )
    return replace(calm, **changes)


def correlation(*ratios: float) -> Any:
    """Return the correlations with the holdings."""
    return np.array(ratios)


def quoted(**changes: Any) -> AutoFacts:
    """Return the moment with another quote."""
    return auto(quote=replace(PRICED, **changes))


def under(**changes: Any) -> AutoFacts:
    """Return the moment under another macro context."""
    return auto(context=context(**changes))


def flagged(*flags: Flag, **changes: Any) -> AutoFacts:
    """Return the moment with flags up."""
    return auto(flags={f: flag() for f in flags}, **changes)


def held(count: int, group: str = GROUP, **changes: Any) -> tuple[Held, ...]:
    """Return so many small holdings of a group, none at risk."""
    one = Held(code="", group=group, qty=1, price=10_000, protective=10_000)
    return tuple(replace(one, code=f"9001{n:02d}", **changes) for n in range(count))


def holding(*stocks: Held, **changes: Any) -> AutoFacts:
    """Return a moment with twenty million won in cash and these stocks, unlike the signal's."""
    worth = sum(h.qty * (h.price or 0) for h in stocks)
    calm = auto(
        holdings=stocks,
        closing_equity=20_000_000 + worth,
        correlation=correlation(*[0.0] * len(stocks)),
    )
    return replace(calm, **changes)


def power(cash: int = 20_000_000, qty: int = 500) -> BuyingPower:
    """Return what the broker lets the cash buy."""
    return BuyingPower(cash=cash, qty=qty, unit_price=40_000)


def past(**changes: datetime) -> AutoFacts:
    """Return the moment after something was done with the stock."""
    return auto(past=Past(**changes))


def on(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of another day."""
    return at(hour, minute, second, day=day)


def sale(reason: ExitReason = ExitReason.FIXED_STOP, qty: int = 100, **changes: Any) -> OrderIntent:
    """Return an automatic sale at market."""
    made = OrderIntent(
        order_id="0630-100000-a-2",
        code=STOCK.code,
        side=Side.SELL,
        type=OrderType.MARKET,
        qty=qty,
        reason=reason.value,
    )
    return replace(made, **changes)
