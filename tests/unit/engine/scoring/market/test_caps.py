"""Market value: snapshot carried by adjusted closes, else shares times close, else unknown."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.unit.engine.scoring.market import little_market as little

from jennie_cli.engine.scoring.market import read_market
from jennie_cli.engine.store import Dataset, MemoryFacts

CODE = little.CODES[0]


def market(closes: list[float], caps: list[tuple[date, int]], shares: float) -> MemoryFacts:
    facts = MemoryFacts()
    facts.write(
        [
            little.batch(Dataset.STOCK_MASTER, little.master_rows(shares=shares)),
            little.batch(Dataset.DAILY_BARS, little.bar_rows(CODE, closes)),
        ]
    )
    if caps:
        rows = [little.cap_row(CODE, day, cap) for day, cap in caps]
        facts.write([little.batch(Dataset.MARKET_CAPS, rows)])
    return facts


def cap_of(facts: MemoryFacts) -> float:
    return float(read_market(facts, as_of=little.AS_OF).market_cap[0])


def test_snapshot_of_the_day_stands() -> None:
    """A snapshot of the newest day is the market value, whatever the shares of the master."""
    assert cap_of(market([100.0] * 5, [(little.LAST, 7_000_000)], 1.0)) == 7_000_000


@pytest.mark.parametrize("age_days", [3, 30])
def test_older_snapshot_moves_with_the_close(age_days: int) -> None:
    """A snapshot from a day at 100 is worth 20 % more at 120, fresh or months old."""
    day = little.weekdays(age_days + 1)[0]
    closes = [100.0] * age_days + [120.0]
    facts = market([100.0, *closes], [(day, 7_000_000)], 1.0)
    assert pytest.approx(8_400_000) == cap_of(facts)


def test_newest_known_snapshot_wins() -> None:
    """Of two snapshots the later one is carried."""
    days = little.weekdays(10)
    facts = market([100.0] * 10, [(days[0], 5_000_000), (days[8], 6_000_000)], 1.0)
    assert cap_of(facts) == 6_000_000


def test_missing_snapshot_does_not_junk_a_large_cap() -> None:
    """Without a snapshot listed shares times the last close stand in."""
    assert cap_of(market([100.0] * 5, [], 5_000_000_000.0)) == 500_000_000_000


def test_snapshot_older_than_the_panel_is_out_of_reach() -> None:
    """A snapshot from before the rows cannot be carried; shares times close stand in."""
    old = little.LAST - timedelta(days=300)
    assert cap_of(market([100.0] * 5, [(old, 7_000_000)], 50_000.0)) == 5_000_000


def test_unknown_value_is_unknown_and_reported() -> None:
    """Neither snapshot nor shares: NaN, and the stock is named."""
    view = read_market(market([100.0] * 5, [], np.nan), as_of=little.AS_OF)
    assert np.isnan(view.market_cap[0])
    assert (CODE, "market_cap") in view.data_missing


def test_only_common_stocks_are_reported() -> None:
    """A preferred share without a value or a sector is nobody's candidate and no gap."""
    facts = market([100.0] * 5, [], np.nan)
    rows = little.master_rows(shares=np.nan, kind="PREFERRED", sector_fine="새업종")
    facts.write([little.batch(Dataset.STOCK_MASTER, rows)])
    view = read_market(facts, as_of=little.AS_OF)
    assert [] == [gap for gap in view.data_missing if gap[0] != "*"]
