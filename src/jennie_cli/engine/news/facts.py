"""The facts that a text becomes: headline, filing or channel post, with when we had it.

Ids are those that imported rows have, so that one text is one row whichever way it came. What a
model thinks of it was not known before it was asked: `judged_at` says since when.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jennie_cli.engine.data import read_filing, row_id
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news.book import NewsRow
from jennie_cli.engine.store import SCHEMAS, Batch, Dataset

_DATASETS = {NewsKind.FILING: Dataset.DISCLOSURES, NewsKind.POST: Dataset.CHANNEL_POSTS}
_POST = re.compile(r"/(\d{1,12})/?(?:\?.*)?$")
_RECEIPT = re.compile(r"[?&]rcpNo=(\d{14})(?:[&#]|$)")


def fact_batches(rows: Sequence[NewsRow]) -> tuple[Batch, ...]:
    """Return the rows as facts; a post whose channel and number are not told is none."""
    found: dict[Dataset, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for row in rows:
        dataset = _DATASETS.get(row.item.headline.kind, Dataset.HEADLINES)
        fact = _FACTS[dataset](row)
        if fact is not None:
            place = tuple(fact[name] for name in SCHEMAS[dataset].key)
            found.setdefault(dataset, {})[place] = {**fact, **_provenance(row)}
    return tuple(_batch(dataset, list(facts.values())) for dataset, facts in found.items())


def _headline(row: NewsRow) -> dict[str, Any]:
    told, at = row.item.headline, int(row.item.headline.at.timestamp())
    code, url = told.code or None, told.url or None
    return {
        "id": row_id((code, url) if url else (code, at, told.title)),
        "published_at": at,
        "code": code,
        "title": told.title,
        "publisher": told.publisher or None,
        "url": url,
        "sentiment": np.nan if row.score is None else float(row.score),
        "judged_at": np.nan if row.score is None else row.judged_at.timestamp(),
    }


def _filing(row: NewsRow) -> dict[str, Any]:
    told, at = row.item.headline, int(row.item.headline.at.timestamp())
    code, url = told.code or None, told.url or None
    number = _RECEIPT.search(told.url)
    receipt = number[1] if number else None
    return {
        "id": row_id((receipt,) if receipt else (code, at, told.title, url)),
        "disclosed_at": at,
        "code": code,
        "report_name": told.title,
        "category": read_filing(told.title).category.value,
        "rcept_no": receipt,
        "url": url,
    }


def _post(row: NewsRow) -> dict[str, Any] | None:
    told = row.item.headline
    number = _POST.search(told.url)
    channel = told.source.partition(":")[2]
    if number is None or not channel:
        return None
    return {
        "channel": channel,
        "post": int(number[1]),
        "posted_at": int(told.at.timestamp()),
        "text": told.body or told.title,
    }


_FACTS = {Dataset.HEADLINES: _headline, Dataset.DISCLOSURES: _filing, Dataset.CHANNEL_POSTS: _post}


def _provenance(row: NewsRow) -> dict[str, Any]:
    return {"known_at": int(row.item.known_at.timestamp()), "source": row.item.headline.source}


def _batch(dataset: Dataset, facts: Sequence[Mapping[str, Any]]) -> Batch:
    kinds = SCHEMAS[dataset].kinds()
    types = {"float": np.float64, "int": np.int64, "moment": np.int64}
    columns = {
        name: np.array([fact[name] for fact in facts], dtype=types.get(kinds[name], object))
        for name in facts[0]
    }
    return Batch(dataset=dataset, columns=columns)
