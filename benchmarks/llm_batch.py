"""Eight analysts on a CPU: our batch against llama-cpp-python's own Llama(), in one run.

Both are given the same prompts, as the same tokens, the same grammar and as many threads; both may
keep what prompts have in common. Then the batch is forced through what Llama() wrote: at each place
it says what it would have picked, and where it would have picked another token the gap between the
two is shown. A small gap is the rounding of another order of sums, a large one would be a fault.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jennie_cli.adapters.llama_cpp.desk import Desk
from jennie_cli.adapters.llama_cpp.grammar import gbnf
from jennie_cli.adapters.llama_cpp.header import read_header
from jennie_cli.adapters.llama_cpp.machine import cores
from jennie_cli.adapters.llama_cpp.native import library
from jennie_cli.adapters.llama_cpp.picking import FreePicker, Logits, Looks, RuledPicker, Rules
from jennie_cli.adapters.llama_cpp.work import Work
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import Call, Message, Role
from jennie_cli.settings.local_model import LocalOptions

RATIO_GOAL, AGREE_GOAL, GAP_GOAL = 2.0, 0.99, 0.5
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "score": {"type": "integer", "minimum": 0, "maximum": 100},
        "grade": {"type": "string", "enum": ["S", "A", "B", "C", "D", "F"]},
        "reason": {"type": "string", "minLength": 60, "maxLength": 160},
    },
    "required": ["score", "grade", "reason"],
    "additionalProperties": False,
}
RULES = (
    "You are an analyst of Korean stocks. You are given one stock's figures and must answer with "
    "a score from 0 to 100, a grade and a short reason that names figures of the data only. "
    "A rising price on rising volume is good; a high RSI is a warning; foreign selling is bad. "
) * 4
NAMES = ("Samsung", "Hynix", "Naver", "Kakao", "Celltrion", "Hyundai", "Posco", "LG Chem")


@dataclass(slots=True)
class Side:
    """What one side wrote and how long it took."""

    name: str
    seconds: float
    cpu_s: float
    tokens: list[list[int]]

    @property
    def written(self) -> int:
        """All tokens."""
        return sum(map(len, self.tokens))


class Forced:
    """Goes the way it is told and writes down which way it would have gone."""

    def __init__(self, own: RuledPicker, rules: Rules, way: Sequence[int]) -> None:
        """`way` are another's tokens."""
        self._own, self._rules, self._way = own, rules, list(way)
        self.agreed = 0
        self.gaps: list[float] = []

    def pick(self, logits: Logits) -> int:
        """Return the other's token."""
        told = self._way.pop(0)
        mine = self._own.choose(logits)
        if mine == told:
            self.agreed += 1
        else:
            self.gaps.append(float(logits[mine] - logits[told]))
        self._rules.accept(told)
        return told

    def close(self) -> None:
        """Free the grammar."""
        self._rules.close()


def call_of(number: int) -> Call:
    """Return one analyst's request."""
    name = NAMES[number % len(NAMES)]
    figures = (
        f"Stock: {name} {number}. Price {52_300 + 1_170 * number} won, day {number % 5 - 2}.3 %, "
        f"volume {1 + number / 4:.2f} times its mean, PER {8 + number}.1, RSI {41 + 3 * number}, "
        f"foreigners {'bought' if number % 2 else 'sold'} {300 + 17 * number} million won net. "
        "Answer in JSON."
    )
    messages = (Message(role=Role.SYSTEM, text=RULES), Message(role=Role.USER, text=figures))
    return Call(messages=messages, schema=SCHEMA, temperature=0.0, max_tokens=160)


def serial(path: Path, prompts: Sequence[Sequence[int]], most: int, threads: int) -> Side:
    """Let llama-cpp-python's own class answer, one prompt after another."""
    lib = library()
    model = lib.Llama(
        str(path), n_ctx=4096, n_threads=threads, n_threads_batch=threads, verbose=False
    )
    text = gbnf(SCHEMA)
    _generate(lib, model, prompts[0][:8], text, 2)  # the first touch reads the file
    started, cpu = time.perf_counter(), time.process_time()
    tokens = [_generate(lib, model, prompt, text, most) for prompt in prompts]
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    model.close()
    return Side("Llama(), one after another", seconds, cpu, tokens)


def _generate(lib: Any, model: Any, prompt: Sequence[int], text: str, most: int) -> list[int]:
    vocabulary = lib.llama_model_get_vocab(model.model)
    grammar = lib.LlamaGrammar.from_string(text, verbose=False)
    made: list[int] = []
    for token in model.generate(list(prompt), temp=0.0, grammar=grammar):
        made.append(int(token))
        if lib.llama_vocab_is_eog(vocabulary, token) or len(made) == most:
            break
    return made


def batched(desk: Desk, prompts: Sequence[Sequence[int]], most: int) -> Side:
    """Answer all prompts in our batch."""
    desk.batcher.forget()
    started, cpu = time.perf_counter(), time.process_time()
    works = [
        Work(prompt=np.asarray(prompt, np.int32), most=most, picker=_picker(desk)[0])
        for prompt in prompts
    ]
    _run(desk, works)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Side("our batch", seconds, cpu, [w.made for w in works])


