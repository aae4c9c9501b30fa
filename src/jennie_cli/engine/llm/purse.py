"""The day's money of each service: set aside before a call, counted after it.

What a call may cost at worst is set aside while it runs, so that calls at the same time cannot
spend the same dollar. Other processes are seen once their calls are counted.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import ceil

import orjson

from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.llm.answered import Usage
from jennie_cli.engine.llm.asked import Call
from jennie_cli.engine.llm.failures import BudgetSpent
from jennie_cli.engine.llm.members import Member
from jennie_cli.engine.llm.policy import LlmPolicy
from jennie_cli.engine.llm.ports import UsageBook
from jennie_cli.engine.llm.prices import PriceTable

CHARS_PER_TOKEN = 1.5
"""Of ASCII, which is 3 to 4 in words and fewer in JSON; 1.5 is the dearest guess."""

TOKENS_PER_SIGN = 1.5
"""Of any other character. Korean is said to be 1.5 to 2 characters a token (§4.3 of operations),
yet some tokenisers need more than one token a character, and a budget must hold for them, too.
"""


@dataclass(slots=True)
class Purse:
    """Says whether a call may be made and what it cost. Amounts are millionths of a US dollar."""

    policy: LlmPolicy
    book: UsageBook
    prices: PriceTable
    clock: Clock
    _held: Counter[str] = field(default_factory=Counter)
    _counted: Counter[tuple[date, str]] = field(default_factory=Counter)

    def today(self) -> date:
        """Return the Korean day whose money is spent."""
        return self.clock.now().astimezone(KST).date()

    def cost(self, provider: str, model: str, tokens_in: int, tokens_out: int) -> int:
        """Return what so many tokens cost today."""
        return self.prices.cost(provider, model, self.today(), tokens_in, tokens_out)

    def most(self, member: Member, call: Call) -> tuple[int, int]:
        """Return the tokens in and out of a call if the answer is as long as it may be."""
        said = "".join(message.text for message in call.messages)
        said += orjson.dumps(call.schema).decode() if call.schema else ""
        plain = len(said.encode("ascii", "ignore"))
        tokens_in = plain / CHARS_PER_TOKEN + (len(said) - plain) * TOKENS_PER_SIGN
        return ceil(tokens_in), call.max_tokens + member.thought_tokens

    @contextmanager
    def held(self, service: str, worst: int) -> Iterator[None]:
        """Set money aside for one call. Raises BudgetSpent when the day has too little left.

        A call that costs nothing is always allowed.
        """
        if worst > 0:
            self._insist(service, worst)
        self._held[service] += worst
        try:
            yield
        finally:
            self._held[service] -= worst

    async def count(self, usage: Usage) -> None:
        """Count what a call used; it counts here even when the book cannot take it."""
        day = usage.at.astimezone(KST).date()
        self._counted[day, usage.service] += usage.usd_micro
        await self.book.add(usage)

    def _insist(self, service: str, worst: int) -> None:
        day = self.today()
        limit_usd = self.policy.budget_usd(service)
        limit = int(Decimal(str(limit_usd)) * 1_000_000)
        spent = max(self.book.spent(day, service), self._counted[day, service])
        waiting = self._held[service]
        if spent + waiting + worst > limit:
            raise BudgetSpent(
                f"The service {service} may spend {_usd(limit)} USD on {day}: {_usd(spent)} are "
                f"spent, {_usd(waiting)} set aside for calls under way, and this call may cost "
                f"{_usd(worst)}.",
                hint=f"Raise llm.{self.policy.budget_name(service)}, wait for the next day in "
                "Korea, or choose a model that costs nothing.",
            )


def _usd(micro: int) -> str:
    return f"{Decimal(micro) / 1_000_000:.6f}".rstrip("0").ljust(4, "0")
