"""The briefing from the command line: figures of the account, gaps, days off, what is kept."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from tests.unit.commands.briefing_home import MadeRoom, briefing_home
from tests.unit.conftest import Jennie
from tests.unit.engine.council.sages import DOWN

from jennie_cli.engine.broker import BrokerUnavailable, Fault
from jennie_cli.engine.errors import ExitCode

SATURDAY = "2025-06-28T12:00:00+09:00"


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[MadeRoom]:
    """Lend a home with a hundred shares."""
    with briefing_home(monkeypatch) as made:
        yield made


def test_the_page_tells_what_broker_and_ledger_tell(room: MadeRoom, jennie: Jennie) -> None:
    """To the won, and the snapshot of the day says the same; both pages fit their pipe."""
    room.sell(40)
    made = jennie("briefing", "run", "--json").document
    ledger = room.portfolio()
    assert ("made", {}, 0) == (made["status"], made["gaps"], made["differs"])
    trades = made["trades"]
    assert [ledger.realised, ledger.fees, ledger.taxes] == [
        trades[name] for name in ("realised", "fees", "taxes")
    ]
    assert {c: (p.qty, p.cost) for c, p in ledger.positions.items()} == {
        p["code"]: (p["qty"], p["cost"]) for p in made["positions"]
    }
    account = made["account"]
    worth = sum(p["value"] for p in made["positions"])
    assert account["settled_cash"] + worth == account["total"]
    kept = jennie("briefing", "snapshot", "--settle", "--json").document
    assert ("settled", account["total"]) == (kept["outcome"], kept["snapshot"]["total_asset"])
    assert ledger.realised == kept["snapshot"]["realised"]["realised_pnl"]
    for lang in ("ko", "en"):
        for words in (("run",), ("show",), ("snapshot",)):
            told = jennie("--lang", lang, "briefing", *words)
            assert [] == [line for line in told.out.splitlines() if cell_len(line) > 100]
            assert f"{account['total']:,}" in told.out
            assert "None" not in told.out


def test_the_change_is_told_from_the_day_before(room: MadeRoom, jennie: Jennie) -> None:
    """The first day has none; the next has the difference of two rows."""
    first = jennie("briefing", "snapshot", "--json").document
    assert ("taken", None, None) == (first["outcome"], first["previous_day"], first["change"])
    room.clock.advance(24 * 3_600)
    tomorrow = room.clock.now().isoformat()
    room.account.quote(next(iter(room.portfolio().positions)), 71_500)
    told = jennie("--clock", tomorrow, "briefing", "run", "--json").document["account"]
    assert told["total"] - first["snapshot"]["total_asset"] == told["change"] == 50_000
    assert first["day"] == told["previous_day"]
    second = jennie("--clock", tomorrow, "briefing", "snapshot")
    assert "+50,000" in second.out
    before = (room.clock.now() - timedelta(days=1)).date().isoformat()
    past = jennie("--clock", tomorrow, "briefing", "snapshot", "--date", before, "--json").document
    assert ("settled", first["snapshot"]["total_asset"]) == (
        past["outcome"],
        past["snapshot"]["total_asset"],
    )


@pytest.mark.usefixtures("room")
def test_what_was_never_kept_is_said_so(jennie: Jennie, tmp_path: Path) -> None:
    """A day without a briefing, a day to come, a day never taken, a file nobody can write."""
    assert ExitCode.INPUT == jennie("briefing", "show").code
    assert "briefing run" in jennie("briefing", "show").err
    assert ExitCode.INPUT == jennie("briefing", "snapshot", "--date", "2025-12-30").code
    never = jennie("briefing", "snapshot", "--date", "2025-06-26", "--json").document
    assert ("no_snapshot", None) == (never["outcome"], never["snapshot"])
    assert 0 == jennie("briefing", "run").code
    assert ExitCode.INPUT == jennie("briefing", "show", "--date", "2001-01-01").code
    page = tmp_path / "day.html"
    assert str(page) == jennie("briefing", "show", "--html", str(page), "--json").document["path"]
    assert "쪽은 차분했어요." in page.read_text("utf-8")
    assert ExitCode.INPUT == jennie("briefing", "show", "--html", str(tmp_path / "no" / "x")).code


@pytest.mark.usefixtures("room")
def test_a_month_without_fills_has_a_head(jennie: Jennie) -> None:
    """No broker is asked; the sums are nought because nothing was traded."""
    assert 1 == len(jennie("briefing", "export", "--month", "2025-06").out.splitlines())
    month = jennie("briefing", "export", "--month", "2025-06", "--json").document
    assert ("2025-06", [], 0) == (month["month"], month["fills"], month["realised"])


def test_a_model_that_fails_leaves_the_plain_page(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments are null, the reason is said, the figures stand."""
    with briefing_home(monkeypatch, DOWN):
        told = jennie("briefing", "run", "--json")
        assert (None, DOWN.message) == (told.document["comments"], told.document["silence"])
        assert DOWN.message in told.err
        assert told.document["account"]["total"] > 0
        assert "해설이 없습니다" in jennie("briefing", "show").out


