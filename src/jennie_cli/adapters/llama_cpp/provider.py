"""The local model as a provider: asked like any other, answered from this process."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jennie_cli.adapters.llama_cpp.desk import Desk, ToGrammar
from jennie_cli.adapters.llama_cpp.engine import Engine, Job
from jennie_cli.adapters.llama_cpp.grammar import gbnf
from jennie_cli.adapters.llama_cpp.header import read_header
from jennie_cli.adapters.llama_cpp.options import Options
from jennie_cli.adapters.llama_cpp.work import Tally
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.llm import Call, FailureKind, ModelFailed, Reply

_WORTH_TELLING = 0.1
"""The share of a question's time that it waited for a slot, from which on it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFacts:
    """How a model was opened; `notes` say what is not as it was asked for."""

    model: str
    architecture: str
    file_bytes: int
    n_ctx: int
    slots: int
    threads: int
    gpu_layers: int
    notes: tuple[str, ...]


class LocalModel:
    """A GGUF model in this process. Many calls at once share its steps and their beginnings."""

    name = "local"

    def __init__(self, engine: Engine, desk: Desk, options: Options) -> None:
        """Use `open`; the desk is read here, worked at in the engine's thread alone."""
        self._engine = engine
        self._desk = desk
        self._options = options

    @classmethod
    def open(
        cls,
        path: Path | str,
        options: Options,
        *,
        steady: Clock,
        grammar: ToGrammar = gbnf,
    ) -> "LocalModel":
        """Load a model and return it; this takes seconds, so a running event loop asks a thread.

        Raises BadFile (missing, no GGUF, cut off, not known to llama.cpp), SettingsError (memory,
        extra [llm] not installed), ModelFailed (OUT_OF_MEMORY).
        """
        header = read_header(Path(path).expanduser())
        desks: list[Desk] = []

        def opening() -> Desk:
            desks.append(Desk(header, options, steady=steady, grammar=grammar))
            return desks[0]

        engine = Engine(opening, steady=steady)
        return cls(engine, desks[0], options)

    @property
    def model(self) -> str:
        """The model's id: its file's name without the ending."""
        return self._desk.name

    @property
    def doing(self) -> str:
        """What the model's thread is at."""
        return self._engine.doing

    @property
    def tally(self) -> Tally:
        """What the batch did so far; the thread goes on counting."""
        return self._desk.batcher.tally

    @property
    def free_cells(self) -> int:
        """Tokens that the cache can still take."""
        return self._desk.cells.free

    def facts(self) -> LocalFacts:
        """Return how the model was opened."""
        desk = self._desk
        return LocalFacts(
            model=desk.name,
            architecture=desk.header.architecture,
            file_bytes=desk.header.file_bytes,
            n_ctx=desk.native.room.n_ctx,
            slots=self._options.slots,
            threads=desk.threads,
            gpu_layers=desk.native.gpu_layers,
            notes=tuple(desk.native.notes),
        )

    def looks(self) -> Mapping[str, int]:
        """Return how often a grammar took a token at once, from the best 512, from all."""
        looks = self._desk.looks
        return {"at_once": looks.at_once, "best": looks.best, "every": looks.every}

    def forget(self) -> None:
        """Empty the cache, so that the next call computes its whole prompt."""
        self._engine.forget()

    async def reply(self, call: Call) -> Reply:
        """Return the model's words. Raises ModelFailed, among others after `call.deadline_s`.

        That is TIMEOUT for a model that is too slow and BUSY where others had all of its slots
        until then. A cancelled call is taken out of the batch and leaves nothing behind.
        """
        loop = asyncio.get_running_loop()
        job = Job(call=call, loop=loop, future=loop.create_future())
        self._engine.submit(job)
        try:
            async with asyncio.timeout(call.deadline_s):
                return await job.future
        except TimeoutError:
            raise self._late(job) from None
        finally:
            self._engine.leave(job)

    def _late(self, job: Job) -> ModelFailed:
        """Return why a call had no answer in its time: the model, or the others who asked."""
        deadline_s, waited_s = job.call.deadline_s, job.waited_s
        if waited_s is None and job.ahead:
            return ModelFailed(
                f"The local model had no slot for this question within its {deadline_s:g} s "
                f"(asked before it: {job.ahead:,}; answered at a time: {self._options.slots}).",
                kind=FailureKind.BUSY,
                hint="Ask fewer at a time, allow more time, or: jennie config set local.slots N",
            )
        tokens_in, tokens_out = job.used
        told = f"{tokens_out:,} tokens were written"
        if waited_s is not None and waited_s >= _WORTH_TELLING * deadline_s:
            told += f", after {waited_s:.1f} s in the queue ({job.ahead:,} ahead)"
        return ModelFailed(
            f"The local model did not finish within {deadline_s:g} s: {told}.",
            kind=FailureKind.TIMEOUT,
            hint="Allow more time, or take a smaller model: jennie llm models",
            tokens_in=tokens_in,
            tokens_out=tokens_out,
        )

    async def close(self) -> None:
        """End the thread and free the model; calls in flight fail as cancelled."""
        await asyncio.to_thread(self._engine.stop)
