"""One home, opened for one call."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.data import ingest
from jennie_cli.engine.errors import (
    HomeBusy,
    InputError,
    SecretMissing,
    SettingsError,
)
from jennie_cli.engine.store import Batch, Dataset
from jennie_cli.engine.venue import Calendar, DayKind, DayOverride
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.simulator import WORLD_START
from jennie_cli.wiring import (
    AsOf,
    House,
    change_setting,
    coverage,
    import_files,
    newest_generated_day,
    open_house,
)
from jennie_cli.wiring.days import add_day

FRIDAY, MONDAY, TUESDAY = date(2025, 6, 27), date(2025, 6, 30), date(2025, 7, 1)
AN_HOUR_AFTER_CLOSE = timedelta(hours=16, minutes=30)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """Return a moment of a Korean day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=KST)


def bars(*days: date) -> Batch:
    """Return one stock's daily bars, known an hour after the close."""
    count = len(days)
    known = [int((at(d) + AN_HOUR_AFTER_CLOSE).timestamp()) for d in days]
    price = np.full(count, 1000, dtype=np.int64)
    return Batch(
        dataset=Dataset.DAILY_BARS,
        columns={
            "code": np.array(["900001"] * count, dtype=object),
            "date": np.array(days, dtype=object),
            **dict.fromkeys(("open", "high", "low", "close"), price),
            "volume": price,
            "known_at": np.array(known, dtype=np.int64),
            "source": np.array(["test"] * count, dtype=object),
        },
    )


class SmallMarket:
    """A generated market of one stock that remembers what it was asked for."""

    asked: list[tuple[date | None, date]]

    def __init__(self, seed: int, calendar: Calendar) -> None:
        """Take what the real one takes."""
        self.seed = seed
        self.calendar = calendar

    def batches(self, through: date) -> Iterator[Batch]:
        """Yield the history."""
        self.asked.append((None, through))
        yield bars(*self.calendar.days(date(2025, 6, 2), max(through, FRIDAY)))

    def batches_after(self, day: date, through: date) -> Iterator[Batch]:
        """Yield the days after `day`."""
        self.asked.append((day, through))
        yield bars(*self.calendar.days(day + timedelta(days=1), through))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[date | None, date]]:
    """Put the small market in the place of the real one and return what it is asked for."""
    monkeypatch.setattr(SmallMarket, "asked", [], raising=False)
    monkeypatch.setattr("jennie_cli.simulator.GeneratedMarket", SmallMarket)
    return SmallMarket.asked


Opener = Callable[..., House]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Return a function that opens the house of this test with these options."""
    houses: list[House] = []

    def open_it(**options: Any) -> House:
        house = open_house(Options(**{"home": tmp_path / "home", **options}), Masker())
        houses.append(house)
        return house

    yield open_it
    for house in houses:
        house.close()


def test_opening_touches_nothing(opened: Opener, tmp_path: Path) -> None:
    """A home is created by the first command that needs it, not by opening."""
    house = opened()
    assert "generated" == house.market
    assert ["live.enabled"] == [e.declared.key for e in house.settings.entries("live")]
    assert not (tmp_path / "home").exists()


def test_an_empty_sim_home_starts_on_the_fixed_morning(
    opened: Opener, asked: list[tuple[date | None, date]]
) -> None:
    """The first comer generates the history; the run is for that morning's session."""
    house = opened()
    house.ready()
    assert [(None, FRIDAY)] == asked
    assert AsOf(as_of=WORLD_START, trade_date=MONDAY) == house.as_of(None)
    assert FRIDAY == house.facts.last_day(as_of=house.clock.now())
    opened().ready()
    assert 1 == len(asked)


def test_days_are_generated_when_the_clock_reaches_them(
    opened: Opener, asked: list[tuple[date | None, date]]
) -> None:
    """Only whole sessions, and only those not made before."""
    opened().ready()
    opened(clock=at(MONDAY, 15, 29)).ready()
    assert [(None, FRIDAY)] == asked
    opened(clock=at(TUESDAY, 18)).ready()
    assert [(None, FRIDAY), (FRIDAY, TUESDAY)] == asked
    opened().ready()
    assert 2 == len(asked)
    assert TUESDAY == newest_generated_day(opened())


