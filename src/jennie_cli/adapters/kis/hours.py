"""When a stream has something to say: around the session of an open day, never on a closed one."""

from datetime import datetime, timedelta

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.venue import Calendar

_BEFORE_OPEN = timedelta(minutes=10)
_AFTER_CLOSE = timedelta(minutes=5)
_ORDERS_BEFORE = timedelta(hours=1)
_ORDERS_AFTER = timedelta(hours=4, minutes=35)
"""Orders live on other venues until 20:00."""


class Hours:
    """Answers what is worth a registration now."""

    def __init__(self, *, clock: Clock, calendar: Calendar) -> None:
        """`clock` tells the market's time."""
        self._clock = clock
        self._calendar = calendar

    @property
    def market(self) -> bool:
        """Whether trades can be told: 08:50 to 15:35 on a normal day."""
        return self._within(_BEFORE_OPEN, _AFTER_CLOSE)

    @property
    def trading(self) -> bool:
        """Whether stocks trade continuously."""
        now = self._clock.now()
        session = self._calendar.session(now.date())
        return session is not None and session.open <= now < session.closing_auction_start

    @property
    def closed(self) -> bool:
        """Whether the regular session of today is over."""
        now = self._clock.now()
        session = self._calendar.session(now.date())
        return session is not None and now >= session.close

    @property
    def orders(self) -> bool:
        """Whether an order can change: 08:00 to 20:05 on a normal day."""
        return self._within(_ORDERS_BEFORE, _ORDERS_AFTER)

    def _within(self, before: timedelta, after: timedelta) -> bool:
        now: datetime = self._clock.now()
        session = self._calendar.session(now.date())
        return session is not None and session.open - before <= now <= session.close + after
