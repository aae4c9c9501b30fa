"""Where a session of a home reads the macro side again while it runs."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from jennie_cli.engine.bus import Keys
from jennie_cli.engine.macro import InsightSource, MacroPolicy, ThrottlePolicy
from jennie_cli.engine.macro.collecting import Scope
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.running_weather import MacroRoom
from jennie_cli.settings import Profile
from jennie_cli.wiring.insights import session_insights
from jennie_cli.wiring.macro import collect_macro, macro_store_of

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

_INDEX_SOURCE = "naver"


def macro_room_of(house: "House", keys: Keys, morning: Morning) -> MacroRoom:
    """Return where the session of a morning reads council, figures and KOSPI.

    A market of our own tells its index only after the close, so nothing throttles it; of the real
    one KOSPI is asked for, beside what others collect.
    """
    own = house.profile is Profile.SIM

    async def insights(now: datetime) -> InsightSource:
        return await session_insights(house, keys, now=now)

    async def refresh() -> None:
        # a thread with a loop of its own: what a collection reads and writes may block
        await asyncio.to_thread(
            lambda: asyncio.run(collect_macro(house, Scope.QUICK, only=(_INDEX_SOURCE,)))
        )

    settings = house.settings
    return MacroRoom(
        insights=insights,
        snapshots=macro_store_of(house),
        calendar=house.calendar,
        policy=settings.slice(MacroPolicy),
        regime=morning.regime if morning.regime_known else None,
        throttle=None if own else settings.slice(ThrottlePolicy),
        refresh=None if own else refresh,
    )
