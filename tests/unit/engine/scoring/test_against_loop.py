"""The arrays and a plain per-stock pandas loop are two writings of the same formulas."""

import numpy as np
import pytest
from benchmarks import scoring as benchmark

from jennie_cli.engine.scoring import score_v2


@pytest.mark.parametrize(("rows", "days"), [(200, 3), (131, 1), (60, 1)])
def test_every_figure_agrees(rows: int, days: int) -> None:
    """Every part, the phase and the total of 41 stocks agree with the loop to 1e-9."""
    market = benchmark.synthetic(41, rows, days)
    table = score_v2(market, benchmark.POLICY)
    assert benchmark.largest_difference(table, benchmark.loop(market)) <= 1e-9


def test_a_difference_is_seen() -> None:
    """The comparison reports a stock whose figures moved."""
    market = benchmark.synthetic(5, 160, 1)
    scored = benchmark.loop(market)
    market.bars.close[-1, 1] *= 1.05
    table = score_v2(market, benchmark.POLICY)
    assert benchmark.largest_difference(table, scored) > 1e-3


def test_a_missing_stock_is_refused() -> None:
    """The comparison refuses two lists of different stocks."""
    market = benchmark.synthetic(5, 160, 1)
    scored = benchmark.loop(market)
    market.bars.close[-1, 1] = np.nan
    table = score_v2(market, benchmark.POLICY)
    with pytest.raises(ValueError, match="which stocks"):
        benchmark.largest_difference(table, scored)
