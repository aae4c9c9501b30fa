"""What the stamp looks at, gathered by whoever asks for it; nothing here is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Flag, OrderType, Stock, Venue
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.venue import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What every order is judged by.

    `session` is None on a day that is not known to be open, `flags` when they could not be read,
    `buying_power` when the broker did not tell (asked with the order's own type and price), and
    `sellable` when nobody asked or nobody knew.
    """

    now: datetime
    session: Session | None
    flags: Mapping[Flag, FlagState] | None
    stock: Stock
    buying_power: BuyingPower | None = None
    sellable: int | None = None
    types: tuple[OrderType, ...] = (OrderType.LIMIT, OrderType.MARKET)
    venues: tuple[Venue, ...] = (Venue.KRX,)

    def up(self, flag: Flag) -> bool:
        """Whether a flag is known to be up."""
        return self.flags is not None and flag in self.flags and self.flags[flag].up


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualFacts(Moment):
    """The moment an order by hand is judged in.

    `ordered_today` is won bought by hand today, orders that still wait included.
    `last_similar_at` is when the last order of the same stock, side and quantity was made,
    `confirmed` whether a person or a script said yes to a repetition.
    """

    quote: Quote
    ordered_today: int = 0
    last_similar_at: datetime | None = None
    confirmed: bool = False

    def reference_price(self, price: int | None) -> int:
        """Return the won a share to judge by: the limit, else the auction's, else the last."""
        return price or self.quote.expected_price or self.quote.price
