"""The category of a text by keywords: no model is asked, and none can be talked into one.

Rules: section 5.6 of the operations specification with its judgement. A keyword that was found is
taken out of the text, negative categories and long keywords first, so that 실적부진 is no good news
about 실적; a category without a base counts each keyword once.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GENERAL = "General"
"""The category of a text without any keyword."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category: what it is worth to the stock itself and to its competitors, in points.

    `days` is how long competitors profit; both are 0 where they do not.
    """

    name: str
    base_points: int
    keywords: tuple[str, ...]
    benefit_points: int = 0
    days: int = 0
    confidence: str = ""


_GENERAL = Category(name=GENERAL, base_points=0, keywords=())


def classify(text: str) -> Category:
    """Return the category of a text: the most keywords times what each is worth."""
    left, found = text.lower(), Counter[str]()
    for keyword, category in _ordered():
        if keyword in left:
            found[category.name] += max(abs(category.base_points), 1)
            left = left.replace(keyword, " ")
    first = {category.name: place for place, category in enumerate(_judged_first())}
    best = max(found, key=lambda name: (found[name], -first[name]), default=GENERAL)
    return categories().get(best, _GENERAL)


@cache
def categories() -> dict[str, Category]:
    """Return the categories of the package by name."""
    table = tomllib.loads((files(__package__) / "categories.toml").read_text(encoding="utf-8"))
    return {
        row["name"]: Category(
            name=row["name"],
            base_points=row["base"],
            keywords=tuple(word.lower() for word in row["keywords"]),
            benefit_points=row.get("benefit", 0),
            days=row.get("days", 0),
            confidence=row.get("confidence", ""),
        )
        for row in table["category"]
    }


def _judged_first() -> list[Category]:
    return sorted(categories().values(), key=lambda category: category.base_points >= 0)


@cache
def _ordered() -> tuple[tuple[str, Category], ...]:
    pairs: Iterator[tuple[str, Category]] = (
        (word, category) for category in _judged_first() for word in category.keywords
    )
    return tuple(sorted(pairs, key=lambda pair: (pair[1].base_points >= 0, -len(pair[0]))))
