"""How a person names a stock, and what we call the codes that the broker tells."""

from collections.abc import Callable, Mapping
from functools import cached_property

from jennie_cli.engine.model import Market, SecurityKind, Stock
from jennie_cli.engine.scoring.market import find_stock


class StockList:
    """The stocks of a home's market, read on first need."""

    def __init__(self, read: Callable[[], Mapping[str, Stock]]) -> None:
        """`read` returns the master by code, as known now."""
        self._read = read

    @cached_property
    def by_code(self) -> Mapping[str, Stock]:
        """The master by code."""
        return self._read()

    def find(self, asked: str) -> Stock:
        """Return the stock with this code or name. Raises UnknownStock, AmbiguousStock."""
        return find_stock(tuple(self.by_code.values()), asked)

    def name(self, code: str) -> str:
        """Return the name of a code, the code itself when the master does not have it."""
        stock = self.by_code.get(code)
        return stock.name if stock else code


def unlisted(code: str, name: str = "") -> Stock:
    """Return the stock of a code that no master has; it gets the finest price steps, so that our
    checks are never stricter than the exchange.
    """
    return Stock(code=code, name=name or code, market=Market.KOSPI, kind=SecurityKind.ETF)


def code_among(names: Mapping[str, str], asked: str) -> str:
    """Return the code that a person means among names by code. Raises UnknownStock,
    AmbiguousStock.
    """
    return find_stock(tuple(unlisted(code, name) for code, name in names.items()), asked).code
