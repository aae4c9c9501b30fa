"""Continuous batching: every slot that has work takes part in each step, and none waits for others.

Pure bookkeeping around one call to the model, in one thread, so that it can be tried with any model
that counts. Order of a step: work moves into idle slots; sequences that are being written give one
token each; what is left of the batch goes to prompts, the oldest first; the model computes; each
sequence whose last token was computed is asked for its next one.

The library says 1 when it found no room in its cache and left everything as it was, and -2 when it
could get no memory for its sums, which may leave the cache half written. Both are tried again
smaller; who fails alone in the smallest step fails by name.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence

from jennie_cli.adapters.llama_cpp.breadth import Breadth
from jennie_cli.adapters.llama_cpp.cells import Cells, common_length
from jennie_cli.adapters.llama_cpp.failing import (
    context_full,
    failed,
    out_of_memory,
    pick_failed,
    step_failed,
)
from jennie_cli.adapters.llama_cpp.prefixes import LEAST_SHARED, Prefixes
from jennie_cli.adapters.llama_cpp.stepping import NO_MEMORY, NO_ROOM, Model, Part
from jennie_cli.adapters.llama_cpp.work import Ending, Outcome, Slot, Tally, Work
from jennie_cli.engine.llm import ModelFailed

LOG = logging.getLogger("jennie_cli.llama")

HEADROOM = 64
"""Cells kept free for each running sequence before another one may start."""

_MIXED_SHARE = 4
"""While sequences are being written, a quarter of the batch goes to prompts: nobody starves."""

_LEAST_MIXED = 32


class Batcher:
    """Slots, their work, and who waits."""

    def __init__(
        self,
        model: Model,
        cells: Cells,
        *,
        slots: int,
        kept_prefixes: int,
        n_batch: int,
        ends: Callable[[int], bool],
        shared: bool = True,
    ) -> None:
        """Sequences 0 to `slots` belong to the slots, `kept_prefixes` after them to beginnings.

        `shared` is False for a model whose memory of a sequence cannot be divided.
        """
        self._model = model
        self._cells = cells
        self._slots = [Slot(sequence=n) for n in range(slots)]
        self.prefixes = Prefixes(cells, range(slots, slots + kept_prefixes), shared=shared)
        self.breadth = Breadth(sequences=slots, tokens=n_batch)
        self._ends = ends
        self._waiting: deque[Work] = deque()
        self._admitted = 0
        self._late: list[Outcome] = []
        self.tally = Tally()

    @property
    def waiting(self) -> int:
        """Sequences that have no slot yet."""
        return len(self._waiting)

    @property
    def idle_slots(self) -> int:
        """Slots without work."""
        return sum(slot.work is None for slot in self._slots)

    @property
    def busy(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._waiting) or bool(self._late) or self.idle_slots < len(self._slots)

    def add(self, work: Work) -> None:
        """Take a sequence in; its turn comes in the order of asking."""
        self._waiting.append(work)

    def drop(self, work: Work) -> bool:
        """Take a sequence out and free its cells; False when it is not here any more."""
        if work in self._waiting:
            self._waiting.remove(work)
            return True
        for slot in self._slots:
            if slot.work is work:
                slot.work = None
                self._cells.cut(slot.sequence, 0)
                return True
        return False

    def forget(self) -> None:
        """Empty idle slots and kept beginnings, so that the next request computes everything."""
        while self._give_up_something():
            pass

    def step(self) -> list[Outcome]:
        """Go one step on and return the sequences that ended."""
        self._admit()
        for slot in self._slots:
            if slot.work is not None and slot.awaits is not None and self._is_ready(slot):
                self._place(slot)
        parts, answer = self._compute()
        ended, self._late = self._late, []
        if answer == 0:
            self.breadth.went_well()
            ended += self._pick(parts)
        elif answer == NO_MEMORY:
            ended += self._start_smaller(parts)
        elif answer != NO_ROOM:
            ended += self._fail_all(answer)
        return ended

    def _live(self) -> list[Slot]:
        return [slot for slot in self._slots if slot.work is not None]

    # --- who comes in ---------------------------------------------------------------------------

    def _admit(self) -> None:
        while self._waiting and self.idle_slots and len(self._live()) < self.breadth.sequences:
            work = self._waiting[0]
            wanted = work.wanted
            source, length = self.prefixes.best(wanted, range(len(self._slots)))
            if self._live() and not self._fits(work, len(wanted), (max(source, 0), length)):
                return
            self._waiting.popleft()
            self._admitted += 1
            work.begun = True
            slot = self._idle_slot(source)
            slot.work, slot.wanted, slot.since = work, wanted, self._admitted
            self._place(slot)

    def _fits(self, work: Work, size: int, ahead: tuple[int, int]) -> bool:
        live = self._live()
        promised = sum(
            len(s.wanted)
            - max(self._cells.length(s.sequence), s.await_length)
            + min(s.work.left, HEADROOM)
            for s in live
            if s.work is not None
        )
        held = self._cells.held((s.sequence for s in live), ahead=ahead)
        need = size - ahead[1] + min(work.left, HEADROOM)
        return held + promised + need <= self._cells.n_ctx

    def _idle_slot(self, source: int) -> Slot:
        """Return the idle slot that holds the beginning, else the one idle for longest."""
        idle = [slot for slot in self._slots if slot.work is None]
        return next((s for s in idle if s.sequence == source), min(idle, key=lambda s: s.since))

    def _place(self, slot: Slot) -> None:
        """Give a slot the longest beginning there is, unless a longer one is being computed."""
        source, length = self.prefixes.best(slot.wanted, range(len(self._slots)))
        slot.awaits, slot.await_length = self._being_computed(slot, length)
        if slot.awaits is not None:
            slot.awaited = slot.awaits.work
            self._cells.cut(slot.sequence, 0)
            return
        if length:
            self.prefixes.keep(source, slot.wanted, length)
        if source == slot.sequence:
            self._cells.cut(slot.sequence, length)
        elif length:
            self._cells.share(source, slot.sequence, length)
        else:
            self._cells.cut(slot.sequence, 0)
        self._count(slot, self._cells.length(slot.sequence))

    def _is_ready(self, slot: Slot) -> bool:
        """Whether what a slot waits for is computed, or will not be."""
        other = slot.awaits
        if other is None or other.work is not slot.awaited or other.awaits is not None:
            return True
        return self._cells.length(other.sequence) >= slot.await_length

    def _being_computed(self, slot: Slot, have: int) -> tuple[Slot | None, int]:
        """Return an older slot whose prompt, once computed, holds much more of this one's."""
        best, most = None, have + (1 if slot.awaits else LEAST_SHARED)
        for other in self._live() if self.prefixes.shared else ():
            if other is slot or other.awaits is not None or other.since >= slot.since:
                continue
            common = min(common_length(other.wanted, slot.wanted), len(slot.wanted) - 1)
            if common >= most and self._cells.length(other.sequence) < common:
                best, most = other, common
        return best, most if best else 0

    def _count(self, slot: Slot, reused: int) -> None:
        if slot.work is None:
            return
        fresh = min(reused, len(slot.work.prompt))
        if not slot.work.made:
            slot.work.reused = fresh
            self.tally.reused_tokens += fresh
            self.tally.prompt_tokens += len(slot.work.prompt)
        else:
            slot.work.recomputed += len(slot.wanted) - reused
            self.tally.recomputed_tokens += len(slot.wanted) - reused

    # --- one call to the model ------------------------------------------------------------------

    def _compute(self) -> tuple[list[Part], int]:
        """Compute the next parts, making room until they fit; return them and the answer."""
        while True:
            parts = self._parts()
            size = sum(len(p.tokens) for p in parts)
            if not parts:
                return parts, NO_ROOM
            known = size > self._cells.free
            answer = NO_ROOM if known else self._model.step(parts)
            if answer == 0:
                self._write_down(parts, size)
                return parts, answer
            # a model with a window may have no room for a long part where the book has some
            long = 0 if known or all(len(p.tokens) == 1 for p in parts) else size
            if answer != NO_ROOM or not self._make_room(long):
                return parts, answer

    def _write_down(self, parts: Sequence[Part], size: int) -> None:
        single = [part for part in parts if len(part.tokens) == 1]
        self._cells.extend_each(
            [part.slot.sequence for part in single], [part.tokens[0] for part in single]
        )
        for part in parts:
            if len(part.tokens) > 1:
                self._cells.extend(part.slot.sequence, part.tokens)
        self.tally.steps += 1
        self.tally.computed_tokens += size
        self.tally.widest = max(self.tally.widest, size)

    def _parts(self) -> list[Part]:
        ready = sorted((s for s in self._live() if s.awaits is None), key=lambda s: s.since)
        done = {s.sequence: self._cells.length(s.sequence) for s in ready}
        writing = [s for s in ready if len(s.wanted) - done[s.sequence] == 1]
        reading = [s for s in ready if len(s.wanted) - done[s.sequence] > 1]
        room = self.breadth.tokens - len(writing)
        if writing:
            room = min(room, max(_LEAST_MIXED, self.breadth.tokens // _MIXED_SHARE))
        parts = [self._part(s, done[s.sequence], 1) for s in writing]
        for slot in reading:
            size = min(room, len(slot.wanted) - done[slot.sequence])
            if size > 0:
                parts.append(self._part(slot, done[slot.sequence], size))
                room -= size
        return parts

    @staticmethod
    def _part(slot: Slot, start: int, size: int) -> Part:
        end = start + size
        return Part(
            slot=slot,
            tokens=slot.wanted[start:end],
            start=start,
            asks=end == len(slot.wanted),
        )

    # --- no room --------------------------------------------------------------------------------

    def _make_room(self, long: int) -> bool:
        """Free some cells: what nobody uses first, then the youngest sequence starts over later.

        Before that, `long` tokens of a step that has parts of prompts, if any, are made fewer.
        """
        if self._give_up_something() or self.breadth.narrow(1, long):
            return True
        live = sorted(self._live(), key=lambda s: s.since)
        if not live:
            return False
        youngest = live[-1]
        work = youngest.work
        youngest.work, youngest.awaits = None, None
        self._cells.cut(youngest.sequence, 0)
        if work is not None and len(live) > 1:
            self.tally.made_way += 1
            self._waiting.appendleft(work)
        elif work is not None:
            self._late.append(failed(work, context_full(len(work.wanted), 0, self._cells.n_ctx)))
        return True

    def _give_up_something(self) -> bool:
        idle = [s for s in self._slots if s.work is None and self._cells.length(s.sequence)]
        if idle:
            self._cells.cut(min(idle, key=lambda s: s.since).sequence, 0)
            return True
        return self.prefixes.drop_oldest()

    # --- what came out --------------------------------------------------------------------------

    def _pick(self, parts: Sequence[Part]) -> list[Outcome]:
        ended = []
        for number, part in enumerate(parts):
            if part.asks and part.slot.work is not None:
                outcome = self._next(part.slot, part.slot.work, number)
                if outcome is not None:
                    part.slot.work = None
                    ended.append(outcome)
        return ended

    def _next(self, slot: Slot, work: Work, number: int) -> Outcome | None:
        try:
            token = work.picker.pick(self._model.logits(number))
        except ModelFailed as failure:
            return failed(work, failure)
        except Exception as why:  # whatever one sequence meets, the others go on
            LOG.exception("a token could not be chosen")
            return failed(work, pick_failed(why))
        if self._ends(token) and not work.endless:
            return Outcome(work=work, ending=Ending.SAID_ALL)
        work.add(token)
        self.tally.written_tokens += 1
        if work.left <= 0:
            return Outcome(work=work, ending=Ending.CUT)
        slot.wanted = work.wanted
        return None

    def _start_smaller(self, parts: Sequence[Part]) -> list[Outcome]:
        """Let all start over in smaller steps, fewer at once; fail who was alone in the smallest.

        What was written so far is kept: it is computed again, not chosen again.
        """
        size = sum(len(part.tokens) for part in parts)
        works = self._take_all()
        if not self.breadth.narrow(len(works), size):
            return [failed(work, out_of_memory(size)) for work in works]
        LOG.warning(
            "no memory for a step of %d tokens for %d sequences: now at most %d for %d",
            size,
            len(works),
            self.breadth.tokens,
            self.breadth.sequences,
        )
        self.tally.narrowed += 1
        self._waiting.extendleft(reversed(works))
        return []

    def _fail_all(self, answer: int) -> list[Outcome]:
        return [failed(work, step_failed(answer)) for work in self._take_all()]

    def _take_all(self) -> list[Work]:
        """Empty every slot and the cache, which a failed step may have left half written.

        Return the work, the oldest first.
        """
        self._model.clear()
        self._cells.forget()
        self.prefixes.forget()
        works = []
        for slot in sorted(self._live(), key=lambda s: s.since):
            if slot.work is not None:
                works.append(slot.work)
            slot.work, slot.awaits = None, None
        return works
