"""What people ask of a running session, between the store of a home, its bus and the session."""

import asyncio
from typing import TYPE_CHECKING

from jennie_cli.engine.store import Asked, asked_at
from jennie_cli.engine.trading.alerts import Rung
from jennie_cli.engine.trading.session.announcing import PersonEars
from jennie_cli.engine.trading.session.overhearing import OverheardTicks
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.wiring.standing import standing_of
from jennie_cli.wiring.trading import TradingRoom

if TYPE_CHECKING:
    from jennie_cli.adapters.redis import RedisBus
    from jennie_cli.wiring.house import House


class Asks:
    """What people ask of the running session: stocks to sell, prices to be told of.

    The bus has a copy, told again whenever what is asked for changes.
    """

    def __init__(
        self, house: "House", room: TradingRoom, bus: "RedisBus", ears: PersonEars
    ) -> None:
        """`ears` are told of each alert that rings."""
        self._ears = ears
        self._desk = StandingDesk(
            standing=standing_of(house), keys=bus.keys, clock=room.clock, wall=house.wall_clock
        )
        self._told: Asked | None = None
        self._rung: list[Rung] = []
        self.ticks = OverheardTicks(room.site.passed_on(room.ticks), self._ring)

    async def read(self) -> frozenset[str]:
        """Return the codes of which everything is to be sold, and take in the alerts."""
        done, self._rung = self._rung, []
        asked = await asyncio.to_thread(self._desk.now)
        self.ticks.listen_for(asked.alerts)
        if done:
            await self._desk.drop(*(told.alert for told in done), who="session")
        elif asked != self._told:
            await self._desk.retell()
        self._told = asked
        return asked.selling

    def _ring(self, told: Rung) -> None:
        self._rung.append(told)
        self._ears.rung(told)


def watched_codes(house: "House", room: TradingRoom) -> tuple[str, ...]:
    """Return the stocks that a person added to those of the list; they are heard and not bought."""
    asked = asked_at(standing_of(house).all(), room.clock.now(), wall=house.wall_clock.now())
    return tuple(watched.code for watched in asked.watched)
