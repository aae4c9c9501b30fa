"""The whole rule set over many sessions: how long a backtest of the generated market takes.

    python -m benchmarks.rule_set                        # 60 sessions of the 200 largest stocks
    python -m benchmarks.rule_set --home DIR --sessions 20

Every gate, strategy, confirmation, limit, size and exit is asked of every minute bar, as `jennie
backtest run` asks them, with a score of 75 assumed so that much is bought, and a bull market where
the index tells no regime. The minutes are made and kept first and are not timed; reading them is.
Seconds of the wall and of the processor and the most memory that the process ever had stand beside
the goals, never judged.
"""

import argparse
import resource
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.parity import CAPITAL, POLICIES, generated_days, market_of

from jennie_cli.engine.model import Regime
from jennie_cli.engine.research.backtest import Walked, walk_sessions
from jennie_cli.engine.rules import summed
from jennie_cli.settings import Masker, Options
from jennie_cli.wiring import open_house

SESSIONS = 60
GOAL_S, GOAL_MIB = 60, 2_048
_KIB = 1_024
"""Of what Linux tells a process of its memory, in a MiB."""


def show(walked: Walked, wall_s: float, worked_s: float) -> None:
    """Print the table."""
    counts = summed(count for one in walked.results for count in one.counts)
    asked = sum(count.asked for count in counts)
    decided = sum(len(one.decisions) for one in walked.results)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB
    rows = (
        ("sessions", f"{len(walked.results):,}"),
        ("rules asked", f"{len(counts):,}"),
        ("answers", f"{asked:,}"),
        ("decisions", f"{decided:,}"),
        (f"seconds (goal: {GOAL_S})", f"{wall_s:.1f}"),
        ("the same, of processor time", f"{worked_s:.1f}"),
        (f"most memory, MiB (goal: {GOAL_MIB:,})", f"{most:,.0f}"),
    )
    for name, value in rows:
        print(f"{name:<40}{value:>16}")


def main() -> int:
    """Walk once and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--home", type=Path, help="one whose minutes are there already")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = asked.home or stack.enter_context(TemporaryDirectory(prefix="jennie-r-"))
        home = open_house(Options(home=Path(folder)), Masker())
        stack.callback(home.close)
        first, last = generated_days(home, asked.sessions)
        market = market_of(home, Regime.BULL, 75.0)
        began, worked = time.perf_counter(), time.process_time()
        walked = walk_sessions(
            market, POLICIES, first=first, last=last, capital=CAPITAL, watch=lambda _: None
        )
        show(walked, time.perf_counter() - began, time.process_time() - worked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
