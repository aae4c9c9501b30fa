"""Whole answers of a model that wants nothing: all of them parse and fit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.adapters.llama_cpp.conftest import FIRST_BYTE
from tests.unit.adapters.llama_cpp.tiny import EOS

from jennie_cli.adapters.llama_cpp.grammar import gbnf
from jennie_cli.adapters.llama_cpp.native import library
from jennie_cli.adapters.llama_cpp.picking import Rules
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


@pytest.fixture
def words(tiny: Path) -> Iterator[Vocabulary]:
    """The words of the tiny model, which writes in bytes what it has no word for."""
    pytest.importorskip("llama_cpp")
    lib = library()
    how = lib.llama_model_default_params()
    how.vocab_only = True
    model = lib.llama_model_load_from_file(str(tiny).encode(), how)
    yield Vocabulary(lib, model)
    lib.llama_model_free(model)


def test_tokens_that_write_nothing_are_never_taken(words: Vocabulary) -> None:
    """Control tokens are taken for letters by a grammar; the end stays possible."""
    assert [*range(EOS)] == np.flatnonzero(words.silent).tolist()


def next_bytes(words: Vocabulary, schema: dict[str, Any], before: bytes) -> bytes:
    """Return the bytes that may follow `before`, asked one by one and all at once."""
    rules = Rules(library(), words, gbnf(schema))
    for byte in before:
        assert rules.allows(FIRST_BYTE + byte)
        rules.accept(FIRST_BYTE + byte)
    all_bytes = np.arange(FIRST_BYTE, FIRST_BYTE + 256)
    found, _ = rules.allowed(all_bytes, np.zeros(256, np.float32))
    assert [n for n in all_bytes if rules.allows(int(n))] == found.tolist()
    rules.close()
    return bytes((found - FIRST_BYTE).tolist())


@pytest.mark.parametrize("value", ["\u0e01", "\U0001f4c8", "\ud7ff", "ok"])
def test_a_value_is_written_byte_by_byte_and_not_otherwise(words: Vocabulary, value: str) -> None:
    """A choice of one value leaves one byte each time, whatever that value begins with."""
    raw = f'"{value}"'.encode()
    for place, byte in enumerate(raw):
        assert bytes([byte]) == next_bytes(words, {"enum": [value]}, raw[:place])


def test_no_long_form_is_written(words: Vocabulary) -> None:
    """After the first bytes that open one, only bytes of sound UTF-8 may come."""
    free = {"type": "string"}
    assert bytes(range(0xA0, 0xC0)) == next_bytes(words, free, b'"\xe0')
    assert bytes(range(0x90, 0xB2)) == next_bytes(words, free, b'"\xf0')
    assert bytes(range(0x80, 0xA0)) == next_bytes(words, free, b'"\xed')
    assert 0xF4 not in next_bytes(words, free, b'"')
