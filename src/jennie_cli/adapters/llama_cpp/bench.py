"""How much faster this machine's model is when it is asked many things at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jennie_cli.adapters.llama_cpp.provider import LocalModel
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.llm import Call, Message, Reply, Role

SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "score": {"type": "integer", "minimum": 0, "maximum": 100},
            "reason": {"type": "string", "minLength": 40, "maxLength": 80},
        },
        "required": ["score", "reason"],
        "additionalProperties": False,
    }
)
_RULES = "You judge Korean stocks by the figures given, in one short sentence and a score. " * 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """The same requests one after another and all at once, by the same model and threads.

    Tokens are those written; `prompt_tokens` those asked of the batch, `reused_tokens` those of
    them that it did not have to compute. One after another, nothing is kept between requests.
    """

    requests: int
    serial_tokens: int
    serial_s: float
    batched_tokens: int
    batched_s: float
    prompt_tokens: int
    reused_tokens: int

    @property
    def serial_rate(self) -> float:
        """Tokens a second, one request after another."""
        return self.serial_tokens / self.serial_s if self.serial_s else 0.0

    @property
    def batched_rate(self) -> float:
        """Tokens a second, all requests at once."""
        return self.batched_tokens / self.batched_s if self.batched_s else 0.0

    @property
    def ratio(self) -> float:
        """How many times as many tokens a second the batch writes."""
        return self.batched_rate / self.serial_rate if self.serial_rate else 0.0


def bench_call(number: int, *, max_tokens: int, deadline_s: float) -> Call:
    """Return the request of that number: all share their beginning, none its end."""
    figures = (
        f"Stock {number}: price {71_200 + 350 * number} won, +{number % 7}.3 %, PER {9 + number}."
    )
    return Call(
        messages=(Message(role=Role.SYSTEM, text=_RULES), Message(role=Role.USER, text=figures)),
        schema=SCHEMA,
        schema_name="bench",
        temperature=0.0,
        max_tokens=max_tokens,
        deadline_s=deadline_s,
        seed=number,
    )


async def bench(
    model: LocalModel,
    *,
    steady: Clock,
    requests: int = 8,
    max_tokens: int = 256,
    deadline_s: float = 1800.0,
) -> BenchResult:
    """Ask the same requests serially and at once and return both times. Raises ModelFailed."""
    calls = [bench_call(n, max_tokens=max_tokens, deadline_s=deadline_s) for n in range(requests)]
    started = steady.monotonic()
    serial: list[Reply] = []
    for call in calls:
        model.forget()
        serial.append(await model.reply(call))
    serial_s = steady.monotonic() - started
    model.forget()
    asked, reused = model.tally.prompt_tokens, model.tally.reused_tokens
    started = steady.monotonic()
    batched = await asyncio.gather(*(model.reply(call) for call in calls))
    return BenchResult(
        requests=requests,
        serial_tokens=sum(reply.tokens_out for reply in serial),
        serial_s=serial_s,
        batched_tokens=sum(reply.tokens_out for reply in batched),
        batched_s=steady.monotonic() - started,
        prompt_tokens=model.tally.prompt_tokens - asked,
        reused_tokens=model.tally.reused_tokens - reused,
    )
