"""What every source shares: JSON that is checked before it is believed, figures, moments."""

import asyncio
import json
import math
from collections.abc import Awaitable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import Ask, Fetched, Fetcher, FetchFailed, FetchKind
from jennie_cli.engine.macro.collecting import Gathered, Reading

_US_CLOSE = time(21, 0)
"""When a US day is over at the latest, UTC; what is told for a day is true then."""


async def get_json(fetcher: Fetcher, ask: Ask) -> tuple[Any, Fetched]:
    """Return the parsed answer and its page. Raises FetchFailed."""
    page = await fetcher.get(ask)
    try:
        return json.loads(page.text), page
    except (ValueError, RecursionError):
        raise changed(page, "no JSON") from None


def changed(page: Fetched, what: str) -> FetchFailed:
    """Return that a page is not what its reader knows; `what` is a short phrase of ours."""
    return FetchFailed(
        f"{page.shown} is not what it was ({what}).",
        kind=FetchKind.LAYOUT_CHANGED,
        hint="The source may have changed its format: look for a newer jennie.",
    )


def number(told: Any) -> float | None:
    """Return a figure as hosts write it, with commas, signs and spaces; None for anything else."""
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        return None
    text = told.replace(",", "").replace("−", "-").strip() if isinstance(told, str) else told
    try:
        value = float(text)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def part(tree: Any, *path: str | int) -> Any:
    """Return what lies at a path of parsed JSON, None where the path ends early."""
    for step in path:
        if isinstance(step, str):
            tree = tree.get(step) if isinstance(tree, Mapping) else None
        else:
            tree = tree[step] if isinstance(tree, list) and step < len(tree) else None
    return tree


def epoch(told: Any) -> datetime | None:
    """Return the moment of epoch seconds, None for what is none."""
    seconds = number(told)
    try:
        return None if not seconds else datetime.fromtimestamp(seconds, UTC).astimezone(KST)
    except (OverflowError, ValueError, OSError):
        return None


def us_evening(day: date) -> datetime:
    """Return when the figures of a US day were true: its close."""
    return datetime.combine(day, _US_CLOSE, UTC)


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    first = date(year + month // 12, month % 12 + 1, 1)
    return first - timedelta(days=1)


async def each(parts: Mapping[str, Awaitable[tuple[Reading, ...]]]) -> Gathered:
    """Return what each part of a source gave, by figure, with the failures of the others.

    Raises OutsideError when every part failed.
    """
    told = await asyncio.gather(*parts.values(), return_exceptions=True)
    failed: dict[str, str] = {}
    readings: list[Reading] = []
    for name, got in zip(parts, told, strict=True):
        if isinstance(got, OutsideError):
            failed[name] = got.message
        elif isinstance(got, BaseException):
            raise got
        else:
            readings += got
    if failed and not readings and len(failed) == len(parts):
        first = next(iter(failed.values()))
        raise OutsideError(first, hint="Try again later.")
    return Gathered(readings=tuple(readings), failed=failed)
