"""Whole answers of a model that wants nothing: all of them parse and fit."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.adapters.llama_cpp.conftest import FIRST_BYTE
from tests.unit.adapters.llama_cpp.tiny import EOS

from jennie_cli.adapters.llama_cpp.native import library
from jennie_cli.adapters.llama_cpp.vocabulary import Vocabulary


def test_every_answer_of_a_random_model_parses_and_fits(tiny: Path) -> None:
    """Five hundred answers under six schemas are strict JSON and valid; none is cut off."""
    pytest.importorskip("llama_cpp")
    from benchmarks.llm_grammar import Writer, run

    writer = Writer(tiny)
    tallies = run(writer, 500)
    writer.close()
    assert 500 == sum(tally.answers for tally in tallies.values())
    assert {} == {name: dict(t.failures) for name, t in tallies.items() if t.failures}
    assert all(tally.answers >= 83 for tally in tallies.values())


def test_the_engine_keeps_its_answers_within_the_grammar(tiny: Path) -> None:
    """Sixty answers of the program's own engine, many at a time, are as good."""
    pytest.importorskip("llama_cpp")
    from benchmarks.llm_grammar import _engine

    tallies = _engine(tiny, 60, 1)
    assert 60 == sum(tally.answers for tally in tallies.values())
    assert {} == {name: dict(t.failures) for name, t in tallies.items() if t.failures}


def test_tokens_that_would_write_something_else_are_never_taken(tiny: Path) -> None:
    """Control tokens, which write nothing, and the two open first bytes; the end stays possible."""
    pytest.importorskip("llama_cpp")
    lib = library()
    how = lib.llama_model_default_params()
    how.vocab_only = True
    model = lib.llama_model_load_from_file(str(tiny).encode(), how)
    torn = Vocabulary(lib, model).torn
    assert [*range(EOS), FIRST_BYTE + 0xE0, FIRST_BYTE + 0xF0] == np.flatnonzero(torn).tolist()
    lib.llama_model_free(model)
