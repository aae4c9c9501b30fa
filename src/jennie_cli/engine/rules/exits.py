"""Every rule that sells a stock held, by id, in the order in which they are asked.

The first rules ask whether there is anything to decide on. Of the others, one named after a reason
to sell sells; one that ends in `_armed`, `_drop`, `_level`, `_profit` or `_loss` only opens the
rule behind it, and "fired" then means that it is open.
"""

from collections.abc import Mapping

from jennie_cli.engine.rules.check import Rule


def _rule(rule_id: str, *needs: str, unit: str = "") -> Rule:
    return Rule(id=f"exit.{rule_id}", needs=needs, unit=unit)


HOURS = _rule("hours", "calendar")
HALTED = _rule("halted", "prices", "halt")
PENDING = _rule("pending", "ledger", unit="seconds")
FORCED_LIQUIDATION = _rule("forced_liquidation", "ledger", "person")
FRESH = _rule("fresh", "prices", "silent_feed", unit="seconds")
HARD_STOP = _rule("hard_stop", "prices", "ledger", "leap", unit="pct")
PROFIT_FLOOR_ARMED = _rule("profit_floor_armed", "prices", "ledger", unit="pct")
PROFIT_FLOOR = _rule("profit_floor", "prices", "ledger", "leap", unit="pct")
PROFIT_LOCK_2_ARMED = _rule("profit_lock_2_armed", "prices", "ledger", unit="pct")
PROFIT_LOCK_2 = _rule("profit_lock_2", "prices", "ledger", unit="pct")
PROFIT_LOCK_1_ARMED = _rule("profit_lock_1_armed", "prices", "ledger", unit="pct")
PROFIT_LOCK_1 = _rule("profit_lock_1", "prices", "ledger", unit="pct")
BREAKEVEN_STOP_ARMED = _rule("breakeven_stop_armed", "prices", "ledger", unit="pct")
BREAKEVEN_STOP = _rule("breakeven_stop", "prices", "ledger", unit="pct")
ATR_STOP = _rule("atr_stop", "prices", "ledger", unit="KRW")
FIXED_STOP = _rule("fixed_stop", "prices", "ledger", unit="pct")
TRAILING_STOP_ARMED = _rule("trailing_stop_armed", "prices", "ledger", unit="pct")
TRAILING_STOP_DROP = _rule("trailing_stop_drop", "prices", "ledger", unit="share1_pct")
TRAILING_STOP = _rule("trailing_stop", "prices", "ledger", unit="pct")
SCALE_OUT_LEVEL = _rule("scale_out_level", "prices", "ledger", unit="pct")
SCALE_OUT = _rule("scale_out", "prices", "ledger", unit="KRW")
RSI_OVERBOUGHT_PROFIT = _rule("rsi_overbought_profit", "prices", "ledger", unit="pct")
RSI_OVERBOUGHT = _rule("rsi_overbought", "prices", "bars", unit="rsi")
PROFIT_TARGET = _rule("profit_target", "prices", "ledger", unit="pct")
DEATH_CROSS_LOSS = _rule("death_cross_loss", "prices", "ledger", unit="pct")
DEATH_CROSS = _rule("death_cross", "prices", "bars", unit="share1_pct")
TIME_EXIT = _rule("time_exit", "ledger", "long_holding", unit="rows")

EXIT_RULES: Mapping[str, Rule] = {r.id: r for r in tuple(globals().values()) if isinstance(r, Rule)}
"""Every rule by id, in the order in which they are asked."""

ASLEEP: Mapping[str, str] = {
    BREAKEVEN_STOP_ARMED.id: "exits.profit_lock_1",
    BREAKEVEN_STOP.id: "exits.profit_lock_1",
    PROFIT_TARGET.id: "exits.trailing",
}
"""Rules that cannot fire at defaults, with the setting that wakes them when it is off: the lock
sells before the breakeven stop could, and the fixed target is for those who do not trail."""
