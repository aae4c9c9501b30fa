"""Numbers as a Korean text tells them: value, unit, label, and how finely each was told."""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

POINTS = "점"
DAYS = "일"
_WON = "원"
_BARE = ""
_SCALES = {
    "조": 10**12,
    "천억": 10**11,
    "백억": 10**10,
    "십억": 10**9,
    "억": 10**8,
    "천만": 10**7,
    "백만": 10**6,
    "십만": 10**5,
    "만": 10**4,
    "천": 10**3,
    "백": 10**2,
    "": 1,
}
_KINDS = {
    "%포인트": "%",
    "퍼센트포인트": "%",
    "퍼센트": "%",
    "%p": "%",
    "%": "%",
    "배": "배",
    "포인트": POINTS,
    "점": POINTS,
    "거래일": DAYS,
    "영업일": DAYS,
    "개월": "개월",
    "일": DAYS,
    "주": "주",
    "년": "년",
    "위": "위",
    "건": "건",
    "회": "회",
    "명": "명",
    "달러": "달러",
}
_COUNTED = r"달러|위안|엔|유로|퍼센트|%|명|톤|건(?![설강물전])|배(?![당터경])"
"""What an amount in 만 or 억 may be of instead of won."""
_SHARES = r"주|\s주(?![가력요도식당총])"
_NATURAL = {"PER": "배", "PBR": "배", "PEG": "배", "ROE": "%", "RSI": POINTS, "EPS": _WON}
_LABEL = (
    r"(?:(?<![A-Za-z·/])(?P<label>PER|PBR|ROE|EPS|RSI|PEG)(?:14)?(?![A-Za-z])"
    r"(?:\([^()\d\n]{1,12}\))?[\s:=(이가은는도을를의값약]{0,6}"
    r"(?:무려|현재|고작|겨우|불과|대략)?\s?)?"
)
_NUMBER = re.compile(
    _LABEL + r"(?P<sign>[+-])?"
    r"(?P<chain>(?:\d천(?:(?=\d)|\s(?=\d[백십])))?(?:\d백(?:(?=\d)|\s(?=\d십)))?(?:\d십(?=\d))?)"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?)"
    rf"(?:\s?(?P<scale>{'|'.join(sorted(filter(None, _SCALES), key=len, reverse=True))})"
    rf"(?:\s?원|(?P<shares>{_SHARES})|(?P<made>(?<=[만천])\s?대(?![비규형상]))|\s?(?P<of>{_COUNTED}))?"
    rf"|(?P<only>\s?원)|\s?(?P<unit>{'|'.join(sorted(_KINDS, key=len, reverse=True))}))?"
    r"(?=(?P<after>.{0,4}))",
    re.IGNORECASE,
)
_AMOUNTS = frozenset({_WON, "달러", "위안", "엔", "유로", "주", "대", "명", "건", "톤"})
_PLAIN_LEAST = 100
_APART_MOST = Decimal("0.125")
"""How far from a shown number a rounding of it may be, as a share of it."""
_LASTING = re.compile(r"\s?(?:연속|간|동안|째|선|이?내|만에|뒤|후|전|이동|평균|고점|저점|신)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as told: its value in the unit of its kind, and how fine it was told.

    `label` names the ratio it is said to be, `after` are the next letters, `own` tells that it is
    the answer's own score, which may be rounded as roughly as one likes.
    """

    text: str
    value: Decimal
    step: Decimal
    kind: str
    sign: str = ""
    label: str = ""
    after: str = ""
    own: bool = False

    @property
    def is_claim(self) -> bool:
        """Tell whether this says something of the world; a small plain number is a count."""
        told = self.kind or self.label
        return bool(told) or self.step < 1 or self.value >= _PLAIN_LEAST

    @property
    def day(self) -> str | None:
        """Return the day of a month that this may be ("27일"), None if it is a span of days."""
        lone = re.fullmatch(r"0?(\d{1,2})일", self.text)
        return lone[1] if lone and not _LASTING.match(self.after) else None

    def agrees(self, shown: "Figure") -> bool:
        """Tell whether a shown number, rounded or cut as finely as this one, is this one.

        A number with a unit needs one of that unit, one with a label the same label.
        """
        if self.label != shown.label and self.label:
            return False
        if self.kind not in {_BARE, shown.kind}:
            return False
        if self.sign and shown.sign and self.sign != shown.sign:
            return False
        return self.value == shown.value or self._rounds(shown)

    def _rounds(self, shown: "Figure") -> bool:
        apart = abs(self.value - shown.value)
        if not shown.own and (shown.value < self.step or apart > _APART_MOST * shown.value):
            return False
        ratio = shown.value / self.step
        ways = {ratio.quantize(Decimal(1), rounding=way) for way in (ROUND_HALF_UP, ROUND_DOWN)}
        return self.value / self.step in ways


def own_figure(points: float) -> Figure:
    """Return a score that an answer may name although nobody showed it."""
    value = Decimal(str(abs(points)))
    return Figure(text="", value=value, step=Decimal("0.01"), kind=POINTS, own=True)


def figures(text: str) -> list[Figure]:
    """Return the numbers of a text; "1조 2,000억원" is one, the 14 of "RSI14" none."""
    found: list[Figure] = []
    ended = -1
    for match in _NUMBER.finditer(text):
        figure = _figure(match)
        if _is_of_a_name(figure, text[match.start() - 1 : match.start()]):
            continue
        before = found[-1] if found else None
        if before and _continues(before, figure, text[ended : match.start()]):
            both = f"{before.text} {figure.text}"
            whole = before.value + figure.value
            found[-1] = replace(
                figure, text=both, value=whole, sign=before.sign, label=before.label
            )
        else:
            found.append(figure)
        ended = match.end()
    return found


def _is_of_a_name(figure: Figure, before: str) -> bool:
    return before.isascii() and before.isalpha() and not figure.is_claim


def _continues(before: Figure, after: Figure, between: str) -> bool:
    """Tell whether an amount goes on in the next, smaller unit, such as 3억 5천만 달러."""
    joined = before.kind == _WON and after.kind in _AMOUNTS and not between.strip()
    return joined and not after.sign and after.value < before.step


def _figure(match: re.Match[str]) -> Figure:
    digits = match["digits"].replace(",", "")
    scale = _SCALES[match["scale"] or ""]
    step = Decimal(10) ** -len(digits.partition(".")[2]) * scale
    kind, label = _kind(match), (match["label"] or "").upper()
    if label and kind == POINTS != _NATURAL[label]:
        label = ""  # the points of a part that is named after the ratio
    return Figure(
        text=match[0].strip(),
        value=Decimal(digits) * scale + _chained(match),
        step=step,
        kind=kind or (_NATURAL[label] if label else _BARE),
        sign=match["sign"] or "",
        label=label,
        after=match["after"],
    )


def _kind(match: re.Match[str]) -> str:
    if match["scale"]:
        counted = match["shares"] or match["made"] or match["of"] or _WON
        return _KINDS.get(counted.strip(), counted.strip())
    if match["only"]:
        return _WON
    return _KINDS[match["unit"].lower()] if match["unit"] else _BARE


def _chained(match: re.Match[str]) -> Decimal:
    """Return what stands before the last digits of a number such as 2천5백억."""
    base = _SCALES.get((match["scale"] or "")[-1:], 1)
    base = base if base >= _SCALES["만"] else 1
    parts = re.findall(r"(\d)([천백십])", match["chain"])
    worth = {"천": 1000, "백": 100, "십": 10}
    return Decimal(sum(int(count) * worth[unit] for count, unit in parts) * base)
