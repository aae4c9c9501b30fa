"""What the council ruled fits the terminal, in both languages."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from tests.unit.commands.view.test_watchlist import drawn

from jennie_cli.commands.view.council import insight_page, skipped_page
from jennie_cli.testing.insights_exam import BARE, FULL

SAID = {"strategist": '{"sentiment_score":63,"trading_reasoning":"' + "가" * 200 + '"}'}


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("width", [80, 100, 200])
def test_a_full_insight_fits(width: int, lang: str) -> None:
    """No line is wider than the terminal, and what a page holds depends on no width."""
    record = replace(FULL, raw_council_output=SAID)
    page = drawn(insight_page(record, lang, today=False, everything=True), width)
    assert width >= max(cell_len(line) for line in page.splitlines())
    told = "".join(page.split())
    assert "6,512.34" in told
    assert "VIX17.35" in told
    assert "SIMULATED" in told
    assert "HODL" in told
    assert "가" * 200 in told


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_bare_insight_has_no_empty_lines_of_lists(lang: str) -> None:
    """What nobody told is left out."""
    page = drawn(insight_page(BARE, lang, today=True, everything=False), 80)
    assert 6 == len([line for line in page.splitlines() if line.strip()])


def test_signs_of_flows() -> None:
    """Bought, sold and neither."""
    record = replace(
        BARE, kospi_foreign_net=12.0, kospi_institutional_net=0.0, kospi_retail_net=-3.0
    )
    page = drawn(insight_page(record, "ko", today=True, everything=False), 100)
    assert "외국인 +12억원 · 기관 0원 · 개인 −3억원" in page


def test_why_nobody_was_asked() -> None:
    """A holiday by its name, a weekend as such."""
    day = BARE.insight_date
    assert "(삼일절)" in drawn(skipped_page(day, "closed", "삼일절", "ko"), 80)
    assert "(weekend)" in drawn(skipped_page(day, "closed", "", "en"), 80)
