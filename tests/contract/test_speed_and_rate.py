"""Short forms of the benchmarks of the exchange: one script at any pace, one rate for a key."""

import json
import subprocess
import sys
from pathlib import Path

from tests.contract.served import CODES, write_tape

TOP = Path(__file__).parents[2]


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, cwd=TOP
    )


def test_a_script_of_orders_has_the_same_fills_at_every_pace(tmp_path: Path) -> None:
    """Forty times real time, as fast as it can, and in leaps by hand."""
    tape = ["--tape", str(write_tape(tmp_path)), "--codes", *CODES]
    paces = ["--seconds", "60", "--paces", "40", "max", "leaps"]
    run = _run("benchmarks.same_fills", *tape, *paces)
    assert 0 == run.returncode, run.stdout + run.stderr
    assert "the same fills" == run.stdout.splitlines()[-1]


def test_two_processes_keep_the_rate_as_the_exchange_counts_it(tmp_path: Path) -> None:
    """Real and paper; the exchange turns none away, and a sell overtakes the queued quotes."""
    tape = str(write_tape(tmp_path))
    run = _run("benchmarks.kis_rate", "--exchange", "--quick", "--json", "--tape", tape)
    assert 0 == run.returncode, run.stdout + run.stderr
    rows = json.loads(run.stdout)
    assert {"30 real calls", "4 paper calls", "sell behind 45 quotes"} == set(rows)
    assert all(row["busiest_second"] <= row["limit"] for row in rows.values())
    assert not any(row["refused"] for row in rows.values())
