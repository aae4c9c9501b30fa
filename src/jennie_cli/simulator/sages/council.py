"""The three sages of the macro council: arithmetic over the figures and answers they are shown."""

import math
from collections.abc import Mapping
from typing import Any

from jennie_cli.engine.model import Strategy
from jennie_cli.simulator.sages.reading import Case, Figure, mood, table

_CALM_VIX, _HIGH_VIX = 19.0, 25.0
_CLASSES = (
    (70, "bullish"),
    (58, "neutral_to_bullish"),
    (43, "neutral"),
    (31, "neutral_to_bearish"),
)
_SIZE_OFF = {"low": 0, "medium": 5, "high": 25, "critical": 40}
_BOLD = (Strategy.MOMENTUM, Strategy.GOLDEN_CROSS, Strategy.SHORT_TERM_HIGH_BREAKOUT)
_WARY = (Strategy.RSI_REBOUND, Strategy.BULL_PULLBACK)
_FEW = 4
_KOREAN_NEWS = "국내 뉴스 심리 \\(-1~1\\)"


def strategist(case: Case) -> Mapping[str, Any]:
    """Return direction, sectors, risks and chances, read off index, VIX, flows and headlines."""
    kospi, vix = case.figure("KOSPI 변화율", "%"), case.figure("VIX")
    foreign = case.figure("외국인")
    tone = _held(case.figure(_KOREAN_NEWS), 1.0) or _tone(case)
    points = 50.0 + 5.0 * _held(kospi, 4.0) - 0.9 * max(-6.0, min(25.0, _over(vix)))
    points += 3.0 * _sign(foreign) + 5.0 * tone + case.spread(3)
    score = round(max(3.0, min(97.0, points)))
    good, bad = _signs(kospi, vix, foreign, tone)
    words = table()["strategist"]
    flows = [told for told in (*good, *bad) if told.startswith("외국인")]
    return {
        "overall_sentiment": sentiment(score),
        "sentiment_score": score,
        "regime_hint": _hint(score, vix),
        "sector_signals": {name: _signal(found) for name, found in case.sectors().items()},
        "risk_factors": [*bad, *words["risks"]][: max(3, len(bad))],
        "opportunity_factors": [*good, *words["chances"]][: max(3, len(good))],
        "investor_flow_analysis": flows[0] if flows else words["foreign_unknown"],
        "key_themes": (bad or good or words["risks"])[:1],
        "key_stocks": [],
        "risk_stocks": [],
        "opportunity_stocks": [],
    }


def risk_analyst(case: Case) -> Mapping[str, Any]:
    """Return the doubts about the strategist's score, and what they cost in size and stop."""
    told = _told(case, "sentiment_score")
    score = _whole(told, "sentiment_score", 50)
    vix = case.figure("VIX")
    level, named = _politics(case)
    shift = case.spread(4) - round(0.6 * max(0.0, _over(vix))) - _SIZE_OFF[level] // 3
    adjusted = max(0, min(100, score + max(-20, min(20, shift))))
    words = table()["risk_analyst"]
    agrees = abs(adjusted - score) <= 10
    why = "agree" if agrees else "lower" if adjusted < score else "higher"
    size = round(100 + 0.5 * (adjusted - 50)) - _SIZE_OFF[level]
    low, high = (70, 80) if level in {"high", "critical"} else (50, 130)
    stop = round(100 + 2 * max(0.0, _over(vix))) + (20 if _over(vix) >= 6 else 0)
    political = words["political"].format(words="·".join(named)) if named else words["no_political"]
    return {
        "risk_assessment": {
            "agree_with_sentiment": agrees,
            "adjusted_sentiment_score": adjusted,
            "adjustment_reason": words[why],
        },
        "political_risk_level": level,
        "political_risk_summary": political,
        "additional_risk_factors": [case.pick(words["risks"])],
        "position_size_pct": max(low, min(high, size)),
        "stop_loss_adjust_pct": max(80, min(150, stop)),
        "risk_reasoning": words["reasoning"],
    }


