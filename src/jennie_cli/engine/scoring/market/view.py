"""The market as known at one moment, on one pair of axes: days by stocks."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import Stock
from jennie_cli.engine.scoring.market.earnings import Earnings
from jennie_cli.engine.scoring.market.sentiment import Sentiment
from jennie_cli.engine.scoring.market.tape import Tape
from jennie_cli.engine.scoring.table import ScoreInputs
from jennie_cli.engine.store import DailyPanel, FlowPanel
from jennie_cli.engine.store.panels import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketView:
    """D days, N stocks, K scored days (the newest rows, `at`); every value point in time.

    `stocks` and `board` (0 KOSPI, 1 KOSDAQ: the stock's column of `index_close`) follow
    `bars.codes`; `market_cap` (N,) is KRW at the newest row, NaN unknown. `tape` holds the market
    as a whole, `earnings` and `sentiment` the slow inputs of the K days. `data_missing` are pairs
    of a code, or "*" for a whole data set, and what is missing.
    """

    as_of: datetime
    bars: DailyPanel
    flows: FlowPanel
    stocks: tuple[Stock, ...]
    board: NDArray[np.intp]
    at: NDArray[np.intp]
    market_cap: FloatArray
    tape: Tape
    earnings: Earnings
    sentiment: Sentiment
    data_missing: tuple[tuple[str, str], ...]

    @property
    def index_close(self) -> FloatArray:
        """Return index points (D, 2): KOSPI, KOSDAQ."""
        return self.tape.index_close

    @property
    def advances(self) -> FloatArray:
        """Return risen issues of both markets by day (D,)."""
        return self.tape.advances

    @property
    def declines(self) -> FloatArray:
        """Return fallen issues of both markets by day (D,)."""
        return self.tape.declines

    @property
    def turnover(self) -> FloatArray:
        """Return KRW traded in both markets by day (D,)."""
        return self.tape.turnover

    def score_inputs(self, knife: BoolArray) -> ScoreInputs:
        """Return what a scorer takes; `knife` (N,) or (K, N) marks falling-knife members."""
        e, s = self.earnings, self.sentiment
        return ScoreInputs(
            bars=self.bars,
            flows=self.flows,
            at=self.at,
            index_close=self.index_close,
            board=self.board,
            per=e.per,
            pbr=e.pbr,
            roe_pct=e.roe_pct,
            eps_growth_pct=e.eps_growth_pct,
            roe_quarters_pct=e.roe_quarters_pct,
            per_quarters=e.per_quarters,
            sentiment=s.level,
            sentiment_change_points=s.change_points,
            news_count=s.count,
            knife=np.broadcast_to(knife, e.per.shape),
        )
