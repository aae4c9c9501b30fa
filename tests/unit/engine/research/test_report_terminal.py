"""The curve in a terminal fits its width and rises where the equity does."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.unit.engine.research.report_past import CAPITAL, FIRST, past, pasts, trip

from jennie_cli.engine.research.past import SessionResult
from jennie_cli.engine.research.report import BacktestReport
from jennie_cli.engine.research.report_building import backtest_report
from jennie_cli.engine.research.report_terminal import cells, terminal_lines


def drawn(*wons: int) -> BacktestReport:
    """Return the report of sessions that earned these won."""
    days = [[trip(won, day=FIRST + timedelta(days=n))] for n, won in enumerate(wons)]
    return backtest_report(past(days), capital=CAPITAL)


def test_the_drawing_of_a_small_past() -> None:
    """The equity rises and falls in six rows, the depth is a line of its own."""
    expected = (
        "자산 (장 마감 기준)  2025-07-01 → 2025-07-03",
        "10,200,000원   █",
        "               █",
        "              ▁█",
        "              ██",
        "              ██",
        "10,000,000원 ▁██▁",
        "고점에서 내려온 폭",
        "      -1.96%    █",
    )
    assert expected == terminal_lines(drawn(100_000, 100_000, -200_000), lang="ko", width=60)


@settings(max_examples=40)
@given(pasts(), st.integers(1, 120), st.sampled_from(["ko", "en"]))
def test_no_line_is_wider_than_the_screen(
    results: list[SessionResult], width: int, lang: str
) -> None:
    """Whatever the width, every line fits it as a terminal counts cells."""
    report = backtest_report(results, capital=CAPITAL)
    for line in terminal_lines(report, lang=lang, width=width):
        assert cell_len(line) <= width


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)), st.text("a1 "))
def test_korean_letters_take_two_cells(korean: str, plain: str) -> None:
    """Cells are counted as rich counts them."""
    assert cell_len(korean + plain) == cells(korean + plain)


def test_a_long_past_is_drawn_in_as_many_columns_as_fit() -> None:
    """A thousand sessions become the columns there are, ending with the last session."""
    lines = terminal_lines(drawn(*[1_000] * 1_000), lang="en", width=50)
    assert 50 == max(map(len, lines[1:7]))
    assert all(line.endswith("█") for line in lines[1:7])


def test_a_narrow_screen_has_no_labels() -> None:
    """Where labels would leave no room the curve stands alone."""
    lines = terminal_lines(drawn(*[1_000, -500] * 20), lang="ko", width=20)
    assert {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"} >= set("".join(lines[1:7]))


@pytest.mark.parametrize("wons", [(0,), (0, 0, 0)])
def test_nothing_happened(wons: tuple[int, ...]) -> None:
    """A flat equity is a flat line, and no depth is no mark."""
    lines = terminal_lines(drawn(*wons), lang="ko", width=40)
    assert lines[6].endswith("▁" * (len(wons) + 1))
    assert lines[-1].endswith("0%")


def test_without_sessions_nothing_is_drawn() -> None:
    """A past without sessions has no curve."""
    assert () == terminal_lines(backtest_report([], capital=CAPITAL), lang="ko", width=80)
