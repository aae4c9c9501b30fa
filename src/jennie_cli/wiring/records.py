"""What a home keeps of its sessions, read without a broker: judgements, orders, names."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jennie_cli.engine.model import Order
from jennie_cli.engine.store import Evaluations

if TYPE_CHECKING:
    from jennie_cli.adapters.sql import SqlEvaluations
    from jennie_cli.engine.trading import StockList
    from jennie_cli.wiring.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """What one account's sessions judged, every order of its ledger, and the stocks by name."""

    evaluations: Evaluations
    orders: tuple[Order, ...]
    stocks: "StockList"

    def last(self, before: datetime, code: str | None = None) -> datetime | None:
        """Return the newest moment at or before `before` at which anything was judged or ordered.

        With a `code`, of that stock.
        """
        judged = self.evaluations.last(before, code)
        moments = [order.created_at for order in self.orders if code in {None, order.code}]
        moments = [at for at in moments if at <= before]
        return max([*moments, *(() if judged is None else (judged,))], default=None)


def open_record(house: "House") -> SessionRecord:
    """Return the record of the home's profile; nobody outside the home is asked."""
    from jennie_cli.adapters.journal import Journal
    from jennie_cli.engine.execution import orders
    from jennie_cli.engine.trading import StockList
    from jennie_cli.wiring.masters import kept_stocks

    evaluations = open_evaluations(house)
    journal = Journal(house.folder.ledger(house.profile), mask=house.masker)
    return SessionRecord(
        evaluations=evaluations,
        orders=tuple(orders(recorded.event for recorded in journal.read()).values()),
        stocks=StockList(lambda: kept_stocks(house)),
    )


def open_evaluations(house: "House") -> "SqlEvaluations":
    """Return where the sessions of the home's profile keep what they judged."""
    from jennie_cli.adapters.sql import SqlEvaluations

    house.admit()
    return SqlEvaluations(house.records, profile=house.profile.value)
