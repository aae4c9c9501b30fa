"""The local model as a provider: who asks gets their own answer, and everything ends cleanly."""

import asyncio
import gc
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.adapters.llama_cpp.asking import (
    LONG,
    OPTIONS,
    SHARED,
    failure_of,
    make_call,
    nonce_schema,
    opened,
    settled,
    until,
)
from tests.unit.adapters.llama_cpp.tiny import write_tiny

from jennie_cli.adapters.llama_cpp import LocalModel, bench
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import Call, FailureKind, ModelFailed, Reply
from jennie_cli.settings.local_model import LocalOptions

pytest.importorskip("llama_cpp", reason="needs the extra [llm]")


def test_answer_keeps_to_the_schema_and_is_counted(tiny: Path) -> None:
    """A reply is JSON of the schema, with the model's id and the tokens it took."""

    async def ask() -> Reply:
        async with opened(tiny) as model:
            assert ("local", "tiny") == (model.name, model.model)
            return await model.reply(make_call("Hi", schema=nonce_schema("n1"), max_tokens=200))

    reply = asyncio.run(ask())
    assert "n1" == json.loads(reply.text)["nonce"]
    assert "tiny" == reply.model
    assert reply.tokens_in > 10
    assert 10 < reply.tokens_out < 200


async def _traffic(model: LocalModel, requests: int) -> dict[str, int]:
    dice = np.random.default_rng(11)
    ends = {"right": 0, "cancelled": 0, "late": 0}

    async def one(number: int) -> None:
        nonce = f"{number}-{int(dice.integers(1 << 40)):x}"
        hurried, dropped = number % 7 == 3, number % 5 == 2
        call = make_call(
            f"Stock {nonce} " + "x" * int(dice.integers(0, 120)),
            system=SHARED,
            schema=nonce_schema(nonce, noise=int(dice.integers(1, 60))),
            max_tokens=400,
            temperature=float(dice.choice([0.0, 0.8])),
            deadline_s=float(dice.uniform(0.001, 0.5)) if hurried else 120.0,
        )
        task = asyncio.create_task(model.reply(call))
        if dropped:
            await asyncio.wait({task}, timeout=float(dice.uniform(0.0, 1.0)))
            task.cancel()
        (ended,) = (await asyncio.wait({task}))[0]
        if ended.cancelled():
            ends["cancelled"] += 1
        elif (failure := ended.exception()) is not None:
            assert isinstance(failure, ModelFailed)
            assert failure.kind in {FailureKind.TIMEOUT, FailureKind.BUSY}
            ends["late"] += 1
        else:
            assert nonce == json.loads(ended.result().text)["nonce"]
            ends["right"] += 1

    await asyncio.gather(*(one(n) for n in range(requests)))
    return ends


def test_two_hundred_at_once_get_their_own_answers(tiny: Path) -> None:
    """With random cancels, deadlines and lengths none of 200 is lost or given another's answer."""

    async def ask() -> tuple[dict[str, int], int, LocalModel]:
        async with opened(tiny) as model:
            ends = await _traffic(model, 200)
            await settled(model)
            model.forget()
            await model.reply(make_call("last", max_tokens=1))
            model.forget()
            await until(lambda: model.free_cells == model.facts().n_ctx)
            return ends, model.free_cells, model

    ends, free, model = asyncio.run(ask())
    assert 200 == sum(ends.values())
    assert ends["right"] > 100
    assert model.tally.reused_tokens > 0
    assert model.facts().n_ctx == free


def test_batched_says_what_serial_says(tiny: Path) -> None:
    """Greedy answers are the same alone and in company, on a model without near ties."""

    def call(number: int) -> Call:
        return make_call(f"Question {number}?", system=SHARED, max_tokens=40)

    async def ask() -> tuple[list[str], list[str], int]:
        async with opened(tiny) as model:
            alone = []
            for number in range(8):
                model.forget()
                alone.append((await model.reply(call(number))).text)
            model.forget()
            reused = model.tally.reused_tokens
            replies = await asyncio.gather(*(model.reply(call(n)) for n in range(8)))
            return alone, [r.text for r in replies], model.tally.reused_tokens - reused

    alone, together, reused = asyncio.run(ask())
    assert alone == together
    assert reused >= 7 * 200


def test_seeded_answers_repeat(tiny: Path) -> None:
    """The same seed gives the same words, whoever else asks; another seed gives others."""

    def call(seed: int) -> Call:
        return make_call("Why?", max_tokens=30, temperature=0.9, seed=seed)

    async def ask() -> list[str]:
        async with opened(tiny) as model:
            first = await model.reply(call(1))
            many = await asyncio.gather(*(model.reply(call(seed)) for seed in (1, 2, 1, 3)))
            return [first.text, *(r.text for r in many)]

    alone, one, two, again, three = asyncio.run(ask())
    assert alone == one == again
    assert 3 == len({one, two, three})


