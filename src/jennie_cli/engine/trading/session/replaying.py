"""A recorded session through the machine again: it must say the same, byte for byte."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.exits import Trade
from jennie_cli.engine.feed import MinuteBar
from jennie_cli.engine.model import Order, Signal, Stock, TradingContext
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.signals import NO_GUESTS, Guests
from jennie_cli.engine.trading.session.day import Wishes
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.tape import (
    BEAT,
    END,
    HEARD,
    SAID,
    BadTape,
    Feeders,
    Head,
    LineReader,
    Moments,
    read_head,
)
from jennie_cli.engine.trading.session.taping import TapedDay, key_of
from jennie_cli.engine.trading.session.wishes import SellWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place where a replay says something else: the line of the tape (the first is 1),
    the moment of the session, and both sides as they were written, None for nothing.
    """

    line: int
    at: datetime | None
    recorded: str | None
    replayed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a replay. `decisions` of the tape came again, as did `wishes` of either side
    and `sums` over everything that was judged, up to the `difference`, None where all is the same.
    `whole` says that the session ended its tape; one that was killed did not. `until` is the last
    moment that was heard, `by` the version that wrote the tape.
    """

    day: date
    by: str
    lines: int
    ticks: int
    decisions: int
    wishes: int
    sums: int
    until: datetime | None
    whole: bool
    difference: Difference | None


def replay(lines: Iterable[bytes], guests: Guests = NO_GUESTS) -> Replayed:
    """Return what the machine says of a tape today, with the plugins that are installed.

    Raises BadTape.
    """
    told = iter(lines)
    first = next(told, None)
    if first is None:
        raise BadTape("The tape is empty.", hint="The session ended before it heard anything.")
    head = read_head(first)
    if head.guests != guests.told:
        raise BadTape(
            f"The session asked {head.guests or 'no plugin'}; here is {guests.told or 'none'}.",
            hint="Install and switch the plugins as they were.",
        )
    return _Replay(head, guests).run(told)


class _Said:
    """A tape that keeps only what the session says."""

    def __init__(self) -> None:
        self.lines: deque[bytes] = deque()
        self._words = tuple(f'["{word}"'.encode() for word in sorted(SAID))

    def write(self, line: bytes) -> None:
        if line.startswith(self._words):
            self.lines.append(line)


class _Replay:
    """One tape on its way through the machine."""

    def __init__(self, head: Head, guests: Guests) -> None:
        self._head, self._said = head, _Said()
        self._reader = LineReader(head.by)
        self._stocks = {stock.code: stock for stock in head.listed}
        self._day = TapedDay(
            head.beginning,
            self._said,
            calendar=head.days(),
            costs=Costs(
                listing=self._stocks.get,
                share_fee_bp=head.share_fee_bp,
                fund_fee_bp=head.fund_fee_bp,
            ),
            by=head.by,
            lost=_never,
            guests=guests,
        )
        self._moments = Moments(head.beginning.morning.day)
        self._signals: dict[tuple[str, str, bool], Signal] = {}
        self._feeders = self._fed_by()
        self._ticks = 0
        self._now: datetime | None = None
        self._same = dict.fromkeys(SAID, 0)

    def run(self, lines: Iterable[bytes]) -> Replayed:
        """Feed the lines of the session until something differs."""
        number, whole, difference = 1, False, None
        for number, line in enumerate(lines, start=2):
            word, *values = self._parsed(number, line)
            if word in SAID:
                difference = self._compare(number, line)
                self._same[word] += difference is None
            else:
                difference = self._nothing_left(number)
                whole = word == END
                if difference is None and not whole:
                    self._feed(word, values)
            if difference is not None or whole:
                break
        counts = self._same
        return Replayed(
            day=self._head.beginning.morning.day,
            by=self._head.by,
            lines=number,
            ticks=self._ticks,
            decisions=counts["decision"],
            wishes=counts["buy"] + counts["sell"],
            sums=counts["judged"],
            until=self._now,
            whole=whole,
            difference=difference,
        )

    def _parsed(self, number: int, line: bytes) -> list[Any]:
        try:
            parsed = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise BadTape(f"Line {number} of the tape is damaged.") from None
        if not isinstance(parsed, list) or not parsed or not isinstance(parsed[0], str):
            raise BadTape(f"Line {number} of the tape is none that a session writes.")
        return parsed

    def _compare(self, number: int, line: bytes) -> Difference | None:
        said = self._said.lines.popleft() if self._said.lines else None
        if said == line:
            return None
        return self._difference(number, line, said)

    def _nothing_left(self, number: int) -> Difference | None:
        """Tell of what is said today where the session said nothing."""
        if not self._said.lines:
            return None
        return self._difference(number, None, self._said.lines[0])

    def _difference(self, number: int, recorded: bytes | None, said: bytes | None) -> Difference:
        return Difference(
            line=number,
            at=self._now,
            recorded=None if recorded is None else recorded.decode(),
            replayed=None if said is None else said.decode(),
        )

    def _feed(self, word: str, values: Sequence[Any]) -> None:
        feed = self._feeders.get(word)
        if feed is None:
            raise self._reader.refusal(f"the word '{word}'")
        try:
            feed(*values)
        except JennieError:
            raise
        except (TypeError, ValueError, LookupError) as error:
            raise self._reader.refusal(f"a line '{word}' ({error})") from error

    def _fed_by(self) -> Feeders:
        day = self._day
        return {
            HEARD: self._hear,
            BEAT: lambda now: self._wished(day.beat(self._reach(now))),
            "warm_up": self._warm_up,
            "catch_up": self._catch_up,
            "resume": self._resume,
            "stamp_buy": self._stamp_buy,
            "stamp_sell": self._stamp_sell,
            "not_sent": day.not_sent,
            "traded": lambda trade: day.traded(self._value(Trade, trade)),
            "ended": lambda order: day.ended(self._value(Order, order)),
            "freed": day.freed,
            "weigh": day.weigh,
            "weather": lambda context: day.weather(
                None if context is None else self._value(TradingContext, context)
            ),
            "liquidate": lambda codes: day.liquidate(frozenset(codes)),
            "expect": lambda code, price, at: day.expect(code, price, _moment(at)),
            "take_records": day.take_records,
        }

    def _value(self, kind: type[Any], plain: Any) -> Any:
        return self._reader.value(kind, plain)

    def _reach(self, now: int) -> datetime:
        self._now = self._moments.at(now)
        return self._now

    def _wished(self, wishes: Wishes) -> None:
        self._signals |= {key_of(signal): signal for signal in wishes.buys}

    def _hear(self, now: int, told: Sequence[Sequence[Any]]) -> None:
        items = self._moments.unpacked(told)
        self._ticks += len(items)
        self._wished(self._day.hear(items, self._reach(now)))

    def _warm_up(self, code: str, minutes: Sequence[Any], until: str) -> None:
        self._day.warm_up(code, self._bars(minutes), _moment(until))

    def _bars(self, minutes: Sequence[Any]) -> list[MinuteBar]:
        return [self._value(MinuteBar, minute) for minute in minutes]

    def _catch_up(self, code: str, minutes: Sequence[Any]) -> None:
        self._day.catch_up(code, self._bars(minutes))

    def _resume(self, order: Any, stock: Any) -> None:
        if stock is not None:
            listed = self._value(Stock, stock)
            self._stocks[listed.code] = listed
        self._day.resume(self._value(Order, order))

    def _stamp_buy(self, key: tuple[str, str, bool], outside: Any) -> None:
        signal_id, strategy, confirmed = key
        signal = self._signals[signal_id, strategy, confirmed]
        self._day.stamp_buy(signal, self._value(Outside, outside))

    def _stamp_sell(self, wish: Any, outside: Any, sellable: int | None) -> None:
        told = self._value(Outside, outside)
        self._day.stamp_sell(self._value(SellWish, wish), told, sellable=sellable)


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told).astimezone(KST)


def _never(error: JennieError) -> None:
    raise error
