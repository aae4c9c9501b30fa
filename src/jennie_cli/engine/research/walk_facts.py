"""What the stamp is told in a past session: the account and the price as of that very minute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.indicators import atr
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Signal, Strategy, TradeTier
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.walk_account import PastAccount
from jennie_cli.engine.research.walk_entries import Cell
from jennie_cli.engine.research.walk_stage import Stage
from jennie_cli.engine.risk import AutoFacts, AutoPolicy, Held, Past, budget_cap, correlations
from jennie_cli.engine.risk import unit_risk as one_r


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBuy:
    """An order that may still bring shares: won a share at most, and the won it reserves."""

    column: int
    signal: Signal
    qty: int
    limit: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The account at one moment of a session; `holdings` count the orders still out as held.

    `cash` is won less what those orders reserve; `bought` and `ordered` are what was bought today
    with them, in orders and won.
    """

    account: PastAccount
    holdings: tuple[Held, ...]
    cash: int
    bought: int
    ordered: int
    latched: bool


class Gatherer:
    """Gathers the facts of a buy; what does not change in a session is worked out once."""

    def __init__(self, stage: Stage) -> None:
        """Begin with a session."""
        self._stage, self._past = stage, stage.past
        self._risk: AutoPolicy = stage.policies.risk
        self._atr = atr(stage.past.days)
        self._alike: dict[tuple[int, tuple[str, ...]], FloatArray] = {}

    def signal(self, cell: Cell, strategy: Strategy, *, confirmed: bool) -> Signal:
        """Return the signal that a bar gives or confirms, priced at its close."""
        row, column = cell
        past, stocks, figures = self._past, self._past.candidates, self._stage.scan.figures
        code, at = stocks.codes[column], self._stage.at(self._stage.scan.second(cell))
        return Signal(
            signal_id=f"{code}-{at:%Y%m%d%H%M%S}",
            code=code,
            name=past.names[column],
            strategy=strategy,
            price=int(past.bars.close[row, column]),
            at=at,
            tier=past.tiers[column] if past.tiers else _tier(past, column),
            is_tradable=bool(stocks.is_tradable[column]),
            hybrid_score=float(stocks.hybrid_score[column]),
            llm_score=float(stocks.llm_score[column]),
            scored_at=past.scored_at[column] if past.scored_at else None,
            sector_group=past.groups[column],
            regime=past.regime,
            rsi_score=_known(figures.rsi[row, column]),
            volume_ratio=_known(figures.volume_ratio[row, column]),
            vwap_points=_known(figures.vwap[row, column]),
            confirmed=confirmed,
        )

    def facts(self, signal: Signal, cell: Cell, standing: Standing, limit: int) -> AutoFacts:
        """Return what the stamp looks at; `limit` is what the order would pay a share, won."""
        past, column = self._past, cell[1]
        account, holdings, cash = standing.account, standing.holdings, standing.cash
        now_atr = self._atr[column]
        return AutoFacts(
            now=signal.at,
            session=past.hours,
            flags={},
            stock=self._stage.stocks[column],
            buying_power=self._power(signal.code, cash, limit),
            calendar=self._stage.calendar,
            order_id=f"{signal.at:%m%d-%H%M%S}-b-{standing.bought + 1}",
            quote=self._quote(cell),
            bus_alive=True,
            taken=False,
            locked=False,
            context=self._stage.context,
            risk_tag=past.tags[column] if past.tags else None,
            holdings=holdings,
            cash=cash,
            past=account.last.get(signal.code, Past()),
            bought_today=standing.bought,
            ordered_today=standing.ordered,
            closing_equity=account.equity,
            loss_latched=standing.latched,
            correlation=self._correlation(holdings, column),
            atr=None if np.isnan(now_atr) else int(np.ceil(now_atr)),
            sector_cap=budget_cap(
                past.sector_budget,
                past.groups[column],
                signal.at,
                self._stage.policies.sectors,
                self._risk,
            ),
        )

    def holdings(
        self, account: PastAccount, marks: FloatArray, levels: FloatArray, buys: Iterable[OpenBuy]
    ) -> tuple[Held, ...]:
        """Return what is held and what open orders may bring; won by position of the book."""
        held = tuple(
            Held(
                code=code,
                group=account.lots[code].group,
                qty=account.lots[code].qty,
                price=None if np.isnan(mark) else int(mark),
                protective=None if np.isnan(level) else int(level),
            )
            for code, mark, level in zip(account.held, marks, levels, strict=True)
        )
        return held + tuple(self._expected(buy) for buy in buys)

    def _expected(self, buy: OpenBuy) -> Held:
        """Return an open buy as held at its limit, protected by one R below it."""
        known = self._atr[buy.column]
        risk = one_r(buy.limit, None if np.isnan(known) else int(np.ceil(known)), self._risk)
        return Held(
            code=buy.signal.code,
            group=buy.signal.sector_group,
            qty=buy.qty,
            price=buy.limit,
            protective=max(0, buy.limit - risk),
        )

    def _correlation(self, holdings: Sequence[Held], column: int) -> FloatArray:
        key = (column, tuple(held.code for held in holdings))
        if key not in self._alike:
            close = self._past.days.close
            padded = np.hstack([close, np.full((len(close), 1), np.nan)])
            self._alike[key] = correlations(
                padded[:, [self._stage.column.get(code, -1) for code in key[1]]],
                close[:, column],
                days=self._risk.correlation_days,
                least=self._risk.correlation_points,
            )
        return self._alike[key]

    def _quote(self, cell: Cell) -> Quote:
        """Return the day so far at the end of a bar."""
        row, column = cell
        bars, stocks = self._past.bars, self._past.candidates
        rows = slice(0, row + 1)
        volume = bars.volume[rows, column]
        return Quote(
            code=stocks.codes[column],
            status=self._stage.stocks[column].status,
            price=int(bars.close[row, column]),
            base_price=_won(stocks.base_price[column]),
            open=int(bars.open[0, column]),
            high=int(bars.high[rows, column].max()),
            low=int(bars.low[rows, column].min()),
            upper_limit=_won(stocks.upper_limit[column]),
            lower_limit=_won(self._stage.lower_limit[column]),
            volume=int(volume.sum()),
            value=int((volume * bars.close[rows, column]).sum()),
        )

    def _power(self, code: str, cash: int, limit: int) -> BuyingPower:
        """Return the shares that the cash pays for, with their fee."""
        qty = max(0, cash) // limit if limit > 0 else 0
        while qty and qty * limit + self._stage.costs.fee(code, qty * limit) > cash:
            qty -= max(1, (qty * limit + self._stage.costs.fee(code, qty * limit) - cash) // limit)
        return BuyingPower(cash=max(0, cash), qty=qty, unit_price=limit)


def _tier(past: PastSession, column: int) -> TradeTier:
    if past.candidates.is_blocked[column]:
        return TradeTier.BLOCKED
    return TradeTier.RECON if past.candidates.is_recon[column] else TradeTier.TIER1


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)


def _won(price: float) -> int:
    """Return a price as a quote tells it: 0 where there is none."""
    return 0 if np.isnan(price) else int(price)
