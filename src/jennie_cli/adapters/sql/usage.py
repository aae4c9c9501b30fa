"""What models used, by Korean day, in SQL, and the same sums on the bus for who watches."""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from jennie_cli.adapters.sql.engine import reading, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, day_of
from jennie_cli.engine.bus import BusDown, Hashes
from jennie_cli.engine.bus.names import LLM_STATS
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm import Usage, UsageTotal, usage_total

LOG = logging.getLogger(__name__)

_PLACE = ("service", "provider", "model")
_SUMS = (
    "calls",
    "tokens_in",
    "tokens_out",
    "usd_micro",
    "errors",
    "failovers",
    "latency_ms_sum",
)
_ADD = text(
    f"UPDATE llm_usage_daily SET {', '.join(f'{n} = {n} + :{n}' for n in _SUMS)}"  # noqa: S608  # constants of ours
    " WHERE date = :date AND service = :service AND provider = :provider AND model = :model"
)
_SUMMED = ", ".join(f"sum({name}) AS {name}" for name in _SUMS)


class SqlUsageBook:
    """A usage book over any SQLAlchemy engine that `connect` returned.

    The table is the truth. The bus is told the sums after each call, and one that is down is told
    nothing: the next call tells it all.
    """

    def __init__(self, engine: Engine, hashes: Hashes | None = None) -> None:
        """`engine` comes from `connect`; without `hashes` nobody is told."""
        self._engine = engine
        self._hashes = hashes

    async def add(self, usage: Usage) -> None:
        """Count one call. What cannot be counted is logged, not raised."""
        total = usage_total(usage)
        try:
            with writing(self._engine) as connection:
                _add(connection, total)
            await self._tell(total)
        except BusDown as error:
            LOG.debug("the bus was not told what models used: %s", error.message)
        except JennieError as error:
            LOG.warning("a call to %s was not counted: %s", usage.provider, error.message)

    def spent(self, day: date, service: str) -> int:
        """Return the millionths of a US dollar that a service spent. Raises OutsideError."""
        return int(self._sums(day, "service", service).get("usd_micro") or 0)

    def totals(self, first: date, last: date) -> tuple[UsageTotal, ...]:
        """Return the sums of each day, service, provider and model. Raises OutsideError."""
        names = ", ".join((*_PLACE, *_SUMS))
        asked = text(
            f"SELECT date, {names} FROM llm_usage_daily"  # noqa: S608  # constants of ours
            " WHERE date BETWEEN :first AND :last ORDER BY date, service, provider, model"
        )
        given = {"first": day_number(first), "last": day_number(last)}
        with reading(self._engine) as connection:
            rows = connection.execute(asked, given).mappings().all()
        return tuple(_total(row) for row in rows)

    async def _tell(self, total: UsageTotal) -> None:
        if self._hashes is None:
            return
        for part, column, value in (
            (total.service, "service", total.service),
            (f"model:{total.model}", "model", total.model),
        ):
            sums = self._sums(total.date, column, value)
            await self._hashes.put_hash(
                LLM_STATS.of(f"{total.date.isoformat()}:{part}"),
                {name: str(sums[name]) for name in _SUMS},
            )

    def _sums(self, day: date, column: str, value: str) -> Mapping[str, Any]:
        asked = text(
            f"SELECT {_SUMMED} FROM llm_usage_daily"  # noqa: S608  # constants of ours
            f" WHERE date = :date AND {column} = :value"
        )
        with reading(self._engine) as connection:
            given = {"date": day_number(day), "value": value}
            return dict(connection.execute(asked, given).mappings().one())


def _add(connection: Connection, total: UsageTotal) -> None:
    """Add to the row of a day, service, provider and model, which the first call makes."""
    row = {name: getattr(total, name) for name in (*_PLACE, *_SUMS)}
    row["date"] = day_number(total.date)
    if connection.execute(_ADD, row).rowcount:
        return
    try:
        with connection.begin_nested():
            insert_rows(connection, "llm_usage_daily", [row])
    except IntegrityError:
        # another process made the row meanwhile
        connection.execute(_ADD, row)


def _total(row: Mapping[Any, Any]) -> UsageTotal:
    return UsageTotal(**{**row, "date": day_of(row["date"])})
