"""The evaluations in SQL: one row of packed bytes a sheet, and counts that grow with them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, micros
from jennie_cli.adapters.sql.moments import moment as moment_of
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.model import Side
from jennie_cli.engine.rules import RuleCount, summed
from jennie_cli.engine.store.codec import from_json, to_bytes
from jennie_cli.engine.store.codec_sheets import pack, unpack
from jennie_cli.engine.store.evaluations import (
    IN_FORCE,
    Evaluation,
    Judged,
    Judging,
    Sheet,
    Stamped,
    daily_tally,
    day_of,
    latest,
)

_STAMP = "stamp"
_PIECE = 1_000
"""Rows that are forgotten in one transaction, so that a session gets its turn in between."""
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
        counts, stocks = daily_tally(sheets, stamps), latest(sheets, stamps)
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
            self._meet(connection, stocks)

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

    def last(self, before: datetime, code: str | None = None) -> datetime | None:
        """Return the newest moment at or before `before`."""
        with reading(self._engine) as connection:
            if code is not None:
                return self._last_of(connection, before, code)
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

    def sessions(self) -> int:
        """Return on how many days rules were counted."""
        asked = text("SELECT count(DISTINCT day) FROM evaluation_count WHERE profile = :profile")
        with reading(self._engine) as connection:
            return int(connection.execute(asked, {"profile": self._profile}).scalar() or 0)

    def forget(self, before: date) -> int:
        """Drop what was said before a day, a piece at a time."""
        mine = {"profile": self._profile}
        old = text(
            "SELECT id FROM evaluation WHERE profile = :profile AND at < :before LIMIT :piece"
        )
        dropped = text("DELETE FROM evaluation WHERE id = :id")
        gone = 0
        while True:
            with writing(self._engine) as connection:
                asked = mine | {"before": micros(_midnight(before)), "piece": _PIECE}
                ids = [{"id": number} for number in connection.execute(old, asked).scalars()]
                if ids:
                    connection.execute(dropped, ids)
                    gone += len(ids)
                    continue
                connection.execute(
                    text("DELETE FROM evaluation_stock WHERE profile = :profile AND day < :before"),
                    mine | {"before": day_number(before)},
                )
                return gone

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

    def _meet(self, connection: Connection, stocks: Mapping[tuple[str, date], datetime]) -> None:
        """Note when something was said of each stock last on its day."""
        rows = [
            {"profile": self._profile, "code": code, "day": day_number(day), "at": micros(at)}
            for (code, day), at in stocks.items()
        ]
        there = {
            (code, day)
            for day in {row["day"] for row in rows}
            for (code,) in connection.execute(
                text("SELECT code FROM evaluation_stock WHERE profile = :profile AND day = :day"),
                {"profile": self._profile, "day": day},
            )
        }
        new = [row for row in rows if (row["code"], row["day"]) not in there]
        insert_rows(connection, "evaluation_stock", new)
        if met := [row for row in rows if (row["code"], row["day"]) in there]:
            connection.execute(
                text(
                    "UPDATE evaluation_stock SET at = :at WHERE profile = :profile"
                    " AND code = :code AND day = :day AND at < :at"
                ),
                met,
            )

    def _last_of(self, connection: Connection, before: datetime, code: str) -> datetime | None:
        """Return the last word about a stock: noted by day, searched where the day went on."""
        day, at = day_of(before), micros(before)
        noted = connection.execute(
            text(
                "SELECT at FROM evaluation_stock WHERE profile = :profile AND code = :code"
                " AND day <= :day ORDER BY day DESC LIMIT 2"
            ),
            {"profile": self._profile, "code": code, "day": day_number(day)},
        ).scalars()
        for found in noted.all():
            if found <= at:
                return moment_of(found)
            earlier = self._searched(connection, code, micros(_midnight(day)), at)
            if earlier is not None:
                return earlier
        return None

    def _searched(
        self, connection: Connection, code: str, since: int, before: int
    ) -> datetime | None:
        """Return the last word about a stock in a span, looking at one record after the other."""
        rows = connection.execute(
            text(
                "SELECT at, kind, body FROM evaluation WHERE profile = :profile"
                " AND at BETWEEN :since AND :before ORDER BY at DESC"
            ),
            {"profile": self._profile, "since": since, "before": before},
        )
        for row in rows:
            codes = (
                (self._stamp(row.body).code,)
                if row.kind == _STAMP
                else self._sheet(row, Judging(row.kind)).spoken_of
            )
            if code in codes:
                return moment_of(row.at)
        return None

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
            yield self._sheet(row, kind)

    def _sheet(self, row: Any, kind: Judging) -> Sheet:
        try:
            return unpack(row.body, at=moment_of(row.at), judging=kind)
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


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), KST)
