"""Between a question, its line in the reply log, and the answer or failure that a replay gives."""

from datetime import datetime
from typing import Any, TypeVar

from jennie_cli.engine.errors import JennieError, SettingsError
from jennie_cli.engine.llm.answered import Answer, Exchange
from jennie_cli.engine.llm.asked import Request
from jennie_cli.engine.llm.failover import NOBODY_HINT
from jennie_cli.engine.llm.failures import (
    BudgetSpent,
    FailureKind,
    ModelFailed,
    NoAnswer,
    NoModel,
    NotInLog,
    Spending,
    WrongShape,
)
from jennie_cli.engine.llm.reading import json_of
from jennie_cli.engine.llm.tally import Tally

T = TypeVar("T")

_THEN = "It is told from the log: this is how the home was set up then."
_KINDS = frozenset(kind.value for kind in FailureKind)


def exchange_of(
    request: Request[Any],
    tally: Tally,
    *,
    asked: str,
    at: datetime,
    latency_s: float,
    run: str,
    failed: JennieError | None = None,
) -> Exchange:
    """Return the line of the log for a question and how it ended."""
    return Exchange(
        key=request.key,
        at=at,
        service=request.service,
        tier=request.tier,
        prompt_name=request.prompt.name,
        prompt_version=request.prompt.version,
        prompt_sha256=request.prompt.sha256,
        asked=asked,
        text=tally.text,
        provider=tally.provider,
        model=tally.model,
        tokens_in=tally.tokens_in,
        tokens_out=tally.tokens_out,
        usd_micro=tally.usd_micro,
        latency_s=latency_s,
        attempts=tally.attempts,
        simulated=tally.simulated,
        failure=None if failed is None else _code(failed),
        failure_text="" if failed is None else failed.message,
        run=run,
    )


def answer_of(exchange: Exchange, value: T, *, replayed: bool = False) -> Answer[T]:
    """Return the answer of an exchange; a replayed one keeps the figures of its first time."""
    return Answer(
        value=value,
        provider=exchange.provider,
        model=exchange.model,
        tokens_in=exchange.tokens_in,
        tokens_out=exchange.tokens_out,
        usd_micro=exchange.usd_micro,
        latency_s=exchange.latency_s,
        attempts=exchange.attempts,
        prompt_sha256=exchange.prompt_sha256,
        key=exchange.key,
        simulated=exchange.simulated,
        replayed=replayed,
    )


def replayed(request: Request[T], exchange: Exchange | None) -> Answer[T]:
    """Return what the log says, or raise what it says was raised. Raises NotInLog."""
    if exchange is None:
        raise _not_in_log(request, "was never asked")
    if exchange.failure is not None:
        failed = _raised(exchange.failure, exchange.failure_text)
        if isinstance(failed, Spending):
            failed.spent(exchange.tokens_in, exchange.tokens_out, exchange.usd_micro)
        raise failed
    try:
        value = request.shape.read(json_of(exchange.text, request.shape.schema))
    except WrongShape as wrong:
        raise _not_in_log(request, f"has an answer that is read no more ({wrong})") from None
    return answer_of(exchange, value, replayed=True)


def _code(failed: JennieError) -> str:
    return f"{failed.code}:{failed.kind}" if isinstance(failed, ModelFailed) else failed.code


def _raised(failure: str, text: str) -> JennieError:
    code, _, kind = failure.partition(":")
    if code == ModelFailed.code and kind in _KINDS:
        return ModelFailed(text, kind=FailureKind(kind))
    if code == BudgetSpent.code:
        return BudgetSpent(text, hint="It is told from the log: no money is spent by a replay.")
    if code in {ModelFailed.code, NoAnswer.code}:
        return NoAnswer(text, hint=NOBODY_HINT)
    # whatever else keeps a model from being asked is something that was not set up
    return (NoModel if code == NoModel.code else SettingsError)(text, hint=_THEN)


def _not_in_log(request: Request[Any], why: str) -> NotInLog:
    prompt = request.prompt
    return NotInLog(
        f"The log cannot replay this: the prompt {prompt.name} ({prompt.version}) with the key "
        f"{request.key[:16]} {why}.",
        hint="jennie config set llm.replay off   asks a model, and keeps what it says.",
    )
