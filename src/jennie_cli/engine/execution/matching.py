"""Explains lost calls by the broker's records: which number belongs to which call.

KIS carries no id of ours, so a call is known by what it asked for and when. Nothing here is sent;
what the records do not settle stays UNKNOWN and is told to a person.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from jennie_cli.engine.execution.docket import Docket
from jennie_cli.engine.execution.dossier import CAME_TO_LIGHT, Call
from jennie_cli.engine.execution.numbers import NumberKey, Sighting
from jennie_cli.engine.execution.policy import ExecutionPolicy
from jennie_cli.engine.model import Side
from jennie_cli.engine.store import (
    Act,
    Evidence,
    Flagged,
    Foreign,
    LedgerEvent,
    Lost,
    NeverSent,
    Taken,
)

_AMBIGUOUS = "ambiguous"


class _Signature(NamedTuple):
    """What a placing call asked for."""

    code: str
    side: Side
    qty: int
    price: int | None


@dataclass(slots=True)
class Search:
    """One look at the records of a day, read at `read_at`.

    `flying` are this process's own calls in the air. With `complete` the answer held all rows that
    earlier answers held, so that silence means something; with `sure` the broker also lists open
    orders, so that silence is as good as proof.
    """

    docket: Docket
    day: date
    read_at: datetime
    flying: frozenset[str]
    complete: bool
    sure: bool
    policy: ExecutionPolicy
    events: list[LedgerEvent] = field(default_factory=list)
    used: set[NumberKey] = field(default_factory=set)
    calls: tuple[Call, ...] = ()
    seen: tuple[Sighting, ...] = ()

    def run(self) -> tuple[LedgerEvent, ...]:
        """Return what the records settle, as events."""
        self.calls = self.docket.undecided(self.day)
        self.seen = self.docket.records.unowned(self.day)
        lost = [c for c in self.calls if self._is_lost(c)]
        for call in lost:
            if not (call.lost or call.closed):
                self.events.append(_lost(call, self.read_at))
        self._places([c for c in lost if c.sending.act is Act.PLACE])
        self._changes([c for c in lost if c.sending.act is not Act.PLACE])
        self._foreign()
        self._forgotten()
        return tuple(self.events)

    def _is_lost(self, call: Call) -> bool:
        return bool(call.given_up and self.seen) or (call.open and not self._in_flight(call))

    def _in_flight(self, call: Call) -> bool:
        if call.closed or call.lost:
            return False
        young = self.read_at - call.sending.at < timedelta(seconds=self.policy.call_seconds)
        return young or call.sending.call_id in self.flying

    def _places(self, lost: Sequence[Call]) -> None:
        groups: defaultdict[_Signature, list[Call]] = defaultdict(list)
        for call in lost:
            groups[self._signature(call)].append(call)
        flying = {self._signature(c) for c in self._in_air()}
        for signature, calls in groups.items():
            if signature not in flying:
                self._group(signature, calls)

    def _group(self, signature: _Signature, calls: Sequence[Call]) -> None:
        since = min(c.turn for c in calls)
        fitting = [
            s
            for s in self._loose()
            if s.original_id is None and s.turn > since and _fits(signature, s)
        ]
        near = [s for s in fitting if any(self._in_window(c, s) for c in calls)]
        if len(near) > len(calls):
            self._ambiguous(calls, f"{len(near)} rows of the broker fit {len(calls)} lost calls.")
            return
        matched = self._assign(calls, near)
        for call, seen in matched:
            self._take(call, seen)
        rest = [c for c in calls if all(c is not m for m, _ in matched) and c.open]
        if any(s.key not in self.used for s in fitting):
            self._ambiguous(rest, "A row of the broker fits, but not by its time.")
            return
        for call in rest:
            self._give_up(call)

    def _assign(
        self, calls: Sequence[Call], rows: Sequence[Sighting]
    ) -> list[tuple[Call, Sighting]]:
        """Pair in the order of time, each row with the latest call that may have made it."""
        pairs: list[tuple[Call, Sighting]] = []
        waiting = sorted(calls, key=lambda c: c.sending.at)
        for row in reversed(rows):
            for place in range(len(waiting) - 1, -1, -1):
                if self._in_window(waiting[place], row):
                    pairs.append((waiting[place], row))
                    del waiting[place:]
                    break
        return pairs

    def _in_window(self, call: Call, row: Sighting) -> bool:
        before = timedelta(seconds=self.policy.before_seconds)
        after = timedelta(seconds=self.policy.lost_seconds)
        sent = call.sending.at
        return row.turn > call.turn and sent - before <= row.at <= call.at + after

    def _changes(self, lost: Sequence[Call]) -> None:
        for call in lost:
            sending = call.sending
            rows = [
                s
                for s in self._loose()
                if s.original_id == sending.target
                and s.cancels is (sending.act is Act.CANCEL)
                and s.turn > call.turn
            ]
            exact = [s for s in rows if (s.price, s.qty) == (sending.price, sending.qty)]
            if len(rows) == 1 or (sending.act is Act.CANCEL and rows):
                self._take(call, rows[0])
            elif len(exact) == 1:
                self._take(call, exact[0])
            elif rows:
                self._ambiguous([call], f"{len(rows)} changes of the order fit one lost call.")
            elif call.open and not self._shrunk(call):
                self._give_up(call)

    def _shrunk(self, call: Call) -> bool:
        """Take a cancel whose own row is not told, when its order shows shares taken back."""
        if call.sending.act is not Act.CANCEL:
            return False
        number = self.docket.records.numbers.get(NumberKey(self.day, call.sending.target))
        taken = sum(
            c.sending.qty
            for c in self.docket.dossier(call.sending.order_id).calls.values()
            if c.key is not None
            and c.sending.act is Act.CANCEL
            and c.sending.target == call.sending.target
        )
        if number is None or number.cancelled_qty <= taken:
            return False
        self.events.append(self._taken(call, "", "", Evidence.RECORDS))
        return True

    def _foreign(self) -> None:
        age = timedelta(seconds=self.policy.foreign_seconds)
        waiting = [c for c in self.calls if self._may_explain(c)]
        for s in self._loose():
            old = self.read_at - s.at >= age
            known = s.cancels or s.key in self.docket.records.foreign
            if old and not known and not any(self._could_be(c, s) for c in waiting):
                self.events.append(foreign(s.key, self.read_at))

    def _forgotten(self) -> None:
        """Close orders whose writer died before it got to the call."""
        age = timedelta(seconds=self.policy.call_seconds)
        for d in self.docket.live():
            at = d.intended.at
            if not d.calls and at.date() == self.day and self.read_at - at >= age:
                text = "It was written down, but no call was made."
                self.events.append(
                    NeverSent(
                        at=self.read_at,
                        order_id=d.order_id,
                        call_id="",
                        act=Act.PLACE,
                        text=text,
                    )
                )

    def _may_explain(self, call: Call) -> bool:
        settled = {e.call_id for e in self.events if isinstance(e, Taken | NeverSent)}
        notes = self.docket.dossier(call.sending.order_id).notes
        told = {e.order_id for e in self.events if isinstance(e, Flagged)}
        return (
            call.open
            and call.sending.act is not Act.CANCEL
            and call.sending.call_id not in settled
            and call.sending.order_id not in told
            and not any(n.startswith(_AMBIGUOUS) for n in notes)
        )

    def _could_be(self, call: Call, seen: Sighting) -> bool:
        if call.sending.act is Act.MODIFY:
            return seen.original_id == call.sending.target
        return seen.original_id is None and _fits(self._signature(call), seen)

    def _loose(self) -> Iterator[Sighting]:
        return (s for s in self.seen if s.key not in self.used)

    def _in_air(self) -> Iterator[Call]:
        return (c for c in self.calls if c.sending.act is Act.PLACE and self._in_flight(c))

    def _signature(self, call: Call) -> _Signature:
        intent = self.docket.dossier(call.sending.order_id).intended.intent
        return _Signature(intent.code, intent.side, call.sending.qty, call.sending.price)

    def _take(self, call: Call, seen: Sighting) -> None:
        self.used.add(seen.key)
        how = Evidence.RECORDS if seen.rowed else Evidence.NOTICE
        self.events.append(self._taken(call, seen.key.broker_id, seen.branch, how))
        if call.given_up:
            self._flag(call, CAME_TO_LIGHT)

    def _taken(self, call: Call, broker_id: str, branch: str, how: Evidence) -> Taken:
        return Taken(
            at=self.read_at,
            order_id=call.sending.order_id,
            call_id=call.sending.call_id,
            act=call.sending.act,
            broker_id=broker_id,
            branch=branch,
            day=self.day,
            how=how,
        )

    def _give_up(self, call: Call) -> None:
        wait = timedelta(seconds=self.policy.lost_seconds)
        if not self.complete or self.read_at - call.at < wait:
            return
        text = "The broker's records do not hold it."
        self.events.append(
            NeverSent(
                at=self.read_at,
                order_id=call.sending.order_id,
                call_id=call.sending.call_id,
                act=call.sending.act,
                text=text,
            )
        )
        if not self.sure and call.sending.act is Act.PLACE:
            self._flag(
                call, "Not found in the broker's records, which list no open orders: look at it."
            )

    def _ambiguous(self, calls: Sequence[Call], why: str) -> None:
        for call in calls:
            if call.open:
                self._flag(call, f"{_AMBIGUOUS}: {why}")

    def _flag(self, call: Call, text: str) -> None:
        order_id = call.sending.order_id
        if text not in self.docket.dossier(order_id).notes:
            self.events.append(Flagged(at=self.read_at, order_id=order_id, text=text))


def foreign(key: NumberKey, at: datetime) -> Foreign:
    """Return the finding that nobody here made a number."""
    return Foreign(at=at, broker_id=key.broker_id, day=key.day)


def _fits(signature: _Signature, seen: Sighting) -> bool:
    alike = (seen.code, seen.side, seen.qty) == (signature.code, signature.side, signature.qty)
    if not alike or seen.cancels:
        return False
    if not seen.bound or signature.price is None or seen.price is None:
        return seen.price == signature.price or (seen.bound and signature.price is None)
    better = seen.price <= signature.price
    return better if signature.side is Side.BUY else seen.price >= signature.price


def _lost(call: Call, at: datetime) -> Lost:
    return Lost(
        at=at,
        order_id=call.sending.order_id,
        call_id=call.sending.call_id,
        act=call.sending.act,
        text="The call was made, but no answer was written down.",
    )
