"""The stocks a broker profile can name: the imported master, else the one KIS gives everybody.

KIS renews its files on business days; the newest copy is kept in the home for the day.
"""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jennie_cli.engine.model import Market, Stock
from jennie_cli.settings import Profile
from jennie_cli.wiring.home import writing

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

_PATIENCE_S = 20.0


async def broker_stocks(house: "House", *, transport: Any = None) -> Mapping[str, Stock]:
    """Return the stocks by code. `transport` stands in for the network.

    Raises BrokerUnavailable when no master is at hand and KIS's cannot be had.
    """
    found = _imported(house)
    if not found:
        for market in Market:
            stocks = await _board(house, market, house.clock.now().date(), transport)
            found |= {stock.code: stock for stock in stocks}
    return found


def kept_stocks(house: "House") -> Mapping[str, Stock]:
    """Return the stocks by code that this home can name without asking anybody, maybe none."""
    from jennie_cli.adapters.kis import stocks_of
    from jennie_cli.engine.scoring.market import read_stocks

    if house.profile is Profile.SIM:
        return read_stocks(house.facts, as_of=house.clock.now())
    found = _imported(house)
    if not found:
        for market in Market:
            for copy in house.folder.masters.glob(f"{market.value.lower()}-*.mst.zip"):
                found |= {stock.code: stock for stock in stocks_of(copy.read_bytes(), market)}
    return found


def _imported(house: "House") -> dict[str, Stock]:
    """Return the imported master by code, empty where there is none."""
    from jennie_cli.engine.scoring.market import read_stocks
    from jennie_cli.engine.store import Dataset

    held = {c.dataset for c in house.imported_facts.coverage()} if house.stored_anything() else ()
    if Dataset.STOCK_MASTER not in held:
        return {}
    return read_stocks(house.imported_facts, as_of=house.clock.now())


async def _board(house: "House", market: Market, day: date, transport: Any) -> tuple[Stock, ...]:
    from jennie_cli.adapters.kis import KisMasters, stocks_of

    kept = house.folder.masters / f"{market.value.lower()}-{day.isoformat()}.mst.zip"
    if kept.exists():
        return stocks_of(kept.read_bytes(), market)
    fetched: list[bytes] = []

    async def fetch(url: str) -> bytes:
        fetched.append(await _fetched(url, transport))
        return fetched[-1]

    stocks = await KisMasters(fetch).stocks(market)
    _keep(kept, fetched[-1])
    return stocks


async def _fetched(url: str, transport: Any) -> bytes:
    import httpx

    from jennie_cli.engine.broker import BrokerUnavailable

    try:
        async with httpx.AsyncClient(timeout=_PATIENCE_S, transport=transport) as http:
            answer = await http.get(url)
            answer.raise_for_status()
            return answer.content
    except httpx.HTTPError as error:
        raise BrokerUnavailable(
            f"KIS's stock master cannot be had ({type(error).__name__}).",
            hint="Try again, or import one: jennie data import PATH",
        ) from None


def _keep(path: Path, content: bytes) -> None:
    """Keep today's copy and let the older ones of the board go."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{path.name.partition('-')[0]}-*"):
            old.unlink(missing_ok=True)
        draft = path.with_suffix(".new")
        draft.write_bytes(content)
        draft.replace(path)
