"""Figures as a trader reads them: won in eok, ratios as percent, a missing figure as a dash."""

from collections.abc import Mapping

MISSING = "—"

_EOK = 100_000_000
_SAME = {"ko": "", "en": ""}
_TIMES = {"ko": "배", "en": "x"}
_POINTS = {"ko": "%p", "en": "pp"}
_PERCENT = {"ko": "%", "en": "%"}
_UNITS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "pct": ("{:+.1f}", _PERCENT),
    "share_pct": ("{:.0f}", _PERCENT),
    "share1_pct": ("{:.1f}", _PERCENT),
    "pp": ("{:+.2f}", _POINTS),
    "pp1": ("{:+.1f}", _POINTS),
    "pp0": ("{:+.0f}", _POINTS),
    "ratio": ("{:.0%}", _SAME),
    "times": ("{:.2f}", _TIMES),
    "times1": ("{:.1f}", _TIMES),
    "change": ("{:+.1f}", _SAME),
    "number": ("{:.2f}", _SAME),
    "points": ("{:.1f}", _SAME),
    "points2": ("{:.2f}", _SAME),
    "rsi": ("{:.0f}", _SAME),
    "rows": ("{:.0f}", {"ko": "일", "en": " days"}),
    "stocks": ("{:.0f}", {"ko": "종목", "en": ""}),
    "level": ("{:.0f}", _SAME),
}


def amount(value: float | str | None, unit: str, lang: str) -> str:
    """Return `value` with its unit in words; text passes through.

    Units: KRW, pct (signed), share_pct, pp (percent points), ratio (0..1 shown as percent), times,
    points, rsi, rows, stocks, change (signed) and number; any other is printed bare.
    """
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    if unit == "KRW":
        return _won(value, lang)
    pattern, words = _UNITS.get(unit, ("{:g}", _SAME))
    figure = pattern.format(value)
    if unit == "points":
        figure = figure.removesuffix(".0")
    return figure + words[lang]


def _won(value: float, lang: str) -> str:
    if lang == "en":
        return f"KRW {value / 1e9:,.1f}bn" if abs(value) >= _EOK else f"KRW {value:,.0f}"
    return f"{value / _EOK:,.0f}억원" if abs(value) >= _EOK else f"{value:,.0f}원"
