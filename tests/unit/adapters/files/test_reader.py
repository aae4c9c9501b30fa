"""Files are read as they are, or refused with what is wrong and what to do."""

import os
from pathlib import Path

import duckdb
import numpy as np
import pytest

from jennie_cli.adapters.files import FileReader
from jennie_cli.engine.errors import BadFile, ExitCode

READ = FileReader().read


def put(folder: Path, name: str, content: bytes | str) -> str:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def parquet(folder: Path, query: str) -> Path:
    """Write a query's rows as parquet."""
    path = folder / "t.parquet"
    with duckdb.connect() as db:
        db.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def test_csv_stays_text_and_keeps_leading_zeros(tmp_path: Path) -> None:
    """Every value is text, an empty one is None; a byte-order mark is no part of a name."""
    table = READ(put(tmp_path, "a.csv", "\ufeffcode,name,n\n000020,동화약품,\n005930,NA,7\n"))
    assert ["000020", "005930"] == table.columns["code"].tolist()
    assert [None, "7"] == table.columns["n"].tolist()
    assert ["동화약품", "NA"] == table.columns["name"].tolist()
    assert ("a.csv", 64) == (table.name, len(table.sha256))


def test_parquet_keeps_its_types_and_shows_what_is_missing(tmp_path: Path) -> None:
    """Numbers with a gap become floats with NaN, text gets None, dates NaT."""
    query = (
        "SELECT * FROM (VALUES ('000020', 1, DATE '2025-06-27', 2, 1.5, TRUE),"
        " (NULL, NULL, NULL, 3, NULL, NULL)) t(code, a, day, b, x, yes)"
    )
    columns = READ(str(parquet(tmp_path, query))).columns
    assert ["000020", None] == columns["code"].tolist()
    np.testing.assert_array_equal([1.0, np.nan], columns["a"])
    np.testing.assert_array_equal([1.5, np.nan], columns["x"])
    assert np.isnat(columns["day"]).tolist() == [False, True]
    assert "i" == columns["b"].dtype.kind
    np.testing.assert_array_equal([1.0, np.nan], columns["yes"])


def test_jsonl_takes_the_union_of_names(tmp_path: Path) -> None:
    """A name that one row lacks is None there; blank lines do not count."""
    table = READ(put(tmp_path, "a.jsonl", '{"a": 1}\n\n{"b": ["x"], "a": null}\n'))
    assert [1, None] == table.columns["a"].tolist()
    assert [None, ["x"]] == table.columns["b"].tolist()


def refused(path: str) -> BadFile:
    """Return the error of a file that must be refused, which exits with 4."""
    with pytest.raises(BadFile) as caught:
        READ(path)
    assert ExitCode.INPUT == caught.value.exit_code
    return caught.value


def test_cp949_is_recognised_and_the_conversion_told(tmp_path: Path) -> None:
    """A Korean spreadsheet's csv is refused with the command that converts it."""
    error = refused(put(tmp_path, "k.csv", "code,name\n000020,동화약품\n".encode("cp949")))
    assert "iconv -f CP949 -t UTF-8 k.csv" in error.hint


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A file in no known encoding is not guessed at."""
    error = refused(put(tmp_path, "k.csv", b"a,b\n\xff\xff\x00,1\n"))
    assert "Save the file as UTF-8." == error.hint


@pytest.mark.parametrize("cut", [0, 10, 200, -1, -30])
def test_a_parquet_file_cut_anywhere_is_refused(tmp_path: Path, cut: int) -> None:
    """A download that broke off is never read as a smaller table."""
    path = parquet(tmp_path, "SELECT range AS a, 'x' || range AS b FROM range(1000)")
    path.write_bytes(path.read_bytes()[:cut])
    refused(str(path))


def test_a_parquet_file_damaged_inside_is_refused(tmp_path: Path) -> None:
    """Head and tail alone do not make a file whole."""
    path = parquet(tmp_path, "SELECT range AS a FROM range(1000)")
    content = bytearray(path.read_bytes())
    content[4:120] = bytes(116)
    path.write_bytes(bytes(content))
    refused(str(path))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "", "empty"),
        ("a.csv", "code,date\n", "no rows"),
        ("a.csv", "\n\n\n", "no rows"),
        ("a.csv", "code,date\n000020,2025-06-27\n0000", "line 3 has 1 values, not 2"),
        ("a.csv", "a,b\n1,2,3\n", "line 2 has 3 values"),
        ("a.csv", 'a,b\n"1,2\n', "line 2 has unexpected end"),
        ("a.csv", "a,a\n1,2\n", "column twice"),
        ("a.jsonl", '{"a": 1}\n{"a": ', "line 2 is not JSON"),
        ("a.jsonl", "[1]\n", "no JSON object"),
        ("a.xlsx", "x", "no table"),
    ],
)
def test_half_empty_and_foreign_files_are_refused(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    """What cannot be read whole is named with its line where it has one."""
    with pytest.raises(BadFile, match=said):
        READ(put(tmp_path, name, content))


def test_folders_and_nothing_are_refused(tmp_path: Path) -> None:
    """A path that is no file is told as such."""
    assert "folder" in refused(str(tmp_path)).message
    assert "does not exist" in refused(str(tmp_path / "gone.csv")).message


def test_a_file_without_read_access_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's refusal becomes one that says what to do."""

    def deny(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = put(tmp_path, "a.csv", "a\n1\n")
    monkeypatch.setattr(Path, "read_bytes", deny)
    assert "may not be read" in refused(path).message


def test_moments_with_a_zone_come_as_korean_wall_times(tmp_path: Path) -> None:
    """A Korean midnight keeps its day, whatever zone the file was written in."""
    query = (
        "SELECT TIMESTAMPTZ '2025-06-27 00:00:00+09' AS date,"
        ' TIMESTAMPTZ \'2025-06-26 23:30:00+00\' AS "a ""b",'
        " TIMESTAMP '2025-06-27 08:30' AS plain"
    )
    columns = READ(str(parquet(tmp_path, query))).columns
    assert ["2025-06-27T00:00", "2025-06-27T08:30", "2025-06-27T08:30"] == [
        str(values[0].astype("datetime64[m]")) for values in columns.values()
    ]


def test_line_ends_of_other_alphabets_stay_inside_text(tmp_path: Path) -> None:
    """Only a line feed ends a row of jsonl."""
    table = READ(put(tmp_path, "a.jsonl", '{"a": "x\u2028y\x85z"}\r\n{"a": "b"}\n'))
    assert ["x\u2028y\x85z", "b"] == table.columns["a"].tolist()


def test_a_name_that_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    """A name that is not UTF-8 or too long for the system ends in an error, not in a crash."""
    path = os.fsdecode(bytes(tmp_path) + b"/\xb0.csv")
    Path(path).write_bytes(b"a\n1\n")
    refused(path).message.encode()
    assert "does not exist" in refused(str(tmp_path / f"{'x' * 300}.csv")).message
