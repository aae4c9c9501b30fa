"""The lines of a session's tape: how each thing that a session hears is written and read again.

A line is a JSON list that begins with a word. Moments are whole microseconds since midnight KST of
the session's day; prices are won. The first line holds all that the session began with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol, TypeVar

import orjson

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.feed import MarketEvent, MarketEventKind, Tick
from jennie_cli.engine.model import Stock
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.store.codec import from_plain, to_bytes
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening import Opening
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.venue import Calendar, default_calendar, format_overrides, parse_overrides

FORM = 1
"""The form of the lines; another number is another way of writing them."""

HEARD, BEAT, END = "hear", "beat", "end"
SAID = frozenset({"decision", "buy", "sell", "judged"})
"""The words of the lines that tell what the session said, and not what it heard."""

Value = TypeVar("Value")
_MICROSECOND = timedelta(microseconds=1)
_NOT_REGULAR, _AFTER_GAP = 1, 2
_TICK_FIGURES = 6


class SessionTape(Protocol):
    """Takes the lines of one session, in order."""

    def write(self, line: bytes) -> None:
        """Take a line without its end. It may not wait. Raises JennieError once it cannot go on."""
        ...


class BadTape(InputError):
    """A tape is not one that this version can read."""

    code = "bad_tape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """All that a session is before it hears anything; as TradingDay takes it."""

    morning: Morning
    opening: Opening
    policies: SessionPolicies
    since: datetime
    grace_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first line of a tape. `by` is the version that wrote it, `listed` the stocks whose costs
    may be asked for, `calendar` the days that differ from the usual ones, as a calendar file, and
    `guests` the plugins that were asked, in words.
    """

    form: int
    by: str
    beginning: Beginning
    listed: tuple[Stock, ...]
    share_fee_bp: float
    fund_fee_bp: float
    calendar: str
    guests: str = ""

    def days(self) -> Calendar:
        """Return the calendar as it was."""
        return default_calendar().with_overrides(parse_overrides(self.calendar))


def head_line(
    beginning: Beginning, *, calendar: Calendar, costs: Costs, by: str, guests: str
) -> bytes:
    """Return the first line of a tape."""
    codes = {*beginning.morning.candidates.codes, *beginning.opening.book.codes}
    known = (costs.listing(code) for code in sorted(codes))
    head = Head(
        form=FORM,
        by=by,
        beginning=Beginning(
            morning=_only(Morning, beginning.morning),
            opening=beginning.opening,
            policies=_only(SessionPolicies, beginning.policies),
            since=beginning.since,
            grace_s=beginning.grace_s,
        ),
        listed=tuple(stock for stock in known if stock is not None),
        share_fee_bp=costs.share_fee_bp,
        fund_fee_bp=costs.fund_fee_bp,
        calendar=format_overrides(calendar.overrides),
        guests=guests,
    )
    return to_bytes(head)


def _only(kind: type[Value], value: Value) -> Value:
    """Return a value without what a richer kind adds to it."""
    named: Any = kind
    return kind(**{field.name: getattr(value, field.name) for field in fields(named)})


def read_head(line: bytes) -> Head:
    """Return what a tape begins with. Raises BadTape for what this version does not know."""
    try:
        plain = orjson.loads(line)
        form, by = plain["form"], str(plain["by"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise BadTape("This is no tape of a session.", hint="jennie replay DAY") from None
    if form != FORM:
        raise BadTape(
            f"The tape has the form {form}, written by jennie {by}; this version reads {FORM}.",
            hint="Replay it with the version that wrote it.",
        )
    return LineReader(by).value(Head, plain)


class LineReader:
    """Reads values of a tape, and refuses by its name what this version does not know."""

    def __init__(self, by: str) -> None:
        """`by` is the version that wrote the tape."""
        self.by = by

    def value(self, kind: type[Value], plain: Any) -> Value:
        """Return a value that `to_bytes` wrote. Raises BadTape."""
        kept = orjson.dumps(plain)
        name = kind.__name__.lower()
        try:
            value = from_plain(kind, plain)
            unknown = _more(orjson.loads(kept), orjson.loads(to_bytes(value)), name)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise self.refusal(f"{name} ({error})") from None
        if unknown is not None:
            raise self.refusal(unknown)
        return value

    def refusal(self, name: str) -> BadTape:
        """Return the error that names what is not known."""
        return BadTape(
            f"This version does not know {name} of the tape; jennie {self.by} wrote it.",
            hint="Replay it with the version that wrote it.",
        )


def _more(told: Any, known: Any, name: str) -> str | None:
    """Return the name of the first field that was told and is not known."""
    if isinstance(told, dict) and isinstance(known, dict):
        for key, value in told.items():
            if key not in known:
                return f"{name}.{key}"
            if found := _more(value, known[key], f"{name}.{key}"):
                return found
    elif isinstance(told, list) and isinstance(known, list):
        pairs = enumerate(zip(told, known, strict=False))
        return next((f for n, (a, b) in pairs if (f := _more(a, b, f"{name}[{n}]"))), None)
    return None


class Moments:
    """Moments of one day as whole microseconds since its midnight KST, and back."""

    def __init__(self, day: date) -> None:
        """`day` is that of the session."""
        self._midnight = datetime.combine(day, time(), KST)

    def of(self, at: datetime) -> int:
        """Return a moment as microseconds; negative before the day."""
        return (at - self._midnight) // _MICROSECOND

    def at(self, microseconds: int) -> datetime:
        """Return the moment, in KST."""
        return self._midnight + timedelta(microseconds=microseconds)

    def packed(self, items: Sequence[Tick | MarketEvent]) -> list[list[Any]]:
        """Return ticks as figures, and events with their kind; what an event says in words is left
        out, because nothing is decided by it.
        """
        told: list[list[Any]] = []
        for item in items:
            if isinstance(item, MarketEvent):
                told.append([item.kind, item.code, self.of(item.at)])
                continue
            figures = [
                item.code,
                self.of(item.at),
                item.price,
                item.qty,
                item.day_volume,
                item.day_high,
            ]
            marks = (not item.regular) * _NOT_REGULAR + item.after_gap * _AFTER_GAP
            told.append([*figures, marks] if marks else figures)
        return told

    def unpacked(self, told: Sequence[Sequence[Any]]) -> list[Tick | MarketEvent]:
        """Return what `packed` was given. Raises ValueError for what it never returns."""
        items: list[Tick | MarketEvent] = []
        for entry in told:
            if len(entry) < _TICK_FIGURES:
                kind, code, at = entry
                items.append(MarketEvent(kind=MarketEventKind(kind), code=code, at=self.at(at)))
                continue
            code, at, price, qty, day_volume, day_high, *marks = entry
            mark = marks[0] if marks else 0
            if len(marks) > 1 or not 0 <= mark <= _NOT_REGULAR | _AFTER_GAP:
                raise ValueError(f"a tick of {len(entry)} figures")
            items.append(
                Tick(
                    code=code,
                    at=self.at(at),
                    price=price,
                    qty=qty,
                    day_volume=day_volume,
                    day_high=day_high,
                    regular=not mark & _NOT_REGULAR,
                    after_gap=bool(mark & _AFTER_GAP),
                )
            )
        return items


Feeder = Callable[..., object]
Feeders = Mapping[str, Feeder]
"""What takes the values of a line, by its word."""
