"""What the archive tells of one stock: a few questions, each answered by its best few texts."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from jennie_cli.engine.analyst.case import News
from jennie_cli.engine.analyst.headlines import MOST, SAME, WINDOW
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Stock
from jennie_cli.engine.store import Archive, Found, Sought

QUESTIONS = ("실적", "수주", "리스크")
"""What every stock is asked about; its sector is asked for beside them."""

EACH = 3

_PARTICLE = "(?:은|는|이|가|을|를|의|와|과|도|만|로|으로|에|에서|에게|까지|부터)?"
"""What Korean hangs onto a name; any other letter makes it another name: SK is not SK하이닉스."""


async def recall(archive: Archive, stock: Stock, *, as_of: datetime) -> tuple[News, ...]:
    """Return at most five texts on a stock of the seven days before `as_of`, known by then, those
    that answer best first; texts that merely name it where none is filed under its code.

    Raises OutsideError.
    """
    asked = (*QUESTIONS, *filter(None, (stock.sector_fine,)))
    found: list[Found] = []
    for text in asked:
        found.extend(await archive.search(_sought(text, as_of, codes=(stock.code,), most=EACH)))
    if not found:
        named = await archive.search(_sought(stock.name, as_of, most=MOST))
        names = re.compile(rf"(?<!\w){re.escape(stock.name)}{_PARTICLE}(?!\w)")
        found = [f for f in named if names.search(f.passage.title) and not f.passage.code]
    best = sorted(found, key=lambda f: (-f.score, -f.passage.at.timestamp(), f.passage.id))
    return _once(News(title=f.passage.title, day=_day(f.passage.at)) for f in best)


def joined(recalled: tuple[News, ...], headlines: tuple[News, ...]) -> tuple[News, ...]:
    """Return what was recalled, filled up with headlines, each told once."""
    return _once((*recalled, *headlines))


def _once(news: Iterable[News]) -> tuple[News, ...]:
    kept: dict[str, News] = {}
    for one in news:
        kept.setdefault(one.title[:SAME], one)
    return tuple(kept.values())[:MOST]


def _sought(text: str, as_of: datetime, *, codes: tuple[str, ...] = (), most: int) -> Sought:
    return Sought(text=text, since=as_of - WINDOW, known_by=as_of, codes=codes, most=most)


def _day(at: datetime) -> date:
    return at.astimezone(KST).date()
