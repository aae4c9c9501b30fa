"""Two hundred requests at once on one local model: is one lost or mixed up, does the loop stand?

Each request's grammar knows one sentence, which holds the request's own nonce; whoever reads
another's nonce was given another's answer. Requests are cancelled at random moments, given too
little time, and differ in length. Beside them a task wakes every two milliseconds and writes down
how late it was.
"""

import argparse
import asyncio
import gc
import json
import resource
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.llm_made import TINY, Shape, write_made

from jennie_cli.adapters.llama_cpp import LocalModel
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import Call, FailureKind, Message, ModelFailed, Role
from jennie_cli.settings.local_model import LocalOptions

BEAT_S = 0.002
PATIENCE_S = 300.0
STALL_GOAL_MS = 20.0
GROWTH_MIB = 24.0
LATE = frozenset({FailureKind.TIMEOUT, FailureKind.BUSY})
SHARED = "당신은 한국 주식 분석가입니다. 아래의 자료만 읽고 답하십시오. " * 8


@dataclass(slots=True)
class Worst:
    """The latest beat and what was going on."""

    late_ms: float = 0.0
    said: str = ""


@dataclass(slots=True)
class Seen:
    """What came of the requests, how late the beats were, and how much memory was held."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    worst: Worst = field(default_factory=Worst)
    resident: list[float] = field(default_factory=list)
    pauses: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=64))


async def soak(path: Path, options: LocalOptions, asked: argparse.Namespace) -> Seen:
    """Run the clients until the time is over and return what was seen."""
    model = await asyncio.to_thread(LocalModel.open, path, options, steady=SystemClock())
    print(f"  {model.facts()}")
    seen = Seen()
    until = time.perf_counter() + asked.minutes * 60
    watch = [asyncio.create_task(beat(model, seen)), asyncio.create_task(weigh(seen))]
    with collections_of(seen):
        clients = [client(model, seen, n, asked.seed, until) for n in range(asked.clients)]
        await asyncio.gather(*clients)
        for task in watch:
            task.cancel()
        await asyncio.gather(*watch, return_exceptions=True)
    print(f"  {model.tally}\n  {model.looks()}")
    await model.close()
    return seen


async def client(model: LocalModel, seen: Seen, number: int, seed: int, until: float) -> None:
    """Ask again and again, at random cancelled, hurried, short or long."""
    dice = np.random.default_rng((seed, number))
    turn = 0
    while time.perf_counter() < until:
        turn += 1
        nonce = f"{number}-{turn}-{int(dice.integers(1 << 40)):x}"
        call = call_of(nonce, dice)
        task = asyncio.create_task(model.reply(call))
        if dice.random() < 0.2:
            await asyncio.wait({task}, timeout=float(dice.exponential(1.5)))
            task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE_S)
        judge(task, nonce, seen)


def call_of(nonce: str, dice: np.random.Generator) -> Call:
    """Return a request whose only sentence is its nonce's, with some room for noise."""
    longest = int(dice.integers(1, 120))
    schema = {
        "type": "object",
        "properties": {
            "nonce": {"type": "string", "enum": [nonce]},
            "noise": {"type": "string", "minLength": longest // 2, "maxLength": longest},
        },
        "required": ["nonce", "noise"],
        "additionalProperties": False,
    }
    text = f"종목 {nonce}: " + "x" * int(dice.integers(0, 200))
    messages = (Message(role=Role.SYSTEM, text=SHARED), Message(role=Role.USER, text=text))
    hurried = dice.random() < 0.1
    return Call(
        messages=messages,
        schema=schema,
        temperature=float(dice.choice([0.0, 0.7])),
        max_tokens=700,
        deadline_s=float(dice.uniform(0.01, 2.0)) if hurried else PATIENCE_S,
        seed=int(dice.integers(1 << 31)),
    )


def judge(task: "asyncio.Task[Any]", nonce: str, seen: Seen) -> None:
    """Count how one request ended."""
    if not task.done():
        seen.ends["lost"] += 1
        seen.wrong.append(f"{nonce} never came back")
        task.cancel()
    elif task.cancelled():
        seen.ends["cancelled"] += 1
    elif (failure := task.exception()) is not None:
        named = isinstance(failure, ModelFailed) and failure.kind in LATE
        seen.ends["timeout" if named else "failed"] += 1
        if not named:
            seen.wrong.append(f"{nonce}: {failure!r}")
    else:
        said = json.loads(task.result().text)["nonce"]
        seen.ends["right" if said == nonce else "mixed up"] += 1
        if said != nonce:
            seen.wrong.append(f"{nonce} was given {said}")


async def beat(model: LocalModel, seen: Seen) -> None:
    """Wake every two milliseconds and write down how late; explain the latest."""
    while True:
        started, cpu, used = time.perf_counter(), time.thread_time(), _usage()
        doing = model.doing
        await asyncio.sleep(BEAT_S)
        ended = time.perf_counter()
        late_ms = (ended - started - BEAT_S) * 1000
        seen.late_ms.append(late_ms)
        if late_ms > seen.worst.late_ms:
            own_ms = (time.thread_time() - cpu) * 1000
            taken = _usage()[1] - used[1]
            stopped = sum(e - s for s, e in seen.pauses if e >= started) * 1000
            seen.worst = Worst(
                late_ms,
                f"the model's thread went from '{doing}' to '{model.doing}'; the loop's own work "
                f"took {own_ms:.1f} ms, garbage collection {stopped:.1f} ms; the process lost "
                f"its core {taken} times",
            )


def _usage() -> tuple[float, int]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime, used.ru_nivcsw


def _pages() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])


