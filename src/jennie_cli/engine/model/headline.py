"""What was published: a headline, a filing or a channel's post, as its source tells it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NewsKind(StrEnum):
    """What a text is about, by where it was found."""

    STOCK = "stock"
    MARKET = "market"
    WORLD = "world"
    FILING = "filing"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One text of the outside world. Every word of it is a stranger's.

    `at` is the source's own moment, aware; `source` the name of the collector (`naver`, `dart`,
    `rss:hankyung`, `telegram:hedgecat0301`), `publisher` who wrote it where that is told. `code`
    is empty where the source names no stock. `body` is what came beyond the title.
    """

    kind: NewsKind
    title: str
    at: datetime
    source: str
    publisher: str = ""
    url: str = ""
    code: str = ""
    name: str = ""
    body: str = ""
