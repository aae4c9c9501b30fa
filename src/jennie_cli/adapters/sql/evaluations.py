"""The evaluations in SQL: one row of packed bytes a sheet, and counts that grow with them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, micros
from jennie_cli.adapters.sql.moments import moment as moment_of
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.model import Side
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.store.codec import from_json, to_bytes
from jennie_cli.engine.store.codec_sheets import pack, unpack
from jennie_cli.engine.store.evaluations import (
    IN_FORCE,
    Evaluation,
    Judged,
    Judging,
    Sheet,
    Stamped,
    summed,
    tally,
)

_STAMP = "stamp"
_MICROSECOND = timedelta(microseconds=1)


class SqlEvaluations:
    """Evaluations over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, profile: str) -> None:
        """`engine` comes from `connect`, `profile` tells accounts apart."""
        self._engine = engine
        self._profile = profile

    def keep(self, sheets: Sequence[Sheet], stamps: Sequence[Stamped] = ()) -> None:
        """Keep sheets and stamps with their counts, all or nothing."""
        # packed before others have to wait
        sheets = [sheet for sheet in sheets if sheet.codes]
        rows = [(s.at, s.judging.value, pack(s)) for s in sheets]
        rows += [(s.at, _STAMP, to_bytes(s)) for s in stamps]
        days = {_day(at): None for at, *_ in rows}
        counts = {
            day: tally(
                (s for s in sheets if _day(s.at) == day), (s for s in stamps if _day(s.at) == day)
            )
            for day in days
        }
        with writing(self._engine) as connection:
            insert_rows(
                connection,
                "evaluation",
                [
                    {"profile": self._profile, "at": micros(at), "kind": kind, "body": body}
                    for at, kind, body in rows
                ],
            )
            for day, of_day in counts.items():
                self._add(connection, day_number(day), of_day)

    def at(self, code: str, moment: datetime) -> Evaluation:
        """Return what stood at a moment."""
        judged: dict[Judging, Judged] = {}
        stamps: dict[Side, Stamped] = {}
        with reading(self._engine) as connection:
            for kind in Judging:
                found = (s.of(code) for s in self._sheets(connection, kind, moment))
                told = next((j for j in found if j is not None), None)
                if told is not None:
                    judged[kind] = told
            for row in self._standing(connection, _STAMP, moment):
                stamp = self._stamp(row.body)
                if stamp.code == code:
                    stamps.setdefault(stamp.side, stamp)
        return Evaluation(code=code, moment=moment, judged=judged, stamps=stamps)

    def last(self, before: datetime) -> datetime | None:
        """Return the newest moment at or before `before`."""
        with reading(self._engine) as connection:
            found = connection.execute(
                text("SELECT max(at) FROM evaluation WHERE profile = :profile AND at <= :before"),
                {"profile": self._profile, "before": micros(before)},
            ).scalar()
        return None if found is None else moment_of(found)

    def counts(self, first: date, last: date) -> tuple[RuleCount, ...]:
        """Return the counts of the days."""
        with reading(self._engine) as connection:
            found = connection.execute(
                text(
                    "SELECT rule, asked, fired FROM evaluation_count"
                    " WHERE profile = :profile AND day BETWEEN :first AND :last"
                ),
                {
                    "profile": self._profile,
                    "first": day_number(first),
                    "last": day_number(last),
                },
            ).all()
        return summed(RuleCount(rule=r, asked=int(a), fired=int(f)) for r, a, f in found)

    def _add(self, connection: Connection, day: int, counts: Sequence[RuleCount]) -> None:
        """Add to the counts of a day."""
        mine = {"profile": self._profile, "day": day}
        known = connection.execute(
            text("SELECT rule FROM evaluation_count WHERE profile = :profile AND day = :day"), mine
        ).scalars()
        there = {*known}
        rows = [mine | {"rule": c.rule, "asked": c.asked, "fired": c.fired} for c in counts]
        insert_rows(connection, "evaluation_count", [r for r in rows if r["rule"] not in there])
        if old := [r for r in rows if r["rule"] in there]:
            connection.execute(
                text(
                    "UPDATE evaluation_count SET asked = asked + :asked, fired = fired + :fired"
                    " WHERE profile = :profile AND day = :day AND rule = :rule"
                ),
                old,
            )

    def _standing(self, connection: Connection, kind: str, moment: datetime) -> Iterator[Any]:
        """Yield the rows of a kind that stand at a moment, the newest first."""
        at = micros(moment)
        yield from connection.execute(
            text(
                "SELECT at, body FROM evaluation WHERE profile = :profile AND kind = :kind"
                " AND at BETWEEN :since AND :at ORDER BY at DESC, id DESC"
            ),
            {
                "profile": self._profile,
                "kind": kind,
                "since": at - IN_FORCE // _MICROSECOND,
                "at": at,
            },
        )

    def _sheets(self, connection: Connection, kind: Judging, moment: datetime) -> Iterator[Sheet]:
        for row in self._standing(connection, kind.value, moment):
            try:
                yield unpack(row.body, at=moment_of(row.at), judging=kind)
            except ValueError as error:
                raise self._damaged(error) from error

    def _stamp(self, body: bytes) -> Stamped:
        try:
            return from_json(Stamped, body)
        except (ValueError, TypeError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> OutsideError:
        return OutsideError(
            f"A record of what was judged in {where_of(self._engine)} cannot be read: {error}.",
            hint="Ask about another moment; the record of this one is damaged.",
        )


def _day(at: datetime) -> date:
    return at.astimezone(KST).date()
