"""The golden values of quality, from accounts and price frames."""

import numpy as np
import pytest
from tests.unit.engine.scoring.frames import flat, points, scored, with_rows


@pytest.mark.parametrize(("roe", "expected"), [(-30, 0), (10, 2.67), (15, 3.005), (40, 4)])
def test_roe_level(roe: float, expected: float) -> None:
    """The level of ROE scores 2 + 0.067 a percent."""
    assert expected == pytest.approx(points("quality", "roe_level", slow={"roe_pct": roe}))


@pytest.mark.parametrize(
    ("earlier", "latest", "expected"),
    [(1, 2, 5.6), (1, 5, 8), (-1, 2, 3.2), (-1, 5, 5), (1, -2, 1.2), (1, -5, 0), (1, 0, 3)],
)
@pytest.mark.parametrize("gap", [0, 1])
def test_roe_trend(earlier: float, latest: float, expected: float, gap: int) -> None:
    """Two changes of three quarters count, wherever an unknown quarter stands between them."""
    known = [10.0, 10.0 + earlier, 10.0 + earlier + latest]
    quarters = np.array([*known[:gap], np.nan, *known[gap:]])
    got = points("quality", "roe_trend", slow={"roe_quarters_pct": quarters})
    assert expected == pytest.approx(got)


@pytest.mark.parametrize(
    ("latest", "expected"), [(1.0, 3.6), (9.0, 6.0), (-1.0, 1.6), (-9.0, 0.0), (0.0, 4.0)]
)
def test_roe_trend_of_two_quarters(latest: float, expected: float) -> None:
    """With exactly two quarters the only change counts, by gentler rules."""
    quarters = np.array([np.nan, 10.0, np.nan, 10.0 + latest])
    got = points("quality", "roe_trend", slow={"roe_quarters_pct": quarters})
    assert expected == pytest.approx(got)


def test_one_quarter_is_no_trend() -> None:
    """One known quarter leaves the trend missing at its neutral 4 points."""
    table = scored(slow={"roe_quarters_pct": np.array([np.nan, np.nan, np.nan, 12.0])})
    trend = table.parts["quality"]["roe_trend"]
    assert (True, 4.0) == (trend.missing[0, 0], trend.points[0, 0])


@pytest.mark.parametrize(
    ("growth", "expected"), [(-40.0, 0.0), (0.0, 2.5), (12.0, 3.496), (40.0, 5.0)]
)
def test_eps_growth(growth: float, expected: float) -> None:
    """Growth of earnings scores 2.5 + 0.083 a percent."""
    got = points("quality", "eps_growth", slow={"eps_growth_pct": growth})
    assert expected == pytest.approx(got)


def test_stability_is_the_deviation_of_150_rows() -> None:
    """Stability loses 0.6 a percent of daily deviation over the newest 150 rows."""
    close = 10_000.0 * np.cumprod(np.tile([1.02, 0.99], 80))[:, None]
    close[:10] = np.linspace(1.0, 9_000.0, 10)[:, None]
    daily = np.diff(close[-150:, 0]) / close[-150:-1, 0] * 100.0
    expected = 3.0 - 0.6 * daily.std(ddof=1)
    assert expected == pytest.approx(points("quality", "stability", close=close), abs=1e-9)


@pytest.mark.parametrize(("rows", "missing"), [(59, True), (60, False)])
def test_stability_needs_sixty_rows(rows: int, missing: bool) -> None:
    """Sixty rows since listing are enough for a deviation, fewer are not."""
    stability = scored(close=flat(rows)).parts["quality"]["stability"]
    assert (missing, 1.5 if missing else 3.0) == (stability.missing[0, 0], stability.points[0, 0])


def test_full_quality_is_reachable() -> None:
    """A calm stock with high and rising returns earns all 20 points."""
    accounts = {
        "roe_pct": 30.0,
        "roe_quarters_pct": np.array([10.0, 12.0, 14.0, 19.0]),
        "eps_growth_pct": 40.0,
    }
    table = scored(close=with_rows(flat(), {-1: 10_000.0}), slow=accounts)
    assert pytest.approx(20.0) == table.factors["quality"][0, 0]
