"""A text through a message and back, and what is no text."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news import BadMessage, decoded, encoded, item_of
from jennie_cli.testing.news_exam import NINE, item, told


def test_a_text_comes_back_as_it_was() -> None:
    """Stock, words, moments and id, body with its lines."""
    sent = item(body="첫 줄\n둘째 줄")
    assert sent == decoded(encoded(sent))


def test_the_fields_are_those_of_the_specification() -> None:
    """The page as one reads it, the metadata, and the source's own moment."""
    fields = encoded(item(body="본문"))
    assert {"page_content", "metadata", "published_at"} == set(fields)
    assert (
        "[가온칩스텍(000010)] 가온칩스텍, 100억 공급계약 체결 | 출처: 가상경제 | "
        "날짜: 2026-03-03 10:00\n본문"
    ) == fields["page_content"]
    metadata = orjson.loads(fields["metadata"])
    assert ("000010", "https://news.example/a/1") == (
        metadata["stock_code"],
        metadata["source_url"],
    )
    assert int((NINE + timedelta(hours=1)).timestamp()) == metadata["created_at_utc"]


def test_news_of_the_market_names_no_stock() -> None:
    """Without a publisher the source is told."""
    fields = encoded(item(code="", name="", publisher="", kind=NewsKind.MARKET))
    assert fields["page_content"].startswith("[시장뉴스] 가온칩스텍")
    assert "출처: naver" in fields["page_content"]


def test_times_of_other_zones_mean_the_same_moment() -> None:
    """Nine in the evening UTC is six in the morning of the next Korean day."""
    night = datetime(2026, 3, 3, 21, tzinfo=UTC)
    found = item_of(told(at=night), NINE)
    assert found is not None
    assert "날짜: 2026-03-04 06:00" in encoded(found)["page_content"]
    assert night == decoded(encoded(found)).headline.at


def test_hostile_words_are_bounded_and_calm() -> None:
    """Control signs go, lines of a title close up, a code that is none and a huge address too."""
    found = item_of(
        told(
            title="\x1b[31m붉은\n제목\x00" + "가" * 2_000,
            body="나" * 90_000,
            url="https://news.example/" + "a" * 2_000,
            code="../../etc",
        ),
        NINE,
    )
    assert found is not None
    headline = found.headline
    assert headline.title.startswith("[31m붉은 제목가")
    assert (500, 6_000, "", "") == (
        len(headline.title),
        len(headline.body),
        headline.url,
        headline.code,
    )


@pytest.mark.parametrize("given_", [{"title": " \n\x00"}, {"at": datetime(1970, 1, 1, tzinfo=KST)}])
def test_what_has_no_title_or_no_day_is_no_text(given_: dict[str, Any]) -> None:
    """Nothing is made up for it."""
    assert None is item_of(told(**given_), NINE)


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('"' + "x" * 70_000 + '"', "more than"),
        ("{}", "known_at"),
        ('{"known_at": 7}', "known_at"),
        ('{"known_at": "2026-03-03T09:00:00"}', "without a zone"),
        ('{"known_at": "0001-01-01T00:00:00+00:00"}', None),
        ('{"known_at": "9999-12-31T23:59:59-12:00"}', "known_at: no time"),
        ('{"known_at": "2026-03-03T09:00:00+09:00", "kind": "gossip"}', "kind"),
        ('{"known_at": "2026-03-03T09:00:00+09:00", "kind": "stock", "title": 7}', "title"),
        ('{"known_at": "2026-03-03T09:00:00+09:00", "kind": "stock", "title": ""}', "empty"),
    ],
)
def test_what_holds_no_news_is_named(metadata: str, why: str | None) -> None:
    """Each fault by the field it is in."""
    fields = {"metadata": metadata, "published_at": NINE.isoformat()}
    with pytest.raises(BadMessage, match=why):
        decoded(fields)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_words_of_strangers_come_back_or_are_named(title: str, body: str) -> None:
    """Calmed words are the same after a second journey."""
    found = item_of(told(title=title, body=body), NINE)
    if found is not None:
        assert found == decoded(encoded(found))
