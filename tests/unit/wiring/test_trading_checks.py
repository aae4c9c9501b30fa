"""What the check-up says of a home's world, ledger and flags."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.wiring.test_house import FRIDAY, bars

from jennie_cli.adapters.sql import SqlFlags
from jennie_cli.engine.clock import KST
from jennie_cli.engine.data import ingest
from jennie_cli.engine.model import Flag
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.store import FlagState
from jennie_cli.settings import Masker, Options
from jennie_cli.simulator import WORLD_START
from jennie_cli.testing import order_events
from jennie_cli.wiring import Finding, House, Level, open_house
from jennie_cli.wiring.trading import ledger_parts
from jennie_cli.wiring.trading_checks import examine_flags, examine_ledger, examine_world


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A sim home."""
    opened = open_house(Options(home=tmp_path / "home"), Masker())
    yield opened
    opened.close()


def test_nobody_runs_the_exchange_of_a_new_home(house: House) -> None:
    """The check-up looks and starts nothing."""
    (found,) = examine_world(house)
    assert (Level.OK, "not running; the first order starts it") == (found.level, found.detail)
    assert not (house.folder.exchange / "server.json").exists()


def test_who_runs_the_exchange_is_named(house: House) -> None:
    """Process and address, as its owner announced them."""
    with house.lock("world-owner", doing="running the sim world"):
        house.folder.exchange.mkdir()
        told = f'{{"url": "http://127.0.0.1:9", "pid": {os.getpid()}}}'
        (house.folder.exchange / "server.json").write_text(told)
        (found,) = examine_world(house)
    assert f"run by process {os.getpid()} at http://127.0.0.1:9" == found.detail


def test_an_imported_market_has_no_exchange(house: House) -> None:
    """Its days cannot be played in the home's own world."""
    ingest([bars(FRIDAY)], facts=house.imported_facts)
    (found,) = examine_world(house)
    assert Level.WARN is found.level


def ledger(house: House) -> dict[str, Finding]:
    """Return the findings about the ledger by name."""
    return {f.name: f for f in examine_ledger(house)}


def test_events_and_orders_are_counted(house: House) -> None:
    """An order that filled is not open; tables that lack its events are behind."""
    assert "no order yet" == ledger(house)["ledger"].detail
    journal, tables = ledger_parts(house, Costs())
    kept = journal.append(order_events("o1", "1"))
    assert f"{len(kept)} events, 1 orders, 0 open" == ledger(house)["ledger"].detail
    assert ledger(house)["ledger tables"].detail.startswith(f"{len(kept)} events behind")
    tables.lay(kept)
    assert ["ledger"] == list(ledger(house))


def test_an_order_without_an_outcome_is_told(house: House) -> None:
    """It was sent, and no answer is known."""
    journal, tables = ledger_parts(house, Costs())
    kept = journal.append(order_events("o1", "1")[:2])
    tables.lay(kept)
    found = ledger(house)
    assert "2 events, 1 orders, 1 open" == found["ledger"].detail
    assert found["unanswered"].detail.startswith("1 orders have no known outcome")
    assert "jennie trade reconcile" in found["unanswered"].todo


def test_tables_of_another_journal_are_told(house: House) -> None:
    """A home restored in part has as many events, but others."""
    journal, tables = ledger_parts(house, Costs())
    tables.lay(journal.append(order_events("o1", "1")))
    journal_file = house.folder.ledger(house.profile)
    journal_file.unlink()
    other, _ = ledger_parts(house, Costs())
    other.append(order_events("o2", "2"))
    assert Level.WARN is ledger(house)["ledger tables"].level


def test_each_flag_that_is_up_is_told(house: House) -> None:
    """Who put it up, when and why, and what lifts it."""
    assert ["none is up"] == [f.detail for f in examine_flags(house)]
    flags, at = SqlFlags(house.records), WORLD_START.astimezone(KST)
    flags.put(Flag.PAUSE, FlagState(up=True, who="cli", at=at, reason="holiday"))
    flags.put(Flag.DRY_RUN, FlagState(up=True, who="cli", at=at, reason=""))
    flags.put(Flag.STOP, FlagState(up=False, who="cli", at=at, reason=""))
    found = {f.detail: f.todo for f in examine_flags(house)}
    assert {
        "pause is up since 2025-06-30 08:30 by cli: holiday": "jennie trade resume",
        "dryrun is up since 2025-06-30 08:30 by cli": "jennie trade dryrun --off",
    } == found
