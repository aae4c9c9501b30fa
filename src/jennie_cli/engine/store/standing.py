"""The port to what a person asked the session to do until it is done, over or taken back.

It is kept with the flags, not on the bus: a lost bus must neither forget a stock that is to be sold
nor remember one that no longer is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Way(StrEnum):
    """On which side of its price an alert rings; the price itself belongs to both."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A stock to be listened to beside those of the scout's list."""

    code: str
    name: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAlert:
    """A price in won at which somebody wants to be told, until a moment of the exchange."""

    code: str
    name: str
    price: int
    way: Way
    who: str
    at: datetime
    until: datetime

    def rings_at(self, price: int) -> bool:
        """Whether a price in won is one to tell of."""
        return price >= self.price if self.way is Way.ABOVE else price <= self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidation:
    """A stock of which everything is to be sold, until a moment of the exchange."""

    code: str
    name: str
    who: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """No notices, alarms excepted, until a moment of the machine's clock."""

    who: str
    at: datetime
    until: datetime


Ask = Watched | PriceAlert | Liquidation | Mute


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for at a moment, each kind oldest first."""

    watched: tuple[Watched, ...] = ()
    alerts: tuple[PriceAlert, ...] = ()
    liquidations: tuple[Liquidation, ...] = ()
    mute: Mute | None = None

    @property
    def selling(self) -> frozenset[str]:
        """The codes of which everything is to be sold."""
        return frozenset(liquidation.code for liquidation in self.liquidations)


def same_ask(ask: Ask) -> str:
    """Return what two asks for the same thing have in common, as a short text."""
    if isinstance(ask, PriceAlert):
        return f"{ask.code}:{ask.way}:{ask.price}"
    return "" if isinstance(ask, Mute) else ask.code


def asked_at(asks: Iterable[Ask], now: datetime, *, wall: datetime) -> Asked:
    """Return what of the asks is not over at `now` of the exchange and `wall` of the machine."""
    kept = tuple(asks)
    mutes = [ask for ask in kept if isinstance(ask, Mute) and wall < ask.until]
    return Asked(
        watched=tuple(ask for ask in kept if isinstance(ask, Watched)),
        alerts=tuple(ask for ask in kept if isinstance(ask, PriceAlert) and now < ask.until),
        liquidations=tuple(ask for ask in kept if isinstance(ask, Liquidation) and now < ask.until),
        mute=mutes[-1] if mutes else None,
    )


class Standing(Protocol):
    """Keeps the asks of one account, with every change."""

    def all(self) -> tuple[Ask, ...]:
        """Return what was asked and not taken back, oldest first, over or not.

        Raises OutsideError when it cannot be read: nobody may take that for nothing.
        """
        ...

    def put(self, *asks: Ask) -> None:
        """Keep asks, all or none; one for the same thing takes the place of the one before."""
        ...

    def drop(self, *asks: Ask, who: str, at: datetime) -> tuple[Ask, ...]:
        """Take back what stands for the same things, all or none, and return it as it stood."""
        ...
