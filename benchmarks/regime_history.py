"""How often each regime held over the real market of 2023-2025, and how often it changed.

Reads the folder named by JENNIE_TEST_DATA and prints the table of the decision record.
"""

import os
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import Regime
from jennie_cli.engine.regime import RegimePolicy, detect, raw_state

ROWS = 160
FIRST = date(2023, 4, 3)


TAPE = """
    with step as (
      select date, close::bigint * volume as won,
             sign(close - lag(close) over (partition by code order by date)) as way
      from read_parquet($bars)),
    tape as (
      select date, sum(won) as won, count(*) filter (way > 0) as up,
             count(*) filter (way < 0) as down
      from step group by date),
    points as (
      select date, max(close) filter (index_code = 'KOSPI') as kospi,
             max(close) filter (index_code = 'KOSDAQ') as kosdaq
      from read_csv($index) group by date)
    select date::date as date, kospi, kosdaq, up, down, won
    from tape join points using (date) order by date
"""


def history(folder: Path) -> dict[str, Any]:
    """Return days, index closes, counted breadth and counted turnover since 2023."""
    names = {"bars": "daily_ohlcv.parquet", "index": "index_daily.csv"}
    asked = {name: str(folder / file) for name, file in names.items()}
    fetched = duckdb.execute(TAPE, asked).fetchnumpy()
    days = {name: np.asarray(column) for name, column in fetched.items()}
    return {
        "days": days["date"].astype("datetime64[D]").astype(object),
        "index_close": np.column_stack([days["kospi"], days["kosdaq"]]).astype(float),
        "advances": days["up"].astype(float),
        "declines": days["down"].astype(float),
        "turnover": days["won"].astype(float),
    }


def forward_pct(data: dict[str, Any], days: int) -> NDArray[np.float64]:
    """Return KOSPI's return over the next 5 sessions of the newest `days`, NaN at the end."""
    kospi = data["index_close"][-days:, 0]
    return np.append((kospi[5:] / kospi[:-5] - 1) * 100, np.full(5, np.nan))


def mean_after(
    after: NDArray[np.float64], states: list[Regime | None], state: Regime
) -> float | None:
    """Return the mean of what followed a state, None where nothing is known."""
    hit = np.array([s is state for s in states]) & np.isfinite(after)
    return round(float(after[hit].mean()), 2) if hit.any() else None


def changes(states: list[Regime | None]) -> int:
    """Return how often a state differs from the one before."""
    return sum(a is not b for a, b in pairwise(states))


def main() -> None:
    """Read every day as of its own close and print the shares."""
    data = history(Path(os.environ["JENNIE_TEST_DATA"]))
    policy = RegimePolicy()
    readings = []
    for end in range(len(data["days"])):
        if data["days"][end] >= FIRST:
            rows = slice(max(0, end + 1 - ROWS), end + 1)
            readings.append(detect(policy=policy, **{n: v[rows] for n, v in data.items()}))
    columns: dict[str, list[Regime | None]] = {
        "detector": [r.regime for r in readings],
        "without hysteresis": [raw_state(r.score_points or 0.0, policy) for r in readings],
        "predecessor": [r.shadow for r in readings],
    }
    total = len(readings)
    print(f"{total} days, {FIRST} to {data['days'][-1]}")
    print(f"{'':12}" + "".join(f"{name:>20}" for name in columns))
    for state in Regime:
        shares = (100 * Counter(c)[state] / total for c in columns.values())
        print(f"{state.value:12}" + "".join(f"{s:>19.1f}%" for s in shares))
    print(f"{'changes':12}" + "".join(f"{changes(c):>20}" for c in columns.values()))
    after = forward_pct(data, total)
    for name, states in columns.items():
        means = {s.value: mean_after(after, states, s) for s in Regime}
        print(f"KOSPI 5 sessions after, {name}: {means}")
    same = sum(a is b for a, b in zip(columns["detector"], columns["predecessor"], strict=True))
    print(f"detector and predecessor agree on {100 * same / total:.1f}% of the days")


if __name__ == "__main__":
    main()
