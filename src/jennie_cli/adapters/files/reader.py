"""Reads csv, parquet and jsonl as they are; what cannot be read whole is a BadFile."""

import csv
import hashlib
import json
import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from jennie_cli.adapters.files.folders import TABLES, printable
from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.feed import RawTable

Array = NDArray[Any]


class FileReader:
    """A TableReader over the file system; the ending says how a file is read."""

    def read(self, path: str) -> RawTable:
        """Return the whole table. Raises BadFile naming what is wrong and what to do."""
        place = Path(path)
        _refuse_what_is_no_table(place)
        content = _bytes(place)
        readers = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
        columns = readers[place.suffix.lower()](place, content)
        if not columns or not len(next(iter(columns.values()))):
            raise BadFile(f"{place.name} holds no rows.", hint="Nothing was written.")
        sha = hashlib.sha256(content).hexdigest()
        return RawTable(name=place.name, sha256=sha, columns=columns)


def _refuse_what_is_no_table(place: Path) -> None:
    if str(place) != printable(place):
        raise BadFile(
            f"The name of {printable(place)} is not UTF-8.", hint="Rename the file or its folder."
        )
    if not os.path.exists(place):  # noqa: PTH110  # pathlib raises for a name that is too long
        raise BadFile(f"{place} does not exist.", hint="Check the path; nothing was written.")
    if place.is_dir():
        raise BadFile(f"{place} is a folder, not a file.", hint="Give the files inside it.")
    if place.suffix.lower() not in TABLES:
        raise BadFile(
            f"{place.name} is no table this program reads.",
            hint=f"A table ends in {', '.join(TABLES)}.",
        )


def _bytes(place: Path) -> bytes:
    try:
        content = place.read_bytes()
    except PermissionError as error:
        raise BadFile(f"{place} may not be read.", hint="Give yourself read access.") from error
    if not content:
        raise BadFile(f"{place.name} is empty.", hint="Fetch the file again.")
    return content


def _csv(place: Path, content: bytes) -> Mapping[str, Array]:
    lines = csv.reader(StringIO(_text(place, content), newline=""), strict=True)
    rows: list[list[str]] = []
    try:
        names = next((row for row in lines if row), [])
        for row in lines:
            if len(row) == len(names):
                rows.append(row)
            elif row:
                raise _damaged(place, lines.line_num, f"{len(row)} values, not {len(names)}")
    except csv.Error as error:
        raise _damaged(place, lines.line_num, str(error)) from error
    if len(set(names)) < len(names):
        raise BadFile(f"{place.name} names a column twice.", hint="Give each its own name.")
    if not names:
        return {}
    table = np.array(rows, dtype=object).reshape(-1, len(names))
    table[table == ""] = None
    return {name.strip(): table[:, at].copy() for at, name in enumerate(names)}


def _damaged(place: Path, line: int, what: str) -> BadFile:
    return BadFile(
        f"{place.name} is cut off or damaged: line {line} has {what}.",
        hint="Fetch the file again.",
    )


def _text(place: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "Save the file as UTF-8."
        if _is_cp949(content):
            hint = f"It looks like CP949: iconv -f CP949 -t UTF-8 {place.name} > utf8-{place.name}"
        raise BadFile(f"{place.name} is not UTF-8.", hint=hint) from error


def _is_cp949(content: bytes) -> bool:
    try:
        content.decode("cp949")
    except UnicodeDecodeError:
        return False
    return True


def _jsonl(place: Path, content: bytes) -> Mapping[str, Array]:
    rows: list[dict[str, Any]] = []
    # text may hold other line ends, such as U+2028, inside its quotes
    for number, line in enumerate(_text(place, content).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadFile(
                f"{place.name} is damaged: line {number} is not JSON.",
                hint="Fetch the file again.",
            ) from error
        if not isinstance(row, dict):
            raise BadFile(f"{place.name}: line {number} is no JSON object.")
        rows.append(row)
    names = dict.fromkeys(n for row in rows for n in row)
    return {n: _objects([row.get(n) for row in rows]) for n in names}


def _objects(values: list[Any]) -> Array:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _parquet(place: Path, content: bytes) -> Mapping[str, Array]:
    if content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        raise BadFile(f"{place.name} is not a whole parquet file.", hint="Fetch the file again.")
    try:
        with duckdb.connect() as db:
            found = db.execute(_query(db, str(place)), [str(place)]).fetchnumpy()
    except duckdb.Error as error:
        raise BadFile(
            f"{place.name} is a damaged parquet file: {str(error).splitlines()[0]}",
            hint="Fetch the file again.",
        ) from error
    return {n: _unmasked(np.ma.asarray(v)) for n, v in found.items()}


def _query(db: duckdb.DuckDBPyConnection, path: str) -> str:
    """Return a SELECT that gives moments with a zone as Korean wall times.

    DuckDB would hand them out as naive UTC, which is a day early for every midnight.
    """
    described = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    quoted = ['"{}"'.format(n.replace('"', '""')) for n, kind, *_ in described if _zoned(kind)]
    korean = ", ".join(f"timezone('Asia/Seoul', {n}) AS {n}" for n in quoted)
    replaced = f" REPLACE ({korean})" if korean else ""
    return f"SELECT *{replaced} FROM read_parquet(?)"  # noqa: S608  # quoted column names


def _zoned(kind: str) -> bool:
    return kind == "TIMESTAMP WITH TIME ZONE"


def _unmasked(values: np.ma.MaskedArray[Any, Any]) -> Array:
    """Return a column with None, NaN or NaT where the file holds no value."""
    if not np.ma.is_masked(values):
        return np.asarray(values.data)
    whole = values.dtype.kind in "iub"
    out = np.array(values.data, dtype="float64" if whole else values.dtype)
    blanks: dict[str, Any] = {"M": np.datetime64("NaT", "D"), "f": np.nan}
    out[values.mask] = blanks.get(out.dtype.kind)
    return out
