"""The world of a home and its clock."""

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
