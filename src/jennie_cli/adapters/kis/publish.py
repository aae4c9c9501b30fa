"""Ticks leave the stream for the bus, where every process of the home reads them."""

from collections.abc import Mapping

from jennie_cli.engine.bus import Bus, names
from jennie_cli.engine.feed import Tick, Ticks


async def publish_ticks(stream: Ticks, bus: Bus) -> None:
    """Move every tick to the bus stream `kis:prices`, for as long as the stream lasts."""
    async for item in stream.ticks():
        if isinstance(item, Tick):
            bus.publish(names.PRICES, fields_of(item))


def fields_of(tick: Tick) -> Mapping[str, str]:
    """Return a tick as flat texts: won, shares of this tick, exchange time.

    `regular` and `after_gap` are there only when a bar must know.
    """
    fields = {
        "code": tick.code,
        "price": str(tick.price),
        "high": str(tick.day_high),
        "vol": str(tick.qty),
        "ts": tick.at.isoformat(),
    }
    if not tick.regular:
        fields["regular"] = "0"
    if tick.after_gap:
        fields["after_gap"] = "1"
    return fields
