"""What a competitor's misfortune is worth to a stock: read as written, decayed by code."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson

from jennie_cli.engine.bus import Keys
from jennie_cli.engine.bus.names import COMPETITOR_BENEFIT
from jennie_cli.engine.llm.fences import tamed

LOG = logging.getLogger(__name__)

_LONG = frozenset({"FIRE", "RECALL", "SECURITY", "OWNER_RISK"})
_LONG_LIFE, _SHORT_LIFE = timedelta(days=30), timedelta(days=7)
_HIGHEST = 20.0
_LONGEST = 150
_BIGGEST = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """A competitor's event: what it was worth on its first day, 0..20 points, why, and since when;
    `until` when it counts, None where that is the kind's own time.

    `reason` was written by a model from news: a stranger's words.
    """

    points: float
    reason: str
    affected: str
    event: str
    since: datetime
    until: datetime | None = None

    @property
    def life(self) -> timedelta:
        """How long the event counts at all."""
        if self.until is not None:
            return self.until - self.since
        return _LONG_LIFE if self.event in _LONG else _SHORT_LIFE


class Competitors(Protocol):
    """Where the benefits of stocks are kept."""

    def benefits(self, codes: Iterable[str]) -> Mapping[str, Benefit]:
        """Return the benefit of each stock that has one."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryCompetitors:
    """Benefits told beforehand."""

    known: Mapping[str, Benefit]

    def benefits(self, codes: Iterable[str]) -> Mapping[str, Benefit]:
        """Return those that were told."""
        return {code: self.known[code] for code in codes if code in self.known}


def bonus_points(benefit: Benefit, at: datetime, *, most: float) -> float:
    """Return what a benefit is worth at a moment: capped at `most`, then linear to nothing.

    An event of the future is worth nothing yet.
    """
    age = at - benefit.since
    if not timedelta(0) <= age < benefit.life:
        return 0.0
    return round(min(benefit.points, most) * (1.0 - age / benefit.life), 2)


async def kept_benefits(keys: Keys, codes: Iterable[str]) -> Mapping[str, Benefit]:
    """Return the benefits that stand on the bus; one that cannot be read is logged and left out.

    Raises BusDown.
    """
    found: dict[str, Benefit] = {}
    wanted = set(codes)
    for name in await keys.names(COMPETITOR_BENEFIT.prefix):
        code = name.removeprefix(COMPETITOR_BENEFIT.prefix)
        told = await keys.get(COMPETITOR_BENEFIT.of(code)) if code in wanted else None
        if told is not None and (benefit := _read(told)) is not None:
            found[code] = benefit
    return found


def _read(told: str) -> Benefit | None:
    try:
        if len(told) > _BIGGEST:
            raise ValueError("too long")  # noqa: TRY301  # every fault is told alike
        return _benefit(orjson.loads(told))
    except (KeyError, TypeError, ValueError) as wrong:
        LOG.warning("a competitor's benefit cannot be read: %s", tamed(str(wrong), 80))
        return None


def _benefit(plain: Any) -> Benefit:
    points, since = plain["score"], datetime.fromisoformat(plain["updated_at"])
    until = datetime.fromisoformat(plain["expires_at"]) if "expires_at" in plain else None
    if until is not None and (until.tzinfo is None or since.tzinfo is None or until <= since):
        raise ValueError("expires_at must have an offset and come after updated_at")
    if isinstance(points, bool) or not 0 <= float(points) <= _HIGHEST or since.tzinfo is None:
        raise ValueError("score must be 0..20 and updated_at have an offset")
    return Benefit(
        points=float(points),
        reason=tamed(str(plain["reason"]), _LONGEST),
        affected=tamed(str(plain["affected_stock"]), 40),
        event=str(plain["event_type"]),
        since=since,
        until=until,
    )
