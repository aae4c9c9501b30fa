"""The journal on disk: killed writers, damage, full disks, several processes."""

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jennie_cli.adapters.journal import Journal, disk, journal
from jennie_cli.engine.errors import BadFile, HomeNotWritable, StorageFull
from jennie_cli.engine.store import Ledger, Lost
from jennie_cli.testing import LedgerExam, every_event, order_events

EVENTS = every_event()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal of a home will lie."""
    return tmp_path / "ledger" / "journal.jsonl"


def child(script: str, path: Path, *words: str) -> "subprocess.Popen[str]":
    """Start a process that knows `path`, `Journal` and `order_events`."""
    start = (
        "import os, signal, sys; from pathlib import Path\n"
        "from jennie_cli.adapters.journal import Journal\n"
        "from jennie_cli.testing import order_events\n"
        "journal = Journal(Path(sys.argv[1]))\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", start + script, str(path), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class TestJournal(LedgerExam):
    """The journal sits the exam, each holder a Journal of its own."""

    @pytest.fixture(autouse=True)
    def _place(self, path: Path) -> None:
        """Give each test a file of its own."""
        self.path = path

    def make(self) -> Ledger:
        """Return a new holder of the test's file."""
        return Journal(self.path)


def test_reading_makes_no_file(path: Path) -> None:
    """A home that never traded has no ledger folder."""
    assert () == Journal(path).read()
    assert not path.parent.exists()


def test_the_journal_is_for_its_owner_only(path: Path) -> None:
    """0600 in a folder of 0700, lock file included."""
    journal = Journal(path)
    with journal.exclusive():
        journal.append(EVENTS)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (path.parent, *path.parent.iterdir())]
    assert [0o700, 0o600, 0o600] == modes


@pytest.mark.parametrize("holder", ["fresh", "reader"])
def test_a_line_torn_anywhere_is_left_out_and_cut_by_the_next_writer(
    path: Path, holder: str
) -> None:
    """Whatever byte the killed writer reached, the events before it stand."""
    Journal(path).append(EVENTS[:3])
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for cut in (last + 1, last + 9, (last + len(whole)) // 2, len(whole) - 1):
        path.write_bytes(whole[:last])
        journal = Journal(path)
        if holder == "reader":
            assert 2 == len(journal.read())
        path.write_bytes(whole[:cut])
        assert [1, 2] == [r.number for r in journal.read()]
        assert cut == path.stat().st_size
        assert [3] == [r.number for r in journal.append(EVENTS[4:5])]
        assert (*EVENTS[:2], EVENTS[4]) == tuple(r.event for r in Journal(path).read())


def test_zeros_after_a_power_cut_count_as_a_torn_line(path: Path) -> None:
    """A file system may have grown the file without its content."""
    journal = Journal(path)
    journal.append(EVENTS[:2])
    with path.open("ab") as file:
        file.write(bytes(4096))
    assert 2 == len(Journal(path).read())
    assert 3 == journal.append(EVENTS[:1])[0].number


@pytest.mark.parametrize("line", [1, 2, 3])
def test_damage_that_no_kill_explains_names_its_line(path: Path, line: int) -> None:
    """Reading and appending stop: the program must not trade on a ledger with a hole."""
    Journal(path).append(EVENTS[:3])
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b"o1", b"o2", 1)
    path.write_bytes(b"".join(lines))
    said = f"line {line} is damaged: its checksum does not fit"
    with pytest.raises(BadFile, match=said):
        Journal(path).read()
    with pytest.raises(BadFile, match=said):
        Journal(path).append(EVENTS[:1])
    assert b"".join(lines) == path.read_bytes()


def test_a_missing_line_is_damage(path: Path) -> None:
    """Numbers have no gaps, so a line cannot be taken out unseen."""
    Journal(path).append(EVENTS[:3])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(BadFile, match="line 2 is damaged: it has the number 3"):
        Journal(path).read()


def test_damage_under_a_reader_is_found_when_it_reads_again(path: Path) -> None:
    """Lines are checked on every reading of them."""
    journal = Journal(path)
    journal.append(EVENTS[:3])
    path.write_bytes(path.read_bytes().replace(b"c1", b"c9", 1))
    with pytest.raises(BadFile, match="line 2 is damaged"):
        journal.read()


@pytest.mark.parametrize("change", ["cut", "removed", "replaced"])
def test_a_journal_that_is_taken_away_is_not_started_anew(path: Path, change: str) -> None:
    """A process that knew more than the file holds stops."""
    journal = Journal(path)
    journal.append(EVENTS[:3])
    content = path.read_bytes()
    if change == "cut":
        path.write_bytes(content[:50])
    else:
        path.rename(path.with_name("kept"))
    if change == "replaced":
        path.write_bytes(content + content)
    with pytest.raises(BadFile, match="was cut or replaced while in use"):
        journal.read()
    if change != "removed":
        with pytest.raises(BadFile, match="was cut or replaced while in use"):
            journal.append(EVENTS[:1])


