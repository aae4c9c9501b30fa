"""Which fact a text becomes."""

from dataclasses import replace

import numpy as np

from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news.facts import fact_batches
from jennie_cli.engine.store import Dataset, MemoryFacts
from jennie_cli.testing.news_exam import NINE, row


def test_each_kind_has_its_table() -> None:
    """Headlines, filings with their receipt, posts with channel and number."""
    filing = row(
        2,
        None,
        kind=NewsKind.FILING,
        title="단일판매ㆍ공급계약체결",
        url="https://dart.example/main.do?rcpNo=20260303000123",
    )
    post = row(
        3,
        None,
        kind=NewsKind.POST,
        source="telegram:hedgecat0301",
        url="https://t.example/hedgecat0301/1234",
        body="전문",
        code="",
    )
    bare = row(4, None, kind=NewsKind.FILING, title="주주총회소집결의", url="")
    batches = {b.dataset: b.columns for b in fact_batches([row(1), filing, post, bare])}
    assert {Dataset.HEADLINES, Dataset.DISCLOSURES, Dataset.CHANNEL_POSTS} == set(batches)
    posts, filings = batches[Dataset.CHANNEL_POSTS], batches[Dataset.DISCLOSURES]
    assert [("hedgecat0301", 1234, "전문")] == [
        *zip(posts["channel"], posts["post"], posts["text"], strict=True)
    ]
    assert [("20260303000123", "수주"), (None, "안내")] == [
        *zip(filings["rcept_no"], filings["category"], strict=True)
    ]


def test_a_post_without_channel_or_number_is_no_fact() -> None:
    """Nothing is made up for it."""
    for given in ({"url": "https://t.example/x/12"}, {"source": "telegram:x", "url": ""}):
        told = row(1, None, **({"kind": NewsKind.POST, "source": "telegram"} | given))
        assert () == fact_batches([told])


def test_a_title_stands_for_a_post_without_a_body() -> None:
    """The words are kept."""
    told = row(
        1, None, kind=NewsKind.POST, source="telegram:x", url="https://t.example/x/12?single"
    )
    (batch,) = fact_batches([told])
    assert [told.item.headline.title] == [*batch.columns["text"]]


def test_the_same_text_in_one_batch_is_one_row() -> None:
    """Facts take each key once."""
    twice = [row(1), replace(row(1), score=12)]
    (batch,) = fact_batches(twice)
    assert [12.0] == [*batch.columns["sentiment"]]


def test_a_headline_without_address_or_stock_has_an_id() -> None:
    """The store takes it and gives it back."""
    facts = MemoryFacts()
    facts.write(fact_batches([row(1, None, code="", url="", publisher="", kind=NewsKind.MARKET)]))
    rows = facts.read(Dataset.HEADLINES, as_of=NINE.replace(hour=23))
    assert (1, [None], [None]) == (len(rows["id"]), [*rows["code"]], [*rows["url"]])
    assert np.isnan(rows["judged_at"]).all()