def test_the_clock_option_moves_now_but_not_the_world(
    opened: Opener, asked: list[tuple[date | None, date]]
) -> None:
    """What is generated for it stays unknown to the world's own clock."""
    later = opened(clock=at(TUESDAY, 18))
    later.ready()
    assert asked
    assert AsOf(as_of=at(TUESDAY, 18), trade_date=TUESDAY) == later.as_of(None)
    house = opened()
    assert WORLD_START == house.clock.now()
    assert FRIDAY == house.facts.last_day(as_of=house.clock.now())
    with pytest.raises(InputError, match="its newest day is 2025-06-27"):
        house.as_of(TUESDAY)


@pytest.mark.usefixtures("asked")
def test_a_date_is_its_own_end(opened: Opener) -> None:
    """`--date D` knows all of D, but never more than now."""
    house = opened(clock=at(TUESDAY, 16, 45))
    house.ready()
    end = datetime(2025, 6, 30, 23, 59, 59, 999999, tzinfo=KST)
    assert AsOf(as_of=end, trade_date=MONDAY) == house.as_of(MONDAY)
    assert AsOf(as_of=at(TUESDAY, 16, 45), trade_date=TUESDAY) == house.as_of(TUESDAY)


@pytest.mark.parametrize(
    ("day", "said", "hint"),
    [
        (date(2025, 7, 2), "beyond what this home knows: its newest day is 2025-06-30", "earlier"),
        (date(2025, 6, 28), "was no trading day", "Use --date 2025-06-27."),
        (date(2025, 5, 30), "before the first day this home knows", ""),
    ],
)
@pytest.mark.usefixtures("asked")
def test_a_date_without_bars_says_why(day: date, said: str, hint: str, opened: Opener) -> None:
    """Future, closed and forgotten days are told apart."""
    house = opened(clock=at(MONDAY, 18))
    house.ready()
    with pytest.raises(InputError, match=said) as caught:
        house.as_of(day)
    assert hint in caught.value.hint


@pytest.mark.usefixtures("asked")
def test_a_run_outside_a_session_day_is_for_the_next_one(opened: Opener) -> None:
    """On a Saturday the trade date is Monday."""
    house = opened(clock=at(date(2025, 7, 5), 12))
    assert date(2025, 7, 7) == house.as_of(None).trade_date


def test_a_home_reads_what_was_imported_once_anything_is(opened: Opener) -> None:
    """The clock then stands at the end of the newest imported day."""
    house = opened()
    assert "generated" == house.market
    ingest([bars(FRIDAY, MONDAY)], facts=house.imported_facts)
    again = opened()
    again.ready()
    assert "imported" == again.market
    end = datetime(2025, 6, 30, 23, 59, 59, 999999, tzinfo=KST)
    assert AsOf(as_of=end, trade_date=MONDAY) == again.as_of(None)
    assert again.as_of(None) == again.as_of(MONDAY)
    moved = opened(clock=at(MONDAY, 9))
    assert AsOf(as_of=at(MONDAY, 9), trade_date=MONDAY) == moved.as_of(None)
    assert FRIDAY == moved.facts.last_day(as_of=moved.clock.now())


@pytest.mark.usefixtures("asked")
def test_the_two_markets_are_never_mixed(opened: Opener) -> None:
    """A home with both reads the one its setting names."""
    opened().ready()
    ingest([bars(date(2025, 6, 26))], facts=opened().imported_facts)
    change_setting(opened(), "market.source", "generated", who="test")
    house = opened()
    assert ("generated", FRIDAY) == (house.market, house.facts.last_day(as_of=house.clock.now()))
    change_setting(opened(), "market.source", "imported", who="test")
    house = opened()
    assert date(2025, 6, 26) == house.facts.last_day(as_of=house.clock.now())


def test_an_imported_market_without_bars_is_bad_input(opened: Opener) -> None:
    """The hint names the command that fills it."""
    change_setting(opened(), "market.source", "imported", who="test")
    house = opened()
    with pytest.raises(InputError, match="no daily bars") as caught:
        house.ready()
    assert "jennie data import" in caught.value.hint
    with pytest.raises(InputError, match="no daily bars"):
        house.as_of(None)
    assert () == coverage(house)


