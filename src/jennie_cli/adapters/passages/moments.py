"""Moments to the microsecond as whole numbers since 1970 UTC."""

from datetime import UTC, datetime, timedelta

from jennie_cli.engine.clock import KST

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Return an aware moment as a whole number."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """Return the KST moment that `micros` stored."""
    return (_EPOCH + stored * _MICROSECOND).astimezone(KST)