async def weigh(seen: Seen) -> None:
    """Write down the resident memory each second, in MiB."""
    page = resource.getpagesize()
    while True:
        seen.resident.append(_pages() * page / (1 << 20))
        await asyncio.sleep(1.0)


@contextmanager
def collections_of(seen: Seen) -> Iterator[None]:
    """Write down when Python collected garbage meanwhile."""
    started = [0.0]

    def hear(phase: str, _: Any) -> None:
        if phase == "start":
            started[0] = time.perf_counter()
        else:
            seen.pauses.append((started[0], time.perf_counter()))

    gc.callbacks.append(hear)
    try:
        yield
    finally:
        gc.callbacks.remove(hear)


def told(seen: Seen) -> bool:
    """Print the table and return whether all is well."""
    late = np.array(seen.late_ms)
    p50, p99, p999 = np.percentile(late, [50, 99, 99.9])
    third = max(1, len(seen.resident) // 3)
    early, last = np.median(seen.resident[third : 2 * third]), np.median(seen.resident[-third:])
    print(f"  requests                {sum(seen.ends.values()):>10,}   {dict(seen.ends)}")
    print(f"  lost or mixed up        {len(seen.wrong):>10}")
    print(f"  loop late, ms           p50 {p50:.2f}  p99 {p99:.2f}  p99.9 {p999:.2f}", end="")
    print(f"  max {late.max():.2f}  (goal: p99.9 <= {STALL_GOAL_MS:g})")
    print(f"  the latest              {seen.worst.said}")
    print(f"  resident, MiB           middle {early:.0f}, end {last:.0f}")
    for line in seen.wrong[:5]:
        print(f"  {line}")
    return not seen.wrong and float(last - early) <= GROWTH_MIB


def main() -> int:
    """Soak; 1 if a request is lost or mixed up, or memory grows. The stall is shown, not judged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a GGUF; by default one is made")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--slots", type=int, default=8)
    parser.add_argument("--n-ctx", type=int, default=8192)
    parser.add_argument("--words", type=int, default=TINY.words, help="vocabulary of a made model")
    parser.add_argument("--seed", type=int, default=142)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.model
        if path is None:
            shape = Shape(
                **{n: getattr(TINY, n) for n in Shape.__slots__ if n != "words"}, words=asked.words
            )
            path = write_made(Path(folder) / "made.gguf", shape)
        print(f"{asked.clients} requests at once for {asked.minutes:g} min on {path.name}")
        options = LocalOptions(n_ctx=asked.n_ctx, slots=asked.slots)
        seen = asyncio.run(soak(path, options, asked))
    return 0 if told(seen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
