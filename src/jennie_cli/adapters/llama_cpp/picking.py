"""Which token comes next: the model's favour, bounded by what a grammar lets stand.

A grammar that looks at a whole vocabulary takes longer than a small model does to think. So the
token is chosen without it, only that one is tested, and only if it is refused does the grammar look
at the best 512, then at all. Drawing again among the allowed gives each of them the chance it would
have had, had the refused ones never been there.
"""

import ctypes
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from jennie_cli.adapters.llama_cpp.grammar import SECOND_BYTES
from jennie_cli.adapters.llama_cpp.vocabulary import Vocabulary
from jennie_cli.engine.llm import FailureKind, ModelFailed

Logits = NDArray[np.float32]
TOP_K = 40
SECOND_LOOK = 512
_REFUSED = -1e30
_TOKEN = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


@dataclass(slots=True)
class Looks:
    """How often a token was taken at once, from the best 512, and from all."""

    at_once: int = 0
    best: int = 0
    every: int = 0


class Picker(Protocol):
    """Chooses one sequence's next token; told everything that happens to it in order."""

    def pick(self, logits: Logits) -> int:
        """Return the next token; `logits` (vocabulary,) is a view that is gone after the step."""
        ...

    def close(self) -> None:
        """Let go of what the library holds."""
        ...


class FreePicker:
    """Chooses without a grammar. The same seed and logits give the same tokens."""

    def __init__(self, *, temperature: float, seed: tuple[int, ...] = (0,)) -> None:
        """A `temperature` of 0 takes the favourite, the lower id among equals."""
        self._temperature = temperature
        self._dice = np.random.default_rng(seed)

    def pick(self, logits: Logits) -> int:
        """Return the next token. Raises ModelFailed for numbers that are none."""
        top = int(np.argmax(logits))  # the first one that is no number, where there is any
        if not np.isfinite(logits[top]):
            raise ModelFailed(
                "The local model computed something that is no number.",
                kind=FailureKind.SERVER,
                hint="The file may be damaged or the GPU faulty: jennie llm doctor",
            )
        if self._temperature <= 0.0:
            return top
        if len(logits) <= TOP_K:
            return self.among(None, logits)
        best = best_of(logits, TOP_K)
        return self.among(best, logits[best])

    def among(self, ids: NDArray[np.intp] | None, logits: Logits) -> int:
        """Return one of `ids` (None: the places) by its logit."""
        if self._temperature <= 0.0:
            place = _favourite(ids, logits)
        else:
            order = np.lexsort((np.arange(len(logits)) if ids is None else ids, -logits))[:TOP_K]
            weight = np.exp((logits[order] - logits[order[0]]) / self._temperature, dtype=float)
            drawn = np.searchsorted(np.cumsum(weight), self._dice.random() * weight.sum(), "right")
            place = int(order[min(int(drawn), len(order) - 1)])
        return place if ids is None else int(ids[place])

    def close(self) -> None:
        """Hold nothing."""


