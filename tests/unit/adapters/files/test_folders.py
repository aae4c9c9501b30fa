"""A folder is its tables; the rest is named, not silently left out."""

import os
from pathlib import Path

import pytest

from jennie_cli.adapters.files import TableFolder
from jennie_cli.engine.errors import BadFile


def test_a_folder_lists_its_tables_and_names_the_rest(tmp_path: Path) -> None:
    """Tables come by name; folders and other files are skipped with the reason."""
    for name in ("b.csv", "a.parquet", "c.JSONL", "README.md", ".hidden.csv"):
        (tmp_path / name).touch()
    (tmp_path / "kis_fixtures").mkdir()
    listing = TableFolder().list(str(tmp_path))
    assert ["a.parquet", "b.csv", "c.JSONL"] == [Path(p).name for p in listing.files]
    assert [("README.md", "no_table"), ("kis_fixtures", "folder")] == [
        (Path(p).name, why) for p, why in listing.skipped
    ]


def test_a_file_is_itself(tmp_path: Path) -> None:
    """A single path is not judged by its ending here; the reader does that."""
    (tmp_path / "x.txt").touch()
    assert (str(tmp_path / "x.txt"),) == TableFolder().list(str(tmp_path / "x.txt")).files


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    """A missing path and a folder without tables are errors."""
    for path in (tmp_path / "gone", tmp_path):
        with pytest.raises(BadFile):
            TableFolder().list(str(path))


def test_names_that_are_no_text_can_be_told(tmp_path: Path) -> None:
    """What is not UTF-8 in a skipped or missing path is shown as ?, and a long one is missing."""
    (tmp_path / "a.csv").touch()
    Path(os.fsdecode(bytes(tmp_path) + b"/\xb0.txt")).touch()
    ((path, _),) = TableFolder().list(str(tmp_path)).skipped
    assert "?.txt" == Path(path).name
    for gone in (os.fsdecode(b"/gone/\xb0"), "x" * 300):
        with pytest.raises(BadFile) as error:
            TableFolder().list(gone)
        error.value.message.encode()
