"""Figures as a trader reads them: won in eok, ratios as percent, a missing figure as a dash."""

import math
from collections.abc import Mapping
from typing import NamedTuple

MISSING = "—"

_EOK = 100_000_000
_FINER = 4
_SAME = {"ko": "", "en": ""}
_TIMES = {"ko": "배", "en": "x"}
_POINTS = {"ko": "%p", "en": "pp"}
_PERCENT = {"ko": "%", "en": "%"}


class _Unit(NamedTuple):
    """How a unit is written: digits behind the point, what follows, sign and format type."""

    digits: int
    words: Mapping[str, str] = _SAME
    sign: str = ""
    form: str = "f"


_BARE = _Unit(6, form="g")
_UNITS: Mapping[str, _Unit] = {
    "pct": _Unit(1, _PERCENT, sign="+"),
    "pct0": _Unit(0, _PERCENT, sign="+"),
    "share_pct": _Unit(0, _PERCENT),
    "share1_pct": _Unit(1, _PERCENT),
    "pp": _Unit(2, _POINTS, sign="+"),
    "pp1": _Unit(1, _POINTS, sign="+"),
    "pp0": _Unit(0, _POINTS, sign="+"),
    "ratio": _Unit(0, _PERCENT, form="%"),
    "times": _Unit(2, _TIMES),
    "times1": _Unit(1, _TIMES),
    "change": _Unit(1, sign="+"),
    "number": _Unit(2),
    "points": _Unit(1),
    "points2": _Unit(2),
    "score": _Unit(1),
    "rsi": _Unit(0),
    "rows": _Unit(0, {"ko": "일", "en": " days"}),
    "stocks": _Unit(0, {"ko": "종목", "en": ""}),
    "level": _Unit(0),
}
_SPANS: tuple[tuple[int, Mapping[str, str]], ...] = (
    (86_400, {"ko": "일", "en": " days"}),
    (3_600, {"ko": "시간", "en": " hours"}),
    (60, {"ko": "분", "en": " minutes"}),
    (1, {"ko": "초", "en": " seconds"}),
)


def amount(value: float | str | None, unit: str, lang: str, *, finer: int = 0) -> str:
    """Return `value` with its unit in words, with `finer` more digits; text passes through.

    Units: KRW, pct and pct0 (signed), share_pct, pp (percent points), ratio (0..1 shown as
    percent), times, points, score (never rounded up), rsi, rows, stocks, seconds, change
    (signed) and number; any other is printed bare.
    """
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    if unit == "KRW":
        return _won(value, lang, finer)
    if unit == "seconds":
        return _span(value, lang)
    if unit == "score":
        value = math.floor(round(value * 10, 6)) / 10
    digits, words, sign, form = _UNITS.get(unit, _BARE)
    figure = f"{value:{sign}.{digits + finer}{form}}".removesuffix("%")
    if not figure.strip("+-0."):
        figure = figure.lstrip("+-")
    return (_whole(figure) if finer or unit == "points" else figure) + words[lang]


def value_and_limit(
    value: float | str | None, limit: float | str | None, unit: str, lang: str
) -> tuple[str, str]:
    """Return a value and the limit it met, in as many digits as tell the two apart."""
    for finer in range(_FINER + 1):
        shown = amount(value, unit, lang, finer=finer)
        against = amount(limit, unit, lang, finer=finer)
        if shown != against:
            return shown, against
    return amount(value, unit, lang), amount(limit, unit, lang)


def _won(value: float, lang: str, finer: int) -> str:
    if abs(value) < _EOK:
        figure = f"{value:,.0f}"
        return f"KRW {figure}" if lang == "en" else f"{figure}원"
    if lang == "en":
        figure = f"{value / 1e9:,.{1 + finer}f}"
        return f"KRW {_whole(figure) if finer else figure}bn"
    return f"{_whole(f'{value / _EOK:,.{finer}f}')}억원"


def _span(seconds: float, lang: str) -> str:
    """Return a time, cut, by the largest unit it holds twice and the rest by the next one."""
    if not math.isfinite(seconds):
        return MISSING
    left = int(abs(seconds))
    first = next((n for n, (size, _) in enumerate(_SPANS) if left >= 2 * size), len(_SPANS) - 1)
    told: list[str] = []
    for size, words in _SPANS[first : first + 2]:
        count, left = divmod(left, size)
        if count or not told:
            told.append(f"{count}{words[lang]}")
    return ("-" if seconds <= -1 else "") + " ".join(told)


def _whole(figure: str) -> str:
    """Return a figure without a fraction of zeros."""
    whole, _, fraction = figure.partition(".")
    return figure if fraction.strip("0") else whole
