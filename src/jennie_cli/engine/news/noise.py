"""Titles that comment on the market instead of telling news, by whole words of a table."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from jennie_cli.engine.model import Headline, NewsKind

_JUDGED = frozenset({NewsKind.STOCK, NewsKind.MARKET, NewsKind.WORLD})


def is_noise(headline: Headline) -> bool:
    """Tell whether a headline is market commentary; filings and posts never are."""
    return headline.kind in _JUDGED and _pattern().search(headline.title) is not None


@cache
def _pattern() -> re.Pattern[str]:
    table = tomllib.loads((files(__package__) / "noise.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(_whole(phrase) for phrase in table["phrases"]))


def _whole(phrase: str) -> str:
    """Return a pattern of the phrase where no letter goes on before or after it."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    before = r"(?<!\w)" if phrase[0].isalnum() else ""
    after = r"(?!\w)" if phrase[-1].isalnum() else ""
    return f"{before}{words}{after}"