def best_of(logits: Logits, count: int) -> NDArray[np.intp]:
    """Return the places of the `count` greatest logits, in no order.

    The `count`-th greatest of the maxima of disjoint groups is not above the `count`-th greatest
    of all, and few logits reach it: thirty times as fast as a selection over a vocabulary.
    """
    rows = len(logits) // (8 * count)
    if rows > 1:
        groups = logits[: len(logits) // rows * rows].reshape(rows, -1).max(axis=0)
        bound = np.partition(groups, len(groups) - count)[len(groups) - count]
        places = np.flatnonzero(logits >= bound)
    else:
        places = np.arange(len(logits))
    if len(places) <= count:
        return places
    return places[np.argpartition(logits[places], -count)[-count:]]


def _favourite(ids: NDArray[np.intp] | None, logits: Logits) -> int:
    if ids is None:
        return int(np.argmax(logits))
    best = np.flatnonzero(logits == logits.max())
    return int(best[np.argmin(ids[best])])


class Rules:
    """One grammar's state in the library; freed by `close`, which may be called twice."""

    def __init__(self, lib: Any, vocabulary: Vocabulary, gbnf: str) -> None:
        """Raises ModelFailed for a text that is no grammar."""
        self._lib = lib
        self._silent = vocabulary.silent
        self._edges = vocabulary.edges
        self._last = 0
        self._state: Any = lib.llama_sampler_init_grammar(vocabulary.native, gbnf.encode(), b"root")
        if not self._state:
            raise ModelFailed(
                "The grammar made of the answer's schema was refused by llama.cpp.",
                kind=FailureKind.REFUSED_REQUEST,
                hint="This is a fault of jennie: report the schema's name.",
            )
        self._one = np.zeros(1, _TOKEN)
        self._array = lib.llama_token_data_array(
            data=self._one.ctypes.data_as(lib.llama_token_data_p), size=1, selected=-1, sorted=False
        )

    def allows(self, token: int) -> bool:
        """Whether a token may come next."""
        if self._silent[token] or not self._follows(self._edges[token, 0]):
            return False
        self._one[0] = (token, 1.0, 0.0)
        self._lib.llama_sampler_apply(self._state, ctypes.byref(self._array))
        return bool(self._one["logit"][0] > _REFUSED) and self._leads_on(token)

    def allowed(self, ids: NDArray[np.intp], logits: Logits) -> tuple[NDArray[np.intp], Logits]:
        """Return those of `ids` that may come next, with their logits."""
        stand = self._standing(self._state, ids)
        stand &= ~self._silent[ids] & self._follows(self._edges[ids, 0])
        opens = stand & np.isin(self._edges[ids, 1], tuple(SECOND_BYTES))
        for place in np.flatnonzero(opens):
            stand[place] = self._leads_on(int(ids[place]))
        return ids[stand], logits[stand]

    def _standing(self, state: Any, ids: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which of `ids` a state of the grammar lets through."""
        many = np.zeros(len(ids), _TOKEN)
        many["id"] = ids
        many["logit"] = 1.0
        array = self._lib.llama_token_data_array(
            data=many.ctypes.data_as(self._lib.llama_token_data_p),
            size=len(many),
            selected=-1,
            sorted=False,
        )
        self._lib.llama_sampler_apply(state, ctypes.byref(array))
        stand: NDArray[np.bool_] = many["logit"] > _REFUSED
        return stand

    def _follows(self, first: Any) -> Any:
        """Whether a byte, or each of an array, may come after what was taken last."""
        low, high = SECOND_BYTES.get(self._last, (0, 0xFF))
        return (first >= low) & (first <= high)

    def _leads_on(self, token: int) -> bool:
        """Whether a character that a token opens can be finished, within grammar and UTF-8.

        The library judges such a first byte by long forms too, which would end in a dead end.
        """
        bounds = SECOND_BYTES.get(int(self._edges[token, 1]))
        if bounds is None:
            return True
        first = self._edges[:, 0]
        ids = np.flatnonzero((first >= bounds[0]) & (first <= bounds[1]))
        after = self._lib.llama_sampler_clone(self._state)
        try:
            self._lib.llama_sampler_accept(after, token)
            return bool(self._standing(after, ids).any())
        finally:
            self._lib.llama_sampler_free(after)

    def accept(self, token: int) -> None:
        """Go on past a token that was allowed; another one would end the process."""
        self._last = int(self._edges[token, 1])
        self._lib.llama_sampler_accept(self._state, token)

    def close(self) -> None:
        """Free the library's state."""
        if self._state:
            self._lib.llama_sampler_free(self._state)
            self._state = None


class RuledPicker:
    """Chooses within a grammar."""

    def __init__(self, free: FreePicker, rules: Rules, looks: Looks) -> None:
        """`looks` counts over all pickers of a model."""
        self._free = free
        self._rules = rules
        self._looks = looks

    def pick(self, logits: Logits) -> int:
        """Return the next token. Raises ModelFailed when the grammar leaves none."""
        token = self.choose(logits)
        self._rules.accept(token)
        return token

    def choose(self, logits: Logits) -> int:
        """Return the next token without going on past it. Raises ModelFailed as `pick` does."""
        token = self._free.pick(logits)
        if self._rules.allows(token):
            self._looks.at_once += 1
            return token
        return self._second_look(logits)

    def _second_look(self, logits: Logits) -> int:
        if len(logits) > SECOND_LOOK:
            best = best_of(logits, SECOND_LOOK)
            ids, left = self._rules.allowed(best, logits[best])
            if len(ids):
                self._looks.best += 1
                return self._free.among(ids, left)
        self._looks.every += 1
        ids, left = self._rules.allowed(np.arange(len(logits)), logits)
        if not len(ids):
            raise ModelFailed(
                "The grammar of the answer leaves this model no token to go on with.",
                kind=FailureKind.WRONG_SHAPE,
                hint="Another model's vocabulary may do: jennie llm models",
            )
        return self._free.among(ids, left)

    def close(self) -> None:
        """Free the grammar."""
        self._rules.close()
