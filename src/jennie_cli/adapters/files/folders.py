"""What a path stands for: one table, or the tables of one folder (not of folders inside it)."""

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
        if place.is_file():
            return Listing(files=(str(place),))
        if not place.is_dir():
            raise BadFile(f"{path} does not exist.", hint="Check the path; nothing was written.")
        inside = sorted(p for p in place.iterdir() if not p.name.startswith("."))
        files = tuple(str(p) for p in inside if p.is_file() and p.suffix.lower() in TABLES)
        if not files:
            raise BadFile(f"{path} holds no table.", hint=f"A table ends in {', '.join(TABLES)}.")
        skipped = tuple((str(p), _why(p)) for p in inside if str(p) not in files)
        return Listing(files=files, skipped=skipped)


def _why(place: Path) -> str:
    return "folder" if place.is_dir() else "no_table"
