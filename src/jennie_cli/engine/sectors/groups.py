"""One vocabulary of sectors: every label of every source leads to one of the 14 groups.

The tables lie beside this file. `naver_sectors.csv` defines the groups; the other maps were
reviewed label by label; `sector_overrides.csv` names stocks whose label hides their business.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

OTHER = "기타"
"""The group of what no map knows."""


def _column(table: str, key: str, value: str) -> Mapping[str, str]:
    text = files(__package__).joinpath(table).read_text(encoding="utf-8")
    return {row[key]: row[value] for row in csv.DictReader(text.splitlines())}


FINE: Mapping[str, str] = _column("naver_sectors.csv", "fine", "coarse")
"""Naver's 79 fine sectors and their group."""

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(FINE.values()))
"""The 14 groups, in the order of the table."""

_BY_SOURCE: Mapping[str, Mapping[str, str]] = {
    "naver": FINE,
    "generated": FINE,
    "industry_fine": _column("industry_fine.csv", "label", "group"),
    "krx_sector": _column("krx_sector.csv", "label", "group"),
}
_OVERRIDES = _column("sector_overrides.csv", "code", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a stock belongs. `source` is "override" or "none" when that decided it; `known` is
    False when no map knew the label, so that 기타 is a gap and not an answer.
    """

    group: str
    source: str
    known: bool


def place(fine: str | None, source: str, code: str = "") -> Placement:
    """Return the group of a label of `source` (naver, generated, industry_fine, krx_sector).

    Codes of a generated market are invented, so the overrides of real codes do not touch them.
    """
    if source != "generated" and code in _OVERRIDES:
        return Placement(group=_OVERRIDES[code], source="override", known=True)
    group = _BY_SOURCE.get(source, {}).get(fine or "")
    if group is None:
        return Placement(group=OTHER, source=source if fine else "none", known=False)
    return Placement(group=group, source=source, known=True)


def group_of(fine: str | None, source: str, code: str = "") -> str:
    """Return one of GROUPS; 기타 for a label that no map knows (`place` tells the two apart)."""
    return place(fine, source, code).group
