"""Where orders go, and in which order that is opened."""

import asyncio
from contextlib import AsyncExitStack, closing

import pytest
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.errors import OutsideError
from jennie_cli.wiring import sites
from jennie_cli.wiring.house import House


def test_the_market_is_made_before_the_exchange_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Made after it, a slow machine needs longer than an exchange waits that nobody asks."""
    done: list[str] = []

    def absent(_: House) -> None:
        done.append("exchange")
        raise OutsideError("there is none here")

    monkeypatch.setattr(House, "ready", lambda _: done.append("market"))
    monkeypatch.setattr(sites, "attach_world", absent)

    async def opened() -> None:
        async with AsyncExitStack() as stack:
            with short_home() as home, closing(house_at(home)) as house:
                await sites.open_site(house, stack)

    with pytest.raises(OutsideError, match="none here"):
        asyncio.run(opened())
    assert ["market", "exchange"] == done