def test_paper_reads_the_imported_market_by_the_wall_clock(opened: Opener) -> None:
    """No account is needed to look; the generated market is refused by name."""
    house = opened(profile=Profile.PAPER)
    assert "imported" == house.market
    assert not isinstance(house.clock, ManualClock)
    change_setting(opened(), "market.source", "generated", who="test")
    with pytest.raises(SettingsError, match="the paper profile cannot trade"):
        _ = opened(profile=Profile.PAPER).market


def test_live_is_refused_before_its_market_is_looked_for(opened: Opener) -> None:
    """An empty home is told about the switch, not about data."""
    with pytest.raises(SettingsError, match="not enabled"):
        opened(profile=Profile.LIVE).ready()


def test_live_is_refused_until_allowed_and_its_keys_are_there(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the switch, then the keys, each with the command that sets it."""
    with pytest.raises(SettingsError, match="not enabled") as caught:
        _ = opened(profile=Profile.LIVE).clock
    assert "jennie config set live.enabled true" == caught.value.hint
    change_setting(opened(), "live.enabled", "true", who="test")
    monkeypatch.setenv("KIS_APP_KEY", "planted-key")
    with pytest.raises(SecretMissing, match="kis_app_secret, kis_account_no") as missing:
        _ = opened(profile=Profile.LIVE).facts
    assert "jennie secrets set kis_app_secret" == missing.value.hint
    monkeypatch.setenv("KIS_APP_SECRET", "planted-secret")
    monkeypatch.setenv("KIS_ACCOUNT_NO", "12345678")
    assert opened(profile=Profile.LIVE).clock.now().tzinfo is KST


def test_work_under_a_lock_is_refused_to_others(opened: Opener) -> None:
    """Two imports, or two generations, at once: the second is told who holds."""
    first, second = opened(), opened()
    with (
        first.lock("import", doing="importing data"),
        pytest.raises(HomeBusy, match="is importing data"),
    ):
        import_files(second, [])
    with (
        first.lock("generation", doing="generating the market"),
        pytest.raises(HomeBusy, match="is generating the market"),
    ):
        second.ready()


def test_a_generation_that_fails_leaves_nothing(
    opened: Opener, asked: list[tuple[date | None, date]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next command starts from the beginning."""

    def broken(_self: SmallMarket, through: date) -> Iterator[Batch]:
        yield bars(through)
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(SmallMarket, "batches", broken)
        with pytest.raises(RuntimeError, match="power cut"):
            opened().ready()
    assert newest_generated_day(opened()) is None
    opened().ready()
    assert [(None, FRIDAY)] == asked


def test_days_of_the_home_are_in_its_calendar(opened: Opener) -> None:
    """An added closing moves the next session at once."""
    house = opened()
    assert date(2025, 7, 2) == house.calendar.next_day(TUESDAY)
    add_day(
        house, DayOverride(day=date(2025, 7, 2), kind=DayKind.CLOSED, reason="x", source="test")
    )
    assert date(2025, 7, 3) == house.calendar.next_day(TUESDAY)
    assert date(2025, 7, 3) == opened().calendar.next_day(TUESDAY)


def test_the_seed_of_a_new_world_is_a_setting(opened: Opener, tmp_path: Path) -> None:
    """A world keeps the seed it began with."""
    change_setting(opened(), "sim.seed", "7", who="test")
    assert 7 == opened().world.seed
    change_setting(opened(), "sim.seed", "8", who="test")
    assert 7 == opened().world.seed
    assert 7 == json.loads((tmp_path / "home" / "world.json").read_text())["seed"]


def test_progress_is_shown_while_generating(
    tmp_path: Path, asked: list[tuple[date | None, date]]
) -> None:
    """The watcher is told the work and each step."""
    seen: list[object] = []

    class Watching:
        def __init__(self, label: str) -> None:
            seen.append(label)

        def __enter__(self) -> Callable[..., None]:
            return seen.append

        def __exit__(self, *_: object) -> None:
            seen.append("end")

    house = open_house(Options(home=tmp_path / "home"), Masker(), Watching)
    house.ready()
    house.close()
    assert asked
    assert ["generating the market", 1, "end"] == seen
