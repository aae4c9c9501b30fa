"""What is the same news."""

import pytest

from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news import canonical_url, news_id, seen_keys
from jennie_cli.testing.news_exam import told


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://News.Example/a/1/?utm_source=x&b=2&a=1#top", "https://news.example/a/1?a=1&b=2"),
        ("https://news.example:443/a?ref=home", "https://news.example/a"),
        ("https://news.example:8443/a?empty=", "https://news.example:8443/a?empty="),
        (" https://news.example/기사/1 ", "https://news.example/기사/1"),
        ("ftp://news.example/a", ""),
        ("javascript:alert(1)", ""),
        ("https://news.example:no/a", ""),
        ("https:///a", ""),
        ("", ""),
    ],
)
def test_an_address_loses_who_followed_it(url: str, canonical: str) -> None:
    """Host, order and slash are told one way; what is no web address is none."""
    assert canonical == canonical_url(url)


def test_a_title_is_known_whatever_its_signs() -> None:
    """Another address with the same words shares a key; the same words on another stock do not."""
    first = told(title="가온칩스텍, 100억 ‘수주’!", url="https://one.example/1")
    again = told(title="가온칩스텍 100억 수주", url="https://two.example/2")
    other = told(title="가온칩스텍 100억 수주", url="https://one.example/1", code="000020")
    assert 1 == len(seen_keys(first) & seen_keys(again))
    assert not seen_keys(first) & seen_keys(other)
    assert {12} == {len(key) for key in seen_keys(first)}


def test_titles_of_signs_alone_are_not_one_title() -> None:
    """What has no letters is told apart by its signs."""
    one, two = (told(title=signs, url="") for signs in ("?!", "…"))
    assert not seen_keys(one) & seen_keys(two)


def test_a_post_is_known_by_all_its_words() -> None:
    """The same title comes every morning."""
    monday, tuesday = (
        told(kind=NewsKind.POST, title="장 시작 전 생각", body=body, url="", code="")
        for body in ("월요일", "화요일")
    )
    assert not seen_keys(monday) & seen_keys(tuesday)
    assert seen_keys(monday) == seen_keys(
        told(kind=NewsKind.POST, title="장 시작 전 생각", body="월요일", url="", code="")
    )


def test_a_filing_is_known_by_its_address() -> None:
    """A company may file the same report twice a day; without an address its title tells."""
    first, second = (
        told(kind=NewsKind.FILING, title="단일판매ㆍ공급계약체결", url=f"https://dart.example/{n}")
        for n in (1, 2)
    )
    assert not seen_keys(first) & seen_keys(second)
    bare = told(kind=NewsKind.FILING, title="단일판매ㆍ공급계약체결", url="")
    assert 1 == len(seen_keys(bare))


def test_an_id_is_that_of_address_and_stock() -> None:
    """Words may be corrected; without an address moment and title tell."""
    assert news_id(told()) == news_id(told(title="고친 제목"))
    assert news_id(told()) != news_id(told(code="000020"))
    assert news_id(told(url="")) != news_id(told(url="", title="고친 제목"))
