"""Two processes of one key keep the limit together, counted by a server of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[4]


def test_two_processes_at_once_never_exceed_the_limit_and_a_sell_goes_first() -> None:
    """No sliding second holds more arrivals than the limit; one quote at most precedes a sell."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.kis_rate", "--quick", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=TOP,
    )
    (row,) = json.loads(run.stdout).values()
    assert row["busiest_second"] <= row["limit"]
    assert 1 >= row["quotes_before_sell"]
    assert 0 == run.returncode
