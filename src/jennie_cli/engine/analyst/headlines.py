"""The headlines a stock's case is shown: known by then, of the last week, each told once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jennie_cli.engine.analyst.case import News
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Stock
from jennie_cli.engine.store import Dataset, FactStore

WINDOW = timedelta(days=7)
MOST = 5
SAME = 80
"""Headlines that agree in so many first letters tell the same news."""
_SHORTEST_NAME = 3
"""Names of fewer letters stand inside too many other words to be looked for in a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """What a stock is called, and the longer names of others that hold it, longest first."""

    text: str
    code: str
    inside: tuple[str, ...]

    def is_in(self, title: str) -> bool:
        """Tell whether a title names this stock."""
        if self.text not in title:
            return False
        for other in self.inside:
            title = title.replace(other, " ")
        return self.text in title


def read_headlines(
    facts: FactStore, stocks: Sequence[Stock], *, as_of: datetime
) -> Mapping[str, tuple[News, ...]]:
    """Return at most five headlines by code, newest first, of the seven days before `as_of`.

    A headline belongs to the code it carries; one without a code to every stock it
    names; the name of another listed stock that holds a shorter one is not that one.
    """
    rows = facts.read(Dataset.HEADLINES, as_of=as_of, since=(as_of - WINDOW).date())
    first, last = (as_of - WINDOW).timestamp(), as_of.timestamp()
    wanted = {s.code for s in stocks}
    listed = set(facts.read(Dataset.STOCK_MASTER, as_of=as_of)["name"].tolist())
    listed |= {s.name for s in stocks}
    named = [
        _Name(text=s.name, code=s.code, inside=_holding(s.name, listed))
        for s in stocks
        if len(s.name) >= _SHORTEST_NAME
    ]
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for code, title, at in zip(rows["code"], rows["title"], rows["published_at"], strict=True):
        if not first <= at <= last:
            continue
        whose = (code,) if code else tuple(n.code for n in named if n.is_in(title))
        for one in whose:
            if one in wanted:
                found[one].append((int(at), title))
    return {code: _chosen(told) for code, told in found.items()}


def _holding(name: str, listed: Collection[str]) -> tuple[str, ...]:
    longer = (other for other in listed if name in other and name != other)
    return tuple(sorted(longer, key=lambda other: (-len(other), other)))


def _chosen(told: list[tuple[int, str]]) -> tuple[News, ...]:
    kept: dict[str, News] = {}
    for at, title in sorted(told, key=lambda one: (-one[0], one[1])):
        day = datetime.fromtimestamp(at, KST).date()
        kept.setdefault(title[:SAME], News(title=title, day=day))
    return tuple(kept.values())[:MOST]
