"""Journal and projection joined: the tables follow, and nothing waits for them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine

from jennie_cli.adapters.journal import Journal, JournaledLedger
from jennie_cli.adapters.sql import SqlLedgerView, connect
from jennie_cli.engine.errors import BadFile, HomeBusy, JennieError
from jennie_cli.engine.execution import orders
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.store import Ledger, MemoryLedger, Recorded
from jennie_cli.testing import LedgerExam, every_event, order_events

Join = Callable[[], JournaledLedger]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite file."""
    opened = connect(f"sqlite:///{tmp_path / 'jennie.sqlite'}")
    yield opened
    opened.dispose()


@pytest.fixture
def view(engine: Engine) -> SqlLedgerView:
    """The tables."""
    return SqlLedgerView(engine, profile="sim", orders=orders, costs=Costs())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal lies."""
    return tmp_path / "ledger" / "journal.jsonl"


@pytest.fixture
def join(path: Path, view: SqlLedgerView) -> Iterator[Join]:
    """Return a maker of joined ledgers, all over one home; each is settled at the end."""
    made: list[JournaledLedger] = []

    def make() -> JournaledLedger:
        made.append(JournaledLedger(Journal(path), view, report=unwanted))
        return made[-1]

    yield make
    assert [None] * len(made) == [ledger.settle() for ledger in made]


def unwanted(error: JennieError) -> None:
    """Take a report that no test of this kind expects."""
    raise error


class TestJournaledLedger(LedgerExam):
    """Journal and SQL joined sit the exam."""

    @pytest.fixture(autouse=True)
    def _place(self, join: Join) -> None:
        """Give each test a home of its own."""
        self.join = join

    def make(self) -> Ledger:
        """Return a new holder of the test's home."""
        return self.join()


class Stubborn:
    """A projection that refuses while `error` is set, and waits while `gate` is shut."""

    def __init__(self) -> None:
        """Let everything in."""
        self.kept: list[Recorded] = []
        self.error: Exception | None = None
        self.gate = Event()
        self.gate.set()

    def last(self) -> Recorded | None:
        """Return the last event laid."""
        return self.kept[-1] if self.kept else None

    def lay(self, recorded: Sequence[Recorded]) -> None:
        """Lay events, or refuse."""
        self.gate.wait(10)
        if self.error is not None:
            raise self.error
        self.kept += recorded

    def clear(self) -> None:
        """Forget everything."""
        self.kept.clear()


def test_the_tables_follow_every_append(join: Join, view: SqlLedgerView) -> None:
    """After settling, the last event of the journal is the last of the tables."""
    ledger = join()
    kept = ledger.append(every_event())
    assert ledger.settle() is None
    assert kept[-1] == view.last()


def test_what_was_laid_by_nobody_is_laid_on_start(
    join: Join, path: Path, view: SqlLedgerView
) -> None:
    """A process killed between journal and tables costs nothing."""
    kept = Journal(path).append(every_event())
    assert view.last() is None
    assert join().settle() is None
    assert kept[-1] == view.last()


@pytest.mark.parametrize("other", [3, 13], ids=["shorter", "longer"])
def test_tables_of_another_journal_are_made_again(
    join: Join, path: Path, view: SqlLedgerView, other: int
) -> None:
    """A restored or new journal rules, whether it is shorter or longer than what was laid."""
    view.lay(MemoryLedger().append(order_events("old", "9")))
    kept = Journal(path).append(every_event()[:other])
    assert join().settle() is None
    assert kept[-1] == view.last()


def test_an_append_does_not_wait_for_the_tables() -> None:
    """With the tables stuck, evidence is kept and told; later they hold all of it."""
    tables = Stubborn()
    tables.gate.clear()
    ledger = JournaledLedger(MemoryLedger(), tables, report=unwanted)
    kept = [r for e in every_event() for r in ledger.append([e])]
    assert kept == [*ledger.read()]
    assert [] == tables.kept
    tables.gate.set()
    assert ledger.settle() is None
    assert kept == tables.kept


def test_tables_that_fail_are_reported_once_and_caught_up_later() -> None:
    """The report names the failure; with the next append after it all is laid."""
    tables, told = Stubborn(), list[JennieError]()
    ledger = JournaledLedger(MemoryLedger(), tables, report=told.append)
    tables.error = HomeBusy("another writer", hint="wait")
    for event in every_event()[:5]:
        ledger.append([event])
        assert tables.error is ledger.settle()
    assert ([tables.error], []) == (told, tables.kept)
    tables.error = None
    ledger.append(every_event()[5:6])
    assert ledger.settle() is None
    assert [*ledger.read()] == tables.kept


def test_a_defect_of_the_tables_does_not_stay_hidden() -> None:
    """It does not touch the append; whoever settles meets it."""
    tables = Stubborn()
    ledger = JournaledLedger(MemoryLedger(), tables, report=unwanted)
    tables.error = ZeroDivisionError()
    assert 1 == len(ledger.append(every_event()[:1]))
    with pytest.raises(ZeroDivisionError):
        ledger.settle()


def test_a_damaged_journal_is_reported_and_lays_nothing(path: Path) -> None:
    """The tables stay as they were."""
    Journal(path).append(every_event())
    path.write_bytes(path.read_bytes().replace(b"c1", b"c9", 1))
    tables, told = Stubborn(), list[JennieError]()
    ledger = JournaledLedger(Journal(path), tables, report=told.append)
    assert isinstance(ledger.settle(), BadFile)
    assert ([BadFile], []) == ([type(e) for e in told], tables.kept)
