"""What came back: a provider's words, and the answer that was made of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from jennie_cli.engine.clock import KST

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A provider's words for one call, not yet believed.

    `model` is the id that really answered; tokens are those the provider reports. `simulated` marks
    words of the built-in sages.
    """

    text: str
    model: str
    tokens_in: int
    tokens_out: int
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """A validated answer and what it took.

    Provider and model are those that answered. `attempts` counts calls to any provider, tokens and
    `usd_micro`, millionths of a US dollar, are of all of them, `latency_s` seconds from the first
    call to the last word. A `replayed` answer cost nothing this time; its figures are those of the
    exchange in the log, so that a day told again is the same to the byte.
    """

    value: T
    provider: str
    model: str
    tokens_in: int
    tokens_out: int
    usd_micro: int
    latency_s: float
    attempts: int
    prompt_sha256: str
    key: str
    simulated: bool = False
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and how it ended, as the log keeps it.

    `asked` is the canonical JSON that the key is the hash of, `text` the last reply, empty when
    none came. Tokens, cost and attempts are of all calls made for it, provider and model those of
    the last. `failure` is the error's code, with the kind after a colon where one provider failed,
    None for an answer. `run` names the desk that asked, by the moment it was opened.
    """

    key: str
    at: datetime
    service: str
    tier: str
    prompt_name: str
    prompt_version: str
    prompt_sha256: str
    asked: str
    text: str
    provider: str
    model: str
    tokens_in: int
    tokens_out: int
    usd_micro: int
    latency_s: float
    attempts: int
    simulated: bool = False
    failure: str | None = None
    failure_text: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one call to one provider used; `failed` calls count too, `failover` left a member."""

    at: datetime
    service: str
    provider: str
    model: str
    tokens_in: int
    tokens_out: int
    usd_micro: int
    latency_s: float
    failed: bool = False
    failover: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTotal:
    """What calls of a Korean day used; `errors` gave no usable answer, latencies are summed."""

    date: date
    service: str
    provider: str
    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    usd_micro: int
    errors: int
    failovers: int
    latency_ms_sum: int

    def plus(self, other: "UsageTotal") -> "UsageTotal":
        """Return both together, under the day and names of this one."""
        return UsageTotal(
            date=self.date,
            service=self.service,
            provider=self.provider,
            model=self.model,
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            usd_micro=self.usd_micro + other.usd_micro,
            errors=self.errors + other.errors,
            failovers=self.failovers + other.failovers,
            latency_ms_sum=self.latency_ms_sum + other.latency_ms_sum,
        )


def usage_total(usage: Usage) -> UsageTotal:
    """Return one call as the total that it is."""
    return UsageTotal(
        date=usage.at.astimezone(KST).date(),
        service=usage.service,
        provider=usage.provider,
        model=usage.model,
        calls=1,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        usd_micro=usage.usd_micro,
        errors=int(usage.failed),
        failovers=int(usage.failover),
        latency_ms_sum=round(usage.latency_s * 1000),
    )


def usage_totals(used: Iterable[Usage]) -> tuple[UsageTotal, ...]:
    """Return the totals of each day, service, provider and model, in that order."""
    found: dict[tuple[date, str, str, str], UsageTotal] = {}
    for one in map(usage_total, used):
        place = (one.date, one.service, one.provider, one.model)
        found[place] = found[place].plus(one) if place in found else one
    return tuple(found[place] for place in sorted(found))
