"""The walk through a past session: what happens in it, one thing after another."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf

from jennie_cli.engine.exits import Trade
from jennie_cli.engine.model import OrderIntent, Side, Signal, TradeTier
from jennie_cli.engine.research.past import SessionResult
from jennie_cli.engine.research.walk_account import PastAccount, Why
from jennie_cli.engine.research.walk_entries import Cell, Stopped
from jennie_cli.engine.research.walk_facts import Gatherer
from jennie_cli.engine.research.walk_holder import Holder
from jennie_cli.engine.research.walk_log import Log
from jennie_cli.engine.research.walk_meeting import Meeting, meeting
from jennie_cli.engine.research.walk_rests import Rests
from jennie_cli.engine.research.walk_stage import Stage
from jennie_cli.engine.risk import Refusal, stamp_signal
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.rules import buying as buying_rule
from jennie_cli.engine.rules import gates as gate_rule
from jennie_cli.engine.rules import strategies as strategy_rule
from jennie_cli.engine.signals import Weather
from jennie_cli.engine.signals.confirmation import CONFIRMATION
from jennie_cli.engine.trading.session import Decision, OpenBuy, Standing, Step, figure_of

_FILL, _BAR = range(2)
"""What comes first in one second: an order that is over, then what a bar says."""

_AFTER_SALES = (gate_rule.STOP_LOSS_COOLDOWN, gate_rule.SELL_COOLDOWN)


class Walk:
    """One session with everything that happens in it still to come."""

    def __init__(self, stage: Stage, account: PastAccount) -> None:
        """Begin before the first bar."""
        self._stage, self._scan = stage, stage.scan
        self._log = Log(stage)
        self._rests = Rests(stage, account.last)
        self._gather = Gatherer(stage)
        self._due: list[tuple[float, int, int, int, Callable[[], None]]] = []
        self._number = count()
        self._holder = Holder(
            stage, account, self._log, self._rests, lambda at, do: self._plan(at, _FILL, -1, do)
        )
        self._buys: dict[int, OpenBuy] = {}
        self._bought = self._ordered = 0
        self._stood: tuple[tuple[float, ...], Standing] | None = None

    @property
    def weather(self) -> Weather:
        """The weather with every rest as it was when each bar was judged."""
        return self._rests.weather()

    def run(self) -> tuple[SessionResult, PastAccount]:
        """Go through the session to its end."""
        for cell, stopped in self._scan.stopped():
            self._log.block(cell, self._scan.strategy(cell), stopped)
        for cell in self._scan.wishes():
            self._plan(self._scan.second(cell), _BAR, cell[1], partial(self._wish, cell))
        while self._reach():
            heappop(self._due)[-1]()
        account = self._holder.close()
        return self._result(account), account

    def _reach(self) -> bool:
        """Bring the exits up to what is due next, or to the end; return whether any is due."""
        while not self._holder.until(self._due[0][0] if self._due else inf):
            pass
        return bool(self._due)

    def _plan(self, second: float, rank: int, column: int, do: Callable[[], None]) -> None:
        heappush(self._due, (second, rank, column, next(self._number), do))

    def _wish(self, cell: Cell) -> None:
        """Give a signal, unless the stock rests."""
        strategy, resting = self._scan.strategy(cell), self._rests.stops(*cell)
        if resting is not None:
            self._log.block(cell, strategy, resting)
            return
        self._rests.signalled(*cell)
        self._write(cell, Step.SIGNAL, str(strategy))
        if not self._scan.waits(cell):
            self._stamp(cell, strategy, confirmed=False)
            return
        verdict = self._scan.verdict(cell)
        if verdict is not None:
            later, dropped = verdict
            do = partial(self._confirm, later, strategy, dropped)
            self._plan(self._scan.second(later), _BAR, cell[1], do)

    def _confirm(self, cell: Cell, strategy: str, dropped: Stopped | None) -> None:
        """Publish a signal that its bars have held, unless the stock has come to rest meanwhile."""
        if dropped is None and self._rests.stops(*cell, _AFTER_SALES) is not None:
            dropped = Stopped(rule=strategy_rule.GATES_AGAIN.id, value=None, limit=None)
        self._log.count(_asked_of(dropped))
        if dropped is None:
            self._stamp(cell, strategy, confirmed=True)
        else:
            self._stop(cell, Step.DROPPED, strategy, dropped)

    def _stamp(self, cell: Cell, strategy: str, *, confirmed: bool) -> None:
        """Ask the stamp; what it lets pass becomes an order."""
        signal = self._gather.signal(cell, strategy, confirmed=confirmed)
        standing = self._standing(self._scan.second(cell))
        outside = self._gather.outside(signal, cell, standing.cash, standing.bought)
        facts = self._gather.buying.facts(signal, standing, outside, self._stage.context)
        answer = stamp_signal(signal, facts, self._stage.policies.risk)
        if isinstance(answer, Refusal):
            value, most = figure_of(answer.value), figure_of(answer.limit)
            refused = Stopped(rule=answer.rule, value=value, limit=most)
            self._stop(cell, Step.REFUSED, strategy, refused)
        else:
            self._order(cell, signal, answer.intent)

    def _order(self, cell: Cell, signal: Signal, intent: OrderIntent) -> None:
        """Send an order and see where it meets the market."""
        limit, strategy = intent.price or 0, signal.strategy
        worth = intent.qty * limit
        buy = OpenBuy(
            code=signal.code,
            group=signal.sector_group,
            qty=intent.qty,
            limit=limit,
            reserved=worth + self._stage.costs.fee(signal.code, worth),
        )
        self._buys[cell[1]] = buy
        self._bought, self._ordered = self._bought + 1, self._ordered + worth
        self._write(cell, Step.ORDERED, str(strategy), price=limit, qty=intent.qty)
        met = meeting(self._stage, cell, limit)
        if met is not None:
            do = partial(self._over, cell, signal, met)
            self._plan(met.second, _FILL, cell[1], do)

    def _over(self, cell: Cell, signal: Signal, met: Meeting) -> None:
        """Let an order be filled, or lapse."""
        buy = self._buys.pop(cell[1])
        at, price = self._stage.at(met.second), met.price
        if price is None:
            self._bought, self._ordered = self._bought - 1, self._ordered - buy.qty * buy.limit
            rule, step = buying_rule.ENTRY_PRICE.id, Step.LAPSED
            missed = Stopped(rule=rule, value=float(met.asked), limit=float(buy.limit))
            self._log.block(cell, signal.strategy, missed)
        else:
            self._ordered += buy.qty * (price - buy.limit)
            rule, step = str(signal.strategy), Step.BOUGHT
            self._holder.buy(_purchase(buy, signal, at, price), _why(signal))
        done = Decision(
            at=at, code=signal.code, step=step, rule=rule, price=price or buy.limit, qty=buy.qty
        )
        self._log.decisions.append(done)

    def _standing(self, second: float) -> Standing:
        """Return the account as it is, worked out once for all signals of a minute."""
        holder, buys = self._holder, self._buys.values()
        key = (second, len(buys), self._bought, holder.account.cash)
        if self._stood is None or self._stood[0] != key:
            account = holder.account
            marks, levels = holder.marks(second), holder.levels(second)
            standing = Standing(
                holdings=self._gather.buying.holdings(
                    account.book,
                    {code: lot.group for code, lot in account.lots.items()},
                    marks=marks,
                    levels=levels,
                    buys=buys,
                ),
                cash=account.cash - sum(buy.reserved for buy in buys),
                equity=account.equity,
                paid_in=0,
                last=account.last,
                bought=self._bought,
                ordered=self._ordered,
                latched=holder.latched,
            )
            self._stood = (key, standing)
        return self._stood[1]

    def _stop(self, cell: Cell, step: Step, strategy: str, stopped: Stopped) -> None:
        self._log.block(cell, strategy, stopped)
        self._write(cell, step, stopped.rule, value=stopped.value, limit=stopped.limit)

    def _write(
        self,
        cell: Cell,
        step: Step,
        rule: str,
        *,
        price: int | None = None,
        qty: int = 0,
        value: float | None = None,
        limit: float | None = None,
    ) -> None:
        decision = Decision(
            at=self._stage.at(self._scan.second(cell)),
            code=self._stage.codes[cell[1]],
            step=step,
            rule=rule,
            price=int(self._stage.past.bars.close[cell]) if price is None else price,
            qty=qty,
            value=value,
            limit=limit,
        )
        self._log.decisions.append(decision)

    def _result(self, account: PastAccount) -> SessionResult:
        return SessionResult(
            day=self._stage.past.day,
            regime=self._stage.past.regime,
            equity=account.equity,
            trips=tuple(self._log.trips),
            blocked=self._log.blocked(),
            counts=self._counts(),
            decisions=tuple(self._log.decisions),
        )

    def _counts(self) -> tuple[RuleCount, ...]:
        return self._rests.counts() + self._scan.strategies.counts() + self._log.counts()


def _asked_of(dropped: Stopped | None) -> Iterator[RuleCount]:
    """Yield the rules that a signal was asked by the bar that confirmed or dropped it."""
    for rule in CONFIRMATION:
        fired = dropped is not None and dropped.rule == rule.id
        yield RuleCount(rule=rule.id, asked=1, fired=int(fired))
        if fired:
            return


def _purchase(buy: OpenBuy, signal: Signal, at: datetime, price: int) -> Trade:
    return Trade(
        code=buy.code,
        side=Side.BUY,
        qty=buy.qty,
        amount=buy.qty * price,
        at=at,
        recon=signal.tier is TradeTier.RECON,
    )


def _why(signal: Signal) -> Why:
    return Why(group=signal.sector_group, strategy=signal.strategy, regime=signal.regime)
