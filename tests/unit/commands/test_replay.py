"""A recorded session from the command line: the same again, or the first difference."""

from datetime import date
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie
from tests.unit.engine.trading.session.tape_cases import BY, STOP_LOSS, recorded, words

from jennie_cli.adapters.tapes import TapeFolder

DAY = STOP_LOSS.day.isoformat()
DECISIONS, LINES = recorded(STOP_LOSS)


@pytest.fixture
def home(tmp_path: Path) -> str:
    """Return a home in which nothing was recorded."""
    return str(tmp_path / "home")


def keep(home: str, lines: list[bytes], day: date = STOP_LOSS.day) -> None:
    """Keep a tape as a session of the sim profile does."""
    tape = TapeFolder(Path(home) / "tapes" / "sim").begin(day)
    for line in lines:
        tape.write(line)
    tape.close()


def test_a_session_that_is_the_same_says_so(jennie: Jennie, home: str) -> None:
    """With what was compared, and in both languages."""
    keep(home, LINES)
    told = jennie("--home", home, "replay", DAY, "--json")
    assert 0 == told.code, told.err
    document = told.document
    assert (True, True, None) == (document["same"], document["whole"], document["difference"])
    assert (len(DECISIONS), BY, 1) == (document["decisions"], document["by"], document["tape"])
    assert "모두 같습니다" in jennie("--home", home, "replay", DAY).out
    assert "All the same" in jennie("--home", home, "replay", DAY, "--lang", "en").out


def test_a_difference_is_shown_with_both_sides(jennie: Jennie, home: str) -> None:
    """And the exit code tells a script."""
    place = words(LINES).index("decision") + 1
    planted = LINES[place].replace(b'"price":', b'"price":9')
    keep(home, LINES)
    keep(home, [*LINES[:place], planted, *LINES[place + 1 :]])
    told = jennie("--home", home, "replay", DAY, "--json")
    assert 1 == told.code
    found = told.document["difference"]
    assert (planted.decode(), LINES[place].decode()) == (found["recorded"], found["replayed"])
    assert (False, 2, place + 1) == (told.document["same"], told.document["tape"], found["line"])
    shown = jennie("--home", home, "replay", DAY)
    assert 1 == shown.code
    assert planted.decode() in shown.out.replace("\n", "")
    assert 0 == jennie("--home", home, "replay", DAY, "--tape", "1").code


def test_a_cut_tape_is_compared_as_far_as_it_goes(jennie: Jennie, home: str) -> None:
    """A session that was killed is the same too, and it is said that it was cut."""
    keep(home, LINES[:-5])
    told = jennie("--home", home, "replay", DAY)
    assert 0 == told.code, told.err
    assert "끝까지 기록되지 않았습니다" in told.out


def test_a_day_without_a_tape_is_told(jennie: Jennie, home: str) -> None:
    """With the days that there are."""
    empty = jennie("--home", home, "replay", DAY)
    assert 4 == empty.code
    assert "trade run" in empty.err
    keep(home, LINES)
    other = jennie("--home", home, "replay", "2025-07-02")
    assert 4 == other.code
    assert DAY in other.err
    assert 4 == jennie("--home", home, "replay", DAY, "--tape", "7").code
    assert 2 == jennie("--home", home, "replay", "yesterday").code
