"""What the trading side of a home holds: its world, its ledger, its flags. Nothing is started."""

# ruff: noqa: PLC0415  # the check-up imports an adapter only for its own line

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jennie_cli.engine.clock import KST
from jennie_cli.engine.execution import orders
from jennie_cli.engine.model import Flag, OrderState
from jennie_cli.engine.portfolio import Costs
from jennie_cli.settings import Profile
from jennie_cli.wiring.findings import Finding, doubtful, fine
from jennie_cli.wiring.markets import GENERATED
from jennie_cli.wiring.trading import ledger_parts
from jennie_cli.wiring.worldhost import running_world

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

_UNANSWERED = frozenset({OrderState.SENT, OrderState.UNKNOWN})
_LIFTED_BY = {Flag.DRY_RUN: "jennie trade dryrun --off"}


def examine_world(house: "House") -> Iterator[Finding]:
    """Say which process runs the exchange of a sim home."""
    if house.profile is not Profile.SIM:
        return
    if house.market != GENERATED:
        yield doubtful(
            "exchange",
            "this home reads the imported market, which its own exchange cannot play",
            "jennie config set market.source generated, or another --home, to trade",
        )
        return
    running = running_world(house)
    if running is None:
        yield fine("exchange", "not running; the first order starts it")
    else:
        yield fine("exchange", f"run by process {running.pid} at {running.url}")


def examine_ledger(house: "House") -> Iterator[Finding]:
    """Count events and orders; name orders without an outcome, and tables that are behind."""
    journal, tables = ledger_parts(house, Costs())
    kept = journal.read()
    if not kept:
        yield fine("ledger", "no order yet")
        return
    found = orders(r.event for r in kept).values()
    still = sum(o.open_qty > 0 for o in found)
    yield fine("ledger", f"{len(kept)} events, {len(found)} orders, {still} open")
    unanswered = sum(o.state in _UNANSWERED for o in found)
    if unanswered:
        yield doubtful(
            "unanswered",
            f"{unanswered} orders have no known outcome",
            "jennie trade reconcile; do not order again",
        )
    last = tables.last()
    behind = len(kept) - (last.number if last else 0)
    if behind or last != kept[-1]:
        yield doubtful(
            "ledger tables",
            f"{max(behind, 0)} events behind the journal, which is the truth",
            "The next jennie trade command makes them up.",
        )


def examine_flags(house: "House") -> Iterator[Finding]:
    """Name every flag that is up, with who and why."""
    from jennie_cli.adapters.sql import SqlFlags

    up = {flag: state for flag, state in SqlFlags(house.records).all().items() if state.up}
    if not up:
        yield fine("flags", "none is up")
    for flag, state in up.items():
        since = f"{state.at.astimezone(KST):%Y-%m-%d %H:%M}"
        why = f": {state.reason}" if state.reason else ""
        todo = _LIFTED_BY.get(flag, "jennie trade resume")
        yield doubtful("flags", f"{flag} is up since {since} by {state.who}{why}", todo)
