"""Small markets made by hand from arrays, for tests that walk the whole pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.model import Market, Stock, WatchlistEntry
from jennie_cli.engine.scoring.market import MarketView
from jennie_cli.engine.scoring.market.earnings import Earnings
from jennie_cli.engine.scoring.market.sentiment import Sentiment
from jennie_cli.engine.scoring.market.tape import Tape
from jennie_cli.engine.scout import Advisor, Previous, ScoutPolicies, ScoutRequest, run_scout
from jennie_cli.engine.sectors import FINE
from jennie_cli.engine.store import DailyPanel, FlowPanel, ScoutRun

LAST_DAY = date(2025, 6, 27)
TRADE_DATE = date(2025, 6, 30)
DAYS = 160
FloatArray = NDArray[np.float64]


def weekdays(count: int, last: date = LAST_DAY) -> tuple[date, ...]:
    """Return the `count` weekdays that end with `last`."""
    days: list[date] = []
    day = last
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day -= timedelta(days=1)
    return tuple(reversed(days))


@dataclass(kw_only=True)
class Arrays:
    """The parts of a market that a test may replace before it asks for the view."""

    stocks: list[Stock]
    close: FloatArray
    volume: FloatArray
    foreign: FloatArray
    institution: FloatArray
    market_cap: FloatArray
    index_close: FloatArray
    sentiment: FloatArray
    roe_pct: FloatArray
    per: FloatArray
    foreign_pct: FloatArray
    high: FloatArray | None = None
    halted: NDArray[np.bool_] | None = None
    missing: tuple[tuple[str, str], ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def view(self) -> MarketView:
        """Return the market as one view."""
        days = weekdays(len(self.close))
        count = len(self.stocks)
        high = self.close * 1.01 if self.high is None else self.high
        nothing = np.zeros(self.close.shape, dtype=bool)
        codes = tuple(s.code for s in self.stocks)
        bars = DailyPanel(
            days=days,
            codes=codes,
            open=self.close,
            high=high,
            low=self.close * 0.99,
            close=self.close,
            volume=self.volume,
            halted=nothing if self.halted is None else self.halted,
        )
        flows = FlowPanel(
            days=days,
            codes=codes,
            foreign=self.foreign,
            institution=self.institution,
            individual=-self.foreign - self.institution,
            foreign_pct=self.foreign_pct,
        )
        rose = (np.diff(self.close, axis=0, prepend=np.nan) > 0).sum(axis=1).astype(np.float64)
        return MarketView(
            as_of=datetime.combine(TRADE_DATE, time(8, 30), KST),
            bars=bars,
            flows=flows,
            stocks=tuple(self.stocks),
            board=np.array([int(s.market is Market.KOSDAQ) for s in self.stocks], dtype=np.intp),
            at=np.array([len(days) - 1], dtype=np.intp),
            market_cap=self.market_cap,
            tape=Tape(
                index_close=self.index_close,
                advances=rose,
                declines=count - rose,
                turnover=np.nansum(self.close * self.volume, axis=1),
            ),
            earnings=earnings(self.per, self.roe_pct),
            sentiment=Sentiment(
                level=self.sentiment[None, :],
                change_points=np.where(np.isnan(self.sentiment), np.nan, 4.0)[None, :],
                count=np.where(np.isnan(self.sentiment), 0.0, 6.0)[None, :],
            ),
            data_missing=self.missing,
        )


def earnings(per: FloatArray, roe_pct: FloatArray) -> Earnings:
    """Return slow inputs of one scored day: four equal quarters but for a small rise of ROE."""
    quarters = np.stack([roe_pct - 1.5, roe_pct - 1.0, roe_pct - 0.5, roe_pct])
    return Earnings(
        per=per[None, :],
        pbr=per[None, :] / 10.0,
        roe_pct=roe_pct[None, :],
        eps_growth_pct=roe_pct[None, :],
        roe_quarters_pct=quarters[None, :],
        per_quarters=np.stack([per * 1.2, per * 1.1, per * 1.1, per])[None, :],
    )


def random_market(count: int = 60, seed: int = 7, days: int = DAYS) -> Arrays:
    """Return a seeded market of `count` stocks over the fine sectors, every third one KOSDAQ."""
    draw = np.random.default_rng(seed)
    drift = draw.normal(0.0008, 0.0015, count)
    steps = drift + draw.normal(0.0, 0.012, (days, count))
    close = np.round(20_000 * np.exp(np.cumsum(steps, axis=0)))
    volume = np.round(draw.uniform(2e5, 9e5, (days, count)))
    flow = np.round(volume * draw.normal(0.01, 0.05, (days, count)))
    index = np.cumprod(1 + draw.normal(0.0004, 0.006, (days, 2)), axis=0) * np.array(
        [2600.0, 800.0]
    )
    fine = list(FINE)[:60:5]
    stocks = [stock(i, fine[i % len(fine)]) for i in range(count)]
    return Arrays(
        stocks=stocks,
        close=close,
        volume=volume,
        foreign=flow,
        institution=np.round(flow * 0.4),
        market_cap=np.round(draw.uniform(1e11, 9e12, count)),
        index_close=index,
        sentiment=draw.uniform(25, 90, count),
        roe_pct=draw.normal(9, 6, count),
        per=draw.uniform(4, 25, count),
        foreign_pct=10 + np.cumsum(draw.normal(0.02, 0.05, (days, count)), axis=0),
    )


def stock(number: int, fine: str = "반도체와반도체장비") -> Stock:
    """Return an invented stock; every third one is on KOSDAQ."""
    return Stock(
        code=f"{100_000 + number * 10}",
        name=f"가온{number:03d}",
        market=Market.KOSDAQ if number % 3 == 0 else Market.KOSPI,
        sector_fine=fine,
        sector_group=FINE[fine],
        sector_source="generated",
    )


def reordered(arrays: Arrays, order: Sequence[int]) -> Arrays:
    """Return the same market with its stocks in another order."""
    columns = np.asarray(order)
    return replace(
        arrays,
        stocks=[arrays.stocks[i] for i in order],
        **{
            name: getattr(arrays, name)[..., columns]
            for name in (
                "close",
                "volume",
                "foreign",
                "institution",
                "market_cap",
                "sentiment",
                "roe_pct",
                "per",
                "foreign_pct",
            )
        },
    )


def run(
    view: MarketView,
    *,
    policies: ScoutPolicies | None = None,
    previous: Previous | None = None,
    run_id: str = "20250630-083000-001",
    advisor: Advisor | None = None,
    **request: Any,
) -> tuple[ScoutRun, tuple[WatchlistEntry, ...]]:
    """Run the scout over a view at 08:30 of the trade date."""
    return run_scout(
        view,
        ScoutRequest(run_id=run_id, trade_date=TRADE_DATE, **request),
        policies or ScoutPolicies(),
        ManualClock(datetime.combine(TRADE_DATE, time(8, 30), KST)),
        profile="sim",
        market="generated",
        previous=previous or Previous(),
        advisor=advisor,
    )
