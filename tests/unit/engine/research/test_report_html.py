"""The page of a report stands alone, escapes what it is given, and draws what was measured."""

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.research.report_past import CAPITAL, FIRST, blocked, past, trip

from jennie_cli.engine.research.report import BacktestReport
from jennie_cli.engine.research.report_building import backtest_report
from jennie_cli.engine.research.report_html import _table, render_html
from jennie_cli.engine.research.report_sheets import Cell, Sheet, sheets

HOSTILE = '</title><script>alert("훔침")</script><img src=x onerror=alert(1)> & \' \ud800\0'
VOID = frozenset({"meta"})
FETCHING = frozenset({"src", "href", "srcset", "action", "data", "poster", "style"})


class Page(HTMLParser):
    """Reads a page: its tags, whether they close, its attributes and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it says of itself."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last, and no other one."""
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    def points(self) -> list[list[tuple[float, float]]]:
        """Return the points of every line that is drawn."""
        drawn = [v for tag, name, v in self.attributes if (tag, name) == ("polyline", "points")]
        return [
            [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())]
            for line in drawn
        ]


def small() -> BacktestReport:
    """Return a report with every table filled."""
    wons = (90_000, -200_000, 0, 300_000, -5_000, 40_000)
    days = [[trip(won, day=FIRST + timedelta(days=n))] for n, won in enumerate(wons)]
    blocks = [blocked("gate.rsi"), blocked("<b onclick=x>rule</b>")]
    return backtest_report(past(days, blocks=blocks), capital=CAPITAL)


def page(report: BacktestReport, **told: Any) -> str:
    """Return the page of a report."""
    hashes = {"settings_hash": "s1", "data_hash": "d2", "code_hash": "c3"}
    words: dict[str, Any] = {"title": "시험", "told": (), **hashes}
    return render_html(report, **{**words, **told})


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_page_needs_nothing_else(lang: str) -> None:
    """It has no script, fetches nothing, closes its tags and forbids itself the network."""
    read = Page(page(small(), lang=lang))
    assert not {"script", "img", "link", "iframe", "object", "a", "form", "base"} & set(read.tags)
    names = {name for _, name, _ in read.attributes}
    assert not FETCHING & names
    assert not [name for name in names if name.startswith("on")]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert ("meta", "content", policy) in read.attributes
    style = "".join(read.texts)
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style
    assert ("html", "lang", lang) in read.attributes


def test_hostile_texts_stay_texts() -> None:
    """Markup in a title, a line, a hash or a rule is shown and never becomes a tag."""
    hashes = dict.fromkeys(("settings_hash", "data_hash", "code_hash"), HOSTILE)
    made = page(small(), title=HOSTILE, told=(HOSTILE,), **hashes)
    read = Page(made)
    assert not {"script", "img", "b"} & set(read.tags)
    assert 1 == read.tags.count("title")
    shown = HOSTILE.replace("\ud800", "?").replace("\0", "")
    assert 6 == read.texts.count(shown)
    assert "<b onclick=x>rule</b>" in read.texts
    assert made == made.encode("utf-8").decode("utf-8")


def test_hostile_cells_stay_texts() -> None:
    """No part of a table can become a tag, wherever its words came from."""
    name = "<i>x</i>"
    sheet = Sheet(title=name, columns=(name, name), rows=((Cell(name), Cell(name, 1)),), note=name)
    read = Page(_table(sheet))
    assert "i" not in read.tags
    assert 6 == read.texts.count(name)


@settings(max_examples=50)
@given(st.text())
def test_any_title_is_shown_as_it_is(title: str) -> None:
    """Whatever a title holds, the page has the tags that it has with a plain one."""
    assert Page(page(small(), title="x")).tags == Page(page(small(), title=title)).tags


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_cell_of_every_sheet_is_on_the_page(lang: str) -> None:
    """The page tells all that the sheets tell, in their words."""
    report = small()
    texts = set(Page(page(report, lang=lang)).texts)
    told = sheets(report, lang)
    assert 6 == len(told)
    for sheet in told:
        assert {sheet.title, sheet.note, *sheet.columns} <= texts
        assert {cell.text for row in sheet.rows for cell in row} <= texts


def test_gains_and_losses_have_their_colours() -> None:
    """A gain is marked up, a loss down, nothing else either."""
    made = page(small())
    assert '<td class="up">+225,000원</td>' in made
    assert '<td class="down">-102,500원</td>' in made
    assert "<td>10,000,000원</td>" in made


def test_the_curves_are_the_figures() -> None:
    """Each curve begins with the capital, spans the drawing and is highest where equity is."""
    report = small()
    equity, depth = Page(page(report)).points()
    values = [CAPITAL, *report.curve.equity]
    assert len(values) == len(equity) == len(depth)
    assert (0.0, 1_000.0) == (equity[0][0], equity[-1][0])
    low, high = min(values), max(values)
    expected = [300.0 * (1 - (v - low) / (high - low)) for v in values]
    assert expected == pytest.approx([y for _, y in equity], abs=0.06)
    deepest = min(report.curve.drawdown_pct)
    expected = [300.0 * d / deepest for d in (0.0, *report.curve.drawdown_pct)]
    assert expected == pytest.approx([y for _, y in depth], abs=0.06)


def test_a_flat_or_empty_past_is_drawn_without_error() -> None:
    """A past in which nothing happened has a level line; one without sessions has no curve."""
    flat = Page(page(backtest_report(past([[], []]), capital=CAPITAL))).points()
    assert [1, 1] == [len({y for _, y in line}) for line in flat]
    empty = Page(page(backtest_report([], capital=CAPITAL)))
    assert [] == empty.points()
    assert "table" in empty.tags


def test_the_same_report_is_the_same_page() -> None:
    """Two renderings are equal to the byte, another report is another page."""
    report = small()
    assert page(report) == page(small())
    other = replace(report, totals=replace(report.totals, closed=99))
    assert page(report) != page(other)
