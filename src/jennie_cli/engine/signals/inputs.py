"""What gates and strategies look at besides bars: the stocks of the list, and what holds when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Market, Regime, Strategy

REGIMES = tuple(Regime)
"""The regime that a number in `Weather.regime` stands for."""

Seconds = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The stocks of the watchlist as it was known before the session; every array is (stocks,).

    Scores are 0..100, NaN when unknown. `list_days` counts trading days since the stock came on
    the list (0 = today) and `list_close` is the won close of that day, both NaN when unknown.
    `own` holds the strategies that a stock's own list asks for, of GOLDEN_CROSS, RSI_REBOUND,
    BB_LOWER and MOMENTUM; `momentum_pct` is the rise its MOMENTUM wants. `base_price` and
    `upper_limit` are won, NaN when unknown or without a limit; `day` and `markets` say which price
    steps hold below it.
    """

    day: date
    codes: tuple[str, ...]
    markets: tuple[Market, ...]
    is_tradable: Flags
    is_blocked: Flags
    is_recon: Flags
    hybrid_score: FloatArray
    llm_score: FloatArray
    list_days: FloatArray
    list_close: FloatArray
    own: Mapping[Strategy, Flags]
    momentum_pct: FloatArray
    base_price: FloatArray
    upper_limit: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What holds when a bar is judged; arrays that broadcast to (rows, stocks).

    A bar is judged at the second in which it ends, `at_second` since midnight KST. `opens` and
    `closes` are the seconds at which the session opens and closes. `regime` indexes REGIMES;
    `context_known` is False where no macro context stands, or only one older than a day.
    `allowed` is False where the macro side forbids a strategy; one that it does not name is
    allowed. The cooldowns are the second of the day until which a stock rests, -inf where it does
    not: after a signal, a stop-loss, a sale.
    """

    at_second: Seconds
    opens: int
    closes: int
    regime: NDArray[np.int8]
    risk_off_level: NDArray[np.int8]
    vix_crisis: Flags
    context_known: Flags
    allowed: Mapping[Strategy, Flags]
    signal_rest: FloatArray
    stop_rest: FloatArray
    sale_rest: FloatArray