def test_request_that_can_never_fit_is_refused_with_figures(tiny: Path) -> None:
    """A prompt longer than the context fails at once and names both numbers."""

    async def ask() -> ModelFailed:
        async with opened(tiny) as model:
            return await failure_of(model.reply(make_call("x" * 3_000)))

    failure = asyncio.run(ask())
    assert FailureKind.CONTEXT_FULL == failure.kind
    assert "holds 2,048" in str(failure)
    assert failure.tokens_in > 3_000


def test_full_context_makes_the_youngest_wait_and_loses_nothing(tiny: Path) -> None:
    """When answers outgrow the context together, all of them still come, each its own."""

    async def ask() -> tuple[list[str], int]:
        async with opened(tiny, LocalOptions(slots=4, n_ctx=1_024, batch=128)) as model:
            calls = [
                make_call(f"{n}", schema=nonce_schema(f"n{n}", noise=400), max_tokens=700)
                for n in range(6)
            ]
            replies = await asyncio.gather(*(model.reply(c) for c in calls))
            return [json.loads(r.text)["nonce"] for r in replies], model.tally.made_way

    nonces, made_way = asyncio.run(ask())
    assert [f"n{n}" for n in range(6)] == nonces
    assert made_way > 0


def test_memory_that_is_short_makes_steps_smaller(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the library has no memory for a step, the same answers come in smaller ones."""
    calls = [make_call(f"Question {n}?", system=SHARED, max_tokens=40) for n in range(8)]

    async def ask(most_tokens: int) -> tuple[list[str], int]:
        async with opened(tiny) as model:
            native = model._desk._model
            real = native._compute

            def compute(context: Any, batch: Any) -> int:
                # the library computes by parts of a batch, and those that went well stay
                return int(real(context, batch)) or -2 * (batch.n_tokens > most_tokens)

            monkeypatch.setattr(native, "_compute", compute)
            replies = await asyncio.gather(*(model.reply(call) for call in calls))
            return [reply.text for reply in replies], model.tally.narrowed

    whole, never = asyncio.run(ask(10_000))
    small, often = asyncio.run(ask(40))
    assert whole == small
    assert never == 0 < often


def test_cut_answer_is_named_when_it_is_no_json(tiny: Path) -> None:
    """An answer that is cut inside its JSON fails; free text that is cut is an answer."""

    async def ask() -> tuple[ModelFailed, Reply]:
        async with opened(tiny) as model:
            call = make_call("Hi", schema=nonce_schema("long-nonce"), max_tokens=5)
            cut = await failure_of(model.reply(call))
            return cut, await model.reply(make_call("Hi", max_tokens=5, temperature=0.5, seed=3))

    cut, free = asyncio.run(ask())
    assert FailureKind.NOT_JSON == cut.kind
    assert 5 == cut.tokens_out
    assert free.tokens_out <= 5


def test_schema_that_no_grammar_can_keep_is_refused(tiny: Path) -> None:
    """A schema beyond the grammar is the request's fault; the model goes on."""

    async def ask() -> tuple[ModelFailed, Reply]:
        async with opened(tiny) as model:
            bad = {"type": "string", "pattern": "^a+$"}
            refused = await failure_of(model.reply(make_call("Hi", schema=bad)))
            return refused, await model.reply(make_call("Hi", max_tokens=3, seed=2, temperature=1))

    refused, reply = asyncio.run(ask())
    assert refused.ours
    assert reply.tokens_out > 0


def test_close_fails_calls_in_flight_and_later_ones(tiny: Path) -> None:
    """Who waits when the model is closed is told so, and so is who asks afterwards."""

    async def ask() -> list[ModelFailed]:
        async with opened(tiny) as model:
            calls = [make_call(f"{n}", max_tokens=1_800, schema=LONG) for n in range(7)]
            tasks = [asyncio.create_task(model.reply(call)) for call in calls]
            await SystemClock().sleep(0.02)
            await model.close()
            found = [await failure_of(task) for task in tasks]
            return [*found, await failure_of(model.reply(make_call("late")))]

    failures = asyncio.run(ask())
    assert {FailureKind.CANCELLED} == {f.kind for f in failures}


def test_closing_prepares_and_computes_nothing_more(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the model is to be closed, no prompt is prepared and a step on a CPU breaks off."""

    async def ask() -> tuple[list[ModelFailed], int]:
        async with opened(tiny) as model:
            desk, entered, go_on = model._desk, threading.Event(), threading.Event()
            real = desk.work

            def work(call: Call) -> Any:
                entered.set()
                assert go_on.wait(20)
                return real(call)

            monkeypatch.setattr(desk, "work", work)
            tasks = [asyncio.create_task(model.reply(make_call(f"{n}"))) for n in range(3)]
            await until(entered.is_set)
            closing = asyncio.create_task(model.close())
            await until(lambda: model._engine._ending)
            entered.clear()
            go_on.set()
            await closing
            assert not entered.is_set()
            return [await failure_of(task) for task in tasks], model.tally.steps

    failures, steps = asyncio.run(ask())
    assert {FailureKind.CANCELLED} == {f.kind for f in failures}
    assert 0 == steps


def test_broken_thread_fails_everybody_by_name(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault inside the thread reaches every caller; nobody waits for ever."""

    async def ask() -> list[ModelFailed]:
        async with opened(tiny) as model:

            def fault() -> None:
                raise ZeroDivisionError("planted")

            monkeypatch.setattr(model._desk.batcher, "step", fault)
            tasks = [asyncio.create_task(model.reply(make_call(f"{n}"))) for n in range(6)]
            return [await failure_of(task) for task in tasks] + [
                await failure_of(model.reply(make_call("late")))
            ]

    failures = asyncio.run(ask())
    assert {FailureKind.SERVER} == {f.kind for f in failures}
    assert "ZeroDivisionError: planted" in str(failures[0])


def test_fault_in_one_prompt_fails_that_one_alone(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot even be prepared does not take others down."""

    async def ask() -> tuple[ModelFailed, Reply]:
        async with opened(tiny) as model:
            real: Callable[[Call], Any] = model._desk.work

            def work(call: Call) -> Any:
                if call.seed == 13:
                    raise KeyError("planted")
                return real(call)

            monkeypatch.setattr(model._desk, "work", work)
            other = asyncio.create_task(model.reply(make_call("a", max_tokens=9, seed=1)))
            found = await failure_of(model.reply(make_call("a", seed=13)))
            return found, await other

    failure, reply = asyncio.run(ask())
    assert FailureKind.SERVER == failure.kind
    assert reply.tokens_in > 0


@pytest.mark.parametrize("where", ["reply", "_picker"])
def test_fault_in_one_answer_fails_that_one_alone(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """An answer that cannot be chosen or handed out fails by name; its neighbour is answered."""

    class Broken:
        def pick(self, *_: Any) -> int:
            raise ZeroDivisionError("planted")

        def close(self) -> None:
            """Hold nothing."""

    async def ask() -> tuple[ModelFailed, Reply, Reply]:
        async with opened(tiny) as model:
            real: Callable[..., Any] = getattr(model._desk, where)

            def fault(*given: Any) -> Any:
                if not any(isinstance(one, Call) and one.seed == 13 for one in given):
                    return real(*given)
                if where == "reply":
                    raise ZeroDivisionError("planted")
                return Broken()

            monkeypatch.setattr(model._desk, where, fault)
            other = asyncio.create_task(model.reply(make_call("a", max_tokens=9, seed=1)))
            found = await failure_of(model.reply(make_call("a", max_tokens=3, seed=13)))
            return found, await other, await model.reply(make_call("b", max_tokens=9, seed=1))

    failure, *replies = asyncio.run(ask())
    assert FailureKind.SERVER == failure.kind
    assert "ZeroDivisionError: planted" in str(failure)
    assert all(reply.tokens_in > 0 for reply in replies)


def test_event_loops_may_come_and_go(tiny: Path) -> None:
    """One model serves several event loops, one after another."""
    model = LocalModel.open(tiny, OPTIONS, steady=SystemClock())
    call = make_call("Hi", max_tokens=8)
    texts = {asyncio.run(model.reply(call)).text for _ in range(3)}
    asyncio.run(model.close())
    assert 1 == len(texts)


def test_closing_gives_the_memory_back(tiny: Path) -> None:
    """Opening, asking and closing again and again leaves neither threads nor memory behind."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096

    async def ask() -> None:
        async with opened(tiny) as model:
            calls = [make_call(f"{n}", schema=nonce_schema(f"n{n}"), max_tokens=99) for n in (1, 2)]
            await asyncio.gather(*(model.reply(call) for call in calls))

    for _ in range(5):
        asyncio.run(ask())
    gc.collect()
    before = resident()
    for _ in range(15):
        asyncio.run(ask())
    gc.collect()
    assert resident() - before < 16 << 20
    assert not [t for t in threading.enumerate() if t.name == "llama"]


def test_model_without_template_says_so(tmp_path: Path) -> None:
    """A file without a chat template is served plainly, and a note says so."""

    async def ask() -> tuple[tuple[str, ...], Reply]:
        path = write_tiny(tmp_path / "plain.gguf", template=None)
        async with opened(path) as model:
            return model.facts().notes, await model.reply(make_call("Hi", max_tokens=4))

    notes, reply = asyncio.run(ask())
    assert any("no chat template" in note for note in notes)
    assert reply.tokens_in > 0


def test_bench_compares_the_same_requests(tiny: Path) -> None:
    """The bench tells tokens, times, ratio and how much of the prompts was reused."""

    async def ask() -> Any:
        async with opened(tiny) as model:
            return await bench(model, steady=SystemClock(), requests=3, max_tokens=200)

    found = asyncio.run(ask())
    assert 3 == found.requests
    assert found.serial_tokens == found.batched_tokens
    assert found.ratio > 0
    assert 0 < found.reused_tokens < found.prompt_tokens
