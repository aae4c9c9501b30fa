"""The macro page at eighty columns: every figure with unit, source and age; why others are not."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from jennie_cli.commands.view import macro_page, macro_sources_page
from jennie_cli.commands.view.macro import figure_text
from jennie_cli.commands.view.macro_documents import macro_document
from jennie_cli.commands.view.page import Page
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import BudgetUse
from jennie_cli.engine.macro.collecting import (
    POLITICS,
    Figure,
    Gap,
    Item,
    MacroRecord,
    Scope,
    SourceReport,
    Topic,
    fields,
    politics_of,
)
from jennie_cli.engine.messages import known

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=KST)
ALERT = Item(
    topic=Topic.POLITICS, title="Missile launch near the coast " * 5, source="bbc.co.uk", at=NOW
)
RECORD = MacroRecord(
    day=NOW.date(),
    at=NOW,
    scope=Scope.FULL,
    figures={
        n: Figure(value=1_234.5, source="politics_feeds+x", as_of=NOW - timedelta(days=30))
        for n in fields()
    },
    politics=politics_of([ALERT], NOW),
    politics_at=NOW,
    missing={"vix": Gap(why="failed", said="yahoo: no answer"), "gold": Gap(why="no_source")},
    rejected=("spy 900 (finnhub): 600 before",),
)
REPORTS = (
    SourceReport(name="fred", given=9, items=0, took_s=1.25, failed={"a": "HTTP 500"}),
    SourceReport(name="yahoo", took_s=60.0, failure="no answer within 60 s"),
)


def drawn(page: Page, width: int = 80) -> str:
    """Return a page as a terminal of this width shows it."""
    out = StringIO()
    Console(file=out, width=width, force_terminal=False, highlight=False).print(page)
    return out.getvalue()


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(lang: str, width: int) -> None:
    """Korean letters count as two."""
    page = macro_sources_page(RECORD, REPORTS, now=NOW, notes=("건너뜀 " * 30,), lang=lang)
    assert width >= max(cell_len(line) for line in drawn(page, width).splitlines())


def test_a_page_says_why_a_figure_is_missing() -> None:
    """And what was not believed, which source failed, and what alarms."""
    shown = drawn(macro_sources_page(RECORD, REPORTS, now=NOW, notes=("A dry run",), lang="en"))
    for words in (
        "missing · not had (yahoo: no answer): VIX",
        "missing · no source here: Gold",
        "not believed: spy 900",
        "fred failed: HTTP 500",
        "yahoo failed: no answer within 60 s",
        "[high] Missile launch",
        "A dry run",
    ):
        assert words in shown


def test_nothing_kept_says_what_to_do() -> None:
    """With the allowances that were asked for."""
    use = BudgetUse(budget="yahoo", minute_used=3, minute_limit=30, day_used=9, day_limit=0)
    shown = drawn(macro_page(None, now=NOW, lang="en", budgets=(use,)))
    assert "jennie macro collect" in shown
    assert "yahoo  this minute 3/30 · today 9/∞" in shown


def test_an_empty_snapshot_is_drawn() -> None:
    """Dashes where nothing follows from nothing."""
    bare = replace(RECORD, figures={}, politics=None, rejected=())
    assert "10y-2y —" in drawn(macro_page(bare, now=NOW, lang="en"))
    assert macro_document(bare, NOW)["korea_news_label"] is None


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (4.25, "pct", "4.25%"),
        (-0.5, "change_pct", "-0.50%"),
        (0.0, "change_pct", "+0.00%"),
        (1_425.3, "KRW", "1,425.30원"),
        (-1_234.0, "eok", "-1,234억원"),
        (6_500.12, "points", "6,500.12"),
        (221_000.0, "count", "221,000건"),
        (0.25, "sentiment", "+0.25"),
    ],
)
def test_a_figure_carries_its_unit(value: float, unit: str, shown: str) -> None:
    """Changes with their sign, large ones whole."""
    assert shown == figure_text(value, unit, "ko")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_figure_and_unit_has_words(lang: str) -> None:
    """A new field cannot be forgotten."""
    wanted = [f"collecting.field.{n}" for n in (*fields(), POLITICS)]
    wanted += [f"collecting.unit.{f.unit}" for f in fields().values()]
    assert [] == [key for key in wanted if not known(key, lang)]
