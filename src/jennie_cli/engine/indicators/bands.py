"""Bollinger bands and the distance from a recent high."""

from dataclasses import dataclass

from jennie_cli.engine.indicators.rolling import FloatArray, rolling_max, rolling_mean, rolling_std


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Moving average and sample deviation of the same rows, both in the unit of the price."""

    middle: FloatArray
    sigma: FloatArray

    @property
    def upper(self) -> FloatArray:
        """Return the band two deviations above the middle."""
        return self.middle + 2.0 * self.sigma

    @property
    def lower(self) -> FloatArray:
        """Return the band two deviations below the middle."""
        return self.middle - 2.0 * self.sigma

    @property
    def width_pct(self) -> FloatArray:
        """Return the distance between the bands in percent of the middle."""
        return 400.0 * self.sigma / self.middle


def bollinger(close: FloatArray, n: int = 20) -> Bands:
    """Return the bands of the last n rows (Bollinger's 20 rows and 2 deviations, sample sigma)."""
    return Bands(middle=rolling_mean(close, n), sigma=rolling_std(close, n))


def drawdown_pct(close: FloatArray, high: FloatArray, n: int) -> FloatArray:
    """Return the close against the highest high of the last n rows in percent, 0 or below."""
    return (close / rolling_max(high, n) - 1.0) * 100.0
