"""Every rule of the macro side by id: what throttles a day, and what counts as risk-off.

They are asked a few times an hour about the whole market, so one that stays silent for months only
says that the world was calm; they stand apart from the rules whose silence is reported.
"""

from collections.abc import Mapping

from jennie_cli.engine.rules.check import Rule


def _rule(rule_id: str, *needs: str, unit: str = "") -> Rule:
    return Rule(id=f"macro.{rule_id}", needs=needs, unit=unit)


KOSPI = _rule("kospi", "macro", unit="pct")
VIX = _rule("vix", "macro", unit="points")
SNAPSHOT_AGE = _rule("snapshot_age", "macro", unit="seconds")
RECOVERY = _rule("recovery", "macro", unit="seconds")

INSIGHT = _rule("insight", "council")
RISK_VIX = _rule("risk_vix", "macro", unit="points")
RISK_SPREAD = _rule("risk_spread", "macro", unit="pp")
RISK_SENTIMENT = _rule("risk_sentiment", "council", unit="points")
RISK_NEWS = _rule("risk_news", "macro", unit="number")
RISK_POLITICAL = _rule("risk_political", "macro")

MACRO_RULES: Mapping[str, Rule] = {
    r.id: r for r in tuple(globals().values()) if isinstance(r, Rule)
}
"""Every rule by id, the throttle's first."""
