"""What a path stands for: one table, or the tables of one folder (not of folders inside it)."""

import os
from pathlib import Path

from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.feed import Listing

TABLES = (".csv", ".jsonl", ".parquet")
"""The endings that are read as tables."""


class TableFolder:
    """A FolderLister over the file system."""

    def list(self, path: str) -> Listing:
        """Return the file, or the folder's tables by name; name everything else as skipped."""
        place = Path(path)
        # pathlib raises for a name longer than the system takes; such a file does not exist
        if os.path.isfile(path):  # noqa: PTH113  # see above
            return Listing(files=(str(place),))
        if not os.path.isdir(path):  # noqa: PTH112  # see above
            raise BadFile(
                f"{printable(path)} does not exist.", hint="Check the path; nothing was written."
            )
        inside = sorted(p for p in place.iterdir() if not p.name.startswith("."))
        files = tuple(str(p) for p in inside if p.is_file() and p.suffix.lower() in TABLES)
        if not files:
            raise BadFile(
                f"{printable(path)} holds no table.", hint=f"A table ends in {', '.join(TABLES)}."
            )
        skipped = tuple((printable(p), _why(p)) for p in inside if str(p) not in files)
        return Listing(files=files, skipped=skipped)


def printable(path: Path | str) -> str:
    """Return a path as text that any terminal and file takes; bytes that are no UTF-8 show as ?."""
    return str(path).encode("utf-8", "replace").decode()


def _why(place: Path) -> str:
    return "folder" if place.is_dir() else "no_table"
