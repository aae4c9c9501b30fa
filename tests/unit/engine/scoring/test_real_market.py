"""The published figures of Samsung Electronics, from the real daily bars and the real index."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.unit.engine.scoring.frames import Array, scored

from jennie_cli.engine.scoring import ScoreTable

LAST = date(2025, 6, 27)


def columns(folder: Path, query: str) -> dict[str, Any]:
    """Return the columns of a query over the files of the folder."""
    with duckdb.connect() as connection:
        return connection.execute(query.format(folder=folder), [LAST]).fetchnumpy()


@pytest.fixture(scope="module")
def samsung(market_data: Path) -> ScoreTable:
    """Return the score of 005930 as of the end of 2025-06-27."""
    bars = columns(
        market_data,
        "select date, high, low, close, volume from '{folder}/daily_ohlcv.parquet'"
        " where code = '005930' and date <= $1 order by date",
    )
    kospi = columns(
        market_data,
        "select date, close from read_csv('{folder}/index_daily.csv')"
        " where index_code = 'KOSPI' and date <= $1",
    )
    by_day = dict(zip(kospi["date"].tolist(), kospi["close"].tolist(), strict=True))
    index = np.array([[by_day.get(day, np.nan)] * 2 for day in bars["date"].tolist()])
    frame: dict[str, Array] = {
        name: bars[name].astype(np.float64)[:, None] for name in ("high", "low", "close", "volume")
    }
    return scored(**frame, index=index)


@pytest.mark.data
@pytest.mark.parametrize(
    ("factor", "name", "expected"),
    [
        ("momentum", "six_month_relative", 1.476),
        ("momentum", "bottom_bounce", 4.353),
        ("technical", "volume_trend", 0.770),
        ("technical", "rsi", 1.321),
    ],
)
def test_published_points(samsung: ScoreTable, factor: str, name: str, expected: float) -> None:
    """The points of 005930 on 2025-06-27 are the published ones."""
    part = samsung.parts[factor][name]
    assert expected == pytest.approx(part.points[0, 0], abs=5.1e-4)
    assert not part.missing[0, 0]


@pytest.mark.data
def test_published_rsi(samsung: ScoreTable) -> None:
    """The RSI of simple averages of 005930 on 2025-06-27 is 53.571."""
    assert pytest.approx(53.571, abs=5e-4) == samsung.rsi14[0, 0]
