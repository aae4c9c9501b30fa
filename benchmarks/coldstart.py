"""How long the program takes to answer, in units of `python -c pass`.

Every line is the fastest of N processes, so that a busy machine inflates all lines alike.
Bytecode is compiled before the first measurement.
"""

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jennie_cli

GOALS = {"--version": 4.0, "--help": 13.0, "scout --help": 20.0}


def main() -> int:
    """Print the table; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=9, help="processes a line")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    compileall.compile_dir(str(Path(jennie_cli.__file__).parent), quiet=1)
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "JENNIE_HOME": home}
        rows = measure(asked.n, environ)
    if asked.json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
    else:
        for name, row in rows.items():
            goal = f"goal {row['goal']:g}" if row["goal"] else ""
            sys.stdout.write(f"{name:<24}{row['ms']:>8.1f} ms{row['ratio']:>8.2f} x   {goal}\n")
    missed = [name for name, row in rows.items() if row["goal"] and row["ratio"] > row["goal"]]
    return 1 if missed else 0


def measure(count: int, environ: dict[str, str]) -> dict[str, dict[str, float]]:
    """Return milliseconds, ratio and goal (0 = none) of each line."""
    program = [sys.executable, "-m", "jennie_cli"]
    subprocess.run([*program, "scout", "run"], env=environ, check=True, capture_output=True)  # noqa: S603  # our own program
    lines = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "--version": [*program, "--version"],
        "--help": [*program, "--help"],
        "scout --help": [*program, "scout", "--help"],
        "config get lang": [*program, "config", "get", "lang"],
        "scout show": [*program, "scout", "show"],
    }
    best = {name: fastest(argv, count, environ) for name, argv in lines.items()}
    unit = best["python -c pass"]
    return {
        name: {"ms": 1000 * s, "ratio": s / unit, "goal": GOALS.get(name, 0.0)}
        for name, s in best.items()
    }


def fastest(argv: list[str], count: int, environ: dict[str, str]) -> float:
    """Return the seconds of the fastest of `count` processes."""
    spent = []
    for _ in range(count):
        start = time.perf_counter()
        subprocess.run(argv, env=environ, check=True, capture_output=True)  # noqa: S603  # our own program
        spent.append(time.perf_counter() - start)
    return min(spent)


if __name__ == "__main__":
    sys.exit(main())
