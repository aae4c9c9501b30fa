"""The world of a home and its clock."""

from pathlib import Path

import pytest
from tests.unit.conftest import Jennie

from jennie_cli.engine.errors import ExitCode


def test_a_new_world_stands_on_the_fixed_morning(jennie: Jennie) -> None:
    """Seed, clock and session of the world; nothing is generated to show them."""
    document = jennie("sim", "status", "--json").document
    assert ("2025-06-30T08:30:00+09:00", "OPENING_AUCTION", None) == (
        document["now"],
        document["phase"],
        document["newest_day"],
    )
    assert str(document["seed"]) == jennie("config", "get", "sim.seed").out.strip()
    assert "nothing generated yet" in jennie("sim", "status").out


def test_the_clock_moves_forward_and_is_kept(jennie: Jennie) -> None:
    """`set` to a moment, `next` to the next morning over a weekend."""
    assert 0 == jennie("sim", "clock", "set", "2025-07-04T16:00:00+09:00").code
    assert "2025-07-04T16:00:00+09:00\n" == jennie("sim", "clock", "show").out
    assert "2025-07-07T08:30:00+09:00\n" == jennie("sim", "clock", "next").out
    assert "2025-07-07T08:30:00+09:00" == jennie("sim", "clock", "show", "--json").document["now"]


def test_a_closed_day_has_no_session(jennie: Jennie) -> None:
    """A Saturday is shown as such."""
    moved = jennie("sim", "clock", "set", "2025-07-05T12:00:00+09:00", "--json").document
    assert (None, None) == (moved["session"], moved["phase"])
    assert "closed, no session" in jennie("sim", "status").out


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ("2025-06-30T08:29:00+09:00", ExitCode.INPUT),
        ("2025-06-30T09:00:00", ExitCode.USAGE),
        ("tomorrow", ExitCode.USAGE),
        ("2099-01-01T09:00:00+09:00", ExitCode.INPUT),
        ("9999-12-31T23:59:59-12:00", ExitCode.USAGE),
    ],
)
def test_a_wrong_moment_leaves_the_clock(time: str, code: ExitCode, jennie: Jennie) -> None:
    """Time does not step back, and it has an offset."""
    assert code == jennie("sim", "clock", "set", time).code
    assert "2025-06-30T08:30:00+09:00\n" == jennie("sim", "clock", "show").out


def test_the_clock_option_never_moves_the_world(jennie: Jennie) -> None:
    """--clock is for one command."""
    jennie("--clock", "2025-07-04T16:00:00+09:00", "data", "status")
    assert "2025-06-30T08:30:00+09:00\n" == jennie("sim", "clock", "show").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--fault", "nonsense"), ExitCode.INPUT, "no fault 'nonsense'"),
        (("--at", "soon"), ExitCode.INPUT, "--at soon"),
        (("--speed", "warp"), ExitCode.INPUT, "speed of warp"),
        (("--tape", "nowhere.parquet"), ExitCode.INPUT, "nowhere.parquet"),
        (("--orders", "nowhere.jsonl"), ExitCode.INPUT, "nowhere.jsonl"),
        (("--port", "70000"), ExitCode.USAGE, "--port"),
    ],
)
def test_an_exchange_that_cannot_be_opened(
    words: tuple[str, ...], code: ExitCode, said: str, jennie: Jennie, small_market: str
) -> None:
    """What was wrong is named before anything listens."""
    tape = () if "--tape" in words else ("--tape", small_market)
    answer = jennie("sim", "serve", *tape, *words)
    assert (code, True) == (answer.code, said in answer.err), answer.err


def test_every_fault_is_in_the_help(jennie: Jennie) -> None:
    """One sentence each."""
    page = " ".join(jennie("sim", "serve", "--help").out.split())
    assert "timeout-after The order is taken, but no answer comes" in page


def test_a_world_that_nobody_runs_is_shown_as_such(jennie: Jennie) -> None:
    """The status asks no server."""
    assert jennie("sim", "status", "--json").document["running"] is None
    assert "not running" in jennie("sim", "status").out


@pytest.fixture
def small_market(tmp_path: Path) -> str:
    """Return a tape of one stock and one day."""
    lines = ["code,date,time,open,high,low,close,volume"]
    lines += [f"005930,2025-06-30,{t:04},100,100,100,100,10" for t in (900, 901)]
    path = tmp_path / "minute_bars.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)
