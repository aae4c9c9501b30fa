"""The exam of a Provider of models: subclass it in a test module and give `open`."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Any

from jennie_cli.engine.llm import Call, FailureKind, Message, ModelFailed, Provider, Role

SCHEMA = {
    "type": "object",
    "properties": {
        "grade": {"type": "string", "enum": ["S", "A"]},
        "score": {"type": "integer", "minimum": 0, "maximum": 100},
    },
    "required": ["grade", "score"],
    "additionalProperties": False,
}
"""What a model is asked to fill in; it must reach it, for nothing else names its fields."""

_SOON_S = 0.3
_AMPLE_S = 60.0
_AT_ONCE = 4


@dataclass(kw_only=True)
class ModelDesk:
    """A provider at the exam.

    After `stall()` no answer comes for a minute, until `resume()`; `asked` waits until a call has
    reached the model.
    """

    provider: Provider
    stall: Callable[[], None]
    resume: Callable[[], None]
    asked: Callable[[], Awaitable[None]]


class ProviderExam(ABC):
    """Numbered questions about answers, shapes, deadlines, cancelling and closing."""

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[ModelDesk]:
        """Open a fresh provider and close it afterwards."""

    def test_01_an_answer_has_words_a_model_and_counts(self) -> None:
        """Tokens are counted on both sides, by the provider or by estimate."""

        async def case(desk: ModelDesk) -> None:
            reply = await desk.provider.reply(question())
            assert reply.text.strip()
            assert reply.model
            assert 0 < reply.tokens_in
            assert 0 < reply.tokens_out

        self._ask(case)

    def test_02_a_provider_says_who_it_is(self) -> None:
        """Its name and the model it asks for stay the same over a call."""

        async def case(desk: ModelDesk) -> None:
            before = (desk.provider.name, desk.provider.model)
            await desk.provider.reply(question())
            assert all(before)
            assert before == (desk.provider.name, desk.provider.model)

        self._ask(case)

    def test_03_a_schema_reaches_the_model(self) -> None:
        """The answer has the fields that the schema alone names, within bounds."""

        async def case(desk: ModelDesk) -> None:
            reply = await desk.provider.reply(question(shaped=True))
            found = json.loads(reply.text)
            assert {"grade", "score"} == set(found)
            assert found["grade"] in {"S", "A"}
            assert 0 <= found["score"] <= 100

        self._ask(case)

    def test_04_several_calls_at_once_all_end(self) -> None:
        """Nobody waits for ever."""

        async def case(desk: ModelDesk) -> None:
            calls = (desk.provider.reply(question()) for _ in range(_AT_ONCE))
            assert _AT_ONCE == len([r for r in await asyncio.gather(*calls) if r.text])

        self._ask(case)

    def test_05_a_deadline_holds(self) -> None:
        """A model that says nothing has timed out, and can be asked again."""

        async def case(desk: ModelDesk) -> None:
            desk.stall()
            assert FailureKind.TIMEOUT == await _failure(
                desk.provider.reply(question(deadline_s=_SOON_S))
            )
            desk.resume()
            assert (await desk.provider.reply(question())).text

        self._ask(case)

    def test_06_a_cancelled_call_leaves_nothing_behind(self) -> None:
        """It is cancelled for its caller, and the provider goes on."""

        async def case(desk: ModelDesk) -> None:
            work = await _in_flight(desk)
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            assert work.cancelled()
            desk.resume()
            assert (await desk.provider.reply(question())).text

        self._ask(case)

    def test_07_closing_ends_calls_in_flight(self) -> None:
        """They fail as cancelled; so does whoever asks later, and closing twice is no failure."""

        async def case(desk: ModelDesk) -> None:
            work = await _in_flight(desk)
            await desk.provider.close()
            assert FailureKind.CANCELLED == await _failure(work)
            assert FailureKind.CANCELLED == await _failure(desk.provider.reply(question()))
            await desk.provider.close()

        self._ask(case)

    def _ask(self, case: Callable[[ModelDesk], Coroutine[Any, Any, None]]) -> None:
        async def sit() -> None:
            async with self.open() as desk:
                await case(desk)

        asyncio.run(sit())


def question(*, shaped: bool = False, deadline_s: float = _AMPLE_S) -> Call:
    """Return a short question, with a schema if it is `shaped`."""
    return Call(
        messages=(
            Message(role=Role.SYSTEM, text="You judge Korean stocks."),
            Message(role=Role.USER, text="삼성전자를 평가하라."),
        ),
        schema=SCHEMA if shaped else None,
        schema_name="exam",
        max_tokens=64,
        deadline_s=deadline_s,
    )


async def _in_flight(desk: ModelDesk) -> "asyncio.Task[Any]":
    desk.stall()

    async def asking() -> None:
        await desk.provider.reply(question())

    work = asyncio.create_task(asking())
    await desk.asked()
    return work


async def _failure(work: Awaitable[Any]) -> FailureKind | None:
    """Return how something failed, None if it did not."""
    try:
        await work
    except ModelFailed as failed:
        return failed.kind
    return None
