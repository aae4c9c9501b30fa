"""Grids as memory-mapped .npy files: a whole-market read touches only the days it asks for.

One folder holds one grid and carries the stamp of the rows it was made from, so a reader that
knows the store's present stamp can never meet a stale panel. A folder appears by one rename.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from jennie_cli.adapters.bars.disk import writing
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.store.grid import GRID_FIELDS, Grid

_AXES = ("days", "known_at", "first", "late")
_ABANDONED = 3600
"""Seconds after which a draft has no writer any more; a live one is done in a few."""


class PanelFiles:
    """A PanelStore in a folder."""

    def __init__(self, root: Path) -> None:
        """`root` is created when the first panel is saved."""
        self._root = root

    def load(self, dataset: Dataset, stamp: str) -> Grid | None:
        """Return the grid with its fields mapped, None if no whole one has that stamp."""
        # numpy has three words for a file that is cut: OSError, ValueError and EOFError
        folder = self._folder(dataset, stamp)
        try:
            axes = {n: np.load(folder / f"{n}.npy") for n in _AXES}
            codes = np.load(folder / "codes.npy").astype(object)
            fields = {n: np.load(folder / f"{n}.npy", mmap_mode="r") for n in GRID_FIELDS[dataset]}
        except (OSError, ValueError, EOFError):
            return None
        shape = (len(axes["days"]), len(codes))
        if any(f.shape != shape for f in fields.values()):
            return None
        return Grid(codes=codes, fields=fields, **axes)

    def save(self, dataset: Dataset, stamp: str, grid: Grid) -> None:
        """Write every array beside the final folder and rename it there."""
        with writing(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self._root))
            try:
                self._clear(draft)
                _write(draft, grid)
                _publish(draft, self._folder(dataset, stamp))
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def stamps(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the stamps of the panels in the folder."""
        prefix = f"{dataset}@"
        return tuple(sorted(p.name.removeprefix(prefix) for p in self._root.glob(f"{prefix}*")))

    def remove(self, dataset: Dataset, stamps: Sequence[str]) -> None:
        """Delete panels; one that a reader has mapped lives on for that reader."""
        for stamp in stamps:
            shutil.rmtree(self._folder(dataset, stamp), ignore_errors=True)

    def _clear(self, mine: Path) -> None:
        """Delete the drafts that a killed writer left."""
        oldest = mine.stat().st_mtime - _ABANDONED
        for draft in self._root.glob(".draft-*"):
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < oldest:
                    shutil.rmtree(draft, ignore_errors=True)

    def _folder(self, dataset: Dataset, stamp: str) -> Path:
        return self._root / f"{dataset}@{stamp}"


def _write(folder: Path, grid: Grid) -> None:
    arrays = {n: getattr(grid, n) for n in _AXES} | {"codes": grid.codes.astype("U16")}
    for name, array in (arrays | dict(grid.fields)).items():
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array)
            file.flush()
            os.fsync(file.fileno())


def _publish(draft: Path, folder: Path) -> None:
    """Rename the draft into place; who replaces a folder may do so because it is damaged."""
    try:
        draft.replace(folder)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        aside = draft.with_name(f"{draft.name}-old")
        folder.replace(aside)
        draft.replace(folder)
        shutil.rmtree(aside, ignore_errors=True)
