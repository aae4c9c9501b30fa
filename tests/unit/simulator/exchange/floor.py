"""A small exchange with hand-made tapes, and orders for it."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from jennie_cli.engine.model import Market, Side
from jennie_cli.engine.venue import Session, default_calendar
from jennie_cli.simulator.exchange import (
    Ended,
    Exchange,
    ExchangeOrder,
    Executed,
    Happening,
    Listing,
    Pricing,
    Prints,
    Rejected,
    RejectReason,
    Remainder,
)

DAY = date(2025, 6, 30)
CODE = "990001"
MINUTE = 60_000
OPEN, CLOSING, CLOSE = 540 * MINUTE, 920 * MINUTE, 930 * MINUTE
INTAKE = 510 * MINUTE
BUYER, SELLER, AUCTION = 1, 5, 0

Row = tuple[int, int, int, int]


def session() -> Session:
    """Return the hours of the day that is played."""
    found = default_calendar().session(DAY)
    assert found is not None
    return found


def tape(rows: Sequence[Row]) -> Prints:
    """Return a tape of (ms, won, shares, aggressor)."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Prints(at_ms=table[0], price=table[1], qty=table[2], aggressor=table[3])


def listing(**changes: object) -> Listing:
    """Return a KOSDAQ stock whose last close was 10,000 won: limits 7,000 to 13,000, step 10."""
    known: dict[str, object] = {"code": CODE, "market": Market.KOSDAQ, "base_price": 10_000}
    return Listing(**(known | changes))  # type: ignore[arg-type]  # a test names real fields


def exchange(rows: Sequence[Row], *, seed: int = 7, **changes: object) -> Exchange:
    """Return an exchange of one stock with a hand-made tape."""
    return Exchange(
        session=session(), listings=[listing(**changes)], prints={CODE: tape(rows)}, seed=seed
    )


def day(*inner: Row, opened: int = 10_000, closed: int = 10_000) -> list[Row]:
    """Return a tape with auctions of 1,000 shares at open and close around other prints."""
    return [(OPEN, opened, 1000, AUCTION), *inner, (CLOSE, closed, 1000, AUCTION)]


def order(
    number: str,
    side: Side,
    qty: int,
    price: int | None = None,
    *,
    pricing: Pricing | None = None,
    stop: int | None = None,
    remainder: Remainder = Remainder.REST,
    owner: str = "me",
    code: str = CODE,
) -> ExchangeOrder:
    """Return an order; without a price and a pricing it is a market order."""
    kind = pricing or (Pricing.MARKET if price is None else Pricing.LIMIT)
    return ExchangeOrder(
        number=number,
        owner=owner,
        code=code,
        side=side,
        qty=qty,
        price=price,
        pricing=kind,
        stop=stop,
        remainder=remainder,
    )


def fills(happened: Sequence[Happening]) -> list[tuple[str, int, int]]:
    """Return (number, price, shares) of the executions."""
    return [(h.number, h.price, h.qty) for h in happened if isinstance(h, Executed)]


def ends(happened: Sequence[Happening]) -> list[tuple[str, str]]:
    """Return (number, reason) of the orders that ended."""
    return [(h.number, str(h.reason)) for h in happened if isinstance(h, Ended)]


def refusal(venue: Exchange, asked: ExchangeOrder) -> RejectReason | None:
    """Return why an order is rejected, None when it is taken."""
    try:
        venue.enter(asked)
    except Rejected as no:
        return no.reason
    return None
