"""The folder of a home."""

import errno
from pathlib import Path

import pytest

from jennie_cli.engine.errors import HomeNotWritable, StorageFull
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
