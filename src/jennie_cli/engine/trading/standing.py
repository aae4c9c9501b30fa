"""What a person asked the session to do: kept in the store, then told to the bus.

The store is what holds. The bus has a copy under the specified names for whoever only listens to
it; a bus that is down delays nothing, and the copy is made whole again by the next telling.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from jennie_cli.engine.bus import BusDown, Hashes, Key, Keys
from jennie_cli.engine.bus.names import (
    LIQUIDATION_ARMED,
    LIQUIDATION_STOCKS,
    MANUAL_WATCHLIST,
    MONITOR_BEAT,
    NOTIFICATION_MUTE,
    PRICE_ALERT,
)
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.model import Stock
from jennie_cli.engine.store import (
    Ask,
    Asked,
    Mute,
    PriceAlert,
    Standing,
    Watched,
    Way,
    asked_at,
)
from jennie_cli.engine.venue import Calendar

ALERT_LASTS = timedelta(days=7)


class TextsAndTables(Keys, Hashes, Protocol):
    """Keys of both kinds."""


@dataclass(slots=True, kw_only=True)
class StandingDesk:
    """Takes asks and takes them back. `clock` is the exchange's, `wall` the machine's.

    `untold` is why the bus last had no copy, None when it has one.
    """

    standing: Standing
    keys: TextsAndTables
    clock: Clock
    wall: Clock
    untold: BusDown | None = field(default=None, init=False)

    def now(self) -> Asked:
        """Return what is asked for now. Raises OutsideError when it cannot be read."""
        return asked_at(self.standing.all(), self.clock.now(), wall=self.wall.now())

    async def put(self, *asks: Ask) -> None:
        """Keep asks and tell the bus; what is over goes with it."""
        over = _over(self.standing.all(), self.now())
        self.standing.drop(*over, who="clock", at=self.wall.now())
        self.standing.put(*asks)
        await self.retell()

    async def drop(self, *asks: Ask, who: str) -> tuple[Ask, ...]:
        """Take asks back, tell the bus, and return those that were there."""
        gone = self.standing.drop(*asks, who=who, at=self.wall.now())
        await self.retell()
        return gone

    async def watch(self, *stocks: Stock, who: str) -> None:
        """Listen to more stocks; those that are listened to stay as they were asked for."""
        known = {watched.code for watched in self.now().watched}
        at = self.clock.now()
        new = {s.code: s for s in stocks if s.code not in known}.values()
        await self.put(*(Watched(code=s.code, name=s.name, who=who, at=at) for s in new))

    async def alert(self, stock: Stock, price: int, way: Way, *, who: str) -> None:
        """Tell of a price in won, for as long as an alert lasts."""
        now = self.clock.now()
        made = PriceAlert(
            code=stock.code,
            name=stock.name,
            price=price,
            way=way,
            who=who,
            at=now,
            until=now + ALERT_LASTS,
        )
        await self.put(made)

    async def mute(self, minutes: int, *, who: str) -> None:
        """Keep quiet notices back for minutes of the machine's clock."""
        now = self.wall.now()
        await self.put(Mute(who=who, at=now, until=now + timedelta(minutes=minutes)))

    async def retell(self) -> None:
        """Tell the bus all that is asked for now; its failure is kept in `untold`."""
        try:
            await tell_asked(self.keys, self.now(), wall=self.wall.now())
        except BusDown as error:
            self.untold = error
        else:
            self.untold = None

    async def monitored(self) -> bool | None:
        """Return whether a session watches holdings now, None when the bus does not say."""
        try:
            return await self.keys.get(MONITOR_BEAT) is not None
        except BusDown:
            return None


async def tell_asked(keys: TextsAndTables, asked: Asked, *, wall: datetime) -> None:
    """Put on the bus exactly what is asked for; `wall` is the machine's time. Raises BusDown.

    Moments are in the values: a lifetime is the server's seconds, not the exchange's.
    """
    await keys.put_hash(MANUAL_WATCHLIST, {w.code: w.name for w in asked.watched})
    alerts = _alerts_by_key(asked)
    living = {key.name for key in alerts}
    stale = [n for n in await keys.names(PRICE_ALERT.prefix) if n not in living]
    await keys.delete(*(Key(name=name, ttl_s=None) for name in stale))
    await keys.put_all(alerts)
    if asked.liquidations:
        until = max(liquidation.until for liquidation in asked.liquidations)
        codes = json.dumps(sorted(asked.selling))
        armed = json.dumps({"until": until.isoformat()})
        await keys.put_all({LIQUIDATION_STOCKS: codes, LIQUIDATION_ARMED: armed})
    else:
        await keys.delete(LIQUIDATION_STOCKS, LIQUIDATION_ARMED)
    if asked.mute is None:
        await keys.delete(NOTIFICATION_MUTE)
    else:
        lasting = NOTIFICATION_MUTE.lasting((asked.mute.until - wall).total_seconds())
        await keys.put(lasting, json.dumps({"until": asked.mute.until.isoformat()}))


def liquidation_end(calendar: Calendar, now: datetime) -> datetime:
    """Return the close up to which a liquidation asked for now is in force.

    Raises InputError when the calendar does not know the next day.
    """
    day = now.astimezone(KST).date()
    while (hours := calendar.session(day)) is None or now >= hours.close:
        day = calendar.next_day(day)
    return hours.close


def _over(asks: tuple[Ask, ...], asked: Asked) -> tuple[Ask, ...]:
    held = {*asked.watched, *asked.alerts, *asked.liquidations, asked.mute}
    return tuple(ask for ask in asks if ask not in held)


def _alerts_by_key(asked: Asked) -> Mapping[Key, str]:
    by_code: dict[str, list[PriceAlert]] = {}
    for alert in asked.alerts:
        by_code.setdefault(alert.code, []).append(alert)
    return {
        PRICE_ALERT.of(code): json.dumps([_alert(a) for a in alerts], ensure_ascii=False)
        for code, alerts in by_code.items()
    }


def _alert(alert: PriceAlert) -> Mapping[str, object]:
    return {
        "stock_name": alert.name,
        "target_price": alert.price,
        "alert_type": alert.way.value,
        "until": alert.until.isoformat(),
    }
