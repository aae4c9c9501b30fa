"""Turns figures into the words of the catalogue: why a stock scored as it did, and each check."""

from collections.abc import Mapping
from dataclasses import dataclass

from jennie_cli.engine.messages import amount, known, rule_name, text, value_and_limit
from jennie_cli.engine.model import TradeTier
from jennie_cli.engine.rules import Check
from jennie_cli.engine.store import FactorScore, PartScore, ScoredStock

STRONG, WEAK = "▲", "▼"

_UNITS: Mapping[str, str] = {
    "six_month_relative": "pp0",
    "one_month": "pp1",
    "bottom_bounce": "pct0",
    "roe_level": "share1_pct",
    "roe_trend": "pp1",
    "eps_growth": "pct0",
    "sales_growth": "pct0",
    "stability": "share1_pct",
    "pbr": "times",
    "per": "times1",
    "per_vs_history": "ratio",
    "peg": "number",
    "volume_trend": "times1",
    "rsi": "rsi",
    "accumulation": "pct",
    "bollinger": "number",
    "level": "rsi",
    "news.momentum": "change",
    "foreign_ratio_trend": "pp",
    "foreign_ratio": "share1_pct",
}
_SIGNED_BY_POINTS = ("smart_money_sync", "base_breakout", "accumulation")
_EVENTS = frozenset(
    {"base_breakout", "bottom_bounce", "accumulation", "reversal", "smart_money_sync"}
    | {"bollinger", "foreign_dip", "smart_money", "oversold_foreign"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPart:
    """One measured part of a stock, with its place in the score."""

    factor: str
    name: str
    part: PartScore

    @property
    def share(self) -> float:
        """Points of the maximum."""
        return self.part.points / self.part.max


def part_label(factor: str, name: str, part: PartScore, lang: str) -> str:
    """Return what a part says of the stock, in words with its figure."""
    key, figure = f"part.{factor}.{name}", part.input
    if not known(key, lang):
        sign = _sign(part.points if name in _SIGNED_BY_POINTS else figure)
        key = f"{key}.{sign}"
        figure = None if figure is None else abs(figure)  # the words say which way
    if not known(key, lang):
        return f"{factor}.{name}"
    unit = _UNITS.get(f"{factor}.{name}", _UNITS.get(name, ""))
    return text(key, lang, value=amount(figure, unit, lang))


def part_texts(stock: ScoredStock, lang: str) -> tuple[str, ...]:
    """Return the two strongest measured parts and the weakest, by points of the maximum.

    An event that did not happen is no weakness: nearly every stock has one.
    """
    best, worst = best_and_worst(stock.factors, best=2, worst=1)
    return (*(_part(STRONG, m, lang) for m in best), *(_part(WEAK, m, lang) for m in worst))


def best_and_worst(
    factors: Mapping[str, FactorScore], *, best: int, worst: int
) -> tuple[list[NamedPart], list[NamedPart]]:
    """Return so many of the strongest and of the other weakest measured parts."""
    measured = [
        NamedPart(factor=f, name=n, part=p)
        for f, score in factors.items()
        for n, p in score.parts.items()
        if not p.missing and p.max > 0
    ]
    top = sorted(measured, key=lambda m: (-m.share, -m.part.max))[:best]
    rest = [m for m in measured if m not in top and not (m.name in _EVENTS and not m.part.points)]
    return top, sorted(rest, key=lambda m: (m.share, -m.part.max))[:worst]


def why(stock: ScoredStock, lang: str) -> tuple[str, ...]:
    """Return the code-made reason of a stock: its parts, or the rule that dropped it unscored."""
    parts = part_texts(stock, lang)
    if parts or stock.drop is None:
        return parts
    return (check_text(stock.drop.check, lang),)


def not_tradable_reason(stock: ScoredStock, lang: str) -> str | None:
    """Return every reason why a stock cannot be bought now in one line, None if it can."""
    return " · ".join(not_tradable_reasons(stock, lang)) or None


def not_tradable_reasons(stock: ScoredStock, lang: str) -> tuple[str, ...]:
    """Return every reason why a stock cannot be bought now, the first to act first."""
    if stock.is_tradable:
        return ()
    reasons = [check_text(stock.drop.check, lang)] if stock.drop is not None else []
    checks = {c.rule: c for c in stock.checks}
    covered = checks.get("score.coverage")
    if covered is not None and not covered.passed:
        reasons.append(_reason("coverage", covered, lang))
    if stock.trade_tier is TradeTier.BLOCKED and not stock.veto_applied:
        reasons.extend(_tier_reason(checks, lang))
    return tuple(dict.fromkeys(reasons))


def check_text(check: Check, lang: str) -> str:
    """Return one check as a sentence with its value and its limit."""
    value, limit = value_and_limit(check.value, check.limit, check.unit, lang)
    key, tie = (f"check.{check.rule}.{e}" for e in ("pass" if check.passed else "fail", "tie"))
    if value == limit and not check.passed and known(tie, lang):
        key = tie
    if not known(key, lang):
        return f"{rule_name(check.rule, lang)}: {value}"
    return text(key, lang, value=value, limit=limit)


def _tier_reason(checks: Mapping[str, Check], lang: str) -> list[str]:
    recon = checks.get("tier.recon")
    if recon is None or checks["tier.tier1"].passed or recon.passed:
        return []
    low = float(recon.value or 0.0) < float(recon.limit or 0.0)
    return [_reason("low_total" if low else "no_signal", recon, lang)]


def _reason(name: str, check: Check, lang: str) -> str:
    value, limit = value_and_limit(check.value, check.limit, check.unit, lang)
    return text(f"reason.{name}", lang, value=value, limit=limit)


def _part(mark: str, named: NamedPart, lang: str) -> str:
    points, top = (f"{v:.1f}".removesuffix(".0") for v in (named.part.points, named.part.max))
    return f"{mark}{part_label(named.factor, named.name, named.part, lang)} {points}/{top}"


def _sign(value: float | None) -> str:
    if not value:
        return "flat"
    return "up" if value > 0 else "down"
