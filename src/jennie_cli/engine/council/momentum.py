"""Which sectors lead and lag: the best, the worst, and the mean of each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from jennie_cli.engine.council.evidence import SectorMove
from jennie_cli.engine.sectors import GROUPS, OTHER, FineTrend

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Momentum:
    """The fine sectors with the best and the worst day, and the mean day of each known group."""

    top: tuple[SectorMove, ...]
    bottom: tuple[SectorMove, ...]
    groups: Mapping[str, float]


def sector_moves(trends: Sequence[FineTrend], groups: Mapping[str, str]) -> tuple[SectorMove, ...]:
    """Return fine sectors with their group; `groups` are groups by fine sector."""
    return tuple(
        SectorMove(
            fine=t.fine,
            group=groups.get(t.fine, OTHER),
            day_pct=t.day_change_pct,
            week_pct=t.return_pct,
        )
        for t in trends
    )


def momentum(moves: Sequence[SectorMove]) -> Momentum:
    """Return leaders, laggards and group means; a sector whose day nobody knows counts nowhere.

    With few sectors none is both a leader and a laggard.
    """
    days = {m.fine: m.day_pct for m in moves if m.day_pct is not None}
    ranked = sorted((m for m in moves if m.fine in days), key=lambda m: (-days[m.fine], m.fine))
    most = min(_SHOWN, (len(ranked) + 1) // 2)
    by_group = {g: [days[m.fine] for m in ranked if m.group == g] for g in GROUPS}
    return Momentum(
        top=tuple(ranked[:most]),
        bottom=tuple(ranked[most:][::-1][:_SHOWN]),
        groups={g: fmean(told) for g, told in by_group.items() if told},
    )
