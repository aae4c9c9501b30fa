"""Files into the store, from the command line."""

import os
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie

from jennie_cli.adapters.system import hold_lock
from jennie_cli.engine.errors import ExitCode

HEAD = "index_code,date,open,high,low,close,volume,value\n"
GOOD = f"{HEAD}KOSPI,2025-06-27,1,2,1,2,,\nKOSPI,2025-06-30,1,2,1,2,,\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a file with two rows of the index."""
    path = tmp_path / "index.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def tables(jennie: Jennie) -> dict[str, int]:
    """Return the rows of each table of the home's market."""
    found = jennie("data", "status", "--json").document["tables"]
    return {row["dataset"]: row["rows"] for row in found}


def test_a_first_import_turns_the_home_to_the_imported_market(jennie: Jennie, good: Path) -> None:
    """Counts per file come back, and the market of the home is another one from now on."""
    assert "generated" == jennie("data", "status", "--json").document["market"]
    answer = jennie("data", "import", str(good), "--json")
    assert 0 == answer.code
    assert answer.document["changed"]
    (file,) = answer.document["files"]
    assert ("index.csv", "index_daily", 2, 2, {}) == (
        file["name"],
        file["dataset"],
        file["rows"],
        file["new"],
        file["rejected"],
    )
    status = jennie("data", "status", "--json").document
    assert "imported" == status["market"]
    (table,) = status["tables"]
    assert ("2025-06-27", "2025-06-30") == (table["first"], table["last"])
    assert 100 < table["sessions_behind"]


def test_the_same_file_again_changes_nothing(jennie: Jennie, good: Path) -> None:
    """An import may be repeated."""
    jennie("data", "import", str(good))
    again = jennie("data", "import", str(good))
    assert 0 == again.code
    assert "index.csv: same content as before" in again.out
    assert {"index_daily": 2} == tables(jennie)


def test_rejected_rows_are_counted_by_reason(jennie: Jennie, good: Path) -> None:
    """The good rows go in, the bad ones are named."""
    good.write_text(f"{GOOD}KOSPI,2025-06-28,1,2,1,2,,\n", encoding="utf-8")
    answer = jennie("data", "import", str(good))
    assert 0 == answer.code
    assert "index.csv: 1 rows rejected: off_calendar" in answer.out
    (file,) = jennie("data", "import", str(good), "--json").document["files"]
    assert {"off_calendar": 1} == file["rejected"]
    assert "nothing accepted" not in answer.err


def test_a_file_of_which_nothing_is_accepted_is_warned_of(jennie: Jennie, good: Path) -> None:
    """The import went well, but its user must not miss that it brought nothing."""
    good.write_text(f"{HEAD}KOSPI,2025-06-28,1,2,1,2,,\n", encoding="utf-8")
    answer = jennie("data", "import", str(good))
    assert 0 == answer.code
    assert "index.csv: nothing accepted, all 1 rows were rejected.\n" == answer.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("wrong_column.csv", b"index_kode,date,open,high,low,close\nKOSPI,2025-06-27,1,2,1,2\n"),
        ("cp949.csv", "code,name,market\n005930,삼성전자,KOSPI\n".encode("cp949")),
        ("truncated.parquet", b"PAR1\x15\x04\x15"),
        ("half.jsonl", b'{"published_at": "2025-06-27T09:00:00+09:00", "ti'),
        ("empty.csv", b""),
    ],
)
def test_a_wrong_file_stops_the_whole_import(
    name: str, content: bytes, jennie: Jennie, good: Path, tmp_path: Path
) -> None:
    """Exit code 4, the file is named, and nothing of the good file was kept either."""
    (tmp_path / name).write_bytes(content)
    answer = jennie("data", "import", str(good), str(tmp_path / name))
    assert (ExitCode.INPUT, "") == (answer.code, answer.out)
    assert name in answer.err
    assert {} == tables(jennie)


def test_a_path_that_is_not_there_is_bad_input(jennie: Jennie, good: Path) -> None:
    """All paths are looked at before anything is read."""
    answer = jennie("data", "import", str(good), "/nowhere/x.csv")
    assert ExitCode.INPUT == answer.code
    assert "There is no /nowhere/x.csv." in answer.err
    assert {} == tables(jennie)


@pytest.mark.parametrize("name", ["x" * 300, os.fsdecode(b"gone-\xb0.csv")])
def test_a_name_no_system_takes_is_bad_input(jennie: Jennie, tmp_path: Path, name: str) -> None:
    """A name that is too long or not UTF-8 is told as a missing file, in text any place takes."""
    answer = jennie("data", "import", str(tmp_path / name))
    assert ExitCode.INPUT == answer.code
    assert "There is no /" in answer.err
    answer.err.encode()


def test_a_file_whose_name_is_not_utf8_is_bad_input(jennie: Jennie, tmp_path: Path) -> None:
    """The user is asked to rename it."""
    path = os.fsdecode(bytes(tmp_path) + b"/index-\xb0.csv")
    Path(path).write_text(GOOD, encoding="utf-8")
    answer = jennie("data", "import", path)
    assert ExitCode.INPUT == answer.code
    assert "Rename" in answer.err


def test_a_second_import_at_the_same_time_is_refused(
    jennie: Jennie, good: Path, tmp_path: Path
) -> None:
    """Exit code 6 and the holder's process id."""
    with hold_lock(tmp_path / "home" / "locks" / "import.lock", doing="importing data"):
        answer = jennie("data", "import", str(good))
    assert ExitCode.OUTSIDE == answer.code
    assert "pid" in answer.err
    assert {} == tables(jennie)


def test_a_home_that_cannot_be_written_takes_nothing(
    jennie: Jennie, good: Path, tmp_path: Path
) -> None:
    """Exit code 3 and the way out."""
    (tmp_path / "home").write_text("")
    answer = jennie("data", "import", str(good))
    assert ExitCode.SETTINGS == answer.code


def test_an_empty_home_says_so(jennie: Jennie) -> None:
    """Nothing is generated to answer what is there."""
    assert "The generated market of this home holds nothing yet.\n" == jennie("data", "status").out
