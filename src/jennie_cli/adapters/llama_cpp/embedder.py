"""Texts as vectors, by a GGUF embedding model such as KURE-v1 or BGE-M3."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.adapters.llama_cpp import machine
from jennie_cli.adapters.llama_cpp.fitting import Needs, context_that_fits, fit_layers, needs_of
from jennie_cli.adapters.llama_cpp.header import Header, read_header
from jennie_cli.adapters.llama_cpp.native import last_errors, library
from jennie_cli.adapters.llama_cpp.opening import load, with_fewer_layers
from jennie_cli.adapters.llama_cpp.options import Options
from jennie_cli.adapters.llama_cpp.stepping import NO_MEMORY, NativeModel, Part
from jennie_cli.adapters.llama_cpp.vocabulary import Vocabulary
from jennie_cli.adapters.llama_cpp.work import Slot
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.llm import FailureKind, ModelFailed

LONGEST = 512
"""Tokens of a text that count; a longer one is cut."""

AT_ONCE = 2_048
_MOST_TEXTS = 64

POOLINGS: Mapping[str, int] = MappingProxyType({"mean": 1, "cls": 2, "last": 3})
"""How token vectors become a text's: the library's numbers."""

_BY_ARCHITECTURE = MappingProxyType(
    {"bert": "cls", "modern-bert": "cls", "qwen3": "last", "llama": "last"}
)
_RANKER = 4

Vectors = NDArray[np.float32]


def pooling_of(header: Header, asked: str = "") -> str:
    """Return how a model's token vectors become one: as asked, as its file says, or its kind.

    BGE-M3 and its Korean child KURE-v1 take the first token's. Raises SettingsError.
    """
    if asked:
        if asked not in POOLINGS:
            raise SettingsError(
                f"There is no pooling '{asked}'.", hint=f"One of: {', '.join(POOLINGS)}"
            )
        return asked
    told = header.number("pooling_type")
    if told == _RANKER:
        raise SettingsError(
            f"{header.name} compares two texts; it makes no vectors.",
            hint="Take an embedding model, such as KURE-v1.",
        )
    by_number = {number: name for name, number in POOLINGS.items()}
    return by_number.get(told or 0) or _BY_ARCHITECTURE.get(header.architecture, "mean")


class LocalEmbedder:
    """An embedding model of its own thread; `embed` may be called from any event loop."""

    def __init__(self, work: "_Work", thread: ThreadPoolExecutor) -> None:
        """Use `open`."""
        self._work = work
        self._thread = thread

    @classmethod
    def open(cls, path: Path | str, options: Options, *, pooling: str = "") -> "LocalEmbedder":
        """Load a model and return it; takes seconds, so a running event loop asks a thread.

        Raises BadFile, SettingsError (memory, extra, pooling), ModelFailed (OUT_OF_MEMORY).
        """
        header = read_header(Path(path).expanduser())
        thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")
        try:
            return cls(thread.submit(_Work, header, options, pooling).result(), thread)
        except BaseException:
            thread.shutdown()
            raise

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return self._work.width

    @property
    def gpu_layers(self) -> int:
        """Layers that the GPU took."""
        return self._work.gpu_layers

    @property
    def pooling(self) -> str:
        """How token vectors become a text's."""
        return self._work.pooling

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return vectors (texts, width) of length 1; a text counts to its 512th token.

        Raises ModelFailed.
        """
        loop = asyncio.get_running_loop()
        try:
            work = loop.run_in_executor(self._thread, self._work.embed, tuple(texts))
        except RuntimeError as why:
            raise _closed() from why
        return await work

    async def close(self) -> None:
        """Free the model once the calls that were made are answered; may be called twice."""
        await asyncio.to_thread(self._thread.shutdown)
        self._work.close()


class _Work:
    """Model, context and batch; used by one thread."""

    def __init__(self, header: Header, options: Options, pooling: str) -> None:
        self.pooling = pooling_of(header, pooling)
        self._lib = lib = library()
        needs = needs_of(header, batch=AT_ONCE)
        free = machine.free_gpu_memory()
        layers = fit_layers(needs, asked=options.gpu_layers, n_ctx=AT_ONCE, free_bytes=free)
        self._model, self._context, self.gpu_layers = with_fewer_layers(
            layers, lambda some: self._opened(header, options, needs, some)
        )
        self._batch: NativeModel | None = None
        try:
            self._batch = NativeModel(lib, self._context, n_batch=AT_ONCE, asks_all=True)
            self._vocabulary = Vocabulary(lib, self._model)
        except BaseException:
            self.close()
            raise
        self.width = int(lib.llama_model_n_embd_out(self._model))
        trained = int(lib.llama_model_n_ctx_train(self._model))
        self._longest = min(LONGEST, trained or LONGEST)

    def _opened(
        self, header: Header, options: Options, needs: Needs, layers: int
    ) -> tuple[Any, Any, int]:
        """Return model, context and `layers`. Raises SettingsError, BadFile, ModelFailed."""
        if layers == 0:
            context_that_fits(
                needs, asked=AT_ONCE, free_bytes=machine.free_memory(), name=header.name
            )
        model = load(self._lib, header, gpu_layers=layers)
        context = self._lib.llama_init_from_model(model, self._params(options))
        if context:
            return model, context, layers
        self._lib.llama_model_free(model)
        raise ModelFailed(
            f"There is no memory for the embedding model's context: {last_errors()}.",
            kind=FailureKind.OUT_OF_MEMORY,
            hint="Close other programs, or: jennie config set local.gpu_layers 0",
        )

    def _params(self, options: Options) -> Any:
        params = self._lib.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = AT_ONCE
        params.n_seq_max = _MOST_TEXTS
        params.kv_unified = True
        params.embeddings = True
        params.pooling_type = POOLINGS[self.pooling]
        params.n_threads = params.n_threads_batch = options.threads or max(1, machine.cores() - 1)
        params.no_perf = True
        return params

    def embed(self, texts: tuple[str, ...]) -> Vectors:
        """Return the vectors of texts, as many in one step as have room."""
        found = np.zeros((len(texts), self.width), np.float32)
        for first, tokens in _packed([self._tokens(text) for text in texts]):
            found[first : first + len(tokens)] = self._vectors(tokens)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if not np.isfinite(lengths).all():
            raise _failed(0)
        np.divide(found, lengths, out=found, where=lengths > 0)
        return found

    def _vectors(self, texts: list[NDArray[np.int32]]) -> Vectors:
        """Return the vectors of texts in one step, or in halves where there is no memory for it."""
        batch = self._batch
        if batch is None:
            raise _closed()
        batch.clear()
        answer = batch.step(
            [
                Part(slot=Slot(sequence=n), tokens=tokens, start=0, asks=True)
                for n, tokens in enumerate(texts)
            ]
        )
        if answer == NO_MEMORY and len(texts) > 1:
            half = len(texts) // 2
            return np.concatenate([self._vectors(texts[:half]), self._vectors(texts[half:])])
        if answer != 0:
            raise _failed(answer)
        return np.array([batch.vector(n, self.width) for n in range(len(texts))], np.float32)

    def _tokens(self, text: str) -> NDArray[np.int32]:
        tokens = self._vocabulary.tokens(text, special=False, ends=True)
        if len(tokens) > self._longest:
            tokens = [*tokens[: self._longest - 1], tokens[-1]]  # the last one ends a text
        return np.asarray(tokens or [max(0, self._vocabulary.bos)], np.int32)

    def close(self) -> None:
        """Free everything; may be called twice."""
        batch, context, model = self._batch, self._context, self._model
        self._batch = self._context = self._model = None
        if batch is not None:
            batch.close()
        if context:
            self._lib.llama_free(context)
        if model:
            self._lib.llama_model_free(model)


def _packed(
    texts: Sequence[NDArray[np.int32]],
) -> Iterator[tuple[int, list[NDArray[np.int32]]]]:
    """Yield the number of a first text and the texts from there on that fit into one step."""
    first, size, some = 0, 0, list[NDArray[np.int32]]()
    for number, tokens in enumerate(texts):
        if some and (size + len(tokens) > AT_ONCE or len(some) == _MOST_TEXTS):
            yield first, some
            first, size, some = number, 0, []
        some.append(tokens)
        size += len(tokens)
    if some:
        yield first, some


def _closed() -> ModelFailed:
    return ModelFailed("The embedding model was closed.", kind=FailureKind.CANCELLED)


def _failed(answer: int) -> ModelFailed:
    if answer == NO_MEMORY:
        return ModelFailed(
            "The embedding model ran out of memory over one text.",
            kind=FailureKind.OUT_OF_MEMORY,
            hint="Close other programs, or: jennie config set local.gpu_layers 0",
        )
    return ModelFailed(
        f"The embedding model failed (code {answer}).",
        kind=FailureKind.SERVER,
        hint="The file may be damaged: fetch it again.",
    )
