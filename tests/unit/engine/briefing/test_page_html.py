"""The page: whole, escaped, without anything from elsewhere, its charts true to the rows."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from jennie_cli.engine.briefing import AssetSnapshot, page_html
from jennie_cli.engine.messages import LANGS
from jennie_cli.testing.assets_exam import WORTH
from jennie_cli.testing.briefings_exam import WHOLE

VOID = {"meta"}


def rows(*totals: int) -> list[AssetSnapshot]:
    """Return a snapshot a day."""
    return [
        replace(WORTH, day=WORTH.day + timedelta(days=n), total_asset=total)
        for n, total in enumerate(totals)
    ]


class Checked(HTMLParser):
    """Refuses a page that is not well formed or asks for anything."""

    def __init__(self, page: str) -> None:
        """Read the page."""
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open, and look at what it asks for."""
        assert tag not in {"script", "link", "img", "iframe", "a"}
        assert not {name for name, _ in attrs} & {"src", "href", "onclick", "onload", "style"}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over what closes itself."""

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect."""
        self.words.append(data)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_whole_and_asks_for_nothing(lang: str) -> None:
    """Well formed; hostile names and titles stay words."""
    assert WHOLE.positions is not None
    name = "</td><script>alert(1)</script>\0\ud800"
    nasty = replace(WHOLE, positions=(replace(WHOLE.positions[0], name=name),))
    read = Checked(page_html(nasty, rows(100, 300, 200), lang))
    assert [] == read.open
    shown = "".join(read.words)
    for words in ("50,300,000", "<체결>", "</td><script>alert(1)</script>?", "수고하셨어요."):
        assert words in shown


def test_the_curve_goes_through_every_row() -> None:
    """The lowest day at the bottom, the highest at the top, days evenly apart; level is a line."""
    page = page_html(WHOLE, rows(100, 300, 200), "ko")
    assert ["0.0,240.0 500.0,0.0 1000.0,120.0"] == re.findall(r'points="([^"]*)"', page)
    assert "100 … 300" in page
    flat = page_html(WHOLE, rows(100, 100), "ko")
    assert ["0.0,240.0 1000.0,240.0"] == re.findall(r'points="([^"]*)"', flat)


def test_one_day_is_no_curve_and_an_unread_account_has_no_weights() -> None:
    """Words say so."""
    page = page_html(replace(WHOLE, worth=None, positions=None), rows(100), "en")
    assert 2 == page.count("Too few records")
    assert "<svg" not in page


def test_bars_are_shares_of_stocks_and_cash() -> None:
    """Largest first, cash last, together all; an empty account divides by nothing."""
    page = page_html(WHOLE, rows(1, 2), "ko")
    assert ["16.5%", "83.5%"] == re.findall(r">([\d.]+%)</text>", page)
    assert WHOLE.worth is not None
    empty = replace(WHOLE, positions=(), worth=replace(WHOLE.worth, settled_cash=-5))
    assert ["0.0%"] == re.findall(r">([\d.]+%)</text>", page_html(empty, rows(1, 2), "ko"))


def test_nought_has_no_colour() -> None:
    """Red is up and blue is down; what did not move is neither, nor is what has no sign."""
    assert WHOLE.positions is not None
    still = replace(WHOLE.positions[0], value=WHOLE.positions[0].cost)
    page = page_html(replace(WHOLE, positions=(still,)), (), "ko")
    assert '<td class="right"><bdi>+0.00%</bdi></td>' in page
    assert '<td class="right up"><bdi>+45,000</bdi></td>' in page
    assert '<td class="right down"><bdi>-120,000</bdi></td>' in page_html(WHOLE, (), "ko")
