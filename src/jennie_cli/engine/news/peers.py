"""Who competes with whom: the listed companies of one sector, largest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from jennie_cli.engine.model import SecurityKind, StockStatus
from jennie_cli.engine.store import Dataset, FactStore

_CAPS_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A competitor, and the sector that makes it one."""

    code: str
    name: str
    sector: str


class Peers(Protocol):
    """Knows the competitors of a stock."""

    def of(self, code: str) -> Sequence[Peer]:
        """Return them, largest first; empty where the sector is not known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorPeers:
    """Competitors as the stock master tells: common shares of the same fine sector."""

    members: Mapping[str, tuple[Peer, ...]]
    most: int
    sector_of: Mapping[str, str] = field(default_factory=dict)

    def of(self, code: str) -> Sequence[Peer]:
        """Return the largest of the sector without the stock itself."""
        there = self.members.get(self.sector_of.get(code, ""), ())
        return [peer for peer in there if peer.code != code][: self.most]


def read_peers(facts: FactStore, *, as_of: datetime, most: int) -> SectorPeers:
    """Return the competitors that the facts of a moment tell of; the delisted compete no more."""
    rows = facts.read(Dataset.STOCK_MASTER, as_of=as_of)
    caps = market_caps(facts, as_of=as_of)
    active = [
        Peer(code=code, name=name, sector=sector)
        for code, name, sector, kind, status, gone in zip(
            *(rows[c] for c in ("code", "name", "sector_fine", "kind", "status", "delisted_on")),
            strict=True,
        )
        if sector
        and kind == SecurityKind.COMMON
        and status == StockStatus.NORMAL
        and (gone is None or gone > as_of.date())
    ]
    active.sort(key=lambda peer: (-caps.get(peer.code, 0), peer.code))
    members: dict[str, list[Peer]] = {}
    for peer in active:
        members.setdefault(peer.sector, []).append(peer)
    return SectorPeers(
        members={sector: tuple(found) for sector, found in members.items()},
        most=most,
        sector_of={
            code: sector
            for code, sector in zip(rows["code"], rows["sector_fine"], strict=True)
            if sector
        },
    )


def market_caps(facts: FactStore, *, as_of: datetime) -> Mapping[str, int]:
    """Return the newest market capitalisation of each stock, in won."""
    rows = facts.read(Dataset.MARKET_CAPS, as_of=as_of, since=(as_of - _CAPS_WITHIN).date())
    newest = sorted(zip(rows["date"], rows["code"], rows["market_cap"], strict=True))
    return {code: int(cap) for _, code, cap in newest}
