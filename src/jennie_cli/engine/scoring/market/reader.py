"""Reads the facts into one view; nothing that became known after the moment can enter it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Market, SecurityKind, Stock
from jennie_cli.engine.scoring.market.caps import read_market_caps
from jennie_cli.engine.scoring.market.earnings import (
    PAST_ROWS,
    has_quarterly_earnings,
    read_earnings,
)
from jennie_cli.engine.scoring.market.moments import scored_rows
from jennie_cli.engine.scoring.market.sentiment import read_sentiment
from jennie_cli.engine.scoring.market.stocks import read_stocks
from jennie_cli.engine.scoring.market.tape import read_tape
from jennie_cli.engine.scoring.market.view import MarketView
from jennie_cli.engine.store import DailyPanel, Dataset, FactStore
from jennie_cli.engine.store.panels import BoolArray


def read_market(
    facts: FactStore, *, as_of: datetime, days: int = 160, score_days: int = 1
) -> MarketView:
    """Return the market as known at `as_of`, with `days` rows for each of `score_days` rows.

    The newest scored row knows all up to `as_of`, an earlier one all up to the end of its day.
    Raises InputError when no daily bars are known.
    """
    master = read_stocks(facts, as_of=as_of)
    quarterly = has_quarterly_earnings(facts, as_of=as_of)
    wanted = days + score_days - 1
    whole = facts.daily(as_of=as_of, days=wanted + (PAST_ROWS if quarterly else 0))
    prices, bars = _cut(whole, wanted, master)
    scored = scored_rows(bars.days, score_days, as_of=as_of)
    stocks = tuple(master[c] for c in bars.codes)
    shares = np.array([np.nan if s.shares is None else s.shares for s in stocks])
    caps = read_market_caps(facts, bars, scored, shares)
    strangers = [(c, Dataset.STOCK_MASTER.value) for c in whole.codes if c not in master]
    view = MarketView(
        as_of=as_of,
        bars=bars,
        flows=facts.flows(bars),
        stocks=stocks,
        board=np.array([s.market is Market.KOSDAQ for s in stocks], dtype=np.intp),
        at=scored.at,
        market_cap=caps[-1],
        tape=read_tape(facts, bars, as_of=as_of),
        earnings=read_earnings(facts, prices, scored, caps, quarterly=quarterly),
        sentiment=read_sentiment(facts, bars.codes, scored),
        data_missing=tuple(strangers),
    )
    return replace(
        view,
        data_missing=(*_missing_sets(view, quarterly=quarterly), *strangers, *_missing(view)),
    )


def _cut(
    whole: DailyPanel, rows: int, master: Mapping[str, Stock]
) -> tuple[DailyPanel, DailyPanel]:
    """Return the long panel and its newest rows, both on the known stocks that traded in these."""
    if not whole.days:
        raise InputError("No daily bars are known at this moment.", hint="jennie data import PATH")
    alive = np.isfinite(whole.close[-rows:]).any(axis=0)
    keep = alive & np.array([c in master for c in whole.codes], dtype=bool)
    prices = whole if keep.all() else _columns(whole, keep)
    return prices, _rows(prices, rows)


def _columns(panel: DailyPanel, keep: BoolArray) -> DailyPanel:
    return replace(
        panel,
        codes=tuple(c for c, k in zip(panel.codes, keep, strict=True) if k),
        open=panel.open[:, keep],
        high=panel.high[:, keep],
        low=panel.low[:, keep],
        close=panel.close[:, keep],
        volume=panel.volume[:, keep],
        halted=panel.halted[:, keep],
    )


def _rows(panel: DailyPanel, rows: int) -> DailyPanel:
    return replace(
        panel,
        days=panel.days[-rows:],
        open=panel.open[-rows:],
        high=panel.high[-rows:],
        low=panel.low[-rows:],
        close=panel.close[-rows:],
        volume=panel.volume[-rows:],
        halted=panel.halted[-rows:],
    )


def _missing_sets(view: MarketView, *, quarterly: bool) -> list[tuple[str, str]]:
    holds = {
        Dataset.FINANCIALS_QUARTERLY: quarterly,
        Dataset.INDEX_DAILY: bool(np.isfinite(view.index_close[-1]).all()),
        Dataset.FLOWS_STOCK: bool(np.isfinite(view.flows.foreign[-1]).any()),
        Dataset.HEADLINES: bool(view.sentiment.count[-1].any()),
    }
    return [("*", dataset.value) for dataset, there in holds.items() if not there]


def _missing(view: MarketView) -> list[tuple[str, str]]:
    """Return which common stocks of the newest day lack a market cap or a known sector."""
    common = np.array([s.kind is SecurityKind.COMMON for s in view.stocks], dtype=bool)
    trades = common & np.isfinite(view.bars.close[-1])
    unsized = trades & ~np.isfinite(view.market_cap)
    unplaced = trades & np.array([s.sector_source == "none" for s in view.stocks], dtype=bool)
    return [
        (view.stocks[i].code, what)
        for what, gaps in (("market_cap", unsized), ("sector", unplaced))
        for i in np.flatnonzero(gaps)
    ]
