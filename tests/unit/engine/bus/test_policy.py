"""How long a dead bus is left alone."""

import pytest

from jennie_cli.engine.bus import BusPolicy


@pytest.mark.parametrize(("failures", "pause_s"), [(1, 5), (2, 10), (11, 55), (12, 60), (99, 60)])
def test_the_pause_grows_by_steps_up_to_a_limit(failures: int, pause_s: float) -> None:
    """min(5 s × n, 60 s)."""
    assert pause_s == BusPolicy().pause_s(failures)
