"""Which Korean trading day is meant at a moment."""

from datetime import date, datetime, time

from jennie_cli.engine.clock import KST
from jennie_cli.engine.venue import Calendar

_OPENS = time(9, 0)


def korean_day(now: datetime, calendar: Calendar) -> date:
    """Return the trading day that figures of `now` belong to; before 09:00 the one before."""
    here = now.astimezone(KST)
    if here.time() >= _OPENS and calendar.is_open(here.date()):
        return here.date()
    return calendar.previous_day(here.date())
