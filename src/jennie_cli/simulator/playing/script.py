"""Orders with exchange times from a file, so that a run can be repeated to the last fill.

Each line is one JSON object with `at` (an ISO time, KST if it names no zone) and `account`:
a new order has `side`, `code`, `qty`, `kind` (limit, market or an ORD_DVSN), `price` if the kind
names one, and a `label` if it is changed later; `{"cancel": LABEL}` takes back what is left of an
order, or `qty` of it; `{"modify": LABEL, "price": ...}` gives the rest a new price.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.model import Side
from jennie_cli.simulator.brokerage import Change, Ticket

_KINDS = {"limit": "00", "market": "01"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a script: a new order under `label`, or a change of the order `label`."""

    at: datetime
    account: str
    label: str
    ticket: Ticket | None = None
    change: Change | None = None


def read_script(lines: Iterable[str], *, name: str = "the script") -> tuple[Line, ...]:
    """Return the lines in the order of their times. BadFile names the first wrong line."""
    made = []
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            made.append(_line(json.loads(text), number))
        except (ValueError, KeyError, TypeError) as error:
            raise BadFile(
                f"Line {number} of {name} is no order: {error!r}.",
                hint='A line is {"at", "account", "side", "code", "qty", "kind", "price"}.',
            ) from None
    return tuple(sorted(made, key=lambda line: line.at))


def _line(row: Mapping[str, Any], number: int) -> Line:
    at = datetime.fromisoformat(row["at"])
    at = at.astimezone(KST) if at.tzinfo else at.replace(tzinfo=KST)
    told: dict[str, Any] = {"at": at, "account": str(row["account"])}
    if "cancel" in row or "modify" in row:
        return Line(**told, label=str(row.get("cancel", row.get("modify"))), change=_change(row))
    kind = str(row.get("kind", "limit"))
    ticket = Ticket(
        code=str(row["code"]),
        side=Side(row["side"]),
        qty=int(row["qty"]),
        division=_KINDS.get(kind, kind),
        price=int(row.get("price", 0)),
        trigger=int(row.get("trigger", 0)),
    )
    return Line(**told, label=str(row.get("label", f"line {number}")), ticket=ticket)


def _change(row: Mapping[str, Any]) -> Change:
    kind = str(row.get("kind", "limit"))
    return Change(
        original=0,
        cancels="cancel" in row,
        whole="qty" not in row,
        qty=int(row.get("qty", 0)),
        division=_KINDS.get(kind, kind),
        price=int(row.get("price", 0)),
    )
