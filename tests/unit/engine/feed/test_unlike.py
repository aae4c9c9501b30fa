"""A page that is not what it was is called by what it is instead."""

from datetime import UTC, datetime

import pytest

from jennie_cli.engine.feed import Fetched, FetchFailed, FetchKind, insist_flat, unlike


def page(text: str) -> Fetched:
    """Return a page."""
    return Fetched(
        shown="https://example.com/x",
        text=text,
        content_type="text/html",
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<h1>429 Too  Many\nRequests</h1>", FetchKind.RATE_LIMITED),
        ("요청이 너무 많습니다. 잠시 후에 오세요", FetchKind.RATE_LIMITED),
        ("<p>자동입력 방지 문자를 넣으세요", FetchKind.BLOCKED),
        ("<form><input name=pw TYPE = 'password'></form>", FetchKind.BLOCKED),
        ("<b>시스템 점검 안내</b>", FetchKind.SERVER),
        ("<table class=other></table>", FetchKind.LAYOUT_CHANGED),
        ("", FetchKind.LAYOUT_CHANGED),
    ],
)
def test_the_kind_is_what_the_page_says_of_itself(text: str, kind: FetchKind) -> None:
    """What is not recognised is a changed layout."""
    failed = unlike(page(text), "no table of news")
    assert kind == failed.kind
    assert failed.hint
    assert failed.message.startswith("https://example.com/x ")


def test_a_host_s_own_error_is_an_error_though_no_word_of_it_is_known() -> None:
    """A word that is known goes before it."""
    assert FetchKind.SERVER == unlike(page('{"code": 9}'), "no list", error=True).kind
    assert FetchKind.BLOCKED == unlike(page('{"m": "captcha"}'), "no list", error=True).kind


def test_a_flat_page_passes() -> None:
    """Rows and paragraphs that nobody closes lie beside each other."""
    insist_flat(page("<table>" + "<tr><td><p>x<br>" * 5_000 + "</table>" + "</div>" * 900))


@pytest.mark.parametrize(
    "text",
    ["<div>" * 1_001, "<div></b>" * 1_001, "<b></b>" * 20_001, "x" * 1_000_001],
    ids=["deep", "deep beside ends of nothing", "many", "long"],
)
def test_a_bomb_is_not_read(text: str) -> None:
    """It is told as too large before anything builds a tree of it."""
    with pytest.raises(FetchFailed) as caught:
        insist_flat(page(text))
    assert FetchKind.TOO_LARGE == caught.value.kind
