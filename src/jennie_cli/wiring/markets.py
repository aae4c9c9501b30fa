"""The two markets a home can read, and the filling of the generated one."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jennie_cli.engine.clock import KST, Clock
from jennie_cli.settings import Settings, SimOptions

if TYPE_CHECKING:
    from jennie_cli.adapters.sql import SqlFacts
    from jennie_cli.engine.data import Freshness, ImportReport
    from jennie_cli.engine.store import Batch
    from jennie_cli.engine.venue import Calendar
    from jennie_cli.simulator import World
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)
FOREVER = datetime(9999, 1, 1, tzinfo=KST)
GENERATED, IMPORTED = "generated", "imported"


def open_facts(engine: Any, folder: Path) -> "SqlFacts":
    """Return the facts kept in an SQL engine, with their arrays and minute bars in `folder`."""
    from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
    from jennie_cli.adapters.sql import SqlFacts

    return SqlFacts(
        engine, panels=PanelFiles(folder / "panel"), minutes=MinuteFiles(folder / "minutes")
    )


def open_world(path: Path, settings: Settings) -> "World":
    """Return the sim world kept at `path`; a new one takes its seed from the settings."""
    from jennie_cli.simulator import World

    return World.open(path, seed=settings.slice(SimOptions).seed)


def generate(house: "House") -> None:
    """Generate the market of the world's seed up to the clock, unless it is there already."""
    through = newest_complete(house.clock, house.calendar)
    if _reached(house, through):
        return
    from jennie_cli.engine.data import ingest
    from jennie_cli.simulator import GeneratedMarket

    with house.lock("generation", doing="generating the market"):
        newest = _newest(house)
        if newest is not None and newest >= through:
            return
        market = GeneratedMarket(house.world.seed, house.calendar)
        batches = (
            market.batches(through=through)
            if newest is None
            else market.batches_after(newest, through=through)
        )
        with house.watch("generating the market") as step:
            ingest(_counted(batches, step), facts=house.facts)
        LOG.info("generated the market of seed %d through %s", house.world.seed, through)


def newest_complete(clock: Clock, calendar: "Calendar") -> date:
    """Return the newest trading day whose session has ended at the clock's now."""
    now = clock.now()
    session = calendar.session(now.date())
    if session is not None and session.close <= now:
        return session.day
    return calendar.previous_day(now.date())


def generated_folder(house: "House") -> Path:
    """Return where the market of this world is kept, one folder for each edition of a seed."""
    from jennie_cli.simulator import MARKET_EDITION

    return house.folder.generated(house.world.seed, MARKET_EDITION)


def newest_generated_day(house: "House") -> date | None:
    """Return the newest generated day, None before the first generation."""
    if not generated_folder(house).exists():
        return None
    return house.generated_facts.last_day(as_of=FOREVER)


def coverage(house: "House") -> "tuple[Freshness, ...]":
    """Return what each table of the home's market holds and how far behind it is.

    The imported market is held against the real now. Generates nothing.
    """
    from jennie_cli.engine.data import status

    if house.market == IMPORTED and not house.stored_anything():
        return ()
    now = house.clock.now() if house.market == GENERATED else _import_time(house)
    return status(house.facts, calendar=house.calendar, now=now)


def import_files(house: "House", paths: Sequence[str]) -> "ImportReport":
    """Load files into the imported market of the home, alone and all or nothing.

    Raises BadFile, HomeBusy, StorageFull.
    """
    from jennie_cli.adapters.files import FileReader, TableFolder
    from jennie_cli.engine.data import import_paths

    with (
        house.lock("import", doing="importing data"),
        house.watch("importing"),
    ):
        report = import_paths(
            paths,
            reader=FileReader(),
            lister=TableFolder(),
            facts=house.imported_facts,
            calendar=house.calendar,
            now=_import_time(house),
        )
    LOG.info("imported %d files", len(report.files))
    return report


def _import_time(house: "House") -> datetime:
    """Return the now that files are held against: nothing in them may be later."""
    return house.options.clock or house.wall_clock.now()


def _reached(house: "House", through: date) -> bool:
    newest = _newest(house)
    return newest is not None and newest >= through


def _newest(house: "House") -> date | None:
    return house.facts.last_day(as_of=FOREVER)


def _counted(batches: Iterable["Batch"], step: Any) -> Iterator["Batch"]:
    for done, batch in enumerate(batches, start=1):
        yield batch
        step(done)
