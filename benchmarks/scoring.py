"""Whole-market quant score v2 beside a per-stock pandas loop and a bare reading of the arrays.

    python -m benchmarks.scoring [--data FOLDER] [--stocks N] [--days N]

All three run in one process on the same day; every part of every stock must agree to 1e-9, or the
run fails. Without `--data` the market is synthetic and seeded.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
from benchmarks.scoring_loop import Points, score_stock
from numpy.typing import NDArray

from jennie_cli.engine.scoring import PARTS, ScoreInputs, ScoreTable, ScoringPolicy, score_v2
from jennie_cli.engine.store import DailyPanel, FlowPanel

Array = NDArray[np.float64]
BARS = ("open", "high", "low", "close", "volume")
FLOWS = ("foreign", "institution", "individual", "foreign_pct")
SLOW = (
    "per",
    "pbr",
    "roe_pct",
    "eps_growth_pct",
    "sentiment",
    "sentiment_change_points",
    "news_count",
    "knife",
)
QUARTERS = ("roe_quarters_pct", "per_quarters")
ROWS = 150
POLICY = ScoringPolicy()


def synthetic(stocks: int, rows: int, days: int, seed: int = 20260101) -> ScoreInputs:
    """Return a seeded market with listings, halts, gaps and all slow inputs."""
    rng = np.random.default_rng(seed)
    shape = (rows, stocks)
    moves = rng.standard_t(3, shape) * rng.uniform(0.004, 0.03, stocks)
    moves += rng.normal(0, 0.004, stocks)
    halted = rng.random(shape) < 0.01
    moves[halted] = 0.0
    close = np.round(rng.lognormal(9.5, 1, stocks) * np.exp(np.cumsum(moves.clip(-0.3, 0.3), 0)))
    close = np.maximum(close, 100.0)
    wick = np.abs(rng.normal(0, 0.008, (2, *shape))) * ~halted
    bars = {
        "open": close,
        "high": np.round(close * (1 + wick[0])),
        "low": np.round(close * (1 - wick[1])),
        "close": close,
        "volume": np.round(rng.lognormal(11, 1, shape)) * ~halted,
    }
    for stock in range(0, stocks, 40):
        listed = rng.integers(max(rows - 160, 0), rows)
        for values in bars.values():
            values[:listed, stock] = np.nan
    index = 2_500 * np.exp(np.cumsum(rng.normal(0, 0.01, (rows, 2)), 0))
    start = date(2020, 1, 1)
    axes: dict[str, Any] = {
        "days": tuple(start + timedelta(days=n) for n in range(rows)),
        "codes": tuple(f"{n:06d}" for n in range(stocks)),
    }
    board, at = rng.integers(0, 2, stocks), np.arange(rows - days, rows)
    return market(axes, bars, index=index, board=board, at=at)


def market(
    axes: dict[str, Any],
    bars: dict[str, Any],
    *,
    index: Array,
    board: NDArray[np.intp],
    at: NDArray[np.intp],
) -> ScoreInputs:
    """Return inputs of given prices with seeded flows, accounts and news, a part unknown."""
    rng = np.random.default_rng(1)
    shape, slow = bars["close"].shape, (len(at), len(axes["codes"]))
    quarters = (slow[0], 4, slow[1])
    net: dict[str, Any] = {name: np.round(rng.normal(0, 3e3, shape)) for name in FLOWS[:3]}
    net["foreign_pct"] = 20 + np.cumsum(rng.normal(0, 0.06, shape), 0)
    for name, values in net.items():
        values[(rng.random(shape) < 0.02) | np.isnan(bars["close"])] = np.nan
        values[:, :: 9 if name == "individual" else 17] = np.nan

    def holes(values: Array) -> Array:
        return np.where(rng.random(values.shape) < 0.1, np.nan, values)

    return ScoreInputs(
        bars=DailyPanel(**axes, halted=bars["volume"] == 0, **bars),
        flows=FlowPanel(**axes, **net),
        at=at,
        index_close=index,
        board=board,
        per=holes(rng.normal(14, 12, slow)),
        pbr=holes(rng.lognormal(0, 0.7, slow)),
        roe_pct=holes(rng.normal(8, 12, slow)),
        eps_growth_pct=holes(rng.normal(8, 30, slow)),
        roe_quarters_pct=holes(np.round(rng.normal(8, 4, quarters))),
        per_quarters=holes(rng.normal(14, 8, quarters)),
        sentiment=holes(rng.uniform(0, 100, slow)),
        sentiment_change_points=holes(rng.normal(0, 15, slow)),
        news_count=rng.poisson(4.0, slow).astype(np.float64),
        knife=rng.random(slow) < 0.1,
    )


def real(folder: Path, days: int) -> ScoreInputs:
    """Return the newest real daily bars and indices with seeded flows, accounts and news."""
    with duckdb.connect() as base:
        rows = columns(base, "select * from read_parquet(?)", folder / "daily_ohlcv.parquet")
        index_rows = columns(base, "select * from read_csv(?)", folder / "index_daily.csv")
    all_days, day = np.unique(rows["date"].astype("M8[D]"), return_inverse=True)
    codes, stock = np.unique(rows["code"].astype(str), return_inverse=True)
    shape = (len(all_days), len(codes))
    bars = {name: np.full(shape, np.nan) for name in BARS}
    for name, values in bars.items():
        values[day, stock] = rows[name]
    halted = bars["open"] == 0
    for name in BARS[:3]:
        bars[name] = np.where(halted, bars["close"], bars[name])
    index = np.full((len(all_days), 2), np.nan)
    place = np.searchsorted(all_days, index_rows["date"].astype("M8[D]"))
    index[place, (index_rows["index_code"] == "KOSDAQ").astype(int)] = index_rows["close"]
    axes: dict[str, Any] = {"days": tuple(all_days.tolist()), "codes": tuple(codes.tolist())}
    board, at = np.arange(shape[1]) % 2, np.arange(shape[0] - days, shape[0])
    return market(axes, bars, index=index, board=board, at=at)


def columns(base: duckdb.DuckDBPyConnection, query: str, file: Path) -> dict[str, NDArray[Any]]:
    """Return the columns of a file."""
    return base.execute(query, [str(file)]).fetchnumpy()  # type: ignore[return-value]  # categories are not asked for


def last_day(inputs: ScoreInputs) -> ScoreInputs:
    """Return the inputs with only their last scored day."""
    slow = (*SLOW, *QUARTERS, "at")
    return replace(inputs, **{name: getattr(inputs, name)[-1:] for name in slow})


def loop(inputs: ScoreInputs) -> list[Points | None]:
    """Score the last day stock by stock with pandas; None below 30 rows."""
    last = int(inputs.at[-1]) + 1
    rows = slice(max(last - ROWS, 0), last)
    out: list[Points | None] = []
    for stock in range(len(inputs.bars.codes)):
        frame = {name: getattr(inputs.bars, name)[rows, stock] for name in BARS}
        frame |= {name: getattr(inputs.flows, name)[rows, stock] for name in FLOWS}
        frame["index"] = inputs.index_close[rows, inputs.board[stock]]
        slow = {name: getattr(inputs, name)[-1, stock] for name in SLOW}
        slow |= {name: getattr(inputs, name)[-1, :, stock] for name in QUARTERS}
        out.append(score_stock(frame, slow))
    return out


def vectorised(table: ScoreTable) -> dict[str, Array]:
    """Return the figures of the last day that the loop gives too, the total unrounded."""
    raw = sum(table.factors.values()) + table.phase_points
    knife = table.knife * POLICY.falling_knife_penalty_points
    out = {f"{f} {n}": table.parts[f][n].points[-1] for f, n in PARTS}
    return out | {
        "supply": table.factors["supply_demand"][-1],
        "phase": table.phase[-1].astype(np.float64),
        "exhaustion": table.exhaustion_points[-1],
        "total": np.clip(raw + knife, 0, 100)[-1],
    }


def largest_difference(table: ScoreTable, scored: list[Points | None]) -> float:
    """Return the largest difference of any figure. Raises ValueError on different stocks."""
    if [one is not None for one in scored] != table.valid[-1].tolist():
        raise ValueError("the loop and the arrays disagree on which stocks can be scored")
    worst = 0.0
    for name, values in vectorised(table).items():
        ours = np.array([v for v, one in zip(values, scored, strict=True) if one is not None])
        theirs = np.array([one[name] for one in scored if one is not None])
        if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
            raise ValueError(f"the loop and the arrays disagree on what is known of {name}")
        worst = max(worst, float(np.nanmax(np.abs(ours - theirs), initial=0.0)))
    return worst


def bare_reading(inputs: ScoreInputs) -> float:
    """Read once every value a score of the last day may look at."""
    last = int(inputs.at[-1]) + 1
    rows = slice(max(last - ROWS, 0), last)
    panels = [getattr(inputs.bars, name)[rows] for name in BARS[1:]]
    panels += [getattr(inputs.flows, name)[max(last - 30, 0) : last] for name in FLOWS]
    return float(sum(np.nansum(values) for values in panels))


def seconds(run: Callable[[], object], times: int) -> float:
    """Return the best of some runs."""
    taken = []
    for _ in range(times):
        start = perf_counter()
        run()
        taken.append(perf_counter() - start)
    return min(taken)


def main() -> int:
    """Measure, compare, print; 1 when the results differ."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, help="folder with daily_ohlcv.parquet and index")
    parser.add_argument("--stocks", type=int, default=2600, help="stocks of a synthetic market")
    parser.add_argument("--days", type=int, default=250, help="days scored in one call")
    given = parser.parse_args()
    rows = ROWS + given.days + 10
    many = real(given.data, given.days) if given.data else synthetic(given.stocks, rows, given.days)
    one = last_day(many)
    table = score_v2(one, POLICY)
    start = perf_counter()
    scored = loop(one)
    looped = perf_counter() - start
    worst = largest_difference(table, scored)
    arrays, bare = seconds(lambda: score_v2(one, POLICY), 7), seconds(lambda: bare_reading(one), 7)
    years = seconds(lambda: score_v2(many, POLICY), 1)
    stocks, valid = len(one.bars.codes), int(table.valid.sum())
    print(f"market            {given.data or 'synthetic'}: {stocks} stocks, {valid} scored")
    print(f"arrays, one day   {arrays * 1e3:10.1f} ms")
    print(f"pandas loop       {looped * 1e3:10.1f} ms   {looped / arrays:8.0f} x the arrays")
    print(f"bare reading      {bare * 1e3:10.1f} ms   arrays take {arrays / bare:.1f} x as long")
    daily = years / given.days * 1e3
    print(f"arrays, {given.days:4d} days {years * 1e3:10.1f} ms   {daily:.1f} ms a day")
    print(f"largest difference of any figure, loop against arrays: {worst:.1e}")
    return 0 if worst <= 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main())
