"""How the news of a stock sounds lately."""

import math
from datetime import timedelta

import pytest

from jennie_cli.engine.news import lately
from jennie_cli.engine.news.sentiment import sentiment_document
from jennie_cli.testing.news_exam import NINE, row


def test_a_text_fades_with_its_age() -> None:
    """A day earlier it weighs 1/e of the newest."""
    rows = [row(1, 80, at=NINE), row(2, 20, at=NINE - timedelta(hours=24))]
    found = lately(rows)
    assert found is not None
    share = 1 / (1 + math.exp(-1))
    assert pytest.approx(80 * share + 20 * (1 - share), abs=0.01) == found.score
    assert rows[0] == found.newest


def test_two_of_one_moment_weigh_the_same() -> None:
    """Whoever came first."""
    found = lately([row(1, 80, at=NINE), row(2, 20, at=NINE)])
    assert found is not None
    assert 50.0 == found.score


def test_what_nobody_judged_is_missing() -> None:
    """It is neither 50 nor anything else."""
    found = lately([row(1, 80), row(2, None)])
    assert found is not None
    assert (80.0, 1) == (found.score, int(found.newest.item.headline.url[-1]))
    assert None is lately([row(2, None)])
    assert None is lately([])


def test_the_document_tells_of_the_newest() -> None:
    """Score, reason, address, name, title, date."""
    found = lately([row(1, 80)])
    assert found is not None
    assert {
        "score": 80.0,
        "reason": "공급계약이 확정됨",
        "url": "https://news.example/a/1",
        "name": "가온칩스텍",
        "title": "가온칩스텍, 100억 공급계약 체결",
        "date": "2026-03-03T10:00:00.123456+09:00",
    } == sentiment_document(found)
