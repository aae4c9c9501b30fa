"""One world in motion: day after day, orders in between, everything on disk before it is told."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError, JennieError
from jennie_cli.engine.model import Side
from jennie_cli.engine.venue import Session
from jennie_cli.simulator.brokerage import (
    Brokerage,
    Change,
    Event,
    Floor,
    Rejection,
    Taken,
    Ticket,
)
from jennie_cli.simulator.exchange import Exchange
from jennie_cli.simulator.packing import session_of
from jennie_cli.simulator.playing.indices import DayIndices, day_indices
from jennie_cli.simulator.playing.keeping import Keeper, Morning, clock_of
from jennie_cli.simulator.playing.markets import DayTapes, PlayedMarket, day_seed, listings_of
from jennie_cli.simulator.playing.moments import DayOpened, Disturbance, DisturbanceKind, Scripted
from jennie_cli.simulator.playing.script import Line

CLOCK_LEASE = timedelta(seconds=5)
"""How far the clock may run before it is written again; after a crash it stands at most that far
ahead of where it was, never behind."""

_DAY_MS = 86_400_000
_HORIZON = timedelta(days=40)
_MS = timedelta(milliseconds=1)

PlayEvent = Event | DayOpened | Scripted
Outcome = tuple[Taken, list[PlayEvent]]


class Play:
    """A world whose clock only moves forward. One process owns it and its folder.

    The same market, commands and script at the same exchange times give the same world, however
    `advance` is cut into steps.
    """

    def __init__(
        self,
        market: PlayedMarket,
        *,
        start: datetime,
        brokerage: Brokerage | None = None,
        folder: Path | None = None,
        script: Sequence[Line] = (),
    ) -> None:
        """`start` (aware) counts for a new world, and for one that was left before it.

        `folder` keeps the world between starts; None forgets it.
        """
        self.market = market
        self.brokerage = brokerage or Brokerage()
        self._script = tuple(script)
        self._labels: dict[str, int] = {}
        self._speakers: dict[str, set[str]] = {}
        self._cursor = 0
        self._following: tuple[date, date | None] | None = None
        self._keeper = Keeper(folder, market=market.name) if folder else None
        kept = self._keeper.morning() if self._keeper else None
        if kept is None:
            self._begin(start)
        else:
            self._resume(kept)
            if start > self.now:
                self.advance(start)

    def place(self, account: str, ticket: Ticket) -> Outcome:
        """Take a new order now; return its number and what happened at once. Raises Rejection."""
        self.brokerage.check(account, ticket)
        self._write({"do": "order", "account": account, "ticket": asdict(ticket)})
        return self._placed(account, ticket)

    def change(self, account: str, change: Change) -> Outcome:
        """Modify or cancel an order now; return the request's number and what happened."""
        self.brokerage.check_change(account, change)
        self._write({"do": "change", "account": account, "change": asdict(change)})
        return self._changed(account, change)

    def introduce(self, key: str, account: str) -> None:
        """Keep in mind that an app key, named by its hash, speaks for an account."""
        if account not in self._speakers.get(key, ()):
            self._write({"do": "key", "key": key, "account": account})
            self._speakers.setdefault(key, set()).add(account)

    def speaks(self, key: str, account: str) -> bool:
        """Whether an app key, named by its hash, has ever spoken for an account."""
        return account in self._speakers.get(key, ())

    def disturb(self, disturbance: Disturbance) -> list[PlayEvent]:
        """Halt a stock, let it trade again, or break the whole market, a millisecond from now.

        Raises InputError where the exchange cannot.
        """
        self._write({"do": "disturb", "disturbance": asdict(disturbance)})
        return self._disturbed(disturbance)

    def advance(self, to: datetime) -> list[PlayEvent]:
        """Let time pass and return what happened in its order; DayOpened stands between days.

        InputError for an earlier moment than now.
        """
        if to.tzinfo is None or to < self.now:
            raise InputError(
                f"The world stands at {self.now.isoformat()}; it cannot go to {to.isoformat()}.",
                hint="Time does not step back.",
            )
        to = _whole_ms(to)
        if self._keeper:
            self._keeper.lease(self.now, to, CLOCK_LEASE)
        return self._run(to)

    def next_event(self) -> datetime | None:
        """Return the next moment at which something may happen, None if nothing ever will."""
        ahead = [self._script[self._cursor].at] if self._cursor < len(self._script) else []
        coming = self._exchange_event()
        if coming is not None:
            ahead.append(coming)
        day = self._next_day()
        if day is not None:
            ahead.append(_midnight(day))
        return max(self.now, min(ahead)) if ahead else None

    def next_open(self) -> datetime | None:
        """Return when orders are taken next for the opening auction; now, while they are taken."""
        if self.now < self.session.close and self.session.day == self.now.date():
            return max(self.now, self.session.opening_auction_start)
        day = self._next_day()
        return session_of(self.market.calendar, day).opening_auction_start if day else None

    def close(self) -> None:
        """Write the clock exactly where it stands; the world may be opened again."""
        if self._keeper:
            self._keeper.clock(self.now)

    @property
    def now(self) -> datetime:
        """Where the clock stands, KST."""
        return self._now

    @property
    def day(self) -> date:
        """The trading day that is open; at night and on closed days the last one."""
        return self.book.day

    @property
    def indices(self) -> DayIndices | None:
        """The indices of the day, None if the market has none."""
        return self._indices

    def _begin(self, start: datetime) -> None:
        self._now = _whole_ms(start)
        if self._script and self._script[0].at < self._now:
            raise InputError(
                f"The script's first line ({self._script[0].at.isoformat()}) lies before the "
                f"world's start ({self._now.isoformat()}).",
                hint="Move the line, or start the world earlier.",
            )
        self._open(self._first_day(), splits={})
        if self._keeper:
            self._keeper.open_day(self._morning(self._now))
        self._pass(self._now)

    def _resume(self, kept: Morning) -> None:
        self._now = _midnight(kept.day)
        self._cursor = kept.script
        self.brokerage.restore(kept.books)
        self._speakers = {key: {*numbers} for key, numbers in kept.speakers.items()}
        self._open(kept.day, splits={})
        for record in kept.records:
            if record["do"] != "clock":
                self._pass(datetime.fromisoformat(record["at"]))
                self._again(record)
        to = clock_of(kept.records, kept.clock)
        self._run(max(to, self._now))

    def _again(self, record: dict[str, Any]) -> None:
        """Do a journalled command once more; it was checked when it was written."""
        if record["do"] == "disturb":
            told = record["disturbance"]
            kind = DisturbanceKind(told["kind"])
            with suppress(JennieError):  # the exchange refused it then, too
                self._disturbed(Disturbance(**{**told, "kind": kind}))
            return
        if record["do"] == "key":
            self._speakers.setdefault(record["key"], set()).add(record["account"])
            return
        account, label = record["account"], record.get("label")
        self._cursor = record["script"]
        with suppress(Rejection):
            if record["do"] == "order":
                told = record["ticket"]
                taken, _ = self._placed(account, Ticket(**{**told, "side": Side(told["side"])}))
            else:
                change = Change(**record["change"])
                taken, _ = self._changed(account, change)
                label = None if change.cancels else label
            if label:
                self._labels[label] = taken.number

    def _run(self, to: datetime) -> list[PlayEvent]:
        told: list[PlayEvent] = []
        while True:
            line = self._due(to)
            stop = max(line.at, self._now) if line else to
            day = self._next_day()
            if day is not None and _midnight(day) <= stop:
                told += self._pass(_midnight(day))
                self._roll(day, target=to)
                told.append(DayOpened(day=day))
                continue
            told += self._pass(stop)
            if line is None:
                return told
            told += self._carry_out(line)

    def _pass(self, to: datetime) -> list[PlayEvent]:
        self._now = to
        self.brokerage.awake = to.date() == self.day
        to_ms = min((to - _midnight(self.day)) // _MS, _DAY_MS)
        if to_ms <= self.exchange.now:
            return []
        return [*self.brokerage.hear(self.exchange.advance(to_ms))]

    def _roll(self, day: date, *, target: datetime) -> None:
        self.brokerage.close_day()
        self._labels = {}
        self._open(day, splits=None)
        if self._keeper:
            self._keeper.open_day(self._morning(target))

    def _open(self, day: date, *, splits: Mapping[str, int] | None) -> None:
        """Put up a day's exchange; `splits` None takes those of the day."""
        calendar = self.market.calendar
        self.book = self.market.book(day)
        self.session: Session = session_of(calendar, day)
        listings = listings_of(self.book)
        self.exchange = Exchange(
            session=self.session,
            listings=tuple(listings.values()),
            prints=DayTapes(self.market, self.book, self.session, listings),
            seed=day_seed(self.market.seed, day),
            asleep=True,
        )
        self._indices = day_indices(self.book, self.session, seed=self.market.seed)
        floor = Floor(
            day=day,
            next_day=calendar.offset(day, 1),
            settles=calendar.offset(day, 2),
            exchange=self.exchange,
            listings=listings,
            names=dict(zip(self.book.codes, self.book.names, strict=True)),
        )
        self.brokerage.open_day(floor, self.book.splits() if splits is None else splits)

    def _morning(self, clock: datetime) -> Morning:
        return Morning(
            day=self.day,
            clock=clock,
            script=self._cursor,
            books=self.brokerage.keep(),
            speakers=self._speakers,
        )

    def _first_day(self) -> date:
        """Return the last day that can be played up to now, or else the first one after."""
        today = self._now.date()
        before = self.market.days(today - _HORIZON, today)
        days = before[-1:] or self.market.days(today, today + _HORIZON)[:1]
        if not days:
            raise InputError(
                f"The market has no trading day near {today}.", hint="Start the world elsewhere."
            )
        return days[0]

    def _next_day(self) -> date | None:
        if self._following is None or self._following[0] != self.day:
            after = self.day + timedelta(days=1)
            days = self.market.days(after, after + _HORIZON)
            self._following = (self.day, days[0] if days else None)
        return self._following[1]

    def _exchange_event(self) -> datetime | None:
        at_ms = self.exchange.next_event()
        return None if at_ms is None else _midnight(self.day) + at_ms * _MS

    def _due(self, to: datetime) -> Line | None:
        waiting = self._cursor < len(self._script) and self._script[self._cursor].at <= to
        return self._script[self._cursor] if waiting else None

    def _carry_out(self, line: Line) -> list[PlayEvent]:
        self._cursor += 1
        try:
            if line.ticket is not None:
                taken, told = self._scripted_order(line, line.ticket)
            else:
                taken, told = self._scripted_change(line)
        except Rejection as no:
            return [Scripted(at=self._now, label=line.label, refused=no.reason)]
        return [Scripted(at=self._now, label=line.label, taken=taken), *told]

    def _scripted_order(self, line: Line, ticket: Ticket) -> Outcome:
        self.brokerage.check(line.account, ticket)
        record = {"do": "order", "account": line.account, "ticket": asdict(ticket)}
        self._write({**record, "label": line.label})
        taken, told = self._placed(line.account, ticket)
        self._labels[line.label] = taken.number
        return taken, told

    def _scripted_change(self, line: Line) -> Outcome:
        change = line.change or Change(original=0, cancels=True)
        change = replace(change, original=self._labels.get(line.label, 0))
        self.brokerage.check_change(line.account, change)
        record = {"do": "change", "account": line.account, "change": asdict(change)}
        self._write({**record, "label": line.label})
        taken, told = self._changed(line.account, change)
        if not change.cancels:
            self._labels[line.label] = taken.number
        return taken, told

    def _placed(self, account: str, ticket: Ticket) -> Outcome:
        taken, told = self.brokerage.place(account, ticket)
        return taken, [*told]

    def _changed(self, account: str, change: Change) -> Outcome:
        taken, told = self.brokerage.change(account, change)
        return taken, [*told]

    def _disturbed(self, what: Disturbance) -> list[PlayEvent]:
        soon = self.exchange.now + 1
        match what.kind:
            case DisturbanceKind.HALT:
                self.exchange.halt(what.code, soon)
            case DisturbanceKind.RESUME:
                self.exchange.resume(what.code, soon)
            case DisturbanceKind.BREAK:
                self.exchange.break_market(soon, what.minutes)
        return self._pass(self._now + _MS)

    def _write(self, record: dict[str, Any]) -> None:
        if self._keeper:
            at = self._now.isoformat()
            self._keeper.write({"at": at, "script": self._cursor, **record})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), KST)


def _whole_ms(moment: datetime) -> datetime:
    return moment.astimezone(KST).replace(microsecond=moment.microsecond // 1000 * 1000)
