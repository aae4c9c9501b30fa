"""What the stamp is told of a buy, gathered the same way by live trading and by the past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.exits import ExitBook
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.indicators import atr
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Flag, Signal, TradingContext
from jennie_cli.engine.risk import (
    AutoFacts,
    AutoPolicy,
    Held,
    Past,
    budget_cap,
    correlations,
    entry_price,
)
from jennie_cli.engine.risk import unit_risk as one_r
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.signals import Figures
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.venue import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBuy:
    """An order that may still bring shares: won a share at most, and the won it reserves."""

    code: str
    group: str
    qty: int
    limit: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The account at one moment of a session; `holdings` count the orders still out as held.

    `cash` is won less what those orders reserve, None when unknown; `equity` won at the last
    close, `paid_in` what came from outside since then; `bought` and `ordered` are what was bought
    today with those orders, in orders and won. `last` is what was done with each stock before, by
    code.
    """

    holdings: tuple[Held, ...]
    cash: int | None
    equity: int | None
    paid_in: int
    last: Mapping[str, Past]
    bought: int
    ordered: int
    latched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What only the moment of the stamp knows; as in AutoFacts, None is what nobody could tell.

    `latched` says whether the bus knows of a loss limit that was met today.
    """

    now: datetime
    order_id: str
    flags: Mapping[Flag, FlagState] | None
    quote: Quote | None
    power: BuyingPower | None
    bus_alive: bool
    taken: bool | None
    locked: bool | None
    latched: bool = False
    market_halted: bool = False
    order_cap: int | None = None
    day_cap: int | None = None


class BuyFacts:
    """Gathers the facts of a buy; what does not change in a session is worked out once."""

    def __init__(
        self,
        morning: Morning,
        *,
        risk: AutoPolicy,
        sectors: SectorPolicy,
        calendar: Calendar,
    ) -> None:
        """Begin with a session."""
        self._morning, self._risk, self._sectors = morning, risk, sectors
        self._calendar = calendar
        self._stocks = morning.stocks()
        self._column = {stock.code: n for n, stock in enumerate(self._stocks)}
        self._atr = atr(morning.days)
        self._alike: dict[tuple[int, tuple[str, ...]], FloatArray] = {}

    def signal(
        self,
        figures: Figures,
        cell: tuple[int, int],
        strategy: str,
        *,
        at: datetime,
        confirmed: bool,
    ) -> Signal:
        """Return the signal that a bar gives or confirms, priced at its close.

        `cell` is the row and column of the bar in `figures`; `at` is when it was judged.
        """
        row, column = cell
        morning, stocks = self._morning, self._morning.candidates
        code = stocks.codes[column]
        return Signal(
            signal_id=f"{code}-{at:%Y%m%d%H%M%S}",
            code=code,
            name=morning.names[column],
            strategy=strategy,
            price=int(figures.price[row, column]),
            at=at,
            tier=morning.tier(column),
            is_tradable=bool(stocks.is_tradable[column]),
            hybrid_score=float(stocks.hybrid_score[column]),
            llm_score=float(stocks.llm_score[column]),
            scored_at=morning.scored_at[column] if morning.scored_at else None,
            sector_group=morning.groups[column],
            regime=morning.regime,
            rsi_score=_known(figures.rsi[row, column]),
            volume_ratio=_known(figures.volume_ratio[row, column]),
            vwap_points=_known(figures.vwap[row, column]),
            confirmed=confirmed,
        )

    def limit(self, signal: Signal) -> int:
        """Return what an order would pay a share at most, won, as the stamp will price it."""
        column = self._column[signal.code]
        price = entry_price(signal, self._stocks[column], self._risk)
        upper = self._morning.candidates.upper_limit[column]
        return min(price, int(upper)) if upper > 0 else price

    def facts(
        self, signal: Signal, standing: Standing, outside: Outside, context: TradingContext
    ) -> AutoFacts:
        """Return what the stamp looks at."""
        morning, column = self._morning, self._column[signal.code]
        now_atr = self._atr[column]
        return AutoFacts(
            now=outside.now,
            session=morning.hours,
            flags=outside.flags,
            stock=self._stocks[column],
            buying_power=outside.power,
            calendar=self._calendar,
            order_id=outside.order_id,
            quote=outside.quote,
            market_halted=outside.market_halted,
            bus_alive=outside.bus_alive,
            taken=outside.taken,
            locked=outside.locked,
            context=context,
            risk_tag=morning.tags[column] if morning.tags else None,
            holdings=standing.holdings,
            cash=standing.cash,
            past=standing.last.get(signal.code, Past()),
            bought_today=standing.bought,
            ordered_today=standing.ordered,
            order_cap=outside.order_cap,
            day_cap=outside.day_cap,
            closing_equity=standing.equity,
            deposits=standing.paid_in,
            loss_latched=standing.latched or outside.latched,
            correlation=self._correlation(standing.holdings, column),
            atr=None if np.isnan(now_atr) else int(np.ceil(now_atr)),
            sector_cap=budget_cap(
                morning.sector_budget,
                morning.groups[column],
                outside.now,
                self._sectors,
                self._risk,
            ),
        )

    def holdings(
        self,
        book: ExitBook,
        groups: Mapping[str, str],
        *,
        marks: FloatArray,
        levels: FloatArray,
        buys: Iterable[OpenBuy],
    ) -> tuple[Held, ...]:
        """Return what is held and what open orders may bring.

        `groups` are sector groups by code; `marks` and `levels` won by position of the book, NaN
        where a price is not known or nothing protects.
        """
        held = tuple(
            Held(
                code=code,
                group=groups[code],
                qty=int(qty),
                price=None if np.isnan(mark) else int(mark),
                protective=None if np.isnan(level) else int(level),
            )
            for code, qty, mark, level in zip(book.codes, book.qty, marks, levels, strict=True)
        )
        return held + tuple(self._expected(buy) for buy in buys)

    def _expected(self, buy: OpenBuy) -> Held:
        """Return an open buy as held at its limit, protected by one R below it."""
        column = self._column.get(buy.code)
        known = np.nan if column is None else self._atr[column]
        risk = one_r(buy.limit, None if np.isnan(known) else int(np.ceil(known)), self._risk)
        return Held(
            code=buy.code,
            group=buy.group,
            qty=buy.qty,
            price=buy.limit,
            protective=max(0, buy.limit - risk),
        )

    def _correlation(self, holdings: Sequence[Held], column: int) -> FloatArray:
        key = (column, tuple(held.code for held in holdings))
        if key not in self._alike:
            close = self._morning.days.close
            padded = np.hstack([close, np.full((len(close), 1), np.nan)])
            self._alike[key] = correlations(
                padded[:, [self._column.get(code, -1) for code in key[1]]],
                close[:, column],
                days=self._risk.correlation_days,
                least=self._risk.correlation_points,
            )
        return self._alike[key]


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)


def quoted(price: float) -> int:
    """Return a price as a quote tells it: 0 where there is none."""
    return 0 if np.isnan(price) else int(price)