def test_an_empty_answer_deletes_nothing(room: MadeRoom, jennie: Jennie) -> None:
    """Acceptance 11: asked twice, then a gap; ledger and earlier rows stay as they were."""
    kept = jennie("briefing", "snapshot", "--json").document["snapshot"]
    held = room.portfolio().positions
    room.account.faults.inject(Fault.NO_HOLDINGS, 2)
    made = jennie("briefing", "run", "--json").document
    assert (None, None, None) == (made["account"], made["positions"], made["differs"])
    assert "no holdings, twice" in made["gaps"]["account"]
    room.account.faults.inject(Fault.NO_HOLDINGS, 2)
    assert ExitCode.OUTSIDE == jennie("briefing", "snapshot").code
    assert held == room.portfolio().positions
    day = kept["day"]
    again = jennie("briefing", "snapshot", "--settle", "--json").document["snapshot"]
    assert (day, kept["total_asset"], 1) == (
        again["day"],
        again["total_asset"],
        again["position_count"],
    )


@pytest.mark.usefixtures("room")
def test_a_broker_that_is_away_leaves_a_gap(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Account and positions are null with a reason, trades are the ledger's; no row is kept."""

    @asynccontextmanager
    async def away(_house: Any, **_: Any) -> AsyncIterator[Any]:
        raise BrokerUnavailable("The broker is away.", hint="Wait.")
        yield

    monkeypatch.setattr("jennie_cli.wiring.trading.open_trading", away)
    made = jennie("briefing", "run", "--json").document
    assert (None, None, None) == (made["account"], made["positions"], made["differs"])
    assert "The broker is away." == made["gaps"]["account"]
    assert [] == made["trades"]["shown"]
    assert 2 == jennie("briefing", "show").out.count("The broker is away.")
    assert ExitCode.OUTSIDE == jennie("briefing", "snapshot").code


@pytest.mark.usefixtures("room")
def test_a_day_off_is_skipped_by_name(jennie: Jennie) -> None:
    """Nobody is asked, nothing is kept."""
    made = jennie("--clock", SATURDAY, "briefing", "run", "--json").document
    assert ("holiday", "2025-06-28") == (made["status"], made["day"])
    assert "2025-06-28" in jennie("--clock", SATURDAY, "briefing", "run").out
    kept = jennie("--clock", SATURDAY, "briefing", "snapshot", "--json").document
    assert ("holiday", None) == (kept["outcome"], kept["snapshot"])
    assert "휴장일" in jennie("briefing", "snapshot", "--date", "2025-06-28").out
    assert ExitCode.INPUT == jennie("briefing", "show").code


@pytest.mark.usefixtures("room")
def test_watchlist_and_news_are_on_the_page(jennie: Jennie) -> None:
    """What scout and news commands kept is told, with marks where a score is made up."""
    assert 0 == jennie("scout", "run", "--no-llm").code
    assert 0 == jennie("news", "collect").code
    made = jennie("briefing", "run", "--json").document
    first = made["watchlist"]["listed"][0]
    assert (1, None, 10) == (first["rank"], first["llm_score"], len(made["watchlist"]["listed"]))
    assert 0 == made["second_tier"]["buys"]
    assert made["weather"]["regime"] is not None
    assert made["weather"]["kospi"]["value"] > 0
    assert [] == made["news"]
