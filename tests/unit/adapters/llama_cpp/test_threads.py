"""Threads are chosen by measurement, never all cores, and again when speed drops."""

import pytest

from jennie_cli.adapters.llama_cpp.threads import TRIED_TOKENS, Pace, candidates, choose


@pytest.mark.parametrize(
    ("cores", "expected"), [(1, (1,)), (2, (1,)), (4, (1, 2, 3)), (16, (1, 8, 15))]
)
def test_one_core_is_always_left(cores: int, expected: tuple[int, ...]) -> None:
    """All cores are never tried, unless there is only one."""
    assert expected == candidates(cores)


def test_fastest_is_chosen_and_asked_is_kept() -> None:
    """The shortest time wins; a number in the settings needs no measurement."""
    took = {1: 0.9, 8: 0.2, 15: 0.4}
    assert 8 == choose(16, 0, took.__getitem__)
    assert 4 == choose(16, 4, took.__getitem__)
    assert 1 == choose(2, 0, lambda _: 0.0)


def steps(pace: Pace, seconds: float, times: int, width: int = 4) -> list[int]:
    """Note equal steps and return the changes of threads."""
    said = [pace.note(width, seconds) for _ in range(times)]
    return [threads for threads in said if threads is not None]


def test_slow_steps_start_a_trial_and_the_fastest_stays() -> None:
    """After a row of slow steps each number is tried on real ones; the best is kept."""
    pace = Pace((1, 2, 3))
    assert [] == steps(pace, 0.010, 20)
    assert [1] == steps(pace, 0.500, 8)
    assert [2] == steps(pace, 0.080, TRIED_TOKENS + 1)
    assert [3] == steps(pace, 0.020, TRIED_TOKENS + 1)
    assert [2] == steps(pace, 0.300, TRIED_TOKENS + 1)
    assert [] == steps(pace, 0.020, 20)


def test_single_slow_steps_change_nothing() -> None:
    """A hiccup is no reason."""
    pace = Pace((1, 2))
    for _ in range(20):
        assert [] == steps(pace, 0.010, 3) + steps(pace, 0.200, 3)


def test_wider_steps_are_compared_with_their_like() -> None:
    """A step for many sequences is not slow because one for a single one was fast."""
    pace = Pace((1, 2))
    assert [] == steps(pace, 0.010, 10, width=1) + steps(pace, 0.080, 20, width=8)


def test_without_choice_nothing_is_tried() -> None:
    """One number or none leaves nothing to try."""
    assert [] == steps(Pace((1,)), 0.01, 5) + steps(Pace((1,)), 9.0, 50) + steps(Pace(()), 9.0, 9)
    assert Pace((1, 2)).note(0, 1.0) is None
