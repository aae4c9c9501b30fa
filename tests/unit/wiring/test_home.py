"""The folder of a home."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jennie_cli.engine.errors import HomeNotWritable, StorageFull
from jennie_cli.settings import read_toml
from jennie_cli.wiring.home import HomeFolder, writing


def test_a_home_is_for_its_owner_only(tmp_path: Path) -> None:
    """The folder is created with its parents, closed to others, and left empty."""
    folder = HomeFolder(tmp_path / "a" / "b")
    folder.create()
    folder.create()
    assert 0o700 == folder.root.stat().st_mode & 0o777
    assert [] == [*folder.root.iterdir()]


@pytest.mark.parametrize("kind", ["file in its place", "file above it"])
def test_a_home_that_cannot_be_created_is_named(kind: str, tmp_path: Path) -> None:
    """The message says which folder, the hint how to choose another."""
    (tmp_path / "x").write_text("")
    root = tmp_path / "x" if kind == "file in its place" else tmp_path / "x" / "home"
    with pytest.raises(HomeNotWritable, match="cannot be written") as caught:
        HomeFolder(root).create()
    assert "--home" in caught.value.hint


def test_a_full_disk_has_its_own_name(tmp_path: Path) -> None:
    """Freeing space helps, another folder need not."""
    with pytest.raises(StorageFull, match="disk is full"), writing(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(HomeNotWritable, match="Read-only"), writing(tmp_path):
        raise OSError(errno.EROFS, "Read-only file system")


def test_two_may_prove_a_home_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe is a process's own, and that somebody took it away is no failure."""
    touch = Path.touch

    def touched_and_taken(path: Path) -> None:
        touch(path)
        assert str(os.getpid()) in path.name
        path.unlink()

    monkeypatch.setattr(Path, "touch", touched_and_taken)
    HomeFolder(tmp_path / "home").create()


def test_two_writers_lose_no_key(tmp_path: Path) -> None:
    """Reading, changing and writing the file is one act."""
    path = tmp_path / "config.toml"
    script = (
        "import sys; from pathlib import Path\n"
        "from jennie_cli.settings import write_key\n"
        "from jennie_cli.wiring.home import changing\n"
        "path = Path(sys.argv[1])\n"
        "for n in range(30):\n"
        "    with changing(path):\n"
        "        write_key(path, f'{sys.argv[2]}.k{n}', n)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b")
    ]
    assert [0, 0] == [writer.wait() for writer in writers]
    assert {"a": 30, "b": 30} == {name: len(keys) for name, keys in read_toml(path).items()}
