"""The brokerage's books on a morning, as they are kept on disk."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from jennie_cli.engine.store.codec import from_json, to_bytes
from jennie_cli.simulator.brokerage.account import Account, DayProfit, DayTotals
from jennie_cli.simulator.brokerage.lots import Execution, Lot
from jennie_cli.simulator.brokerage.records import Valuation
from jennie_cli.simulator.brokerage.rows import OrderRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One account; see Account for what the fields mean."""

    number: str
    day: date
    deposit: int
    pending: tuple[tuple[date, int], ...]
    lots: dict[str, Lot]
    yesterday: dict[str, tuple[int, int]]
    totals_before: DayTotals
    worth_before: int
    gone: dict[str, date]
    rows: tuple[OrderRow, ...]
    fills: tuple[Execution, ...]
    past: tuple[OrderRow, ...]
    profits: tuple[DayProfit, ...]

    @classmethod
    def of(cls, account: Account) -> "Page":
        """Return an account as it is kept."""
        told = {f.name: getattr(account, f.name) for f in fields(cls)}
        turned = {name: tuple(told[name]) for name in ("fills", "past", "profits")}
        rows, pending = tuple(account.rows.values()), tuple(account.pending.items())
        return cls(**{**told, **turned, "rows": rows, "pending": pending})

    def account(self) -> Account:
        """Return the account that was kept."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        turned = {name: list(told[name]) for name in ("fills", "past", "profits")}
        rows = {row.number: row for row in self.rows}
        return Account(**{**told, **turned, "rows": rows, "pending": dict(self.pending)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All accounts, and what was last paid for codes they hold or held."""

    pages: tuple[Page, ...]
    worth: dict[str, Valuation]

    @classmethod
    def of(cls, accounts: Iterable[Account], worth: dict[str, Valuation]) -> "Books":
        """Return the books of some accounts."""
        return cls(pages=tuple(Page.of(a) for a in accounts), worth=worth)

    def dump(self) -> bytes:
        """Return the books as one line of JSON."""
        return to_bytes(self)

    @classmethod
    def read(cls, kept: bytes) -> "Books":
        """Return books from JSON. ValueError for anything else."""
        try:
            return from_json(cls, kept)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"these are no books: {error!r}") from None
