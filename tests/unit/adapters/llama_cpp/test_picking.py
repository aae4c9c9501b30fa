"""The pick is the grammar's favourite, whichever look found it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.adapters.llama_cpp.picking import (
    FreePicker,
    Looks,
    RuledPicker,
    Rules,
    best_of,
)
from jennie_cli.engine.llm import FailureKind, ModelFailed


class OnlySome:
    """A grammar that lets a set of tokens through."""

    def __init__(self, *allowed: int) -> None:
        self.let = frozenset(allowed)
        self.accepted: list[int] = []
        self.closed = 0

    def allows(self, token: int) -> bool:
        """Whether it is one of them."""
        return token in self.let

    def allowed(self, ids: Any, logits: Any) -> Any:
        """Those of them that are among `ids`."""
        stand = np.isin(ids, sorted(self.let))
        return ids[stand], logits[stand]

    def accept(self, token: int) -> None:
        """Remember it."""
        self.accepted.append(token)

    def close(self) -> None:
        """Count."""
        self.closed += 1


def ruled(rules: OnlySome, temperature: float = 0.0) -> tuple[RuledPicker, Looks]:
    """Return a picker within `rules` and what it counts."""
    looks = Looks()
    given_rules: Any = rules
    return RuledPicker(FreePicker(temperature=temperature), given_rules, looks), looks


def logits_of(size: int, **favoured: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return zeros with `t5=3.0` at place 5."""
    row = np.zeros(size, np.float32)
    for name, value in favoured.items():
        row[int(name[1:])] = value
    return row


def test_favourite_is_taken_at_once_where_allowed() -> None:
    """An allowed favourite needs no second look."""
    picker, looks = ruled(OnlySome(5))
    assert 5 == picker.pick(logits_of(2000, t5=3.0))
    assert (1, 0, 0) == (looks.at_once, looks.best, looks.every)


def test_refused_favourite_gives_way_to_the_best_allowed() -> None:
    """Among the best 512 the best allowed one is taken."""
    rules = OnlySome(7, 8)
    picker, looks = ruled(rules)
    assert 8 == picker.pick(logits_of(20_000, t5=3.0, t7=1.0, t8=2.0))
    assert (0, 1, 0) == (looks.at_once, looks.best, looks.every)
    assert [8] == rules.accepted


def test_all_are_looked_at_when_the_best_are_refused() -> None:
    """A token that hardly any model would say is still found when only it fits."""
    row = np.linspace(1.0, 0.0, 20_000, dtype=np.float32)
    picker, looks = ruled(OnlySome(19_999))
    assert 19_999 == picker.pick(row)
    assert (0, 0, 1) == (looks.at_once, looks.best, looks.every)


def test_grammar_without_a_token_is_named() -> None:
    """Where nothing fits, the failure says so instead of a wrong word."""
    picker, _ = ruled(OnlySome())
    with pytest.raises(ModelFailed) as caught:
        picker.pick(logits_of(2000))
    assert FailureKind.WRONG_SHAPE == caught.value.kind


def test_refused_token_leaves_the_chances_of_others() -> None:
    """Drawing again gives each allowed token the chance it has among the allowed alone."""
    row = logits_of(2000, t1=4.0, t2=3.0, t3=2.0) - np.float32(50.0)
    row[[1, 2, 3]] += np.float32(50.0)
    picker, _ = ruled(OnlySome(2, 3), temperature=1.0)
    drawn = np.array([picker.pick(row) for _ in range(4_000)])
    expected = np.exp(3.0) / (np.exp(3.0) + np.exp(2.0))
    assert abs(expected - np.mean(drawn == 2)) < 0.03


def test_equal_seeds_draw_equally() -> None:
    """The same seed and numbers give the same tokens, another seed others."""
    row = np.random.default_rng(3).standard_normal(5_000).astype(np.float32)
    one, same, other = (FreePicker(temperature=0.9, seed=(n,)) for n in (1, 1, 2))
    first, again, else_ = ([p.pick(row) for _ in range(20)] for p in (one, same, other))
    assert first == again
    assert first != else_


def test_numbers_that_are_none_are_named() -> None:
    """A model that computes no numbers fails, instead of saying anything."""
    with pytest.raises(ModelFailed, match="no number"):
        FreePicker(temperature=0.0).pick(logits_of(100, t3=float("nan")))


@given(seed=st.integers(0, 1000), size=st.integers(1, 9_000), count=st.integers(1, 512))
def test_best_are_the_best(seed: int, size: int, count: int) -> None:
    """The places found hold the greatest values, ties included in any way."""
    row = np.random.default_rng(seed).integers(0, 50_000, size).astype(np.float32)
    places = best_of(row, count)
    assert min(count, size) == len(set(places.tolist()))
    assert np.sort(row)[::-1][:count].tolist() == np.sort(row[places])[::-1].tolist()


def test_closing_frees_the_grammar() -> None:
    """A picker that is closed closes its grammar."""
    rules = OnlySome()
    ruled(rules)[0].close()
    assert 1 == rules.closed


def test_text_that_is_no_grammar_is_refused(vocabulary: Any) -> None:
    """llama.cpp's refusal of a grammar is a failure by name."""
    llama = pytest.importorskip("llama_cpp", reason="needs the extra [llm]")

    class Words:
        native = vocabulary
        silent = np.zeros(400, np.bool_)
        edges = np.zeros((400, 2), np.uint8)

    words: Any = Words()
    with pytest.raises(ModelFailed) as caught:
        Rules(llama, words, "root ::= (")
    assert FailureKind.REFUSED_REQUEST == caught.value.kind
