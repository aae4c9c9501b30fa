"""Every gate that a buy signal must pass, by id, in the order in which they are asked.

`volume` and `vwap` only raise a flag, `combined_risk` counts the flags; `macro_known` only notes
that nobody knows the macro side. Every other one blocks.
"""

from collections.abc import Mapping

from jennie_cli.engine.rules.check import Rule


def _rule(rule_id: str, *needs: str, unit: str = "") -> Rule:
    return Rule(id=f"gate.{rule_id}", needs=needs, unit=unit)


MIN_BARS = _rule("min_bars", "minutes", unit="bars")
NO_TRADE_WINDOW = _rule("no_trade_window", "calendar", unit="clock")
LAST_ENTRY = _rule("last_entry", "calendar", unit="clock")
DANGER_ZONE = _rule("danger_zone", "calendar", unit="clock")
RSI = _rule("rsi", "minutes", unit="rsi")
VOLUME = _rule("volume", "minutes", unit="times")
VWAP = _rule("vwap", "minutes", unit="KRW")
COMBINED_RISK = _rule("combined_risk", "minutes", unit="flags")
COOLDOWN = _rule("cooldown", "cooldowns", unit="seconds")
MACRO_KNOWN = _rule("macro_known", "macro")
MACRO_RISK = _rule("macro_risk", "macro", unit="level")
VIX_CRISIS = _rule("vix_crisis", "macro")
REGIME = _rule("regime", "watchlist", unit="regime")
STOP_LOSS_COOLDOWN = _rule("stop_loss_cooldown", "cooldowns", unit="seconds")
SELL_COOLDOWN = _rule("sell_cooldown", "cooldowns", unit="seconds")
SHOOTING_STAR = _rule("shooting_star", "minutes", unit="times")
BEARISH_ENGULFING = _rule("bearish_engulfing", "minutes")
TRADABLE = _rule("tradable", "watchlist")
TIER = _rule("tier", "watchlist")
TOP_CHANGE = _rule("top_change", "minutes", "bars", unit="pct")
TOP_PRICE = _rule("top_price", "minutes", "bars", unit="KRW")

GATE_RULES: Mapping[str, Rule] = {r.id: r for r in tuple(globals().values()) if isinstance(r, Rule)}
"""Every gate by id, in the order in which they are asked."""

NOTES = frozenset({VOLUME.id, VWAP.id, MACRO_KNOWN.id})
"""Gates that never block by themselves: what they find is a caution."""

RECHECKED = frozenset(
    r.id
    for r in (
        NO_TRADE_WINDOW,
        LAST_ENTRY,
        DANGER_ZONE,
        MACRO_RISK,
        VIX_CRISIS,
        STOP_LOSS_COOLDOWN,
        SELL_COOLDOWN,
    )
)
"""Gates asked once more when a later bar confirms a signal; its own cooldown is not among them."""
