"""TOML files a person may edit."""

import errno
import os
from pathlib import Path

import pytest

from jennie_cli.engine.errors import HomeNotWritable, SettingsError
from jennie_cli.settings import read_toml, write_key


def test_no_file_is_an_empty_tree(tmp_path: Path) -> None:
    """A home without config.toml has no settings of its own."""
    assert {} == read_toml(tmp_path / "config.toml")


def test_a_written_key_is_read_back_and_comments_stay(tmp_path: Path) -> None:
    """Our edit leaves the rest of the file as its owner wrote it."""
    path = tmp_path / "config.toml"
    path.write_text('# mine\nlang = "ko"  # why\n\n[live]\nenabled = false\n', encoding="utf-8")
    write_key(path, "live.enabled", value=True)
    write_key(path, "store.url", value="sqlite:///x")
    write_key(path, "profile", value="paper")
    assert {
        "lang": "ko",
        "profile": "paper",
        "live": {"enabled": True},
        "store": {"url": "sqlite:///x"},
    } == read_toml(path)
    assert "# mine" in path.read_text(encoding="utf-8")
    assert "# why" in path.read_text(encoding="utf-8")
    assert ["config.toml"] == [p.name for p in tmp_path.iterdir()]


@pytest.mark.parametrize("content", [b"lang = \n", b"lang = '\xff'\n"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    """Bad TOML and bad encoding are a settings error that names the file."""
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"config\.toml is no valid TOML"):
        read_toml(path)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """A folder in the file's place is told, not traced."""
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(SettingsError, match=r"config\.toml cannot be read"):
        read_toml(tmp_path / "config.toml")


def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """A URL in it may hold a password."""
    write_key(tmp_path / "config.toml", "store.url", value="mysql://u:pw@h/db")
    assert 0o600 == (tmp_path / "config.toml").stat().st_mode & 0o777


def test_a_failed_write_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is a process's own, and it goes when it could not be finished."""
    path = tmp_path / "config.toml"
    write_key(path, "lang", value="en")
    drafts: list[str] = []

    def full(_: int) -> None:
        drafts.extend(p.name for p in tmp_path.iterdir() if p != path)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_key(path, "lang", value="ko")
    assert [f"config.toml.{os.getpid()}.new"] == drafts
    assert [path] == [*tmp_path.iterdir()]
    assert {"lang": "en"} == read_toml(path)


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    """The next act is to choose a folder."""
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeNotWritable, match="home is not a folder"):
        read_toml(tmp_path / "home" / "config.toml")
