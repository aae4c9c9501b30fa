"""The book of cells says exactly what the cache holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.adapters.llama_cpp.counting import CountingMemory

from jennie_cli.adapters.llama_cpp.cells import Cells, common_length


def tokens(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return an array of tokens."""
    return np.asarray(values, np.int32)


def test_shared_cells_count_once() -> None:
    """Two sequences with one beginning hold its cells together."""
    cells = Cells(CountingMemory(), sequences=3, n_ctx=10)
    memory = CountingMemory()
    memory.held[0] = [1, 2, 3, 4]
    cells = Cells(memory, sequences=3, n_ctx=10)
    cells.extend(0, tokens(1, 2, 3, 4))
    cells.share(0, 1, 3)
    assert 6 == cells.free
    assert 4 == cells.held([0, 1])
    assert 3 == cells.held([1])
    assert 4 == cells.held([1], ahead=(0, 4))
    cells.cut(0, 0)
    assert 7 == cells.free
    assert [1, 2, 3] == cells.tokens(1).tolist()


def test_model_that_cannot_cut_loses_the_sequence() -> None:
    """Where the library cannot divide a memory, all of it goes."""
    memory = CountingMemory(divisible=False)
    cells = Cells(memory, sequences=1, n_ctx=10)
    cells.extend(0, tokens(1, 2, 3))
    cells.cut(0, 2)
    assert 0 == cells.length(0)
    assert 10 == cells.free


def test_extending_by_nothing_takes_nothing() -> None:
    """No tokens take no cells."""
    cells = Cells(CountingMemory(), sequences=1, n_ctx=4)
    cells.extend(0, tokens())
    assert 4 == cells.free


@given(
    st.lists(st.integers(0, 2), max_size=12),
    st.lists(st.integers(0, 2), max_size=12),
)
def test_common_length_is_where_two_part(one: list[int], other: list[int]) -> None:
    """The common length is the number of equal tokens before the first unequal one."""
    expected = 0
    while expected < min(len(one), len(other)) and one[expected] == other[expected]:
        expected += 1
    assert expected == common_length(tokens(*one), tokens(*other))
