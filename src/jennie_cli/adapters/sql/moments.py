"""Moments to the microsecond as whole numbers since 1970 UTC, and days as YYYYMMDD."""

from datetime import UTC, date, datetime, timedelta

from jennie_cli.engine.clock import KST

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Return an aware moment as a whole number."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """Return the KST moment that `micros` stored."""
    return (_EPOCH + stored * _MICROSECOND).astimezone(KST)


def day_number(day: date) -> int:
    """Return a day as a readable whole number."""
    return day.year * 10000 + day.month * 100 + day.day


def day_of(stored: int) -> date:
    """Return the day that `day_number` stored."""
    return date(stored // 10000, stored // 100 % 100, stored % 100)
