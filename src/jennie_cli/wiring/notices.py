"""The notices of a home: on their way to its bus, and from there to its chats."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jennie_cli.engine.bot import Herald
from jennie_cli.engine.bus.names import TRADE_NOTIFICATIONS
from jennie_cli.engine.notify import Chat, Notices, NotifyPolicy
from jennie_cli.engine.store import asked_at
from jennie_cli.wiring.standing import standing_of

if TYPE_CHECKING:
    from jennie_cli.adapters.redis import RedisBus
    from jennie_cli.wiring.house import House


@asynccontextmanager
async def open_notices(house: "House", bus: "RedisBus") -> AsyncIterator[Notices]:
    """Publish what is told until the end, and then once more what still waits."""
    notices = Notices(
        bus.streams,
        TRADE_NOTIFICATIONS,
        policy=house.settings.slice(NotifyPolicy),
        steady=house.wall_clock,
    )
    running = asyncio.create_task(notices.run())
    try:
        yield notices
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await notices.flush()


def herald_of(house: "House", bus: "RedisBus", chat: Chat, chats: Sequence[int]) -> Herald:
    """Return who tells the home's notices to some chats, but for what its mute keeps back."""
    asks = standing_of(house)

    async def muted() -> bool:
        now = house.wall_clock.now()
        asked = asked_at(await asyncio.to_thread(asks.all), now, wall=now)
        return asked.mute is not None

    return Herald(
        bus.keys,
        chat,
        chats,
        muted=muted,
        mask=house.masker,
        clock=house.wall_clock,
        policy=house.settings.slice(NotifyPolicy),
    )
