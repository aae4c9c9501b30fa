"""Dates as a Korean text tells them, each as far as it was told."""

import re
from collections.abc import Collection
from typing import NamedTuple

_YEAR = r"(?:(?P<y>(?:(?:19|20)\d\d|(?<!\d)\d\d))년\s?)"
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d\d)[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?!\d)"),
    re.compile(rf"{_YEAR}?(?<!\d)(?P<m>\d{{1,2}})월\s?(?P<d>\d{{1,2}})일"),
    re.compile(rf"{_YEAR}(?P<m>\d{{1,2}})월"),
    re.compile(rf"{_YEAR}?(?<!\d)(?P<q>[1-4])분기"),
    re.compile(r"(?<![\dA-Za-z])(?P<q>[1-4])Q(?:(?P<y>\d\d)(?!\d))?(?![A-Za-z])", re.IGNORECASE),
    re.compile(r"(?<![\d개])(?P<m>\d{1,2})월"),
    re.compile(r"(?P<y>(?:19|20)\d\d)년"),
)
_CENTURY = "20"


class Day(NamedTuple):
    """As much of a date as was told."""

    y: str | None = None
    m: str | None = None
    d: str | None = None
    q: str | None = None

    def stands_in(self, whole: "Day", years: Collection[str | None]) -> bool:
        """Tell whether another date says all that this one says.

        One that was shown without its year is of one of the years that were shown.
        """
        if whole.y is None and self[1:] != (None, None, None) and self.y in years:
            return self._replace(y=None).stands_in(whole, ())
        return all(a is None or a == b for a, b in zip(self, whole, strict=True))


def without_days(text: str) -> tuple[str, list[tuple[str, Day]]]:
    """Return a text with its dates taken out, and the dates as written and as read."""
    days: list[tuple[str, Day]] = []

    def take(found: re.Match[str]) -> str:
        parts = {k: v.lstrip("0") for k, v in found.groupdict().items() if v}
        if found.groupdict().get("y"):
            parts["y"] = found["y"].rjust(4, "#").replace("##", _CENTURY)
        days.append((found[0], Day(**parts)))
        return " "

    for pattern in _DATES:
        text = pattern.sub(take, text)
    return text, days
