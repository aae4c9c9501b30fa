"""Chooses the watchlist greedily under the sector caps, then fills free slots with care."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jennie_cli.engine.rules import Check, Rule, Tally
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.store import SectorRow

_UNKNOWN_GROUP_CAP = 3
_RISK_OFF_FROM = 2
_RISK_OFF_MIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """One stock that may enter the watchlist, in the order it is offered."""

    code: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The chosen codes in their order, which of them were backfilled, and why others were not.

    `free_slots` is how many slots the caps left empty while stocks were waiting.
    """

    chosen: tuple[str, ...]
    backfilled: frozenset[str]
    left_out: Mapping[str, Check]
    free_slots: int = 0


@dataclass(slots=True, kw_only=True)
class _Slots:
    """The state of one selection: who is in, who waits, and how full each group is."""

    size: int
    rows: Mapping[str, SectorRow]
    tally: Tally
    taken: Counter[str] = field(default_factory=Counter)
    chosen: list[str] = field(default_factory=list)
    capped: list[Approved] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Tell whether the watchlist has no slot left."""
        return len(self.chosen) >= self.size

    def cap(self, group: str) -> int:
        """Return the effective cap of a group; without any budget there is none."""
        if not self.rows:
            return self.size
        return self.rows[group].effective_cap if group in self.rows else _UNKNOWN_GROUP_CAP

    def take(self, stock: Approved) -> None:
        """Give the stock a slot."""
        self.taken[stock.group] += 1
        self.chosen.append(stock.code)

    def counted(self, asked: Rule, *, fired: bool) -> bool:
        """Count one asking and return its answer."""
        self.tally.count(asked, asked=1, fired=int(fired))
        return fired


def watchlist_size(size: int, risk_off_level: int | None, tally: Tally) -> int:
    """Return the longest watchlist allowed: half, but at least 8, at risk-off level 2 or more."""
    if risk_off_level is None:
        return size
    cautious = tally.ask(
        rule.RISK_OFF,
        value=risk_off_level,
        limit=_RISK_OFF_FROM,
        fired=risk_off_level >= _RISK_OFF_FROM,
    )
    return size if cautious.passed else cautious_size(size)


def cautious_size(size: int) -> int:
    """Return the longest watchlist at risk-off level 2 or more, of `size` otherwise."""
    return min(size, max(_RISK_OFF_MIN, size // 2))


def select(
    offered: Sequence[Approved],
    sectors: Sequence[SectorRow],
    *,
    size: int,
    holdings_known: bool,
    tally: Tally,
) -> Selection:
    """Take stocks in order while their group is under its effective cap, up to `size`.

    Free slots are backfilled in order, at most one over the cap a group and never in a group
    whose portfolio is full. No budget at all means plain top `size`.
    """
    slots = _Slots(size=size, rows={r.group: r for r in sectors}, tally=tally)
    for stock in offered:
        _offer(slots, stock)
    free = size - len(slots.chosen)
    backfilled = _backfill(slots, holdings_known=holdings_known)
    inside = set(slots.chosen)
    over = {s.code: _over_cap(slots, s) for s in slots.capped if s.code not in inside}
    return Selection(
        chosen=tuple(s.code for s in offered if s.code in inside),
        backfilled=backfilled,
        left_out=over | dict.fromkeys(slots.late, _no_slot(size)),
        free_slots=free if slots.capped else 0,
    )


def _offer(slots: _Slots, stock: Approved) -> None:
    if slots.counted(rule.SIZE, fired=slots.full):
        slots.late.append(stock.code)
    elif slots.counted(rule.SECTOR_CAP, fired=slots.taken[stock.group] >= slots.cap(stock.group)):
        slots.capped.append(stock)
    else:
        slots.take(stock)


def _backfill(slots: _Slots, *, holdings_known: bool) -> frozenset[str]:
    """Fill free slots from the capped stocks; return the codes that got one."""
    extra = []
    for stock in slots.capped:
        if slots.full:
            break
        closed = holdings_known and _portfolio_full(slots, stock.group)
        room = slots.taken[stock.group] < slots.cap(stock.group) + 1 and not closed
        if slots.counted(rule.BACKFILL, fired=room):
            slots.take(stock)
            extra.append(stock.code)
    return frozenset(extra)


def _portfolio_full(slots: _Slots, group: str) -> bool:
    row = slots.rows.get(group)
    if row is None:
        return False
    return slots.counted(rule.PORTFOLIO_FULL, fired=(row.held_count or 0) >= row.portfolio_cap)


def _over_cap(slots: _Slots, stock: Approved) -> Check:
    return Check(
        rule=rule.SECTOR_CAP.id,
        value=stock.group,
        limit=slots.cap(stock.group),
        unit=rule.SECTOR_CAP.unit,
        passed=False,
    )


def _no_slot(size: int) -> Check:
    return Check(rule=rule.SIZE.id, value=None, limit=size, unit=rule.SIZE.unit, passed=False)
