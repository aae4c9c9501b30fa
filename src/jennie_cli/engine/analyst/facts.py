"""Whether the figures and dates of a reason stood in what the model was shown.

Only what can be decided for certain is checked: a number with its unit, a number with a fraction or
of three digits and more, a ratio by its label, and a date. Counts without a unit ("세 가지",
"2가지") are speech. A number in words has to have been shown in the same words.
"""

import re
import unicodedata
from collections.abc import Iterable

from jennie_cli.engine.analyst.days import without_days
from jennie_cli.engine.analyst.figures import Figure, figures, own_figure

_CODE = re.compile(r"\((\d[0-9A-Z]{5})\)")
_NAMED_SO = r"(?<![0-9A-Z])(?:{})(?![0-9A-Z,.%]|\s?(?:원|주|배|점|억|만|조|달러|퍼센트))"
_FOREIGN = re.compile(r"[〇零一二三四五六七八九十百千萬万億]+\s?(?:%|점|배|원|억|조|일)")
_TIMES = r"배(?![당터경출정송합임치열분])"
_AMOUNT = (
    r"퍼센트|%|억|조(?![정치건선직사달기항업성합회짐작심금율])|원(?![인가자재료칙래천화유활동전형])"
)
_NUMERALS = "일이삼사오육칠팔구십백천만"
_SPELT = re.compile(
    rf"(?<![가-힣\d])(?<!\d\s)(?:(?!만일)(?:[{_NUMERALS}]{{2,}}|수[십백천만]+)\s?(?:{_AMOUNT}|{_TIMES})"
    rf"|[{_NUMERALS}](?:억|\s?(?:퍼센트|%))|[삼오육칠팔십천]조(?=원|\s|$)|[만천백십]\s?원(?!인)"
    rf"|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|[삼사오육칠팔십백])\s?{_TIMES}"
    r"|절반\s?(?:넘|이상|이하|가까이|미만)|[갑곱]절)"
)


def unsupported(reason: str, shown: str, *, own_points: Iterable[float] = ()) -> tuple[str, ...]:
    """Return each figure and date of `reason` that `shown` does not hold, as written, once.

    A figure agrees with a finer one of its unit and label that rounds or cuts to it; a sign must
    agree where both have one. A stock's code in brackets vouches for itself alone. `own_points`
    are scores that the answer may name although nobody showed them: its own.
    """
    told, source = (unicodedata.normalize("NFKC", t).replace("−", "-") for t in (reason, shown))
    in_words = _in_words(told, source)
    told, source = _without_codes(told, source)
    told, days = without_days(told)
    source, known_days = without_days(source)
    dated = [day for _, day in known_days]
    years = {day.y for day in dated}
    wrong = [text for text, d in days if not any(d.stands_in(k, years) for k in dated)]
    known = [*figures(source), *(own_figure(points) for points in own_points)]
    month_days = {day.d for day in dated if day.d}
    wrong += [f.text for f in figures(told) if f.is_claim and not _holds(f, known, month_days)]
    wrong += in_words
    return tuple(dict.fromkeys(wrong))


def _holds(figure: Figure, known: list[Figure], month_days: set[str]) -> bool:
    return figure.day in month_days or any(figure.agrees(k) for k in known)


def _in_words(told: str, source: str) -> list[str]:
    """Return the numbers that are written in words and were not shown in the same words."""
    squeezed = _squeezed(source)
    spelt = [f[0] for f in _SPELT.finditer(told) if _squeezed(f[0]) not in squeezed]
    return spelt + [found[0] for found in _FOREIGN.finditer(told)]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _without_codes(told: str, source: str) -> tuple[str, str]:
    """Return both texts without the stocks' codes that stand in brackets in the second."""
    if codes := set(_CODE.findall(source)):
        told = re.sub(_NAMED_SO.format("|".join(codes)), " ", told)
    return told, _CODE.sub(" ", source)
