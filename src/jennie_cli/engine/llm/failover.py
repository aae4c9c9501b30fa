"""A question to several members in order, until one of them answers (§4.4 of operations).

A member is left for the next when it cannot be reached, does not answer in time, refuses the key,
the money or the model, asks to wait too long, fails inside, says nothing, or cannot be read after
one repair. A request that was refused for what it says is asked of nobody else. The time is one
for all: each member may use an equal share of what is left, so that one that hangs leaves some
for those behind it. A model that must be loaded first is loaded when its turn comes, not before;
that takes none of the time for an answer.
"""

from dataclasses import dataclass
from typing import TypeVar

from jennie_cli.engine.llm.asked import Request
from jennie_cli.engine.llm.failures import BudgetSpent, ModelFailed, NoAnswer
from jennie_cli.engine.llm.members import Member, Rests
from jennie_cli.engine.llm.ports import Provider
from jennie_cli.engine.llm.tally import Tally
from jennie_cli.engine.llm.turn import Room, Turn

T = TypeVar("T")

NOBODY_HINT = "`jennie llm doctor` says what each needs; llm.cloud_order names who is asked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """Asks members in order; `rests` remembers between questions who is left alone."""

    room: Room
    rests: Rests

    async def answer(
        self, request: Request[T], members: tuple[Member, ...], *, tally: Tally, until: float
    ) -> T:
        """Return the value of the first valid answer.

        Raises NoAnswer naming each member and how it failed, the ModelFailed itself where there
        is one member only or the request was at fault, and BudgetSpent where somebody was left out
        for what he costs and nobody else answered.
        """
        # who is alone does not rest: leaving him alone would only make the answer certain
        sole = sum(member.askable for member in members) <= 1
        poor: BudgetSpent | None = None
        said: dict[str, str] = {}
        for place, member in enumerate(members):
            said[member.name] = self._absence(member, sole=sole)
            if said[member.name]:
                continue
            asked, loading_s = await self._opened(member, tally)
            until += loading_s
            if asked.provider is None:
                said[member.name] = asked.absent
                continue
            following = sum(not self._absence(m, sole=sole) for m in members[place + 1 :])
            turn = self._turn(request, asked, asked.provider, following, tally=tally, until=until)
            try:
                value = await turn.take()
            except ModelFailed as failed:
                if failed.ours or len(members) == 1:
                    raise
                self.rests.failed(member.name, failed)
                said[member.name] = f"{failed.kind}: {failed.message}"
            except BudgetSpent as spent:
                # somebody behind may cost nothing
                poor, said[member.name] = spent, "the day's money is spent"
            else:
                self.rests.answered(member.name)
                return value
        if poor is not None:
            raise poor
        told = "; ".join(f"{name}: {why.rstrip('.')}" for name, why in said.items())
        raise NoAnswer(f"No model answered. {told}.", hint=NOBODY_HINT)

    def _absence(self, member: Member, *, sole: bool) -> str:
        """Return why a member is not asked, empty when it is."""
        if not member.askable:
            return member.absent
        if not sole and self.rests.resting(member.name):
            return "rests after failures in a row"
        return ""

    async def _opened(self, member: Member, tally: Tally) -> tuple[Member, float]:
        """Return a member as it is to be asked, and the seconds that took."""
        began = self.room.clock.monotonic()
        opened = await member.opened()
        loading_s = self.room.clock.monotonic() - began
        tally.started += loading_s
        return opened, loading_s

    def _turn(
        self,
        request: Request[T],
        member: Member,
        provider: Provider,
        following: int,
        *,
        tally: Tally,
        until: float,
    ) -> Turn[T]:
        """Return the turn of a member, with its share of the time among it and those following."""
        now = self.room.clock.monotonic()
        return Turn(
            request,
            member,
            provider,
            room=self.room,
            tally=tally,
            until=now + (until - now) / (following + 1),
            last=following == 0,
        )
