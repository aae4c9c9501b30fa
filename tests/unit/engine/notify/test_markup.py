"""Nothing of a stock's name becomes markup, and a cut message is well formed."""

from html.parser import HTMLParser

import pytest

from jennie_cli.engine.notify import MOST, cut, escaped, told


class Seen(HTMLParser):
    """Reads HTML as a chat would."""

    def __init__(self, html: str) -> None:
        """Read all of it."""
        super().__init__()
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is open."""
        del attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost, which must be this one."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words += data


def units(html: str) -> int:
    """Return how long a chat takes it to be."""
    return len(html.encode("utf-16-le")) // 2


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    """A name may hold any sign."""
    name = '<a href="tg://x">&amp;</a>'
    seen = Seen(told(name, (name,)))
    assert ([], f"{name}\n{name}") == (seen.open, seen.words)


def test_what_fits_is_left_as_it_is() -> None:
    """Up to the last unit."""
    assert ("<b>ab</b>", "x" * MOST) == (cut("<b>ab</b>", 9), cut("x" * MOST))


@pytest.mark.parametrize("most", range(12, 60))
def test_a_cut_tears_nothing(most: int) -> None:
    """Wherever the end falls: tags closed, escapes and wide signs whole, within the limit."""
    html = f"<b>{escaped('가<나>&')}</b>\n<i>📈<u>{escaped('&&')}</u></i> < &lt;tail" + "z" * 20
    found = cut(html, most)
    seen = Seen(found)
    assert units(found) <= most
    assert (True, []) == ("…" in seen.words, seen.open)
    assert Seen(html).words.startswith(seen.words.replace("…", "").rstrip())


def test_a_long_notice_is_one_message() -> None:
    """More than a chat takes is cut where it says so."""
    lines = tuple("&<>" * 300 for _ in range(10))
    found = told("실패", lines)
    assert (True, True) == (units(found) <= MOST, found.endswith("…"))
