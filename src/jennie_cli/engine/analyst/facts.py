"""Whether the figures and dates of a reason stood in what the model was shown.

Only what can be decided for certain is checked: a number with its unit, a number with a fraction or
of three digits and more, and a date. Counts without a unit ("세 가지", "2가지") are speech.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

_WON = {
    "조": 10**12,
    "천억": 10**11,
    "백억": 10**10,
    "십억": 10**9,
    "억": 10**8,
    "천만": 10**7,
    "백만": 10**6,
    "만": 10**4,
    "천": 10**3,
    "": 1,
}
_KINDS = {
    "%포인트": "%",
    "퍼센트포인트": "%",
    "퍼센트": "%",
    "%p": "%",
    "%": "%",
    "배": "배",
    "포인트": "점",
    "점": "점",
    "거래일": "일",
    "영업일": "일",
    "개월": "개월",
    "일": "일",
    "주": "주",
    "년": "년",
    "위": "위",
    "건": "건",
    "회": "회",
    "명": "명",
    "달러": "달러",
}
_BARE = ""
_POINTS = "점"
_SCALES = "|".join(sorted(filter(None, _WON), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<label>\b(?:PER|PBR|ROE|EPS|RSI|PEG)\b[^\d\n]{0,4})?"
    r"(?P<sign>[+-])?(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?)"
    rf"(?: ?(?P<scale>{_SCALES})(?: ?원)?|(?P<only> ?원)"
    rf"| ?(?P<unit>{'|'.join(sorted(_KINDS, key=len, reverse=True))}))?",
    re.IGNORECASE,
)
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d\d)[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?:(?P<y>(?:19|20)\d\d)년\s?)?(?<!\d)(?P<m>\d{1,2})월\s?(?P<d>\d{1,2})일"),
    re.compile(r"(?P<y>(?:19|20)\d\d)년\s?(?P<m>\d{1,2})월"),
    re.compile(r"(?:(?P<y>(?:19|20)\d\d)년\s?)?(?<!\d)(?P<q>[1-4])분기"),
    re.compile(r"(?<![\d개])(?P<m>\d{1,2})월"),
    re.compile(r"(?P<y>(?:19|20)\d\d)년"),
)
_SPELT = re.compile(r"[〇零一二三四五六七八九十百千萬万億]+\s?(?:%|점|배|원|억|조|일)")
_PLAIN_LEAST = 100


class _Day(NamedTuple):
    """As much of a date as was told."""

    y: str | None = None
    m: str | None = None
    d: str | None = None
    q: str | None = None

    def stands_in(self, whole: "_Day") -> bool:
        """Tell whether another date says all that this one says."""
        return all(a is None or a == b for a, b in zip(self, whole, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A number as told: its value in the unit of its kind, and how fine it was told."""

    text: str
    value: Decimal
    step: Decimal
    kind: str
    sign: str
    labelled: bool = False

    @property
    def says_much(self) -> bool:
        """Tell whether a number without a unit is a claim and not a count."""
        return self.labelled or self.step < 1 or self.value >= _PLAIN_LEAST

    def agrees(self, shown: "_Figure") -> bool:
        """Tell whether a shown number, rounded or cut as finely as this one, is this one."""
        if _BARE not in {self.kind, shown.kind} and self.kind != shown.kind:
            return False
        if self.sign and shown.sign and self.sign != shown.sign:
            return False
        ratio = shown.value / self.step
        ways = {ratio.quantize(Decimal(1), rounding=way) for way in (ROUND_HALF_UP, ROUND_DOWN)}
        return self.value / self.step in ways


def unsupported(reason: str, shown: str, *, own_points: Iterable[float] = ()) -> tuple[str, ...]:
    """Return each figure and date of `reason` that `shown` does not hold, as written, once.

    A figure agrees with a finer one that rounds or cuts to it; a sign must agree where both have
    one. `own_points` are scores that the answer may name although nobody showed them: its own.
    """
    told, source = (unicodedata.normalize("NFKC", t).replace("−", "-") for t in (reason, shown))
    told, days = _without_dates(told)
    source, known_days = _without_dates(source)
    known = [*_figures(source), *(_own(points) for points in own_points)]
    wrong = [text for text, day in days if not any(day.stands_in(k) for _, k in known_days)]
    wrong += [
        f.text
        for f in _figures(told)
        if (f.kind or f.says_much) and not any(f.agrees(k) for k in known)
    ]
    wrong += [found[0] for found in _SPELT.finditer(told)]
    return tuple(dict.fromkeys(wrong))


def _without_dates(text: str) -> tuple[str, list[tuple[str, _Day]]]:
    """Return a text with its dates taken out, and the dates as written and as read."""
    days: list[tuple[str, _Day]] = []

    def take(found: re.Match[str]) -> str:
        parts = {k: v.lstrip("0") for k, v in found.groupdict().items() if v}
        days.append((found[0], _Day(**parts)))
        return " "

    for pattern in _DATES:
        text = pattern.sub(take, text)
    return text, days


def _figures(text: str) -> list[_Figure]:
    """Return the numbers of a text; "1조 2,000억원" is one."""
    found: list[_Figure] = []
    ended = -1
    for match in _NUMBER.finditer(text):
        figure = _figure(match)
        before = found[-1] if found else None
        if before and _continues(before, figure, text[ended : match.start()]):
            whole = before.value + figure.value
            text_of_both = f"{before.text} {figure.text}"
            found[-1] = replace(figure, text=text_of_both, value=whole, sign=before.sign)
        else:
            found.append(figure)
        ended = match.end()
    return found


def _continues(before: _Figure, after: _Figure, between: str) -> bool:
    """Tell whether an amount of won goes on in the next, smaller unit."""
    both = before.kind == after.kind == "원"
    return both and not after.sign and not between.strip() and after.value < before.step


def _figure(match: re.Match[str]) -> _Figure:
    digits = match["digits"].replace(",", "")
    money = match["scale"] or match["only"]
    scale = _WON[match["scale"] or ""] if money else 1
    fraction = len(digits.partition(".")[2])
    return _Figure(
        text=match[0].strip(),
        value=Decimal(digits) * scale,
        step=Decimal(10) ** -fraction * scale,
        kind="원" if money else _KINDS[match["unit"].lower()] if match["unit"] else _BARE,
        sign=match["sign"] or "",
        labelled=match["label"] is not None,
    )


def _own(points: float) -> _Figure:
    value = Decimal(str(abs(points)))
    return _Figure(text="", value=value, step=Decimal("0.01"), kind=_POINTS, sign="")
