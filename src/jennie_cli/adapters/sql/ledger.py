"""The ledger as tables for queries. The journal is the truth; these rows can be made again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sql
from sqlalchemy import Connection, Engine, text

from jennie_cli.adapters.sql.engine import reading, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.ledger_rows import Row, event_row, fill_row, order_row, trade_rows
from jennie_cli.engine.model import Order, OrderState
from jennie_cli.engine.portfolio import Costs, fold
from jennie_cli.engine.store import Intended, LedgerEvent, Recorded
from jennie_cli.engine.store.codec_lines import event_from_json

OrdersOf = Callable[[Iterable[LedgerEvent]], Mapping[str, Order]]

_DERIVED = {"orders": "code", "fills": "code", "tradelog": "stock_code"}
"""What is made of the events of a code, by the column that names the code."""
_DAY_ENDED = "day_ended"
_PIECE = 5_000
"""Events laid in one transaction."""
_FINAL = [state.value for state in OrderState if state.final]


class SqlLedgerView:
    """A Projection: the events themselves, and per code the orders, fills and trades they tell.

    The history of one code is folded again whenever an event touches it, so rows always are what
    the fold of the journal says.
    """

    def __init__(self, engine: Engine, *, profile: str, orders: OrdersOf, costs: Costs) -> None:
        """`engine` comes from `connect`, `profile` tells accounts apart, `orders` folds by id."""
        self._engine = engine
        self._profile = profile
        self._orders = orders
        self._costs = costs

    def last(self) -> Recorded | None:
        """Return the last event laid, None if there is none."""
        with reading(self._engine) as connection:
            found = connection.execute(
                text(
                    "SELECT number, kind, body FROM ledger_event WHERE profile = :profile"
                    " ORDER BY number DESC LIMIT 1"
                ),
                {"profile": self._profile},
            ).one_or_none()
        return None if found is None else _recorded(found)

    def lay(self, recorded: Sequence[Recorded]) -> None:
        """Lay events that follow without a gap; those laid before change nothing.

        Other writers get their turn between the pieces of a long history; what a kill cuts short
        is finished by the next call, which may bring no events.
        """
        for start in range(0, len(recorded), _PIECE):
            with writing(self._engine) as connection:
                _lay_events(connection, self._profile, recorded[start : start + _PIECE])
        with reading(self._engine) as connection:
            stale = connection.execute(
                text(
                    "SELECT DISTINCT code FROM ledger_event"
                    " WHERE derived = :no AND profile = :profile ORDER BY code"
                ),
                {"no": False, "profile": self._profile},
            ).all()
        for (code,) in stale:
            with writing(self._engine) as connection:
                self._derive(connection, code)

    def clear(self) -> None:
        """Forget everything."""
        with writing(self._engine) as connection:
            for table in ("ledger_event", *_DERIVED):
                connection.execute(
                    text(f"DELETE FROM {table} WHERE profile = :profile"),  # noqa: S608  # names of ours
                    {"profile": self._profile},
                )

    def _derive(self, connection: Connection, code: str) -> None:
        """Make the rows of a code again from all its events."""
        mine = {"profile": self._profile}
        events = _events_of(connection, self._profile, code)
        intents = {e.intent.order_id: e for e in events if isinstance(e, Intended)}
        booked = fold(events, self._costs).booked
        made: Mapping[str, Sequence[Row]] = {
            "orders": [order_row(order) for order in self._orders(events).values()],
            "fills": [fill_row(b) for b in booked],
            "tradelog": list(trade_rows(booked, intents)),
        }
        for table, column in _DERIVED.items():
            connection.execute(
                text(f"DELETE FROM {table} WHERE {column} = :code AND profile = :profile"),  # noqa: S608  # names of ours
                {"code": code, **mine},
            )
            insert_rows(connection, table, [mine | row for row in made[table]])
        connection.execute(
            text(
                "UPDATE ledger_event SET derived = :yes"
                " WHERE code = :code AND derived = :no AND profile = :profile"
            ),
            {"yes": True, "no": False, "code": code, **mine},
        )


def _lay_events(connection: Connection, profile: str, recorded: Sequence[Recorded]) -> None:
    mine: Row = {"profile": profile}
    laid = text("SELECT max(number) FROM ledger_event WHERE profile = :profile")
    last = connection.execute(laid, mine).scalar() or 0
    rows = [mine | event_row(r) for r in recorded if r.number > last]
    if not rows:
        return
    if rows[0]["number"] != last + 1:
        raise ValueError(f"event {rows[0]['number']} does not follow {last}")
    _name_codes(connection, profile, rows)
    for row in rows:
        row["derived"] = row["code"] is None
    insert_rows(connection, "ledger_event", rows)
    if any(row["kind"] == _DAY_ENDED for row in rows):
        _mark_open_orders(connection, profile)


def _name_codes(connection: Connection, profile: str, rows: Sequence[Row]) -> None:
    """Fill in the codes of events that name only their order or their broker number."""
    for joined in (("order_id",), ("day", "broker_id")):
        known = _known_codes(connection, profile, rows, joined)
        for row in rows:
            if row["code"] is None and row[joined[-1]] is not None:
                row["code"] = known.get(tuple(row[name] for name in joined))


def _known_codes(
    connection: Connection, profile: str, rows: Sequence[Row], joined: tuple[str, ...]
) -> dict[tuple[Any, ...], str]:
    """Return the codes of orders or numbers, told by these rows or by those laid before."""
    names, column = (*joined, "code"), joined[-1]
    events = sql.table("ledger_event", *(sql.column(n) for n in ("profile", *names)))
    open_ids = sorted({r[column] for r in rows if r["code"] is None and r[column] is not None})
    known = {tuple(r[n] for n in joined): r["code"] for r in rows if r["code"] is not None}
    for start in range(0, len(open_ids), 500):
        asked = sql.select(*(events.c[n] for n in names)).where(
            events.c.profile == profile,
            events.c[column].in_(open_ids[start : start + 500]),
            events.c.code.is_not(None),
        )
        for *place, code in connection.execute(asked.distinct()):
            known.setdefault(tuple(place), code)
    return known


def _mark_open_orders(connection: Connection, profile: str) -> None:
    """Have the codes with orders that are not final derived again."""
    orders = sql.table("orders", *map(sql.column, ("profile", "order_id", "state")))
    events = sql.table("ledger_event", *map(sql.column, ("profile", "order_id", "derived")))
    open_ids = sql.select(orders.c.order_id).where(
        orders.c.profile == profile, orders.c.state.not_in(_FINAL)
    )
    of_open = sql.update(events).where(events.c.profile == profile, events.c.order_id.in_(open_ids))
    connection.execute(of_open.values(derived=False))


def _events_of(connection: Connection, profile: str, code: str) -> list[LedgerEvent]:
    """Return the events of a code and the ends of days, in the order of the journal."""
    mine = "SELECT number, kind, body FROM ledger_event WHERE profile = :profile AND"
    found = connection.execute(
        text(f"{mine} code = :code UNION ALL {mine} kind = :ended ORDER BY number"),
        {"profile": profile, "code": code, "ended": _DAY_ENDED},
    )
    return [_recorded(row).event for row in found]


def _recorded(row: Any) -> Recorded:
    return Recorded(number=row.number, event=event_from_json(row.kind, row.body))
