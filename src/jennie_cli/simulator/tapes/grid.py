"""The price steps of one stock on one day, from any price, on the grid or off it."""

from dataclasses import dataclass
from datetime import date

from jennie_cli.engine.venue.ticks import TickTable, tick_table
from jennie_cli.simulator.tapes.listing import Listing
from jennie_cli.simulator.tapes.prints import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Valid prices in won; adjusted prices of old days may lie between two of them."""

    table: TickTable

    def holds(self, price: int) -> bool:
        """Whether an order may name the price as far as steps go."""
        return price >= 1 and price % self.table.step(price) == 0

    def above(self, price: int) -> int:
        """Return the lowest valid price above `price`."""
        return price + 1 + -(price + 1) % self.table.step(price + 1)

    def below(self, price: int) -> int:
        """Return the highest valid price below `price`, 0 if there is none."""
        return 0 if price <= 1 else price - 1 - (price - 1) % self.table.step(price - 1)

    def floors(self, prices: Ints) -> Ints:
        """Return the highest valid price not above each price."""
        return prices - prices % self.table.each(prices)

    def all_above(self, prices: Ints) -> Ints:
        """Return `above` of every price."""
        up = prices + 1
        return up + -up % self.table.each(up)

    def all_below(self, prices: Ints) -> Ints:
        """Return `below` of every price; prices are at least 1."""
        return self.floors(prices - 1)


def grid_of(listing: Listing, on: date) -> Grid:
    """Return the price steps of a stock on a day."""
    return Grid(table=tick_table(listing.market, on, listing.kind))
