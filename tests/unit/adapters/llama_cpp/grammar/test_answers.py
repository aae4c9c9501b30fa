"""Whole answers of a model that wants nothing: all of them parse and fit."""

from pathlib import Path

import pytest


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
