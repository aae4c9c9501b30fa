"""Every rule of the scout by id, with the inputs it cannot work without and the unit it judges in.

An input that no source supplies yet keeps its rules waiting, which is not the same as a rule that
is fed and stays silent; `dead_rules` tells the two apart.
"""

from collections.abc import Mapping

from jennie_cli.engine.rules.check import Rule


def _rule(rule_id: str, *needs: str, unit: str = "") -> Rule:
    return Rule(id=rule_id, needs=needs, unit=unit)


KIND = _rule("eligible.kind", "master")
EXCLUDED = _rule("eligible.excluded", "exclusions")
LISTED = _rule("eligible.listed", "bars")
HALTED = _rule("eligible.halted", "master")
ADMINISTRATIVE = _rule("eligible.administrative", "master")
LIQUIDATION = _rule("eligible.liquidation", "master")
WARNING = _rule("eligible.warning", "master")
RISK = _rule("eligible.risk", "master")
OVERHEATED = _rule("eligible.overheated", "master")
MARKET_CAP = _rule("eligible.market_cap", "market_caps", unit="KRW")
PRICE = _rule("eligible.price", "bars", unit="KRW")
LIQUIDITY = _rule("eligible.liquidity", "bars", unit="KRW")

HISTORY = _rule("score.history", "bars", unit="rows")
COVERAGE = _rule("score.coverage", "bars", unit="ratio")
KNIFE = _rule("score.knife", "bars", unit="points")
PHASE_UPTREND = _rule("phase.uptrend", "bars", unit="points")
PHASE_ACCUMULATION = _rule("phase.accumulation", "bars", unit="points")
PHASE_DISTRIBUTION = _rule("phase.distribution", "bars", unit="points")
PHASE_DOWNTREND = _rule("phase.downtrend", "bars")
PHASE_EXHAUSTION = _rule("phase.exhaustion", "bars", unit="points")

QUANT_CUT = _rule("cut.quant", "bars", unit="points")
SKIP_QUANT = _rule("skip.quant", "bars", unit="points")
SKIP_RSI = _rule("skip.rsi", "bars", unit="rsi")
SKIP_SENTIMENT = _rule("skip.sentiment", "news", unit="points")

TAG_DISTRIBUTION = _rule("tag.distribution_risk", "bars", "flows", unit="rsi")
TAG_CAUTION = _rule("tag.caution", "bars", unit="rsi")
TAG_BULLISH = _rule("tag.bullish", "bars", "flows", unit="points")
VETO = _rule("veto.distribution", "bars", "flows")
GUARDRAIL = _rule("model.guardrail", "model", unit="points")
BLEND_GAP = _rule("model.blend_gap", "model", "competitor", unit="points")
BLEND_LOW = _rule("model.blend_low", "model", unit="points")
FACT_CHECK = _rule("model.fact_check", "model")
COMPETITOR = _rule("model.competitor_bonus", "model", "competitor", unit="points")
APPROVE = _rule("approve.min", "bars", unit="points")
TIER1 = _rule("tier.tier1", "bars", unit="points")
RECON = _rule("tier.recon", "bars", unit="points")
GOLDEN_CROSS = _rule("recon.golden_cross", "bars")
VOLUME_RATIO = _rule("recon.volume_ratio", "bars", unit="times")
MA20_RISING = _rule("recon.ma20_rising", "bars")
MOMENTUM = _rule("recon.momentum", "bars", unit="points")

HELD = _rule("held.held", "holdings")
SOLD = _rule("held.sold_24h", "holdings")
SECTOR_HOT = _rule("sector.hot", "bars", unit="pct")
SECTOR_COOL = _rule("sector.cool", "bars", unit="pct")
SECTOR_CAP = _rule("sector.cap", "bars", unit="stocks")
COUNCIL_AVOID = _rule("council.avoid", "council")
COUNCIL_FAVOUR = _rule("council.favour", "council")
SIZE = _rule("select.size", "bars", unit="stocks")
RISK_OFF = _rule("select.risk_off", "macro", unit="level")
BACKFILL = _rule("select.backfill", "free_slots", unit="stocks")
PORTFOLIO_FULL = _rule("select.portfolio_full", "holdings", "free_slots", unit="stocks")
STABILITY_ENTER = _rule("stability.enter", "stability", unit="points")
STABILITY_STAY = _rule("stability.stay", "stability", unit="points")
SHADOW_REGIME = _rule("shadow.regime_line", "bars", unit="points")
SHADOW_FLOOR = _rule("shadow.floor", "bars", unit="points")

RULES: Mapping[str, Rule] = {r.id: r for r in tuple(globals().values()) if isinstance(r, Rule)}
"""Every rule by id, in pipeline order."""
