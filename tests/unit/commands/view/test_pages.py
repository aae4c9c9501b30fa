"""The other pages: what a stock, a history and a comparison look like."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.commands.view.samples import sample_run
from tests.unit.commands.view.test_watchlist import drawn
from tests.unit.engine.scout.builders import random_market, run

from jennie_cli.commands.view import comparison_page, explanation_page, history_page, sectors_page
from jennie_cli.commands.view.watchlist import watchlist_page
from jennie_cli.engine.scout import compare, explain


@pytest.mark.parametrize("width", [80, 100, 200])
def test_an_explanation_fits_and_says_value_unit_points_and_maximum(width: int) -> None:
    """Each part has a line; none is wider than the terminal."""
    result, _ = run(random_market(40).view())
    doc = explain(result, result.stocks[0].code, "ko")
    page = drawn(explanation_page(doc, market="generated", lang="ko", every_gate=True), width)
    assert "RSI" in page
    assert "모멘텀" in page
    assert "/20" in page


def test_an_explanation_says_which_parts_rest_on_no_data() -> None:
    """A part without data is marked, and a factor scaled to its maximum says so."""
    market = random_market(40)
    market.foreign_pct[:] = float("nan")
    result, _ = run(market.view())
    doc = explain(result, result.stocks[0].code, "ko")
    page = drawn(explanation_page(doc, market="generated", lang="ko", every_gate=False), 100)
    assert "자료 없음" in page
    assert "환산" in page


def test_an_ineligible_stock_is_explained_by_its_rule_alone() -> None:
    """Without any score the page shows the reason and no table of parts."""
    market = random_market(40)
    market.market_cap[0] = 1e9
    result, _ = run(market.view())
    doc = explain(result, market.stocks[0].code, "ko")
    page = drawn(explanation_page(doc, market="generated", lang="ko", every_gate=False), 100)
    assert "시가총액 10억원: 하한 500억원 미만" in page
    assert "모멘텀" not in page


def test_an_unknown_unit_is_shown_as_it_is() -> None:
    """A unit the catalogue does not know is not hidden."""
    result, _ = run(random_market(40).view())
    doc = explain(result, result.stocks[0].code, "ko")
    parts = doc["quant"]["factors"]["value"]["parts"]
    parts["price_to_dreams"] = {**parts["pbr"], "unit": "bananas"}
    page = drawn(explanation_page(doc, market="generated", lang="ko", every_gate=False), 100)
    assert "bananas" in page


@pytest.mark.parametrize(("lang", "said"), [("ko", "모름"), ("en", "unknown")])
def test_holdings_that_nobody_knows_are_not_shown_as_none_held(lang: str, said: str) -> None:
    """A sector whose holdings are unknown says so, in the budget and in an explanation."""
    unknown: dict[str, Any] = {"held_count": None}
    rows = [replace(r, **unknown) for r in sample_run().sectors]
    page = drawn(sectors_page(rows, sample_run().trade_date, lang), 100)
    assert len(rows) == page.count(f" {said}\n")
    result, _ = run(random_market(40).view())
    doc = explain(result, result.stocks[0].code, lang)
    doc["sector_budget"] = {**doc["sector_budget"], **unknown}
    page = drawn(explanation_page(doc, market="generated", lang=lang, every_gate=False), 100)
    assert f" {said}\n" in page


def test_a_compared_score_is_not_rounded_up_across_a_limit() -> None:
    """The scores of a comparison read like those of the list."""
    before = sample_run()
    first, *rest = before.stocks
    after = replace(before, stocks=(replace(first, hybrid_score=59.99), *rest))
    page = drawn(comparison_page(compare(before, after, "ko"), "ko"), 100)
    assert "합계 81.2 → 59.9 (-21.2)" in page


def test_history_lists_runs_and_says_when_there_is_none() -> None:
    """One line a run; an empty store is said in words."""
    page = drawn(history_page([sample_run()], "ko"), 100)
    assert "20250630-083000-001" in page
    assert "저장된 실행이 없습니다." in drawn(history_page([], "ko"), 100)


def test_a_comparison_without_a_change_says_so() -> None:
    """A run against itself has nothing to show."""
    same = sample_run()
    assert "달라진 것이 없습니다." in drawn(comparison_page(compare(same, same, "ko"), "ko"), 100)


def test_who_entered_is_shown_with_the_earlier_reason() -> None:
    """A stock that was no candidate before is said to be new."""
    before = sample_run(empty=True)
    page = drawn(comparison_page(compare(before, sample_run(), "ko"), "ko"), 100)
    assert "새로 들어옴" in page
    assert "후보가 아니었음" in page


def test_a_market_read_at_the_close_says_so() -> None:
    """A run of a past day shows the day instead of a clock time."""
    run_then = sample_run(market="imported")
    closed = replace(run_then, as_of=run_then.as_of.replace(day=27, hour=23))
    page = drawn(watchlist_page(closed, "ko"), 100)
    assert page.startswith("imported 가져온 시장 · 2025-06-27 장마감 기준")
