"""A session so simple that its wishes are known: it sells at a stop and buys what it is told to."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from tests.unit.engine.execution.bench import CODE, DAY, OTHER, PRICE
from tests.unit.engine.risk.auto_cases import auto, sale, signal

from jennie_cli.engine.exits import Trade, exit_mark
from jennie_cli.engine.feed import MarketEvent, MinuteBar, Quote, Tick
from jennie_cli.engine.model import (
    ExitReason,
    Market,
    Order,
    Side,
    Signal,
    Stock,
    TradingContext,
)
from jennie_cli.engine.risk import (
    ApprovedOrder,
    AutoPolicy,
    Past,
    Refusal,
    stamp_exit,
    stamp_signal,
)
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.evaluations import Stamped
from jennie_cli.engine.trading import approved, refused
from jennie_cli.engine.trading.session import Decision, Outside, SellWish, Step
from jennie_cli.engine.trading.session.day import Wishes
from jennie_cli.engine.trading.session.facts import Standing
from jennie_cli.engine.venue import default_calendar

STOP = 9_400
"""What falls to it is sold."""

_POLICY = AutoPolicy()
_HOURS = default_calendar().session(DAY)


class StopDay:
    """Holds what the trades say; the real stamp rules over its wishes."""

    def __init__(self, trades: Sequence[Trade] = ()) -> None:
        """Open with these trades."""
        self.codes = (CODE, OTHER)
        self.decisions: list[Decision] = []
        self.shares: dict[str, int] = {}
        self.told: list[Trade] = []
        self.ends: list[Order] = []
        self.unsent: list[str] = []
        self.answers: list[ApprovedOrder | Refusal] = []
        self.heard: list[list[str]] = []
        self.charts: list[tuple[str, tuple[MinuteBar, ...]]] = []
        self.warm: list[str] = []
        self.beats = 0
        self.contexts: list[TradingContext | None] = []
        self.cash: int | None = None
        self.expected: list[tuple[str, int]] = []
        self.signals: deque[Signal] = deque()
        self.defect: BaseException | None = None
        self.latched, self.paid_in = False, 0
        self._prices: dict[str, int] = {}
        self._pending: set[str] = set()
        self._forced: frozenset[str] = frozenset()
        self._stamps: list[Stamped] = []
        for trade in trades:
            self._book(trade)

    @property
    def held(self) -> tuple[str, ...]:
        """The codes held."""
        return tuple(sorted(self.shares))

    def standing(self, now: datetime) -> Standing:
        """Return an account of which only the loss limit is known."""
        del now
        return Standing(
            holdings=(),
            cash=None,
            equity=None,
            paid_in=self.paid_in,
            last={},
            bought=0,
            ordered=0,
            latched=self.latched,
        )

    @property
    def refusals(self) -> list[str]:
        """The rules that refused, in order."""
        return [a.code for a in self.answers if isinstance(a, Refusal)]

    def hear(self, items: Sequence[Tick | MarketEvent], now: datetime) -> Wishes:
        """Take ticks; each is judged."""
        if self.defect is not None:
            raise self.defect
        self.heard.append([item.code for item in items])
        sells: list[SellWish] = []
        for tick in (item for item in items if isinstance(item, Tick)):
            self._prices[tick.code] = tick.price
            sells += self._judged(tick.code, now)
        return Wishes(buys=self._published(), sells=tuple(sells))

    def beat(self, now: datetime) -> Wishes:
        """Let a second go by."""
        self.beats += 1
        sells = [wish for code in self.held for wish in self._judged(code, now)]
        return Wishes(buys=self._published(), sells=tuple(sells))

    def warm_up(self, code: str, minutes: Sequence[MinuteBar], until: datetime) -> None:  # noqa: ARG002  # the port's shape
        """Take in what came before."""
        self.warm.append(code)

    def catch_up(self, code: str, minutes: Sequence[MinuteBar]) -> None:
        """Take in a chart."""
        self.charts.append((code, tuple(minutes)))

    def limit(self, signal: Signal) -> int:
        """Return one percent above the signal."""
        return signal.price * 101 // 100

    def quote(self, code: str) -> Quote | None:
        """Return the last tick as a quote."""
        return quoted(code, self._prices[code]) if code in self._prices else None

    def stamp_buy(self, signal: Signal, outside: Outside) -> ApprovedOrder | Refusal:
        """Stamp a signal for an account of fifty million won."""
        facts = auto(
            now=outside.now,
            session=_HOURS,
            stock=Stock(code=signal.code, name=signal.code, market=Market.KOSPI),
            flags=outside.flags,
            quote=outside.quote,
            buying_power=outside.power,
            bus_alive=outside.bus_alive,
            taken=outside.taken,
            locked=outside.locked,
            order_id=outside.order_id,
            loss_latched=outside.latched,
            order_cap=outside.order_cap,
            day_cap=outside.day_cap,
            past=Past(),
        )
        answer = stamp_signal(signal, facts, _POLICY)
        self._keep(answer, signal.code, Side.BUY, signal.strategy, outside.now)
        return answer

    def stamp_sell(
        self, wish: SellWish, outside: Outside, *, sellable: int | None
    ) -> ApprovedOrder | Refusal:
        """Stamp a sale."""
        mark = exit_mark(wish.reason, wish.level)
        intent = sale(
            wish.reason, wish.qty, order_id=outside.order_id, code=wish.code, strategy=mark
        )
        facts = auto(
            now=outside.now,
            session=_HOURS,
            flags=outside.flags,
            sellable=sellable,
            quote=outside.quote,
        )
        answer = stamp_exit(intent, facts, _POLICY)
        self._keep(answer, wish.code, Side.SELL, wish.reason.value, outside.now)
        return answer

    def not_sent(self, order_id: str) -> None:
        """Hear that a buy did not leave."""
        self.unsent.append(order_id)

    def freed(self, code: str) -> None:
        """Wish again."""
        self._pending.discard(code)

    def traded(self, trade: Trade) -> None:
        """Take in a trade."""
        self.told.append(trade)
        self._book(trade)

    def ended(self, order: Order) -> None:
        """Take in an end."""
        self.ends.append(order)
        if order.side is Side.SELL:
            self.freed(order.code)

    def weigh(self, cash: int | None, paid_in: int = 0) -> None:
        """Take in the cash, and what was paid in."""
        self.cash, self.paid_in = cash, paid_in

    def weather(self, context: TradingContext | None) -> None:
        """Take in a macro context."""
        self.contexts.append(context)

    def liquidate(self, codes: frozenset[str]) -> None:
        """Take in what must go."""
        self._forced = codes

    def expect(self, code: str, price: int, at: datetime) -> None:  # noqa: ARG002  # the port's shape
        """Take in an expected price."""
        self.expected.append((code, price))

    def take_records(self) -> tuple[tuple[Sheet, ...], tuple[Stamped, ...]]:
        """Return the stamps since the last call."""
        stamps, self._stamps = tuple(self._stamps), []
        return (), stamps

    def _judged(self, code: str, now: datetime) -> list[SellWish]:
        price = self._prices.get(code, PRICE)
        if code not in self.shares or code in self._pending:
            return []
        forced = code in self._forced
        if price > STOP and not forced:
            return []
        self._pending.add(code)
        reason = ExitReason.FORCED_LIQUIDATION if forced else ExitReason.FIXED_STOP
        second = now.hour * 3_600.0 + now.minute * 60.0 + now.second
        return [
            SellWish(code=code, second=second, qty=self.shares[code], reason=reason, price=price)
        ]

    def _published(self) -> tuple[Signal, ...]:
        found = tuple(self.signals)
        self.signals.clear()
        for one in found:
            self._decide(one.code, Step.SIGNAL, one.strategy, one.at)
        return found

    def _book(self, trade: Trade) -> None:
        signed = trade.qty if trade.side is Side.BUY else -trade.qty
        before = 0 if trade.taken_over else self.shares.get(trade.code, 0)
        self.shares[trade.code] = before + signed
        if not self.shares[trade.code]:
            del self.shares[trade.code]

    def _keep(
        self, answer: ApprovedOrder | Refusal, code: str, side: Side, why: str, now: datetime
    ) -> None:
        self.answers.append(answer)
        if isinstance(answer, Refusal):
            self._stamps.append(refused(answer, at=now, code=code, side=side, why=why))
            self._decide(code, Step.REFUSED, answer.rule, now)
        else:
            self._stamps.append(approved(answer))
            self._decide(code, Step.ORDERED, why, now)

    def _decide(self, code: str, step: Step, rule: str, at: datetime) -> None:
        self.decisions.append(Decision(at=at, code=code, step=step, rule=rule, price=PRICE))


def quoted(code: str, price: int) -> Quote:
    """Return a quote on a calm day."""
    return Quote(
        code=code,
        price=price,
        base_price=PRICE,
        open=price,
        high=price,
        low=price,
        upper_limit=PRICE * 13 // 10,
        lower_limit=PRICE * 7 // 10,
        volume=1,
        value=price,
    )


def bought_signal(at: datetime, code: str = OTHER) -> Signal:
    """Return a signal of that moment at the bench's price."""
    name = f"{code}-{at:%H%M%S}"
    return signal(code=code, name=code, price=PRICE, at=at, signal_id=name)
