"""Who is late or gone is let go between two steps, and told what took the time."""

import asyncio
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.adapters.llama_cpp.asking import (
    LONG,
    failure_of,
    make_call,
    nonce_schema,
    opened,
    settled,
    until,
)

from jennie_cli.adapters.llama_cpp import LocalModel
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import FailureKind, ModelFailed
from jennie_cli.settings.local_model import LocalOptions

pytest.importorskip("llama_cpp", reason="needs the extra [llm]")


def test_deadline_ends_a_call_and_frees_its_cells(tiny: Path) -> None:
    """A call that is too slow fails in time, with the tokens it used, and holds nothing."""

    async def ask() -> tuple[ModelFailed, int, int]:
        async with opened(tiny, LocalOptions(slots=2, n_ctx=4_096)) as model:
            call = make_call("Talk.", max_tokens=3_900, deadline_s=0.2, schema=LONG)
            found = await failure_of(model.reply(call))
            await settled(model)
            return found, model.free_cells, model.facts().n_ctx

    failure, free, n_ctx = asyncio.run(ask())
    assert FailureKind.TIMEOUT == failure.kind
    assert failure.tokens_in > 0
    assert n_ctx == free


class Held:
    """Holds a model's thread at its steps until it is let go."""

    def __init__(self, model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every step waits for a `step` of the test; `go_on` lets all of them through."""
        self.entered, self._passes = threading.Event(), threading.Semaphore(0)
        self._all = False
        real = model._desk.batcher.step

        def held() -> Any:
            self.entered.set()
            assert self._all or self._passes.acquire(timeout=20)
            return real()

        monkeypatch.setattr(model._desk.batcher, "step", held)

    def step(self) -> None:
        """Let one step through."""
        self.entered.clear()
        self._passes.release()

    def go_on(self) -> None:
        """Let all steps through from now on."""
        self._all = True
        self._passes.release()


def test_deadline_in_the_queue_is_told_as_that(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never had a slot is told who had them, and not that the model is slow."""

    async def ask() -> tuple[ModelFailed, ModelFailed, ModelFailed]:
        async with opened(tiny, LocalOptions(slots=1, n_ctx=4_096)) as model:
            held = Held(model, monkeypatch)
            talk = make_call("Talk.", max_tokens=3_900, schema=LONG, deadline_s=20.0)
            first = asyncio.create_task(model.reply(talk))
            await until(held.entered.is_set)
            second = asyncio.create_task(model.reply(make_call("b", deadline_s=20.0)))
            await until(lambda: model._engine._asking == 2)
            late = await failure_of(model.reply(make_call("c", deadline_s=0.05)))
            for task in (first, second):
                task.cancel()
            held.go_on()
            await settled(model)
            alone = await failure_of(model.reply(replace(talk, deadline_s=0.2)))
            held = Held(model, monkeypatch)
            nobody = await failure_of(model.reply(make_call("d", deadline_s=0.05)))
            held.go_on()
            return late, alone, nobody

    late, alone, nobody = asyncio.run(ask())
    assert (FailureKind.BUSY, 0) == (late.kind, late.tokens_in)
    assert "within its 0.05 s (asked before it: 2; answered at a time: 1)" in str(late)
    assert [FailureKind.TIMEOUT] * 2 == [alone.kind, nobody.kind]
    assert "queue" not in str(alone)


def test_wait_before_a_slow_answer_is_told(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who had a slot late and then too little time is told both."""

    async def ask() -> ModelFailed:
        async with opened(tiny, LocalOptions(slots=1, n_ctx=4_096)) as model:
            held = Held(model, monkeypatch)
            first = asyncio.create_task(model.reply(make_call("a", max_tokens=1)))
            await until(held.entered.is_set)
            late = asyncio.create_task(model.reply(make_call("b", deadline_s=1.0)))
            await SystemClock().sleep(0.3)
            held.step()
            await first
            await until(held.entered.is_set)
            held.step()
            failure = await failure_of(late)
            held.go_on()
            return failure

    failure = asyncio.run(ask())
    assert FailureKind.TIMEOUT == failure.kind
    assert "s in the queue (1 ahead)" in str(failure)
    assert failure.tokens_in > 0


@pytest.mark.parametrize("stopped", ["deadline", "cancelled"])
def test_long_prompt_is_left_after_one_step(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, stopped: str
) -> None:
    """Whoever is late or gone while a prompt is read costs no more than the step under way."""

    async def ask() -> tuple[int, int, int]:
        async with opened(tiny, LocalOptions(slots=2, n_ctx=4_096, batch=64)) as model:
            held = Held(model, monkeypatch)
            call = make_call("x" * 3_000, deadline_s=0.3 if stopped == "deadline" else 60.0)
            task = asyncio.create_task(model.reply(call))
            await until(held.entered.is_set)
            held.step()
            await until(held.entered.is_set)
            if stopped == "cancelled":
                task.cancel()
            await asyncio.wait({task})
            held.go_on()
            await settled(model)
            return model.tally.steps, model.tally.widest, model.free_cells

    steps, widest, free = asyncio.run(ask())
    assert (2, 64, 4_096) == (steps, widest, free)


def test_cancelled_call_leaves_nothing(tiny: Path) -> None:
    """A caller that goes away is taken out of the batch; the next one is served."""

    async def ask() -> tuple[int, int, str]:
        async with opened(tiny, LocalOptions(slots=1, n_ctx=4_096)) as model:
            call = make_call("Talk.", max_tokens=3_900, schema=LONG)
            task = asyncio.create_task(model.reply(call))
            await SystemClock().sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await settled(model)
            free = model.free_cells
            reply = await model.reply(make_call("Again.", schema=nonce_schema("z"), max_tokens=99))
            return free, model.facts().n_ctx, reply.text

    free, n_ctx, text = asyncio.run(ask())
    assert n_ctx == free
    assert "z" == json.loads(text)["nonce"]
