"""A model that counts, in place of one that thinks: its logits name the number of tokens so far."""

import numpy as np

from jennie_cli.adapters.llama_cpp.batcher import Batcher
from jennie_cli.adapters.llama_cpp.cells import Cells, Tokens
from jennie_cli.adapters.llama_cpp.picking import FreePicker, Logits
from jennie_cli.adapters.llama_cpp.stepping import Part
from jennie_cli.adapters.llama_cpp.work import Outcome, Work

WORDS = 1_000
END = 0


class CountingMemory:
    """Remembers tokens a sequence as the library does, so that a wrong position shows."""

    def __init__(self, *, divisible: bool = True) -> None:
        self.held: dict[int, list[int]] = {}
        self.divisible = divisible

    def cut(self, sequence: int, start: int) -> bool:
        """Forget from `start` on."""
        if start and not self.divisible:
            return False
        self.held[sequence] = self.held.get(sequence, [])[:start]
        return True

    def share(self, source: int, target: int, end: int) -> None:
        """Copy the first `end` tokens."""
        self.held[target] = self.held.get(target, []) + self.held[source][:end]

    def holds(self, sequence: int, end: int) -> bool:
        """Whether so much is there."""
        return len(self.held.get(sequence, [])) >= end


class CountingModel:
    """Answers each sequence with a number made of all its tokens; ends it at `length` tokens."""

    def __init__(self, memory: CountingMemory, *, length: int = 10**9) -> None:
        self.memory = memory
        self.length = length
        self.steps: list[list[tuple[int, int]]] = []
        self.answers: list[int] = []
        self.most_tokens = self.most_parts = 10**9
        """A larger step has no memory and leaves its first part written."""
        self._logits: list[Logits] = []

    def step(self, parts: list[Part]) -> int:
        """Take the tokens in; a queued answer is given instead."""
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        size = sum(len(part.tokens) for part in parts)
        if size > self.most_tokens or len(parts) > self.most_parts:
            self.memory.held.setdefault(parts[0].slot.sequence, []).append(7)
            return -2
        self.steps.append([(p.slot.sequence, len(p.tokens)) for p in parts])
        self._logits = []
        for part in parts:
            held = self.memory.held.setdefault(part.slot.sequence, [])
            assert len(held) == part.start, "a token was put at a wrong position"
            held += part.tokens.tolist()
            self._logits.append(_logits_of(held, self.length))
        return 0

    def logits(self, number: int) -> Logits:
        """Return the answer to a part."""
        return self._logits[number]

    def clear(self) -> None:
        """Forget all."""
        self.memory.held.clear()


def _logits_of(held: list[int], length: int) -> Logits:
    row = np.zeros(WORDS, np.float32)
    row[END if len(held) >= length else next_of(held)] = 1.0
    return row


def next_of(held: list[int]) -> int:
    """Return the token that follows these: it depends on every one and on its place."""
    return 1 + sum((n + 1) * token for n, token in enumerate(held)) % (WORDS - 1)


def spoken(prompt: list[int], count: int) -> list[int]:
    """Return what the counting model says to a prompt when nobody else is there."""
    held = list(prompt)
    for _ in range(count):
        held.append(next_of(held))
    return held[len(prompt) :]


class Table:
    """A batcher over a counting model."""

    def __init__(
        self,
        *,
        slots: int = 4,
        n_ctx: int = 1_000,
        n_batch: int = 64,
        divisible: bool = True,
        length: int = 10**9,
    ) -> None:
        self.memory = CountingMemory(divisible=divisible)
        self.model = CountingModel(self.memory, length=length)
        self.cells = Cells(self.memory, sequences=slots + 2, n_ctx=n_ctx)
        self.batcher = Batcher(
            self.model,
            self.cells,
            slots=slots,
            kept_prefixes=2,
            n_batch=n_batch,
            ends=lambda token: token == END,
            shared=divisible,
        )

    def ask(self, prompt: list[int], most: int = 5) -> Work:
        """Add a request."""
        work = make_work(prompt, most)
        self.batcher.add(work)
        return work

    def run(self, limit: int = 500) -> list[Outcome]:
        """Step until nothing is left and return all that ended."""
        ended: list[Outcome] = []
        while self.batcher.busy:
            ended += self.batcher.step()
            limit -= 1
            assert limit, "the batch does not come to an end"
        return ended


def make_work(prompt: list[int], most: int) -> Work:
    """Return a sequence whose picker takes the favourite."""
    tokens: Tokens = np.asarray(prompt, np.int32)
    return Work(prompt=tokens, most=most, picker=FreePicker(temperature=0.0))