@pytest.mark.parametrize("failing", ["pwrite", "fsync"])
@pytest.mark.parametrize(
    ("code", "named"), [(errno.ENOSPC, StorageFull), (errno.EIO, HomeNotWritable)]
)
def test_a_disk_that_refuses_keeps_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, code: int, named: type[Exception]
) -> None:
    """Not even the lines that went through; afterwards the ledger goes on."""
    journal = Journal(path)
    journal.append(EVENTS[:1])
    before = path.read_bytes()
    calls = iter([40])

    def refuse(handle: int, content: bytes = b"", at: int = 0) -> int:
        if failing == "pwrite" and (length := next(calls, 0)):
            with open(handle, "r+b", closefd=False, buffering=0) as file:  # a handle
                file.seek(at)
                return file.write(content[:length])
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, refuse)
        with pytest.raises(named):
            journal.append(EVENTS[1:4])
    assert before == path.read_bytes()
    assert [2] == [r.number for r in journal.append(EVENTS[1:2])]


def test_who_asks_again_reads_only_what_came_since(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing came the file is not opened, and what another process adds is seen at once."""
    opened: list[Path] = []
    mine, other = Journal(path), Journal(path)
    mine.append(EVENTS[:2])
    known = len(mine.read())

    @contextmanager
    def open_to_read(at: Path) -> Iterator[int | None]:
        opened.append(at)
        with disk.open_to_read(at) as handle:
            yield handle

    monkeypatch.setattr(journal, "open_to_read", open_to_read)
    assert [(), ()] == [mine.read(known), mine.read(known)]
    assert [] == opened
    added = other.append(EVENTS[2:3])
    assert added == mine.read(known)
    assert [path] == opened


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """A home whose ledger folder cannot be made or read is a settings error."""
    (tmp_path / "ledger").write_text("")
    journal = Journal(tmp_path / "ledger" / "journal.jsonl")
    for act in (journal.read, lambda: journal.append(EVENTS), journal.exclusive().__enter__):
        with pytest.raises(HomeNotWritable, match=r"cannot be used: (Not a directory|File exists)"):
            act()


def test_words_of_others_are_masked_before_they_are_kept(path: Path) -> None:
    """What append answers is what was written."""
    journal = Journal(path, mask=lambda text: text.replace("12345678", "***"))
    lost = EVENTS[4]
    assert isinstance(lost, Lost)
    spoken = Lost(
        at=lost.at, order_id="o", call_id="c", act=lost.act, text="계좌 12345678 시간 초과"
    )
    kept = journal.append([spoken])
    assert kept == journal.read()
    assert "12345678" not in path.read_text(encoding="utf-8")
    assert "계좌 *** 시간 초과" in path.read_text(encoding="utf-8")


def test_processes_append_side_by_side_and_a_reader_follows(path: Path) -> None:
    """Three writers of 40 orders each: every number once, every order together."""
    script = (
        "for n in range(40):\n    journal.append(order_events(f'{sys.argv[2]}-{n}', str(n + 1)))\n"
    )
    writers = [child(script, path, name) for name in "abc"]
    reader, last, seen = Journal(path), 0, 0
    while any(w.poll() is None for w in writers) or reader.read(last):
        found = reader.read(last)
        assert [*range(last + 1, last + 1 + len(found))] == [r.number for r in found]
        last, seen = last + len(found), seen + len(found)
    for writer in writers:
        writer.communicate()
        assert 0 == writer.returncode
    events = [r.event for r in Journal(path).read()]
    stories = {tuple(events[n : n + 4]) for n in range(0, len(events), 4)}
    assert {order_events(f"{w}-{n}", str(n + 1)) for w in "abc" for n in range(40)} == stories
    assert 480 == seen


def test_writers_killed_at_any_moment_leave_a_ledger_that_goes_on(path: Path) -> None:
    """What append answered is kept; numbers go on without a gap."""
    script = (
        "n = 0\nwhile True:\n    n += 1\n"
        "    kept = journal.append(order_events(f'{sys.argv[2]}-{n}', str(n)))\n"
        "    print(kept[-1].number, flush=True)\n"
    )
    told = 0
    for name in "abcde":
        writer = child(script, path, name)
        assert writer.stdout is not None
        for _ in range(7):
            told = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        found = Journal(path).read()
        assert [*range(1, len(found) + 1)] == [r.number for r in found]
        assert told <= len(found)


def test_the_hold_keeps_other_processes_out_until_the_last_one_leaves(path: Path) -> None:
    """Another process gets in only after the outer hold has ended, or its holder was killed."""
    script = "with journal.exclusive():\n    print('in', flush=True); sys.stdin.read(1)\n"
    journal = Journal(path)
    with journal.exclusive():
        with journal.exclusive():
            other = child(f"print('up', flush=True)\n{script}", path)
            assert other.stdout is not None
            assert "up\n" == other.stdout.readline()
        os.set_blocking(other.stdout.fileno(), False)
        assert not other.stdout.read(1)
        os.set_blocking(other.stdout.fileno(), True)
    assert "in\n" == other.stdout.readline()
    other.send_signal(signal.SIGKILL)
    other.communicate()
    with journal.exclusive():
        assert () == journal.read()
