"""Candidates that archived news names: four themes, and the stock each of their best texts is on.

Source C of the seed: `spec` themes of earnings, orders, new business and returns to shareholders.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.store import Archive, Sought

THEMES: Mapping[str, str] = {
    "earnings": "실적 개선 흑자 전환 영업이익 증가",
    "orders": "수주 공급 계약 체결",
    "business": "신사업 진출 인수 합병 M&A",
    "returns": "주주환원 배당 확대 자사주 소각",
}
"""What is asked for, by what a run calls it."""

_WINDOW = timedelta(days=7)
_EACH = 20
_KINDS = (NewsKind.STOCK, NewsKind.FILING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A stock that a text named: for which theme, with which title, published when and by whom."""

    code: str
    theme: str
    title: str
    at: datetime
    source: str


async def recall_candidates(
    archive: Archive, *, as_of: datetime, most: int
) -> tuple[Recalled, ...]:
    """Return at most so many stocks of the news of the seven days before `as_of`, known by then:
    the best of each theme first, then the second of each, every stock once. A text holds a word of
    its theme.

    Raises OutsideError.
    """
    places: list[tuple[int, int, Recalled]] = []
    for order, (theme, text) in enumerate(THEMES.items()):
        sought = Sought(text=text, since=as_of - _WINDOW, known_by=as_of, kinds=_KINDS, most=_EACH)
        for rank, found in enumerate(await archive.search(sought)):
            told = found.passage
            # the nearest by meaning may still be far: a word of the theme must be there
            if told.code and found.words_rank is not None:
                one = Recalled(
                    code=told.code, theme=theme, title=told.title, at=told.at, source=told.source
                )
                places.append((rank, order, one))
    kept: dict[str, Recalled] = {}
    for _, _, one in sorted(places, key=lambda place: place[:2]):
        kept.setdefault(one.code, one)
    return tuple(kept.values())[:most]
