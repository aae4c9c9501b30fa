"""Every strategy by id, and every condition that a strategy sets, with the unit it judges in.

A strategy fires when all its conditions hold. What is kept of one that did not is the condition
that it missed first, so that the record says why.
"""

from collections.abc import Mapping

from jennie_cli.engine.model import Strategy
from jennie_cli.engine.rules.check import Rule


def _rule(rule_id: str, *needs: str, unit: str = "") -> Rule:
    return Rule(id=f"strategy.{rule_id}", needs=needs or ("minutes",), unit=unit)


BARS = _rule("bars")
BULL = _rule("bull", "regime")
NOT_BULL = _rule("not_bull", "regime")
BULL_OR_SCORE = _rule("bull_or_score", "regime")
RECON = _rule("recon", "watchlist")
ASKED = _rule("asked", "watchlist")
LLM_SCORE = _rule("llm_score", "model", unit="points")
CONVINCED = _rule("convinced", "watchlist", unit="points")
FIRST_DAY = _rule("first_day", "watchlist", unit="rows")
LAST_DAY = _rule("last_day", "watchlist", unit="rows")
BEGINS = _rule("begins", "calendar")
ENDS = _rule("ends", "calendar")

TREND = _rule("trend", unit="KRW")
NO_TREND_BEFORE = _rule("no_trend_before", unit="KRW")
ABOVE_MEAN = _rule("above_mean", unit="KRW")
UP = _rule("up", unit="KRW")
DOWN_BEFORE = _rule("down_before")
RISE = _rule("rise", unit="pct")
RISE_CAP = _rule("rise_cap", unit="pct")
DIP = _rule("dip", "watchlist", unit="pct")
DIP_FLOOR = _rule("dip_floor", "watchlist", unit="pct")
DIP_RSI = _rule("dip_rsi", unit="rsi")
HIGH = _rule("high", unit="KRW")
HIGH_CLOSE = _rule("high_close", unit="KRW")
CONTRACTION = _rule("contraction", unit="ratio")
WICK = _rule("wick", unit="ratio")
BODY_BEFORE = _rule("body_before", unit="KRW")
BODY = _rule("body", unit="times")
VOLUME = _rule("volume", unit="times")
VOLUME_CALM = _rule("volume_calm")
VOLUME_UP = _rule("volume_up")
RSI_BEFORE = _rule("rsi_before", unit="rsi")
RSI = _rule("rsi", unit="rsi")
RSI_CAP = _rule("rsi_cap", unit="rsi")
BAND = _rule("band", unit="KRW")
VWAP = _rule("vwap", unit="pct")

SWITCH = _rule("switch", "settings")
ALLOWED = _rule("allowed", "macro")

NEXT_MINUTE = _rule("next_minute", "minutes", "idle_minute")
HELD_PRICE = _rule("held_price", unit="KRW")
GATES_AGAIN = _rule("gates_again")

CONDITION_RULES: Mapping[str, Rule] = {
    r.id: r for r in tuple(globals().values()) if isinstance(r, Rule)
}
"""Every condition by id, with those of the confirmation last."""

_MORE = {Strategy.BB_LOWER: ("own_list",)}

STRATEGY_RULES: Mapping[Strategy, Rule] = {
    s: _rule(s.value.lower(), "minutes", *_MORE.get(s, ())) for s in Strategy
}
"""The rule under which a strategy's hits are counted, in the order in which they are asked."""
