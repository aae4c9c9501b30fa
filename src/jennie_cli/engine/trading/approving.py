"""A stamped buy that waits for a person: told on the bus, and answered there from any process.

Nothing but the answer of a person lets it leave: what cannot be read is no.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import APPROVAL_ANSWER, APPROVAL_WAITING
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.model import Signal
from jennie_cli.engine.risk import ApprovedOrder

_LOOK_S = 0.2


class Answer(StrEnum):
    """What a person says to a buy."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A buy that waits: shares, the most in won that it pays for one, and what asked for it."""

    order_id: str
    code: str
    name: str
    qty: int
    limit: int
    strategy: str
    at: datetime

    @property
    def worth(self) -> int:
        """Won that it is worth at most."""
        return self.qty * self.limit

    @classmethod
    def of(cls, order: ApprovedOrder, signal: Signal) -> "Waiting":
        """Return what is told of a stamped buy."""
        return cls(
            order_id=order.intent.order_id,
            code=signal.code,
            name=signal.name,
            qty=order.intent.qty,
            limit=order.intent.price or 0,
            strategy=str(signal.strategy),
            at=order.at,
        )

    def text(self) -> str:
        """Return it as the bus keeps it."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Waiting | None":
        """Return what a key says, None when it is something else."""
        try:
            told = json.loads(text)
            found = cls(**{**told, "at": datetime.fromisoformat(told["at"])})
        except (KeyError, TypeError, ValueError):
            return None
        words: tuple[object, ...] = (found.order_id, found.code, found.name, found.strategy)
        figures: tuple[object, ...] = (found.qty, found.limit)
        told_well = all(isinstance(word, str) and word.isprintable() for word in words) and all(
            isinstance(figure, int) and figure > 0 for figure in figures
        )
        return found if told_well and found.at.tzinfo is not None else None


class BusApprovals:
    """Asks over the bus, for as long as the session waits; the port of `Buys`."""

    def __init__(self, keys: Keys, steady: Clock, tell: Callable[[Waiting], None]) -> None:
        """`tell` lets the person know that there is something to say; `steady` is real time."""
        self._keys, self._steady, self._tell = keys, steady, tell

    async def ask(self, order: ApprovedOrder, signal: Signal) -> bool:
        """Return whether a person said yes; cancelled when nobody did in time. Raises BusDown."""
        waiting = Waiting.of(order, signal)
        asked = APPROVAL_WAITING.of(waiting.order_id)
        answer = APPROVAL_ANSWER.of(waiting.order_id)
        try:
            await self._keys.put(asked, waiting.text())
            self._tell(waiting)
            while (said := await self._keys.get(answer)) is None:
                await self._steady.sleep(_LOOK_S)
            return said == Answer.YES
        finally:
            with suppress(BusDown):
                await self._keys.delete(asked, answer)


async def waiting_buys(keys: Keys) -> tuple[Waiting, ...]:
    """Return the buys that wait for an answer, oldest first. Raises BusDown."""
    found = []
    for name in await keys.names(APPROVAL_WAITING.prefix):
        order_id = name.removeprefix(APPROVAL_WAITING.prefix)
        told = await keys.get(APPROVAL_WAITING.of(order_id))
        waiting = None if told is None else Waiting.read(told)
        if waiting is not None and waiting.order_id == order_id:
            found.append(waiting)
    return tuple(sorted(found, key=lambda waiting: (waiting.at, waiting.order_id)))


async def answered(keys: Keys, waiting: Waiting, answer: Answer) -> bool:
    """Say yes or no; return whether it was the first answer to a buy that still waits."""
    if await keys.get(APPROVAL_WAITING.of(waiting.order_id)) is None:
        return False
    return await keys.put_if_absent(APPROVAL_ANSWER.of(waiting.order_id), answer)
