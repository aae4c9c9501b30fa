"""What a liquidation means before it is asked for: the holdings, the halted, who will sell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.broker import Account, Holding
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import Quotes
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Flag, Side, StockStatus
from jennie_cli.engine.store import Flags, Liquidation
from jennie_cli.engine.trading.desk import ManualDesk
from jennie_cli.engine.trading.plans import Note
from jennie_cli.engine.trading.standing import StandingDesk, liquidation_end
from jennie_cli.engine.trading.telling import note_lines, shares, when, won
from jennie_cli.engine.venue import Calendar


class SellingRoom(Protocol):
    """What of a trading room a liquidation looks at."""

    @property
    def desk(self) -> ManualDesk:
        """Finds stocks."""
        ...

    @property
    def account(self) -> Account:
        """Tells what is held."""
        ...

    @property
    def quotes(self) -> Quotes:
        """Tells what is halted."""
        ...

    @property
    def flags(self) -> Flags:
        """Tells of a dry run."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a liquidation means now: the holdings, those that are halted, and who will sell them.

    `missing` are codes asked for that are not held. `monitored` is None when nobody could say
    whether a session runs.
    """

    holdings: tuple[Holding, ...]
    missing: tuple[str, ...]
    halted: frozenset[str]
    until: datetime
    monitored: bool | None
    dry_run: bool

    def asks(self, *, who: str, at: datetime) -> list[Liquidation]:
        """Return what is to be put at the desk."""
        return [
            Liquidation(code=h.code, name=h.name, who=who, at=at, until=self.until)
            for h in self.holdings
        ]


async def meant(
    room: SellingRoom, desk: StandingDesk, names: Sequence[str], *, calendar: Calendar
) -> Meant:
    """Return what would be sold now of stocks by code or name; a market or flags that cannot be
    read hide nothing else.

    Raises UnknownStock, AmbiguousStock, OutsideError when the account cannot be read.
    """
    codes = dict.fromkeys([(await room.desk.find(name, Side.SELL)).code for name in names])
    held = {h.code: h for h in (await room.account.state()).holdings if h.qty}
    holdings = tuple(held[code] for code in codes if code in held)
    try:
        quotes = await room.quotes.quotes([h.code for h in holdings])
    except OutsideError:
        quotes = ()
    try:
        flags = room.flags.all()
    except OutsideError:
        flags = {}
    return Meant(
        holdings=holdings,
        missing=tuple(code for code in codes if code not in held),
        halted=frozenset(q.code for q in quotes if q.status is StockStatus.HALTED),
        until=liquidation_end(calendar, desk.clock.now()),
        monitored=await desk.monitored(),
        dry_run=Flag.DRY_RUN in flags and flags[Flag.DRY_RUN].up,
    )


def meant_lines(found: Meant, lang: str, jennie: str) -> list[str]:
    """Return what would be sold, what cannot be now, and whether anybody is there to sell it."""
    lines = [text("trade.liquidate.plan", lang, until=when(found.until))]
    for held in found.holdings:
        told = {"name": held.name, "code": held.code, "qty": shares(held.qty, lang)}
        lines.append(text("trade.flatten_stock", lang, **told, worth=won(held.value, lang)))
        if held.code in found.halted:
            lines.append(text("trade.liquidate.halted", lang))
    if found.monitored is not True:
        key = "unwatched" if found.monitored is False else "unknown_watch"
        lines.append(text(f"trade.liquidate.{key}", lang, jennie=jennie))
    return [*lines, *note_lines([Note.DRY_RUN] if found.dry_run else [], lang)]
