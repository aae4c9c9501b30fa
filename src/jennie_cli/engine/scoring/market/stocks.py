"""The stock master as known at a moment, and how a person names a stock."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import AmbiguousStock, UnknownStock
from jennie_cli.engine.model import Market, SecurityKind, Stock, StockStatus
from jennie_cli.engine.sectors import OTHER, place
from jennie_cli.engine.store import Dataset, FactStore


def read_stocks(facts: FactStore, *, as_of: datetime) -> dict[str, Stock]:
    """Return the master by code; what happens after `as_of` (delisting, a status) is not in it."""
    rows = facts.read(Dataset.STOCK_MASTER, as_of=as_of)
    today = as_of.astimezone(KST).date()
    names = ("code", "name", "market", "kind", "status", "sector_fine", "sector_source")
    rest = ("shares", "listed_on", "delisted_on", "status_since")
    columns = [rows[n].tolist() for n in (*names, *rest)]
    return {row[0]: _stock(row, today) for row in zip(*columns, strict=True)}


def find_stock(stocks: Sequence[Stock], asked: str) -> Stock:
    """Return the stock with this code or whole name; case, spaces and Unicode form do not matter.

    Part of a name never decides, it only suggests: raises UnknownStock, or AmbiguousStock with
    the candidates.
    """
    wanted = _plain(asked)
    exact = [s for s in stocks if _plain(s.code) == wanted]
    exact = exact or [s for s in stocks if _plain(s.name) == wanted]
    listed = [s for s in exact if s.delisted_on is None] or exact
    if len(listed) == 1:
        return listed[0]
    near = listed or [s for s in stocks if wanted and wanted in _plain(s.name)]
    if len(near) > 1:
        raise AmbiguousStock(asked, [_readable(s) for s in near])
    hint = f"Did you mean {_readable(near[0])}?" if near else "Give a six-character KRX code."
    raise UnknownStock(f"No stock has the code or name '{asked}'.", hint=hint)


def _stock(row: Sequence[Any], today: date) -> Stock:
    code, name, market, kind, status, fine, source, shares, listed, delisted, since = row
    found = place(fine, source or "none", code)
    in_force = since is None or since <= today
    return Stock(
        code=code,
        name=name,
        market=Market(market),
        kind=SecurityKind(kind),
        status=StockStatus(status) if in_force else StockStatus.NORMAL,
        sector_fine=fine or OTHER,
        sector_group=found.group,
        sector_source=found.source if found.known else "none",
        # NaN, the missing value of a float column, is the only figure unequal to itself
        shares=int(shares) if shares == shares else None,  # noqa: PLR0124  # NaN test
        listed_on=listed,
        delisted_on=delisted if delisted is not None and delisted <= today else None,
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split()).casefold()


def _readable(stock: Stock) -> str:
    return f"{stock.code} {stock.name}"
