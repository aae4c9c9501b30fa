"""What the store holds, and how far behind the exchange it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Coverage, FactStore
from jennie_cli.engine.venue import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """A dataset's coverage and the sessions that ended after its last day, None without days."""

    coverage: Coverage
    sessions_behind: int | None


def status(facts: FactStore, *, calendar: Calendar, now: datetime) -> tuple[Freshness, ...]:
    """Return one row per dataset that holds anything."""
    today = now.astimezone(KST).date()
    session = calendar.session(today)
    ended = today if session and session.close <= now else today - timedelta(days=1)
    return tuple(
        Freshness(
            coverage=c,
            sessions_behind=None
            if c.last is None
            else len(calendar.days(c.last + timedelta(days=1), ended)),
        )
        for c in facts.coverage()
    )
