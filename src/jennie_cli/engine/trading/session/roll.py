"""The stocks of a past session: who they are, and what the list of that morning said of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from jennie_cli.engine.errors import UnknownStock
from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Market, RiskTag, Stock, StockStatus, TradeTier
from jennie_cli.engine.signals import Candidates, StrategyPolicy, own_lists
from jennie_cli.engine.trading.session.lists import MorningList
from jennie_cli.engine.trading.session.morning import NO_WATCHLIST
from jennie_cli.engine.venue import limit_prices


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """What is assumed of every stock where no watchlist was known: nothing, unless told.

    Without a tag and a hybrid score (0..100, NaN unknown) the risk room refuses every buy.
    """

    hybrid_score: float = np.nan
    tag: RiskTag | None = None

    @property
    def words(self) -> str:
        """What the session says of its stocks."""
        told = [] if np.isnan(self.hybrid_score) else [f"hybrid score {self.hybrid_score:g}"]
        told += [f"tag {self.tag.value}"] if self.tag else []
        return NO_WATCHLIST + (f"; assumed {', '.join(told)}" if told else "")


NOTHING_ASSUMED = StandIn()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The columns of a session: the `wanted` stocks first, then what is only held.

    `tiers` and the rest are empty where no list told them. What is only held may not be bought.
    """

    stocks: tuple[Stock, ...]
    wanted: int
    listed: MorningList | None
    stand_in: StandIn
    tiers: tuple[TradeTier, ...] = ()
    tags: tuple[RiskTag | None, ...] = ()
    scored_at: tuple[datetime | None, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes by column."""
        return tuple(s.code for s in self.stocks)


def roll_of(
    stocks: Mapping[str, Stock],
    wanted: Sequence[str],
    held: Sequence[str],
    listed: MorningList | None,
    stand_in: StandIn,
) -> Roll:
    """Return the wanted and the held stocks, each once. Raises UnknownStock."""
    codes = tuple(dict.fromkeys((*wanted, *held)))
    strange = next((c for c in codes if c not in stocks), None)
    if strange is not None:
        raise UnknownStock(
            f"No stock of that morning has the code '{strange}'.",
            hint="Import a stock master that holds it: jennie data import PATH",
        )
    known = tuple(stocks[c] for c in codes)
    if listed is None:
        tags = tuple(stand_in.tag if at < len(wanted) else None for at in range(len(codes)))
        tagged = tags if stand_in.tag else ()
        return Roll(stocks=known, wanted=len(wanted), listed=None, stand_in=stand_in, tags=tagged)
    entries = [listed.entries.get(c) for c in codes]
    return Roll(
        stocks=known,
        wanted=len(wanted),
        listed=listed,
        stand_in=stand_in,
        tiers=tuple(e.trade_tier if e else TradeTier.BLOCKED for e in entries),
        tags=tuple(e.risk_tag if e else None for e in entries),
        scored_at=tuple(listed.scored_at(c) if c in listed.entries else None for c in codes),
    )


def candidates_of(roll: Roll, days: DayBars, day: date, policy: StrategyPolicy) -> Candidates:
    """Return what gates and strategies look at; the close of the last day is the base price."""
    own, momentum_pct = own_lists([{}] * len(roll.stocks), policy)
    wanted = np.arange(len(roll.stocks)) < roll.wanted
    entries = [roll.listed.entries.get(c) if roll.listed else None for c in roll.codes]
    list_days, list_close = _since_listed(roll, days, day)
    assumed = np.where(wanted, roll.stand_in.hybrid_score, np.nan)
    hybrid = np.array([e.hybrid_score if e else np.nan for e in entries])
    may_buy = [e is None or e.is_tradable for e in entries]
    tiers = roll.tiers or (TradeTier.TIER1,) * len(roll.stocks)
    base = days.close[-1]
    return Candidates(
        day=day,
        codes=roll.codes,
        markets=tuple(s.market for s in roll.stocks),
        is_tradable=wanted & np.array(may_buy, dtype=np.bool_),
        is_blocked=np.array([t is TradeTier.BLOCKED for t in tiers], dtype=np.bool_),
        is_recon=np.array([t is TradeTier.RECON for t in tiers], dtype=np.bool_),
        hybrid_score=assumed if roll.listed is None else hybrid,
        llm_score=np.array([e.llm_score if e else np.nan for e in entries]),
        list_days=list_days,
        list_close=list_close,
        own=own,
        momentum_pct=momentum_pct,
        base_price=base,
        upper_limit=_upper_limits(roll.stocks, base, day),
    )


def _since_listed(roll: Roll, days: DayBars, day: date) -> tuple[FloatArray, FloatArray]:
    """Return sessions since each stock came on the list, and the close of that session."""
    place = {d: i for i, d in enumerate((*days.days, day))}
    listed_on = roll.listed.listed_on if roll.listed else {}
    came = [place.get(listed_on[c], -1) if c in listed_on else -1 for c in roll.codes]
    row, rows = np.array(came, dtype=np.intp), len(days.days)
    closes = np.vstack([days.close, np.full((1, len(came)), np.nan)])
    known = row >= 0
    close = np.where(known, closes[row, np.arange(len(came))], np.nan)
    return np.where(known, rows - row, np.nan), close


def _upper_limits(stocks: Sequence[Stock], base: FloatArray, day: date) -> FloatArray:
    """Return the upper limits in won; NaN without a base price, and in liquidation trading."""
    upper = np.full(len(stocks), np.nan)
    free = np.array([s.status is StockStatus.LIQUIDATION for s in stocks], dtype=np.bool_)
    for market in Market:
        own = np.array([s.market is market for s in stocks], dtype=np.bool_)
        own &= (base > 0.0) & ~free
        prices = base[own].astype(np.int64)
        upper[own] = limit_prices(prices, market=market, on=day)[1]
    return upper
