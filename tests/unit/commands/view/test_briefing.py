"""A briefing on a terminal of 80 columns, however large its figures and long its names."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from jennie_cli.commands.view.briefing import briefing_page, snapshot_page
from jennie_cli.commands.view.page import Page
from jennie_cli.engine.briefing import Briefing, Outcome, Taken
from jennie_cli.engine.messages import LANGS
from jennie_cli.testing.assets_exam import WORTH
from jennie_cli.testing.briefings_exam import WHOLE

LONG = "한국전자금융지주홀딩스제이십삼호기업인수목적우선주"


def lines(page: Page, width: int = 80) -> list[str]:
    """Return what a terminal of this width shows."""
    drawn = StringIO()
    Console(file=drawn, width=width, highlight=False, emoji=False, markup=False).print(page)
    return drawn.getvalue().splitlines()


def large() -> Briefing:
    """Return a briefing of a rich account with long names."""
    assert WHOLE.positions is not None
    assert WHOLE.news is not None
    assert WHOLE.watch is not None
    held = replace(
        WHOLE.positions[0],
        name=LONG,
        qty=12_345,
        cost=12_345 * 1_234_500,
        price=1_300_000,
        value=12_345 * 1_300_000,
    )
    trade = replace(
        WHOLE.trades.shown[0], name=LONG, qty=12_345, amount=held.value, profit=-1_234_567_890
    )
    return replace(
        WHOLE,
        positions=(held,) * 10,
        trades=replace(WHOLE.trades, shown=(trade,) * 10),
        news=tuple(replace(story, name=LONG, title=LONG * 3) for story in WHOLE.news),
        watch=replace(
            WHOLE.watch, listed=tuple(replace(one, name=LONG) for one in WHOLE.watch.listed)
        ),
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_stays_within_80_columns_and_keeps_its_figures(lang: str) -> None:
    """Names and titles give way, won never do."""
    shown = lines(briefing_page(large(), lang))
    assert [] == [line for line in shown if cell_len(line.rstrip()) > 80]
    page = "\n".join(shown)
    for figure in ("16,048,500,000", "1,234,500", "1,300,000", "-1,234,567,890", "50,300,000"):
        assert figure in page


@pytest.mark.parametrize("lang", LANGS)
def test_a_snapshot_says_what_became_of_it(lang: str) -> None:
    """Figures where there are any, a change where there is an earlier row."""
    taken = Taken(day=WORTH.day, outcome=Outcome.TAKEN, snapshot=WORTH)
    assert 5 == len(lines(snapshot_page(taken, lang)))
    for total, share in ((4_000_000_000, "+25.00%"), (0, "()")):
        since = replace(taken, previous=replace(WORTH, total_asset=total))
        assert share in "\n".join(lines(snapshot_page(since, lang), 120))
    for outcome in (Outcome.HOLIDAY, Outcome.NO_SNAPSHOT):
        bare = Taken(day=WORTH.day, outcome=outcome)
        assert 1 == len(lines(snapshot_page(bare, lang)))
