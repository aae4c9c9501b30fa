"""Price multiples, profitability and growth by scored day, from accounts known by then.

Quarterly accounts come first; where a stock has none, annual accounts stand in for the level
figures and, as growth of net income over two fiscal years, for the growth of earnings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.scoring.market.ledger import Book, Ledger, lay_accounts
from jennie_cli.engine.scoring.market.moments import Scored
from jennie_cli.engine.store import DailyPanel, Dataset, FactStore
from jennie_cli.engine.store.panels import FloatArray

QUARTERS = 4
PAST_ROWS = 330
"""Rows before the scored day that hold the quarter ends of the last four known quarters."""

_EOK = 100_000_000
_QUARTER_FIELDS = ("eps", "roe", "net_income", "equity")
_YEAR_FIELDS = ("roe", "net_income", "total_equity")
_NEWEST_QUARTER = timedelta(days=200)
_QUARTER_REACH = timedelta(days=1_000)
_YEAR_REACH = timedelta(days=1_200)
_STALE_QUARTERS = 5
_STALE_YEARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Earnings:
    """(K, N), NaN unknown: PER and PBR in times at the scored day's market cap (a loss shows as
    PER <= 0), ROE and year-on-year EPS growth in percent; (K, 4, N) oldest first: ROE of the last
    four quarters, PER at each quarter's end and, in the newest place, at the scored day.
    """

    per: FloatArray
    pbr: FloatArray
    roe_pct: FloatArray
    eps_growth_pct: FloatArray
    roe_quarters_pct: FloatArray
    per_quarters: FloatArray


def has_quarterly_earnings(facts: FactStore, *, as_of: datetime) -> bool:
    """Say whether the accounts of the newest quarters hold earnings at all, or only revenue."""
    since = as_of.astimezone(KST).date() - _NEWEST_QUARTER
    rows = facts.read(Dataset.FINANCIALS_QUARTERLY, as_of=as_of, since=since)
    return any(bool(np.isfinite(rows[name]).any()) for name in _QUARTER_FIELDS)


def read_earnings(
    facts: FactStore, prices: DailyPanel, scored: Scored, caps: FloatArray, *, quarterly: bool
) -> Earnings:
    """Return the figures of the K scored rows; `caps` (K, N) is KRW on the stocks of `prices`,
    which ends with the scored panel and should hold PAST_ROWS more before the first scored row.
    """
    years = _years(facts, prices.codes, scored)
    quarters = _quarters(facts, prices.codes, scored) if quarterly else None
    shift = len(prices.days) - 1 - int(scored.at[-1])
    rows = []
    for k, moment in enumerate(scored.moments.tolist()):
        row = _from_years(years, moment, caps[k])
        if quarters is not None:
            at = int(scored.at[k]) + shift
            better = _from_quarters(quarters, moment, caps[k], prices, at)
            row = {n: np.where(np.isfinite(better[n]), better[n], row[n]) for n in row}
        rows.append(row)
    return Earnings(**{name: np.stack([r[name] for r in rows]) for name in rows[0]})


def _years(facts: FactStore, codes: Sequence[str], scored: Scored) -> Ledger:
    since = scored.first_day - _YEAR_REACH
    rows = facts.read(Dataset.FUNDAMENTALS_ANNUAL, as_of=scored.as_of, since=since)
    return lay_accounts(rows, rows["year"].astype(np.int64), codes, _YEAR_FIELDS)


def _quarters(facts: FactStore, codes: Sequence[str], scored: Scored) -> Ledger:
    since = scored.first_day - _QUARTER_REACH
    rows = facts.read(Dataset.FINANCIALS_QUARTERLY, as_of=scored.as_of, since=since)
    period = [4 * int(q[:4]) + int(q[5]) - 1 for q in rows["quarter"]]
    return lay_accounts(rows, np.array(period, dtype=np.int64), codes, _QUARTER_FIELDS)


def _from_years(years: Ledger, moment: int, cap: FloatArray) -> dict[str, FloatArray]:
    newest_allowed = datetime.fromtimestamp(moment, KST).year - _STALE_YEARS
    book = years.seen(moment, oldest=newest_allowed)
    income, equity = book.back("net_income", 0), book.back("total_equity", 0)
    own = _ratio(income, equity) * 100.0
    roe = book.back("roe", 0)
    unknown = np.full((QUARTERS, len(cap)), np.nan)
    return {
        "per": _ratio(cap, income),
        "pbr": _ratio(cap, equity),
        "roe_pct": np.where(np.isfinite(roe), roe, own),
        "eps_growth_pct": _growth_pct(income, book.back("net_income", 1)),
        "roe_quarters_pct": unknown,
        "per_quarters": unknown,
    }


def _from_quarters(
    quarters: Ledger, moment: int, cap: FloatArray, prices: DailyPanel, at: int
) -> dict[str, FloatArray]:
    day = datetime.fromtimestamp(moment, KST)
    current = 4 * day.year + (day.month - 1) // 3
    book = quarters.seen(moment, oldest=current - _STALE_QUARTERS)
    lags = range(QUARTERS + QUARTERS - 1)
    income = np.stack([book.back("net_income", j) for j in lags]) * _EOK
    eps = np.stack([book.back("eps", j) for j in (*lags, QUARTERS)])
    close = prices.close[at]
    # shares that the market value stands for turn earnings a share into earnings
    earned = np.where(np.isfinite(income), income, eps[:-1] * _ratio(cap, close))
    year = np.stack([earned[j : j + QUARTERS].sum(axis=0) for j in range(QUARTERS)])
    then = [close, *(_quarter_close(prices, book.newest - j, at) for j in range(1, QUARTERS))]
    per = np.stack([_ratio(cap * _ratio(then[j], close), year[j]) for j in range(QUARTERS)])
    roe = np.stack([_quarter_roe(book, j) for j in range(QUARTERS)])
    growth = _growth_pct(eps[0], book.back("eps", QUARTERS))
    by_income = _growth_pct(income[0], income[QUARTERS])
    return {
        "per": per[0],
        "pbr": _ratio(cap, book.back("equity", 0) * _EOK),
        "roe_pct": roe[0],
        "eps_growth_pct": np.where(np.isfinite(growth), growth, by_income),
        "roe_quarters_pct": roe[::-1],
        "per_quarters": per[::-1],
    }


def _quarter_roe(book: Book, periods: int) -> FloatArray:
    """Return ROE in percent as published, else four times the quarter's income over equity."""
    published = book.back("roe", periods)
    income, equity = book.back("net_income", periods), book.back("equity", periods)
    return np.where(np.isfinite(published), published, _ratio(income, equity) * QUARTERS * 100.0)


def _quarter_close(prices: DailyPanel, quarter: NDArray[np.int64], at: int) -> FloatArray:
    """Return each stock's last close of its quarter, NaN if that is before the panel."""
    out = np.full(len(quarter), np.nan)
    axis = np.array(prices.days[: at + 1], dtype="datetime64[D]")
    for period in np.unique(quarter[quarter > 0]):
        year, number = divmod(int(period) + 1, QUARTERS)
        after = np.datetime64(date(year, 3 * number + 1, 1))
        row = int(np.searchsorted(axis, after)) - 1
        if row >= 0:
            out = np.where(quarter == period, prices.close[row], out)
    return out


def _ratio(upper: FloatArray, lower: FloatArray) -> FloatArray:
    out: FloatArray = np.divide(
        upper, lower, out=np.full(np.shape(upper), np.nan), where=np.isfinite(lower) & (lower != 0)
    )
    return out


def _growth_pct(now: FloatArray, then: FloatArray) -> FloatArray:
    """Return growth in percent; from a loss or nothing no growth can be told."""
    return np.where(then > 0, (_ratio(now, then) - 1.0) * 100.0, np.nan)
