"""What a backtest says of itself: every figure with what it rests on, nothing unmeasured.

Only what was sold is averaged. Shares still held at the end are told apart, at their value then.
"""

from dataclasses import dataclass
from datetime import date

from jennie_cli.engine.research.measures import Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """The deepest fall of the equity at the close, in percent and won (both below 0).

    `peak` is the day of the high before it, None for the capital it began with; `recovered` is
    None where that high was never reached again. `sessions` lie between high and bottom.
    """

    pct: float
    won: int
    peak: date | None
    bottom: date
    recovered: date | None
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    """What was sold, trip by trip, and what trading cost; money in won.

    Each slice of a purchase that is sold in slices is a trip of its own: winners that are scaled
    out count several times in `wins`. `purchases` are those that are sold to the last share, and
    `purchase_wins` those of them that earned anything. A trip that earned 0 is neither a win nor a
    loss. `return_pct` is over purchases sold to the last share. `profit_factor` is what wins earned
    over what losses cost, None without a loss.
    `costs` are the fees and taxes of all trips, `costs_of_gross_ratio` their part of the profit
    before costs, None without one. `traded` is bought and sold together; `turnover_factor` how
    often the average equity was spent on purchases.
    """

    wins: int
    losses: int
    win_ratio: float | None
    average_win: int | None
    average_loss: int | None
    profit_factor: float | None
    return_pct: Mean
    purchases: int
    purchase_wins: int
    costs: int
    costs_of_gross_ratio: float | None
    traded: int
    turnover_factor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The whole of a backtest; money in won, net of fees and tax unless it says otherwise.

    `net_profit` is the last equity less the capital: `closed_won` of what was sold, `open_won` of
    what is still held, and `unexplained_won`, which is 0 unless something is wrong.
    """

    capital: int
    equity: int
    sessions: int
    net_profit: int
    return_pct: float
    closed: int
    open: int
    closed_won: int
    open_won: int
    unexplained_won: int
    trading: Trading
    drawdown: Drawdown | None
    longest_under_sessions: int
    sharpe_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRow:
    """What was sold of one strategy, for one reason or in one regime; `won` is net won in all.

    `wins` and `return_pct` are over the sales of a reason, else over purchases sold to the last
    share.
    """

    name: str
    wins: int
    won: int
    return_pct: Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedRow:
    """The hits that one rule kept from being bought, and what their prices did next.

    One stock may be blocked again minute after minute: `stock_days` counts it once a day.
    """

    rule: str
    hits: int
    stock_days: int
    after_30_min: Mean
    at_close: Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentRule:
    """A rule that never fired; one that was never even asked has `asked` 0.

    `asleep` names the setting that keeps it silent at its default, None if nothing does.
    """

    rule: str
    asked: int
    asleep: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The equity in won at each session's close, and how far in percent it lies under its high."""

    days: tuple[date, ...]
    equity: tuple[int, ...]
    drawdown_pct: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """All that a backtest measured. The trips of each of the three tables are those sold."""

    totals: Totals
    strategies: tuple[TripRow, ...]
    exits: tuple[TripRow, ...]
    regimes: tuple[TripRow, ...]
    blocked: tuple[BlockedRow, ...]
    silent: tuple[SilentRule, ...]
    curve: Curve
