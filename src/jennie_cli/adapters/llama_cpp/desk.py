"""One opened model at work: calls become sequences of the batch, sequences become replies."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from jennie_cli.adapters.llama_cpp import machine
from jennie_cli.adapters.llama_cpp.batcher import Batcher
from jennie_cli.adapters.llama_cpp.cells import Cells, NativeMemory
from jennie_cli.adapters.llama_cpp.chat import (
    Template,
    file_template,
    plain_template,
    prompt_tokens,
)
from jennie_cli.adapters.llama_cpp.failing import context_full
from jennie_cli.adapters.llama_cpp.header import Header
from jennie_cli.adapters.llama_cpp.opening import KEPT_PREFIXES, Native, open_native
from jennie_cli.adapters.llama_cpp.options import Options
from jennie_cli.adapters.llama_cpp.picking import FreePicker, Looks, Picker, RuledPicker, Rules
from jennie_cli.adapters.llama_cpp.stepping import NativeModel
from jennie_cli.adapters.llama_cpp.threads import TRIED_TOKENS, Pace, candidates, choose
from jennie_cli.adapters.llama_cpp.vocabulary import Vocabulary
from jennie_cli.adapters.llama_cpp.work import Ending, Outcome, Work
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import BadFile, InputError
from jennie_cli.engine.llm import Call, FailureKind, ModelFailed, Reply

LOG = logging.getLogger("jennie_cli.llama")
_KEPT_GRAMMARS = 64

ToGrammar = Callable[[Mapping[str, Any]], str]


class Desk:
    """Everything of one model; used, like the library's context, by one thread alone."""

    def __init__(
        self, header: Header, options: Options, *, steady: Clock, grammar: ToGrammar
    ) -> None:
        """Load the model. Raises SettingsError, BadFile, ModelFailed."""
        self.header = header
        self._options = options
        self._steady = steady
        self._grammar = grammar
        self._grammars: dict[bytes, str] = {}
        self.native = open_native(header, options)
        try:
            self._set_up()
        except BaseException:
            self.native.close()
            raise

    def _set_up(self) -> None:
        native = self.native
        if not native.lib.llama_get_memory(native.context):
            raise BadFile(
                f"{self.header.path.name} ({self.header.architecture}) makes vectors of texts; "
                "it cannot write.",
                hint="Take a model made for conversations: jennie llm models",
            )
        self.vocabulary = Vocabulary(native.lib, native.model)
        self.template = self._template(native)
        self.looks = Looks()
        self.threads = self._choose_threads()
        free_choice = self._options.threads == 0 and native.gpu_layers == 0
        self._pace = Pace(candidates(machine.cores()) if free_choice else ())
        room = native.room
        self._model = NativeModel(
            native.lib,
            native.context,
            n_batch=max(room.n_batch, self._options.slots),
            vocabulary_size=self.vocabulary.size,
        )
        cells = Cells(
            NativeMemory(native.lib, native.context, window=native.window),
            sequences=self._options.slots + KEPT_PREFIXES,
            n_ctx=room.n_ctx,
        )
        trained = int(native.lib.llama_model_n_ctx_train(native.model)) or room.n_ctx
        self.longest = min(room.n_ctx, trained)
        self.batcher = Batcher(
            self._model,
            cells,
            slots=self._options.slots,
            kept_prefixes=KEPT_PREFIXES,
            n_batch=max(room.n_batch, self._options.slots),
            ends=self.vocabulary.ends,
            shared=native.divisible,
        )
        self.cells = cells

    def _template(self, native: Native) -> Template:
        source = native.lib.llama_model_chat_template(native.model, None)
        if not source:
            native.notes.append("the model file has no chat template: turns are put plainly")
            return plain_template
        words = self.vocabulary
        return file_template(
            native.lib,
            source.decode("utf-8", "replace"),
            bos=words.name(words.bos),
            eos=words.name(words.eos),
        )

    # --- a call becomes work, an outcome becomes a reply ----------------------------------------

    def work(self, call: Call) -> Work:
        """Return a call as a sequence. Raises ModelFailed: it cannot fit, its schema is refused."""
        tokens = prompt_tokens(call.messages, self.template, self.vocabulary)
        if len(tokens) + call.max_tokens > self.longest:
            raise context_full(len(tokens), call.max_tokens, self.longest)
        prompt = np.asarray(tokens, np.int32)
        return Work(prompt=prompt, most=call.max_tokens, picker=self._picker(call, prompt))

    def _picker(self, call: Call, prompt: np.ndarray[Any, np.dtype[np.int32]]) -> Picker:
        """Return who picks; its dice depend on the seed and the prompt, not on who else asks."""
        said = hashlib.sha256(prompt.tobytes()).digest()
        seed = (call.seed & (2**64 - 1), int.from_bytes(said[:8]))
        free = FreePicker(temperature=call.temperature, seed=seed)
        if call.schema is None:
            return free
        return RuledPicker(free, self.rules(call.schema), self.looks)

    def rules(self, schema: Mapping[str, Any]) -> Rules:
        """Return the grammar of a schema, at its start. Raises ModelFailed."""
        said = orjson.dumps(schema, default=dict)  # not sorted: the order of members matters
        key = hashlib.sha256(said).digest()
        text = self._grammars.get(key)
        if text is None:
            while len(self._grammars) >= _KEPT_GRAMMARS:
                del self._grammars[next(iter(self._grammars))]
            text = self._grammars[key] = self._translated(schema)
        return Rules(self.native.lib, self.vocabulary, text)

    def _translated(self, schema: Mapping[str, Any]) -> str:
        try:
            return self._grammar(schema)
        except InputError as why:
            raise ModelFailed(
                f"The answer's schema cannot be made a grammar: {why.message}",
                kind=FailureKind.REFUSED_REQUEST,
                hint=why.hint,
            ) from why

    def reply(self, outcome: Outcome, call: Call) -> Reply | ModelFailed:
        """Return what a sequence said, or why it is of no use."""
        work = outcome.work
        tokens_in, tokens_out = len(work.prompt), len(work.made)
        if outcome.failure is not None:
            outcome.failure.tokens_in, outcome.failure.tokens_out = tokens_in, tokens_out
            return outcome.failure
        text = self.text(work)
        kind = _fault(text, outcome.ending, call)
        if kind is None:
            return Reply(text=text, model=self.name, tokens_in=tokens_in, tokens_out=tokens_out)
        return ModelFailed(
            f"The local model's answer of {tokens_out:,} tokens is "
            + ("empty." if kind is FailureKind.EMPTY else f"cut off at {call.max_tokens:,}."),
            kind=kind,
            hint="Allow a longer answer or ask for a shorter one.",
            tokens_in=tokens_in,
            tokens_out=tokens_out,
        )

    def text(self, work: Work) -> str:
        """Return what a sequence has written so far; half a character at its end is marked."""
        return b"".join(map(self.vocabulary.piece, work.made)).decode("utf-8", "replace")

    @property
    def name(self) -> str:
        """The model's id: its file's name without the ending."""
        return Path(self.header.path).stem

    # --- threads --------------------------------------------------------------------------------

    def watch_pace(self, width: int, seconds: float) -> None:
        """Take in how long it took to write `width` tokens at once; may change the threads."""
        threads = self._pace.note(width, seconds)
        if threads is not None and threads != self.threads:
            LOG.info("steps have become slow: %d threads instead of %d", threads, self.threads)
            self.native.set_threads(threads)
            self.threads = threads

    def _choose_threads(self) -> int:
        asked = self._options.threads
        found = choose(machine.cores(), asked, self._time_tokens)
        self.native.set_threads(found)
        return found

    def _time_tokens(self, threads: int) -> float:
        """Return the seconds of a few tokens, one at a time; the cache is empty after."""
        lib, context = self.native.lib, self.native.context
        self.native.set_threads(threads)
        token = (lib.llama_token * 1)(max(0, self.vocabulary.bos))
        started = 0.0
        for n in range(TRIED_TOKENS + 1):
            if n == 1:  # the first one also wakes the threads
                started = self._steady.monotonic()
            lib.llama_decode(context, lib.llama_batch_get_one(token, 1))
            lib.llama_synchronize(context)
        seconds = self._steady.monotonic() - started
        lib.llama_memory_clear(lib.llama_get_memory(context), False)  # its form
        return seconds

    def break_off(self) -> None:
        """End a step that is being computed, and any later one; called from any thread."""
        self.native.break_off()

    def close(self) -> None:
        """Free everything; may be called twice."""
        self._model.close()
        self.native.close()


def _fault(text: str, ending: Ending, call: Call) -> FailureKind | None:
    if not text.strip():
        return FailureKind.EMPTY
    if call.schema is None or ending is Ending.SAID_ALL:
        return None
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return FailureKind.NOT_JSON
    return None
