"""Whatever a page becomes, a reader gives whole headlines or a named failure, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.adapters.http.hosting import Asked, Said
from tests.unit.adapters.news_servers import (
    KEY,
    Filing,
    Post,
    channel_page,
    dart,
    invented,
    naver_desktop,
    naver_mobile,
    post_html,
)

from jennie_cli.adapters.dart.listing import read_listing
from jennie_cli.adapters.naver.articles import Stock
from jennie_cli.adapters.naver.desktop import read_desktop
from jennie_cli.adapters.naver.mobile import read_mobile
from jennie_cli.adapters.telegram.preview import read_preview
from jennie_cli.engine.feed import Fetched, FetchFailed, web_address
from jennie_cli.engine.model import Headline

NOW = datetime(2026, 3, 5, tzinfo=UTC)
STOCK = Stock(code="900010", name="가온전지")
AT = invented(1)[0].at
URL = "https://finance.naver.com/item/news_news.naver"
Read = Callable[[Fetched], tuple[Headline, ...]]


def asked(**query: str) -> Asked:
    """Return a question."""
    return Asked(path="/900010", query=query, headers={"referer": "code=900010"})


def filings() -> Said:
    """Return a page of the register."""
    one = Filing(report="수주", at=AT, number="20260304800123", code="900010", name="가온전지")
    answer = dart([one, one], KEY)
    days = {"bgn_de": "20260301", "end_de": "20260305", "page_no": "1", "page_count": "100"}
    return answer(asked(crtfc_key=KEY, pblntf_ty="I", **days))


def posts(page: Fetched) -> tuple[Headline, ...]:
    """Return the posts of a preview."""
    return tuple(h for h in read_preview(page, "gaon", {}).posts.values() if h is not None)


PAGES: dict[str, tuple[str, Read]] = {
    "mobile": (
        naver_mobile(invented(3))(asked()).body.decode(),
        lambda page: read_mobile(page, STOCK).headlines,
    ),
    "desktop": (
        naver_desktop(invented(3))(asked(code="900010")).body.decode("cp949"),
        lambda page: read_desktop(page, STOCK, URL).headlines,
    ),
    "dart": (filings().body.decode(), lambda page: read_listing(page).headlines),
    "telegram": (
        channel_page(
            "gaon", "".join(post_html(Post(channel="gaon", id=n, at=AT, text="글")) for n in (1, 2))
        ).body.decode(),
        posts,
    ),
}
SIGNS = ("<", ">", '"', "{", "}", "[", "]", ",", "null", "1e999", "-1", "\x00", "\u202e", "&#0;")
MARKS = ("<td>", "</td>", "</table>", "<table class=type5>", "2026.03.04 11:00", "202603041100")
PIECES = st.sampled_from((*SIGNS, *MARKS, "\ud800", "<b>\\ud800&", "&#xd800;"))


@pytest.mark.parametrize("name", sorted(PAGES))
@settings(max_examples=150)
@given(edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200), PIECES), max_size=4))
def test_a_broken_page_gives_whole_headlines_or_a_named_failure(
    name: str, edits: list[tuple[float, int, str]]
) -> None:
    """Pieces are cut out and others put in their place: no error but ours, no half headline."""
    text, read = PAGES[name]
    for place, length, piece in edits:
        start = int(place * len(text))
        text = text[:start] + piece + text[start + length :]
    try:
        got = read(Fetched(shown="https://x/y", text=text, content_type="text/html", at=NOW))
    except FetchFailed:
        return
    for headline in got:
        assert headline.title.isprintable()
        assert headline.title
        assert headline.at <= NOW + timedelta(days=1)
        assert web_address(headline.url)
