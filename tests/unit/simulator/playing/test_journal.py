"""The journal of a world: synced lines, torn ends, damage."""

import errno
import os
from pathlib import Path

import pytest

from jennie_cli.engine.errors import SettingsError, StorageFull
from jennie_cli.simulator.playing.journal import Journal


def test_what_was_appended_is_read_again(tmp_path: Path) -> None:
    """Lines come back in order, Korean text included."""
    journal = Journal(tmp_path / "new" / "journal.jsonl")
    journal.append({"n": 1, "text": "가"})
    journal.append({"n": 2})
    assert [{"n": 1, "text": "가"}, {"n": 2}] == Journal(journal.path).records()


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_torn_line_is_dropped_and_the_next_one_is_whole(tmp_path: Path, cut: int) -> None:
    """A line cut anywhere was never answered; what follows does not stick to its stump."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append({"n": 1})
    journal.append({"n": 2})
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-cut])
    again = Journal(journal.path)
    assert [{"n": 1}] == again.records()
    again.append({"n": 3})
    assert [{"n": 1}, {"n": 3}] == Journal(journal.path).records()


def test_damage_inside_is_named(tmp_path: Path) -> None:
    """A whole line that is not JSON is no torn end."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"n":1}\nxx\n{"n":3}\n')
    with pytest.raises(SettingsError, match="damaged"):
        Journal(path).records()


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a line on a full disk is taken back, and the next line is whole."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append({"n": 1})
    real = os.write

    def half(handle: int, content: bytes) -> int:
        real(handle, content[:3])
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr("jennie_cli.simulator.playing.journal.os.write", half)
        with pytest.raises(StorageFull):
            journal.append({"n": 2})
    journal.append({"n": 3})
    assert [{"n": 1}, {"n": 3}] == Journal(journal.path).records()