def chief_judge(case: Case) -> Mapping[str, Any]:
    """Return the verdict over the two answers in the prompt; the lower score weighs more."""
    first, second = _told(case, "sentiment_score"), _told(case, "risk_assessment")
    doubt = second.get("risk_assessment")
    doubt = doubt if isinstance(doubt, Mapping) else {}
    one = _whole(first, "sentiment_score", _whole(doubt, "adjusted_sentiment_score", 50))
    other = _whole(doubt, "adjusted_sentiment_score", one)
    consensus = _consensus(one, other)
    near = consensus in {"strong_agree", "agree"}
    score = round((one + other) / 2 if near else 0.3 * max(one, other) + 0.7 * min(one, other))
    signals = first.get("sector_signals")
    hint = first.get("regime_hint")
    favored, avoided = _strategies(score)
    why = ("agree" if near else "differ") if first and second else "alone"
    return {
        "final_sentiment": sentiment(score),
        "final_sentiment_score": score,
        "final_regime_hint": hint[:50] if isinstance(hint, str) and hint else _hint(score, None),
        "strategies_to_favor": favored,
        "strategies_to_avoid": avoided,
        "sectors_to_favor": _sectors(signals, "bullish"),
        "sectors_to_avoid": _sectors(signals, "bearish"),
        "final_position_size_pct": _whole(second, "position_size_pct", 100, 50, 130),
        "final_stop_loss_adjust_pct": _whole(second, "stop_loss_adjust_pct", 100, 80, 150),
        "trading_reasoning": table()["chief_judge"][why if first or second else "none"],
        "council_consensus": consensus,
    }


def sentiment(score: int) -> str:
    """Return the class of a score."""
    return next((name for least, name in _CLASSES if score >= least), "bearish")


def _tone(case: Case) -> float:
    moods = [mood(line) for line in case.reported]
    return sum(moods) / len(moods) if moods else 0.0


def _signs(
    kospi: Figure | None, vix: Figure | None, foreign: Figure | None, tone: float
) -> tuple[list[str], list[str]]:
    """Return what speaks for the market and what against it, in sentences."""
    words = table()["strategist"]
    good: list[str] = []
    bad: list[str] = []
    if kospi:
        side, key = (bad, "kospi_down") if kospi.value < 0 else (good, "kospi_up")
        side.append(words[key].format(kospi=kospi.text))
    if vix:
        side, key = (bad, "vix_high") if vix.value >= _CALM_VIX else (good, "vix_low")
        side.append(words[key].format(vix=vix.text))
    if foreign:
        side, key = (bad, "foreign_out") if foreign.value < 0 else (good, "foreign_in")
        side.append(words[key].format(foreign=foreign.text))
    if tone:
        side, key = (bad, "news_sad") if tone < 0 else (good, "news_glad")
        side.append(words[key])
    return good, bad


def _signal(figure: Figure | None) -> str:
    points = figure.value if figure else 0.0
    return "bullish" if points >= 1.0 else "bearish" if points <= -1.0 else "neutral"


def _hint(score: int, vix: Figure | None) -> str:
    if vix and vix.value >= _HIGH_VIX:
        return "HIGH_VOLATILITY"
    return "RISK_ON" if score >= 60 else "RISK_OFF" if score <= 40 else "RANGE_BOUND"


def _politics(case: Case) -> tuple[str, list[str]]:
    """Return the level, and the words that made it."""
    words, text = table()["words"], "\n".join(case.reported)
    war = [word for word in words["war"] if word in text]
    talk = [word for word in words["politics"] if word in text]
    if war:
        return ("critical" if len(war) >= 3 else "high"), [*war, *talk]
    return ("medium" if talk else "low"), talk


def _told(case: Case, key: str) -> Mapping[str, Any]:
    """Return the last answer in the prompt that has a key, empty when there is none."""
    return next((doc for doc in reversed(case.documents()) if key in doc), {})


def _whole(told: Mapping[str, Any], key: str, otherwise: int, low: int = 0, high: int = 100) -> int:
    value = told.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    if isinstance(value, float) and not math.isfinite(value):
        return otherwise
    return int(max(low, min(high, value)))


def _consensus(one: int, other: int) -> str:
    apart = abs(one - other)
    opposite = (one - 50) * (other - 50) < 0
    if apart > 25:
        return "disagree"
    if apart > 15 or (opposite and apart > 5):
        return "partial_disagree"
    return "agree" if apart > 5 else "strong_agree"


def _strategies(score: int) -> tuple[list[str], list[str]]:
    bold, wary = [s.value for s in _BOLD], [s.value for s in _WARY]
    if score >= 58:
        return bold, []
    return (wary, bold) if score < 43 else (wary, [])


def _sectors(signals: Any, wanted: str) -> list[str]:
    told = signals if isinstance(signals, Mapping) else {}
    return [str(name) for name, signal in told.items() if signal == wanted][:_FEW]


def _held(figure: Figure | None, most: float) -> float:
    return max(-most, min(most, figure.value)) if figure else 0.0


def _over(vix: Figure | None) -> float:
    return vix.value - _CALM_VIX if vix else 0.0


def _sign(figure: Figure | None) -> int:
    return (figure.value > 0) - (figure.value < 0) if figure else 0
