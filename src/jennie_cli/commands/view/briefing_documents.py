"""The JSON shapes of briefings and snapshots that scripts rely on."""

from typing import Any

from jennie_cli.commands.output import plain
from jennie_cli.engine.briefing import Briefing, Held, Taken, Worth


def briefing_document(briefing: Briefing) -> dict[str, Any]:
    """Return a briefing; a section that could not be read is null and named in `gaps`."""
    held = briefing.positions
    return {
        "profile": briefing.profile,
        "market": briefing.source,
        "day": briefing.day,
        "at": briefing.at,
        "weather": briefing.weather,
        "account": _worth(briefing.worth),
        "positions": None if held is None else [*map(_held, held)],
        "differs": briefing.differs,
        "trades": briefing.trades,
        "second_tier": briefing.second_tier,
        "watchlist": briefing.watch,
        "news": briefing.news,
        "gaps": briefing.gaps,
        "comments": briefing.comments,
        "silence": briefing.silence,
    }


def snapshot_document(taken: Taken) -> dict[str, Any]:
    """Return what was done for a day, what is kept of it, and how the total moved."""
    return {
        "day": taken.day,
        "outcome": taken.outcome.value,
        "snapshot": taken.snapshot,
        "previous_day": taken.previous.day if taken.previous else None,
        "change": taken.change,
    }


def _worth(worth: Worth | None) -> dict[str, Any] | None:
    if worth is None:
        return None
    return {**plain(worth), "change": worth.change, "change_pct": worth.change_pct}


def _held(held: Held) -> dict[str, Any]:
    return {**plain(held), "pnl": held.pnl, "pnl_pct": held.pnl_pct}
