"""Trading days, and days a person adds."""

from pathlib import Path

import pytest
from tests.unit.conftest import Jennie

from jennie_cli.engine.errors import ExitCode


def year(jennie: Jennie, number: int) -> dict[str, dict[str, object]]:
    """Return the odd days of a year by date."""
    days = jennie("calendar", "show", "--year", str(number), "--json").document["days"]
    return {d["date"]: d for d in days}


def test_a_year_shows_its_closed_weekdays_and_odd_hours(jennie: Jennie) -> None:
    """Holidays with their reason, the late openings, and how many days trade."""
    found = year(jennie, 2026)
    assert "CLOSED" == found["2026-06-03"]["state"]
    assert ("10:00", "16:30") == (found["2026-11-19"]["open"], found["2026-11-19"]["close"])
    assert ("10:00", "15:30") == (found["2026-01-02"]["open"], found["2026-01-02"]["close"])
    document = jennie("calendar", "show", "--year", "2025", "--json").document
    assert 242 == document["trading_days"]
    assert "2026-06-03  CLOSED" in jennie("calendar", "show", "--year", "2026").out


def test_an_added_closing_holds_from_then_on(jennie: Jennie, tmp_path: Path) -> None:
    """A decreed holiday is one command, kept in the home's own file."""
    added = jennie(
        "calendar", "add", "2026-07-06", "closed", "--reason", "임시공휴일", "--json"
    ).document
    assert ("2026-07-06", "CLOSED", "임시공휴일") == (
        added["date"],
        added["state"],
        added["reason"],
    )
    assert "CLOSED" == year(jennie, 2026)["2026-07-06"]["state"]
    assert 1 == (tmp_path / "home" / "calendar.toml").read_text(encoding="utf-8").count("[[day]]")


def test_odd_hours_and_a_later_word_hold(jennie: Jennie) -> None:
    """Hours can be given, and the last word on a day is the one that counts."""
    words = ("calendar", "add", "2026-07-07", "hours", "--open", "10:00", "--close", "16:30")
    jennie(*words, "--reason", "행사")
    assert "10:00" == year(jennie, 2026)["2026-07-07"]["open"]
    jennie("calendar", "add", "2026-07-07", "closed", "--reason", "취소")
    assert "CLOSED" == year(jennie, 2026)["2026-07-07"]["state"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("2026-07-07 hours --reason x", ExitCode.INPUT),
        ("2026-07-07 closed --open 09:00 --close 10:00 --reason x", ExitCode.INPUT),
        ("2026-07-07 hours --open 16:00 --close 10:00 --reason x", ExitCode.INPUT),
        ("2026-07-07 closed", ExitCode.USAGE),
        ("2026-07-07 shut --reason x", ExitCode.USAGE),
        ("2026-13-07 closed --reason x", ExitCode.USAGE),
    ],
)
def test_a_contradiction_writes_nothing(
    words: str, code: ExitCode, jennie: Jennie, tmp_path: Path
) -> None:
    """Hours must fit the kind of day."""
    assert code == jennie("calendar", "add", *words.split()).code
    assert not (tmp_path / "home" / "calendar.toml").exists()


def test_a_broken_file_is_named_and_kept(jennie: Jennie, tmp_path: Path) -> None:
    """A file somebody spoiled is not overwritten."""
    (tmp_path / "home").mkdir()
    file = tmp_path / "home" / "calendar.toml"
    file.write_text("day = 1\n")
    for words in (("show", "--year", "2026"), ("add", "2026-07-07", "closed", "--reason", "x")):
        answer = jennie("calendar", *words)
        assert ExitCode.SETTINGS == answer.code
        assert "calendar.toml" in answer.err
    assert "day = 1\n" == file.read_text()


def test_a_file_that_is_no_utf8_is_named(jennie: Jennie, tmp_path: Path) -> None:
    """Exit code 3 and how to save it."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "calendar.toml").write_bytes("# 휴장\n".encode("cp949"))
    for words in (("show",), ("add", "2026-07-06", "closed", "--reason", "x")):
        answer = jennie("calendar", *words)
        assert (3, "") == (answer.code, answer.out)
        assert "calendar.toml is not UTF-8" in answer.err
