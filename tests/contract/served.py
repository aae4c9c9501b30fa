"""A real server process on a free port, playing a small tape."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DAY = "2025-06-30"
CODES = ("005930", "000660")
_PRICE = 70_000
_MINUTES = (*range(900, 960), *range(1000, 1060), *range(1100, 1130))


def write_tape(folder: Path) -> Path:
    """Write minute bars of two stocks that trade every minute around 70,000 won."""
    lines = ["code,date,time,open,high,low,close,volume"]
    for code in CODES:
        for place, time in enumerate(_MINUTES):
            low = _PRICE + 100 * (place % 5)
            prices = f"{low + 100},{low + 300},{low},{low + 200}"
            lines.append(f"{code},{DAY},{time:04},{prices},{4_000 + place}")
    path = folder / "minute_bars.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[dict[str, Any]]:
    """Run `jennie sim serve` as a child process and give the document it prints first."""
    tape = write_tape(folder)
    argv = [sys.executable, "-m", "jennie_cli", "--home", str(folder / "home"), "--json"]
    with (folder / "served.log").open("wb") as log:
        child = subprocess.Popen(
            [*argv, "sim", "serve", "--tape", str(tape), *words],
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            stdout = child.stdout
            line = stdout.readline() if stdout else b""
            if not line:
                raise AssertionError((folder / "served.log").read_text(encoding="utf-8"))
            yield {**json.loads(line), "pid": child.pid}
        finally:
            child.terminate()
            assert 0 == child.wait(timeout=20)
            if child.stdout:
                child.stdout.close()
