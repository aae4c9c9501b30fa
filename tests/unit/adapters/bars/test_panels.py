"""Panels on disk: found by stamp only, replaced whole, safe for those who hold an old one."""

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from jennie_cli.adapters.bars import PanelFiles
from jennie_cli.engine.errors import HomeNotWritable, OutsideError, StorageFull
from jennie_cli.engine.store import SCHEMAS, Batch, Dataset
from jennie_cli.engine.store.columns import stored_columns
from jennie_cli.engine.store.grid import Grid, empty_grid, lay
from jennie_cli.testing import bars

DAY = date(2025, 6, 27)
BARS = Dataset.DAILY_BARS


def grid(*batches: Batch) -> Grid:
    """Return a grid of the batches."""
    made = empty_grid(BARS)
    for batch in batches:
        made = lay(made, stored_columns(SCHEMAS[BARS], batch.columns))
    return made


ONE = grid(bars(("000020", DAY, 1, 3, 1, 2, 9)))


def test_a_saved_panel_comes_back_under_its_stamp_only(tmp_path: Path) -> None:
    """Every array survives; another stamp finds nothing."""
    files = PanelFiles(tmp_path / "new")
    assert files.load(BARS, "a") is None
    files.save(BARS, "a", ONE)
    found = files.load(BARS, "a")
    assert found is not None
    assert ["000020"] == found.codes.tolist()
    np.testing.assert_array_equal(ONE.days, found.days)
    np.testing.assert_array_equal([[9]], found.fields["volume"])
    assert isinstance(found.fields["close"], np.memmap)
    assert files.load(BARS, "b") is None
    assert files.load(Dataset.FLOWS_STOCK, "a") is None
    assert ("a",) == files.stamps(BARS)


def test_a_removed_panel_stays_whole_for_who_holds_it(tmp_path: Path) -> None:
    """Removing the files takes nothing from a reader that has them mapped."""
    files = PanelFiles(tmp_path)
    files.save(BARS, "a", ONE)
    held = files.load(BARS, "a")
    files.remove(BARS, ["a", "never"])
    assert files.load(BARS, "a") is None
    assert held is not None
    assert [[2]] == held.fields["close"].tolist()


def test_saving_a_stamp_again_is_no_error(tmp_path: Path) -> None:
    """Two processes that make the same panel leave one."""
    files = PanelFiles(tmp_path)
    files.save(BARS, "a", ONE)
    files.save(BARS, "a", ONE)
    assert ["daily_bars@a"] == [p.name for p in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("number", "error"), [(28, StorageFull), (30, HomeNotWritable), (5, OutsideError)]
)
def test_a_disk_that_refuses_is_named_and_leaves_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    """Full, read-only and failing disks are told apart; half a panel is never left."""

    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(np, "save", refuse)
    with pytest.raises(error):
        PanelFiles(tmp_path).save(BARS, "a", ONE)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("left", [b"", b"\x93NUMPY", None])
@pytest.mark.parametrize("name", ["days", "codes", "close"])
def test_a_damaged_panel_is_none_and_is_replaced(
    tmp_path: Path, name: str, left: bytes | None
) -> None:
    """A file cut by a crash counts as no panel; saving the stamp again makes it whole."""
    files = PanelFiles(tmp_path)
    files.save(BARS, "a", ONE)
    path = tmp_path / "daily_bars@a" / f"{name}.npy"
    path.write_bytes(path.read_bytes()[:-3] if left is None else left)
    assert files.load(BARS, "a") is None
    files.save(BARS, "a", ONE)
    found = files.load(BARS, "a")
    assert found is not None
    assert [[2]] == found.fields["close"].tolist()
    assert ["daily_bars@a"] == [p.name for p in tmp_path.iterdir()]


def test_arrays_that_do_not_fit_are_no_panel(tmp_path: Path) -> None:
    """A field of another shape than days by codes is damage."""
    files = PanelFiles(tmp_path)
    files.save(BARS, "a", ONE)
    np.save(tmp_path / "daily_bars@a" / "close.npy", np.zeros((2, 1), dtype="int32"))
    assert files.load(BARS, "a") is None


def test_drafts_of_killed_writers_go_and_fresh_ones_stay(tmp_path: Path) -> None:
    """A draft from long before this write has no writer; a young one may have."""
    old, young = tmp_path / ".draft-old", tmp_path / ".draft-young"
    for draft in (old, young):
        draft.mkdir()
        (draft / "close.npy").touch()
    os.utime(old, (1_000_000_000, 1_000_000_000))
    PanelFiles(tmp_path).save(BARS, "a", ONE)
    assert (False, True) == (old.exists(), young.exists())


def test_arrays_are_on_the_disk_before_the_folder_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash after the rename finds whole files."""
    seen: list[bool] = []
    monkeypatch.setattr(
        "jennie_cli.adapters.bars.panels.os.fsync",
        lambda _: seen.append((tmp_path / "daily_bars@a").exists()),
    )
    PanelFiles(tmp_path).save(BARS, "a", ONE)
    assert [False] * 10 == seen
