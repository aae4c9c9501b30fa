"""What an account was worth on a day, and the port to where that is kept."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """What sales earned on a day before fees and tax, won, as known at `realised_at`.

    `costless_sales` counts the sales whose cost nobody knows: they are in no figure but the fees
    and taxes, which are those of every trade of the day.
    """

    realised_pnl: int
    fees: int
    taxes: int
    costless_sales: int
    realised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSnapshot:
    """The account on a KST day, won.

    `settled_cash` is the cash of D+2, `orderable_cash` what buys without a receivable (None where
    the broker did not tell). `unrealised_pnl` is the value of the holdings less their cost.
    """

    day: date
    taken_at: datetime
    total_asset: int
    settled_cash: int
    orderable_cash: int | None
    stock_value: int
    unrealised_pnl: int
    position_count: int
    realised: Realised


class Assets(Protocol):
    """Keeps the snapshots of one account. Raises OutsideError when it cannot."""

    def put(self, snapshot: AssetSnapshot) -> None:
        """Keep a snapshot as its day's, in the place of an earlier one."""
        ...

    def settle(self, day: date, realised: Realised) -> bool:
        """Correct what was earned on a day and nothing else; False without a snapshot of it."""
        ...

    def on(self, day: date) -> AssetSnapshot | None:
        """Return the snapshot of a day."""
        ...

    def before(self, day: date) -> AssetSnapshot | None:
        """Return the newest snapshot of an earlier day."""
        ...

    def last(self, until: date, most: int) -> tuple[AssetSnapshot, ...]:
        """Return the newest snapshots of the days until one, that one too, oldest first."""
        ...


class MemoryAssets:
    """Implements Assets within one process."""

    def __init__(self) -> None:
        """Start with no day."""
        self._days: dict[date, AssetSnapshot] = {}

    def put(self, snapshot: AssetSnapshot) -> None:
        """Keep a snapshot as its day's."""
        self._days[snapshot.day] = snapshot

    def settle(self, day: date, realised: Realised) -> bool:
        """Correct what was earned on a day."""
        if (found := self._days.get(day)) is None:
            return False
        self._days[day] = replace(found, realised=realised)
        return True

    def on(self, day: date) -> AssetSnapshot | None:
        """Return the snapshot of a day."""
        return self._days.get(day)

    def before(self, day: date) -> AssetSnapshot | None:
        """Return the newest snapshot of an earlier day."""
        earlier = [d for d in self._days if d < day]
        return self._days[max(earlier)] if earlier else None

    def last(self, until: date, most: int) -> tuple[AssetSnapshot, ...]:
        """Return the newest snapshots of the days until one, oldest first."""
        days = sorted(d for d in self._days if d <= until)
        return tuple(self._days[d] for d in days[-most:])
