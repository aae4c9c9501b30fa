"""Which price alerts a batch of prices rings, and their words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.store import PriceAlert, Way


class Heard(Protocol):
    """A price in won that was heard, such as a tick."""

    @property
    def code(self) -> str:
        """The stock."""
        ...

    @property
    def at(self) -> datetime:
        """When it was."""
        ...

    @property
    def price(self) -> int:
        """Won a share."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """An alert, and the first price in won that rang it."""

    alert: PriceAlert
    price: int
    at: datetime


def rung(alerts: Iterable[PriceAlert], heard: Iterable[Heard]) -> tuple[Rung, ...]:
    """Return the alerts that prices ring, in the order heard, each once, by its first such price.

    A price from before the alert was made, or from when it is over, rings nothing. An alert that
    rang is never armed again: who tells of it takes it back from the store, and a new one is asked
    for by hand.
    """
    waiting: dict[str, list[PriceAlert]] = {}
    for alert in alerts:
        waiting.setdefault(alert.code, []).append(alert)
    found: list[Rung] = []
    for one in heard if waiting else ():
        mine = waiting.get(one.code)
        if not mine:
            continue
        hit = [a for a in mine if a.at <= one.at < a.until and a.rings_at(one.price)]
        found.extend(Rung(alert=a, price=one.price, at=one.at) for a in hit)
        waiting[one.code] = [a for a in mine if a not in hit]
    return tuple(found)


def way_to(price: int, now: int) -> Way | None:
    """Return from which side a price in won is reached from the one now, None when it is there."""
    if price == now:
        return None
    return Way.ABOVE if price > now else Way.BELOW


def alert_line(alert: PriceAlert, lang: str) -> str:
    """Return an alert and its end in one line."""
    return _line(alert, str(alert.way), lang, until=f"{alert.until.astimezone(KST):%m-%d %H:%M}")


def rung_line(told: Rung, lang: str) -> str:
    """Return what is told when an alert rings."""
    at = f"{told.at.astimezone(KST):%H:%M:%S}"
    return _line(told.alert, f"rung_{told.alert.way}", lang, now=f"{told.price:,}", at=at)


def _line(alert: PriceAlert, key: str, lang: str, **more: str) -> str:
    named = {"name": alert.name, "code": alert.code, "price": f"{alert.price:,}"}
    return text(f"trade.alert.{key}", lang, **named, **more)
