"""The minute bars of a generated home, and backtests that rest on them."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.conftest import Jennie
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.trading.session import NO_WATCHLIST
from jennie_cli.settings import Masker, Options
from jennie_cli.simulator.playing import minutes
from jennie_cli.wiring import House
from jennie_cli.wiring.markets import FOREVER
from jennie_cli.wiring.minutes import Span, generated_span

pytestmark = pytest.mark.slow

LAST, BEFORE = date(2025, 6, 27), date(2025, 6, 26)
STOCKS = 30
TWO = Span(first=None, last=None, sessions=2, stocks=STOCKS)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Lend a home with the generated market."""
    with short_home() as root:
        house = house_at(root)
        house.ready()
        house.close()
        yield root


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    """Open that home."""
    opened = house_at(home)
    yield opened
    opened.close()


@pytest.fixture
def no_making(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody make minute bars."""

    def forbidden(*_: Any, **__: Any) -> None:
        pytest.fail("minute bars are made")

    monkeypatch.setattr(minutes, "generated_minutes", forbidden)


def _bars(house: House) -> Any:
    return house.facts.read(Dataset.MINUTE_BARS, as_of=FOREVER)


def test_the_newest_sessions_get_minutes_that_fold_to_their_days(house: House) -> None:
    """The largest stocks have them, to the won and the share."""
    assert (BEFORE, LAST) == generated_span(house, TWO)
    rows, panel = _bars(house), house.facts.daily(as_of=FOREVER, days=2)
    assert (BEFORE, LAST) == panel.days
    names = ("open", "high", "low", "close", "volume")
    for at, day in enumerate(panel.days):
        codes = sorted(set(rows["code"][rows["date"] == day]))
        assert STOCKS - 3 <= len(codes) <= STOCKS
        for code in codes:
            mine = (rows["code"] == code) & (rows["date"] == day)
            opened, high, low, close, volume = (rows[n][mine] for n in names)
            folded = (opened[0], high.max(), low.min(), close[-1], volume.sum())
            place = panel.codes.index(code)
            assert tuple(getattr(panel, n)[at, place] for n in names) == folded


def test_what_was_made_is_read(
    house: House, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A second run makes nothing; one that was broken off makes only what is missing."""
    generated_span(house, TWO)
    held = house.facts.imported()
    request.getfixturevalue("no_making")
    assert (BEFORE, LAST) == generated_span(house, TWO)
    assert (LAST, LAST) == generated_span(house, Span(first=LAST, last=LAST, sessions=9, stocks=30))
    assert held == house.facts.imported()
    monkeypatch.undo()
    generated_span(house, Span(first=None, last=None, sessions=3, stocks=STOCKS))
    assert len(held) + 1 == len(house.facts.imported())


def test_nothing_of_a_session_is_made_before_its_close(home: Path) -> None:
    """A minute before it the session before is the last one; who asks for more is told."""
    early = House(Options(home=home, clock=datetime(2025, 6, 27, 15, 29, tzinfo=KST)), Masker())
    one = Span(first=None, last=None, sessions=1, stocks=STOCKS)
    assert (BEFORE, BEFORE) == generated_span(early, one)
    for first, last in ((None, LAST), (LAST, None)):
        late = Span(first=first, last=last, sessions=1, stocks=STOCKS)
        with pytest.raises(InputError, match=f"is over is that of {BEFORE}"):
            generated_span(early, late)
    early.close()


def test_a_span_outside_the_market_is_refused(house: House) -> None:
    """Before its second day nothing could be known on a morning; a weekend has no session."""
    early = Span(first=date(2020, 1, 2), last=None, sessions=1, stocks=STOCKS)
    with pytest.raises(InputError, match="first session"):
        generated_span(house, early)
    weekend = Span(first=date(2025, 6, 21), last=date(2025, 6, 22), sessions=1, stocks=STOCKS)
    with pytest.raises(InputError, match="No session"):
        generated_span(house, weekend)


def test_a_backtest_needs_no_account_and_says_which_days_had_no_list(
    home: Path, jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without options nothing is bought before a list stands; the command that it names makes one,
    and the stocks of that list then have minutes.
    """
    monkeypatch.setenv("SCOUT_UNIVERSE_SIZE", f"{STOCKS}")
    words = ("--home", str(home), "backtest", "run", "--set", "research.sessions=2")
    bare = jennie(*words, "--json")
    assert 0 == bare.code, bare.err
    assert ({NO_WATCHLIST: 2}, []) == (bare.document["watchlists"], bare.document["trips"])
    assert 0 == bare.document["assumed_regimes"]
    assert "jennie scout run --date 2025-06-25" in bare.err
    assert "2" in jennie(*words, "--lang", "en").out.split("without a watchlist: ")[1]
    made = jennie("--home", str(home), "scout", "run", "--date", "2025-06-25", "--json")
    assert 0 == made.code, made.err
    told = jennie(*words, "--json")
    (listed,) = told.document["watchlists"]
    assert made.document["run_id"] == listed
    assert "scout run" not in told.err
    house = house_at(home)
    rows = _bars(house)
    recorded = set(rows["code"][rows["date"] == LAST])
    on_list = {entry.code for entry in house.runs.watchlist(listed)}
    assert on_list
    assert len(on_list - recorded) <= 1
    house.close()
