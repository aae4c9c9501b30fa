"""Grids as memory-mapped .npy files: a whole-market read touches only the days it asks for.

One folder holds one grid and carries the stamp of the rows it was made from, so a reader that
knows the store's present stamp can never meet a stale panel. A folder appears by one rename.
"""

import errno
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jennie_cli.adapters.bars.disk import writing
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.store.grid import GRID_FIELDS, Grid

_AXES = ("days", "known_at", "first", "late")


class PanelFiles:
    """A PanelStore in a folder."""

    def __init__(self, root: Path) -> None:
        """`root` is created when the first panel is saved."""
        self._root = root

    def load(self, dataset: Dataset, stamp: str) -> Grid | None:
        """Return the grid with its fields mapped, None if no whole one has that stamp."""
        folder = self._folder(dataset, stamp)
        try:
            axes = {n: np.load(folder / f"{n}.npy") for n in _AXES}
            codes = np.load(folder / "codes.npy").astype(object)
            fields = {n: np.load(folder / f"{n}.npy", mmap_mode="r") for n in GRID_FIELDS[dataset]}
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Grid(codes=codes, fields=fields, **axes)

    def save(self, dataset: Dataset, stamp: str, grid: Grid) -> None:
        """Write every array beside the final folder and rename it there."""
        with writing(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self._root))
            try:
                _write(draft, grid)
                self._publish(draft, self._folder(dataset, stamp))
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

    @staticmethod
    def _publish(draft: Path, folder: Path) -> None:
        try:
            draft.replace(folder)
        except OSError as error:
            # a stamp stands for one content, so a folder that is there already is the same
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise

    def _folder(self, dataset: Dataset, stamp: str) -> Path:
        return self._root / f"{dataset}@{stamp}"


def _write(folder: Path, grid: Grid) -> None:
    for name in _AXES:
        np.save(folder / f"{name}.npy", getattr(grid, name))
    np.save(folder / "codes.npy", grid.codes.astype("U16"))
    for name, field in grid.fields.items():
        np.save(folder / f"{name}.npy", field)
