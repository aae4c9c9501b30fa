"""A month's fills as a table for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterable

from jennie_cli.engine.clock import KST
from jennie_cli.engine.portfolio import BookedFill

_HEAD = ("date", "time", "code", "name", "side", "qty", "amount", "fee", "tax", "realised_profit")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""


def month_lines(
    booked: Iterable[BookedFill], *, year: int, month: int, name: Callable[[str], str]
) -> str:
    """Return the fills of a month as CSV with a head, in the order given, amounts in won.

    The profit is that of a sale before fees and tax, empty on a buy and where it is not known.
    """
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows(_row(b, name) for b in booked if (b.day.year, b.day.month) == (year, month))
    return lines.getvalue()


def _row(booked: BookedFill, name: Callable[[str], str]) -> tuple[str | int, ...]:
    fill = booked.fill
    return (
        booked.day.isoformat(),
        fill.at.astimezone(KST).strftime("%H:%M:%S"),
        fill.code,
        _plain(name(fill.code)),
        fill.side.value,
        fill.qty,
        fill.amount,
        booked.fee,
        booked.tax,
        "" if booked.profit is None else booked.profit,
    )


def _plain(name: str) -> str:
    """Return a name that no spreadsheet runs."""
    return f"'{name}" if name.startswith(_FORMULA) else name