def _picker(desk: Desk) -> tuple[RuledPicker, Rules]:
    rules = desk.rules(SCHEMA)
    return RuledPicker(FreePicker(temperature=0.0), rules, desk.looks), rules


def _run(desk: Desk, works: Sequence[Work]) -> None:
    for work in works:
        desk.batcher.add(work)
    while desk.batcher.busy:
        for outcome in desk.batcher.step():
            outcome.work.picker.close()
            if outcome.failure:
                raise outcome.failure


def forced(desk: Desk, prompts: Sequence[Sequence[int]], ways: Sequence[list[int]]) -> list[Forced]:
    """Force the batch through what another wrote."""
    desk.batcher.forget()
    pickers = [Forced(*_picker(desk), way) for way in ways]
    _run(
        desk,
        [
            Work(prompt=np.asarray(prompt, np.int32), most=len(way), picker=picker)
            for prompt, way, picker in zip(prompts, ways, pickers, strict=True)
        ],
    )
    return pickers


def valid(desk: Desk, tokens: Sequence[int]) -> bool:
    """Whether an answer is JSON; one that was cut is not."""
    text = b"".join(map(desk.vocabulary.piece, tokens)).decode("utf-8", "replace")
    try:
        return set(json.loads(text)) == set(SCHEMA["properties"])
    except ValueError:
        return False


def main() -> int:
    """Compare; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="a small real GGUF, such as SmolLM2-135M")
    parser.add_argument("--requests", type=int, default=8)
    parser.add_argument("--slots", type=int, default=8, help="answers at the same time")
    parser.add_argument("--max-tokens", type=int, default=160)
    parser.add_argument("--threads", type=int, default=max(1, cores() - 1))
    parser.add_argument("--rounds", type=int, default=1, help="the best of so many counts")
    asked = parser.parse_args()
    options = LocalOptions(threads=asked.threads, slots=asked.slots, n_ctx=1024 * (asked.slots + 1))
    desk = Desk(read_header(asked.model), options, steady=SystemClock(), grammar=gbnf)
    prompts = [desk.work(call_of(n)).prompt.tolist() for n in range(asked.requests)]
    sizes = [len(p) for p in prompts]
    print(f"{asked.model.name}, {asked.threads} threads, {asked.requests} requests")
    print(f"prompts {min(sizes)}-{max(sizes)} tokens, answers up to {asked.max_tokens}, greedy")
    batched(desk, prompts[:1], 4)  # the first touch reads the file
    rounds = [
        (
            serial(asked.model, prompts, asked.max_tokens, asked.threads),
            batched(desk, prompts, asked.max_tokens),
        )
        for _ in range(asked.rounds)
    ]
    theirs = min((r[0] for r in rounds), key=lambda side: side.seconds)
    ours = min((r[1] for r in rounds), key=lambda side: side.seconds)
    ratio = _table(desk, theirs, ours)
    well = _agreement(forced(desk, prompts, theirs.tokens))
    desk.close()
    return 0 if well and ratio >= RATIO_GOAL else 1


def _table(desk: Desk, theirs: Side, ours: Side) -> float:
    print(f"  {'':<28}{'seconds':>9}{'CPU s':>8}{'tokens':>8}{'tok/s':>8}{'JSON':>7}")
    for side in (theirs, ours):
        good = sum(valid(desk, tokens) for tokens in side.tokens)
        rate = side.written / side.seconds
        print(
            f"  {side.name:<28}{side.seconds:>9.2f}{side.cpu_s:>8.2f}"
            f"{side.written:>8}{rate:>8.1f}{good:>7}"
        )
    ratio = (ours.written / ours.seconds) / (theirs.written / theirs.seconds)
    cpu = (ours.written / ours.cpu_s) / (theirs.written / theirs.cpu_s)
    print(
        f"  ratio of tok/s {ratio:.2f} (goal >= {RATIO_GOAL:g}), of tokens a CPU second {cpu:.2f}"
    )
    print(f"  {desk.batcher.tally}")
    looks: Looks = desk.looks
    print(f"  grammar: {looks.at_once} at once, {looks.best} of 512, {looks.every} of all")
    return ratio


def _agreement(pickers: Sequence[Forced]) -> bool:
    agreed = sum(p.agreed for p in pickers)
    gaps = sorted(gap for p in pickers for gap in p.gaps)
    share = agreed / (agreed + len(gaps))
    worst = max(gaps, default=0.0)
    print(
        f"  forced through Llama()'s answers: same pick at {agreed} of {agreed + len(gaps)} "
        f"places ({share:.2%}, goal {AGREE_GOAL:.0%}); widest gap of a miss {worst:.3f} "
        f"(goal < {GAP_GOAL:g})"
    )
    return share >= AGREE_GOAL and worst < GAP_GOAL


if __name__ == "__main__":
    raise SystemExit(main())
