"""Feeds of three kinds as plain text, and pages that are hostile or no feed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from jennie_cli.adapters.rss import FeedItem, parse_feed
from jennie_cli.engine.feed import FetchFailed, FetchKind

RSS = """<?xml version="1.0" encoding="euc-kr"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>경제</title>
<item><title><![CDATA[코스피 <b>급등</b> &amp; 환율]]></title><link>https://a.kr/1</link>
<description>&lt;p&gt;첫 줄&lt;br&gt;둘째 &amp;amp; 줄&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;</description>
<pubDate>Wed, 04 Mar 2026 10:15:00 +0900</pubDate></item>
<item><title>둘째</title><link>javascript:alert(1)</link><content:encoded>긴 글</content:encoded>
<pubDate>Wed, 04 Mar 2026 01:00:00 GMT</pubDate></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>World</title>
<entry><title type="html">Talks &amp;lt;resume&amp;gt;</title><link href="https://b.uk/2"/>
<summary>Short</summary><updated>2026-03-04T01:02:03Z</updated></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>x</title></channel>
<item><title>Third</title><link>http://c.jp/3</link><dc:date>2026-03-04T10:00:00</dc:date></item>
</rdf:RDF>"""

KST = timedelta(hours=9)


def test_rss_is_read() -> None:
    """Markup and what it hides is gone; a link is an address of the web or none."""
    assert (
        FeedItem(
            title="코스피 급등 & 환율",
            summary="첫 줄 둘째 & 줄",
            link="https://a.kr/1",
            at=datetime(2026, 3, 4, 1, 15, tzinfo=UTC),
        ),
        FeedItem(title="둘째", summary="긴 글", link="", at=datetime(2026, 3, 4, 1, 0, tzinfo=UTC)),
    ) == parse_feed(RSS, shown="a.kr")


def test_atom_is_read() -> None:
    """Twice quoted is once read."""
    (found,) = parse_feed(ATOM, shown="b.uk")
    assert ("Talks <resume>", "Short", "https://b.uk/2") == (
        found.title,
        found.summary,
        found.link,
    )
    assert datetime(2026, 3, 4, 1, 2, 3, tzinfo=UTC) == found.at


def test_rdf_is_read() -> None:
    """A moment without a zone is UTC."""
    (found,) = parse_feed(RDF, shown="c.jp")
    assert ("Third", datetime(2026, 3, 4, 10, tzinfo=UTC)) == (found.title, found.at)


def feed(*items: str) -> str:
    """Return a feed of these items."""
    return f"<rss><channel>{''.join(items)}</channel></rss>"


@pytest.mark.parametrize("said", ["", "yesterday", "99/99/9999", "2026-03-04T99:00", "Wed, 99 Foo"])
def test_a_moment_nobody_can_read_is_none(said: str) -> None:
    """The item stays; who needs a moment leaves it out."""
    (found,) = parse_feed(
        feed(f"<item><title>t</title><pubDate>{said}</pubDate></item>"), shown="x"
    )
    assert found.at is None


@pytest.mark.parametrize(
    "zone",
    ["+09:00", "+0900", "KST", "GMT+9", "GMT+09:00", "UTC+0900", "+0900 (KST)"],
)
def test_a_zone_is_read_however_it_is_written(zone: str) -> None:
    """Ten in the morning in Seoul is one in Greenwich."""
    said = f"Wed, 04 Mar 2026 10:15:00 {zone}"
    (found,) = parse_feed(
        feed(f"<item><title>t</title><pubDate>{said}</pubDate></item>"), shown="x"
    )
    assert datetime(2026, 3, 4, 1, 15, tzinfo=UTC) == found.at


@pytest.mark.parametrize(
    ("zone", "hour"), [("", 1), (" -0000", 10), (" GMT", 10), (" EST", 15), (" XYZ", None)]
)
def test_without_a_zone_it_is_that_of_the_feed(zone: str, hour: int | None) -> None:
    """A zone with a name nobody knows may be any, so there is no moment."""
    said = f"Wed, 04 Mar 2026 10:15:00{zone}"
    page = feed(f"<item><title>t</title><pubDate>{said}</pubDate></item>")
    (found,) = parse_feed(page, shown="x", zone=timezone(KST))
    expected = None if hour is None else datetime(2026, 3, 4, hour, 15, tzinfo=UTC)
    assert expected == found.at


def test_a_feed_is_bounded() -> None:
    """Thirty items, short lines, no control characters, nothing without a title."""
    long = "가" * 1_000
    many = feed(
        "<item><title> </title></item>", *(f"<item><title>{long}</title></item>" for _ in range(50))
    )
    found = parse_feed(many, shown="x")
    assert (30, 300, "…") == (len(found), len(found[0].title), found[0].title[-1])
    odd = feed(
        "<item><title>a&#x200f;b\u202ec&#133;d</title><description>"
        + long
        + "</description></item>"
    )
    (item,) = parse_feed(odd, shown="x")
    assert ("a b c d", 300) == (item.title, len(item.summary))


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 9))
    + "]><rss><channel><item><title>&lol8;</title></item></channel></rss>"
)


@pytest.mark.parametrize(
    "page",
    [
        LAUGHS,
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss><item><title>&e;</title></item></rss>',
        '<!DOCTYPE rss PUBLIC "x" "http://127.0.0.1:9/x.dtd"><rss/>',
        "<html><body>Just a moment...</body></html>",
        "",
        "{}",
        "<rss><channel>",
        "<rss>\x00</rss>",
    ],
    ids=["laughs", "file", "outside", "html", "empty", "json", "cut", "nul"],
)
def test_what_is_no_feed_is_named_and_opened_no_further(page: str) -> None:
    """Entities are not even read, wherever they lead."""
    with pytest.raises(FetchFailed) as caught:
        parse_feed(page, shown="https://a.kr/rss")
    assert FetchKind.LAYOUT_CHANGED is caught.value.kind
    assert "https://a.kr/rss" in caught.value.message


def test_a_section_nobody_knows_is_a_comment() -> None:
    """HTML has none but CDATA, and Python's parser may fall over others."""
    page = feed("<item><title>앞 &lt;![foo[ x &gt; 뒤</title></item>")
    assert ["앞 뒤"] == [item.title for item in parse_feed(page, shown="x")]


def test_a_deep_document_is_no_danger() -> None:
    """Ten thousand levels are read or refused, and nothing falls over."""
    deep = "<rss>" + "<a>" * 10_000 + "</a>" * 10_000 + "</rss>"
    assert () == parse_feed(deep, shown="x")
