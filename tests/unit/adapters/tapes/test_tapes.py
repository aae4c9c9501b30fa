"""Tapes in their folder: for their owner only, read up to a cut, forgotten in time."""

import os
import zlib
from datetime import date
from errno import EIO, ENOSPC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.adapters.tapes import FileTape, TapeBehind, TapeFolder
from jennie_cli.adapters.tapes import file as file_module
from jennie_cli.engine.errors import HomeNotWritable, InputError, JennieError, StorageFull

DAY = date(2025, 7, 1)
LINES = [f'["hear",{n},[["900010",{n * 7},{n * n}]]]'.encode() for n in range(2_000)]


def kept(root: Path, lines: list[bytes] = LINES, day: date = DAY) -> Path:
    """Keep a tape and return its file."""
    folder = TapeFolder(root)
    tape = folder.begin(day)
    for line in lines:
        tape.write(line)
    tape.close()
    return root / day.isoformat() / f"{folder.numbers(day)[-1]}.jsonl.gz"


def test_a_tape_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Several runs of one day are several tapes."""
    kept(tmp_path / "sim")
    kept(tmp_path / "sim", LINES[:3])
    folder = TapeFolder(tmp_path / "sim")
    assert (1, 2) == folder.numbers(DAY)
    assert (DAY,) == folder.days()
    assert list(folder.read(DAY, 1)) == LINES
    assert list(folder.read(DAY, 2)) == LINES[:3]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """Whatever the umask lets through."""
    before = os.umask(0)
    try:
        path = kept(tmp_path / "sim")
    finally:
        os.umask(before)
    assert 0o600 == path.stat().st_mode & 0o777
    assert 0o700 == path.parent.stat().st_mode & 0o777
    assert 0o700 == path.parent.parent.stat().st_mode & 0o777


def test_a_tape_that_is_still_written_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a killed session handed over before its last moment is there."""
    monkeypatch.setattr(file_module, "_EVERY_S", 0.01)
    folder = TapeFolder(tmp_path)
    tape = folder.begin(DAY)
    for line in LINES[:5]:
        tape.write(line)
    for _ in range(1_000):
        if found := list(folder.read(DAY, 1)):
            break
        tape._ending.wait(0.01)  # a pause of real time
    assert found == LINES[: len(found)]
    tape.close()
    assert list(folder.read(DAY, 1)) == LINES[:5]


@settings(max_examples=30)
@given(share=st.floats(0.0, 1.0))
def test_a_cut_tape_is_read_up_to_its_last_whole_line(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    """Wherever the cut is."""
    path = kept(tmp_path_factory.mktemp("cut"))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    found = list(TapeFolder(path.parent.parent).read(DAY, 1))
    assert found == LINES[: len(found)]
    assert share < 1.0 or found == LINES


def test_a_damaged_tape_is_read_up_to_the_damage(tmp_path: Path) -> None:
    """What a power cut left as zeros ends it, as does what is no tape at all."""
    path = kept(tmp_path / "sim", LINES[:3])
    writer = zlib.compressobj(wbits=31)
    begun = writer.compress(b"one\ntwo\nth") + writer.flush(zlib.Z_SYNC_FLUSH)
    path.write_bytes(begun + bytes(500))
    assert [b"one", b"two"] == list(TapeFolder(tmp_path / "sim").read(DAY, 1))
    path.write_bytes(b"this is no gzip")
    assert [] == list(TapeFolder(tmp_path / "sim").read(DAY, 1))


def write_all(tape: FileTape, pause_s: float = 0.0) -> None:
    """Write every line, with a pause of real time after each."""
    for line in LINES:
        tape.write(line)
        tape._ending.wait(pause_s)  # a pause that ends with the tape


@pytest.mark.parametrize(("errno", "kind"), [(ENOSPC, StorageFull), (EIO, HomeNotWritable)])
def test_a_disk_that_refuses_is_told_by_the_next_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, errno: int, kind: type[JennieError]
) -> None:
    """Never before it refused, and again when it is closed; what was there stays."""
    monkeypatch.setattr(file_module, "_EVERY_S", 0.01)
    tape = FileTape(tmp_path / "1.jsonl.gz")

    def refuse(*_: Any) -> int:
        raise OSError(errno, "no")

    monkeypatch.setattr("jennie_cli.adapters.tapes.file.os.write", refuse)
    with pytest.raises(kind):
        write_all(tape, 0.005)
    with pytest.raises(kind):
        tape.close()


def test_a_disk_that_hangs_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When too much waits for it the tape gives up."""
    monkeypatch.setattr(file_module, "_MOST_WAITING", 100)
    tape = FileTape(tmp_path / "1.jsonl.gz")
    with pytest.raises(TapeBehind):
        write_all(tape)
    tape.close()


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Before anything is heard."""
    (tmp_path / "sim").write_text("a file")
    with pytest.raises(HomeNotWritable):
        TapeFolder(tmp_path / "sim").begin(DAY)


def test_old_days_are_forgotten(tmp_path: Path) -> None:
    """The newest stay, with all their tapes; what is no day is left alone."""
    for day in (4, 2, 3, 1):
        kept(tmp_path, LINES[:1], date(2025, 7, day))
    kept(tmp_path, LINES[:1], date(2025, 7, 1))
    (tmp_path / "notes").mkdir()
    folder = TapeFolder(tmp_path)
    assert 0 == folder.forget(4)
    assert 2 == folder.forget(2)
    assert (date(2025, 7, 3), date(2025, 7, 4)) == folder.days()
    assert (tmp_path / "notes").is_dir()


def test_a_tape_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With its day and number."""
    with pytest.raises(InputError, match="tape 1 of 2025-07-01"):
        TapeFolder(tmp_path).read(DAY, 1)
