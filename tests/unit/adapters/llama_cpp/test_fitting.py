"""What goes on a GPU and how large a context may be, by sums alone."""

from pathlib import Path

import pytest

from jennie_cli.adapters.llama_cpp.fitting import (
    LEAST_CONTEXT,
    RESERVE_BYTES,
    Needs,
    context_that_fits,
    fit_layers,
    needs_of,
    rooms,
)
from jennie_cli.adapters.llama_cpp.header import Header, Tensor, Value, read_header
from jennie_cli.engine.errors import SettingsError

GB = 1_000_000_000
EIGHT = Needs(layers=(130_000_000,) * 32, rest=500_000_000, cache_layer=4096, working=200_000_000)


def test_needs_of_a_file_are_its_tensors_and_its_cache(tiny: Path) -> None:
    """Weights of blocks and others are told apart; the cache is keys and values in halves."""
    needs = needs_of(read_header(tiny), batch=512)
    assert 1 == len(needs.layers)
    assert read_header(tiny).weight_bytes == sum(needs.layers) + needs.rest
    assert 2 * 2 * (16 + 16) == needs.cache_layer
    assert needs.cache(100) == 100 * needs.cache_layer


def test_heads_a_block_count_by_the_widest() -> None:
    """Where blocks differ in their heads, the cache is reckoned by the widest."""
    meta: dict[str, Value] = {
        "general.architecture": "x",
        "x.block_count": 2,
        "x.embedding_length": 64,
        "x.attention.head_count": 4,
        "x.attention.head_count_kv": (1, 4),
    }
    names = {"blk.0.a": 5, "blk.9.a": 4, f"blk.{'9' * 5_000}.a": 3}
    tensors = tuple(Tensor(name=name, offset=0, size=size) for name, size in names.items())
    header = Header(path=Path("x"), file_bytes=9, meta=meta, tensors=tensors)
    needs = needs_of(header, batch=1)
    assert 2 * 4 * 32 == needs.cache_layer
    assert ((5, 0), 7) == (needs.layers, needs.rest)


@pytest.mark.parametrize(
    ("free_gb", "expected"),
    [(None, 0), (0.5, 0), (1.4, 0), (2.0, 4), (5.0, 20), (7.2, 31), (24.0, 33)],
)
def test_as_many_blocks_as_fit(free_gb: float | None, expected: int) -> None:
    """The output layer goes first, then blocks with their cache; nothing fits nowhere."""
    free = None if free_gb is None else int(free_gb * GB)
    assert expected == fit_layers(EIGHT, asked=-1, n_ctx=16_384, free_bytes=free)


def test_asked_number_is_kept_within_the_model() -> None:
    """A number that was asked for is not argued with, unless there is no GPU."""
    assert 7 == fit_layers(EIGHT, asked=7, n_ctx=512, free_bytes=1)
    assert 33 == fit_layers(EIGHT, asked=99, n_ctx=512, free_bytes=1)
    assert 0 == fit_layers(EIGHT, asked=99, n_ctx=512, free_bytes=None)


def test_what_fits_leaves_the_reserve() -> None:
    """Blocks, cache, working memory and the reserve together stay within what is free."""
    for free in range(1 * GB, 9 * GB, 250_000_000):
        fitting = fit_layers(EIGHT, asked=-1, n_ctx=8_192, free_bytes=free)
        took = 500_000_000 + (fitting - 1) * (130_000_000 + 4096 * 8_192)
        assert fitting == 0 or took + RESERVE_BYTES + EIGHT.working <= free


def test_what_stays_beside_a_gpu_are_the_first_blocks() -> None:
    """Of k layers one is the output; a CPU keeps the blocks before the last k - 1."""
    assert EIGHT == EIGHT.beside_gpu(0)
    assert [32, 31, 1, 0] == [len(EIGHT.beside_gpu(k).layers) for k in (1, 2, 32, 33)]
    assert EIGHT.total(1_000) - EIGHT.beside_gpu(2).total(1_000) == 130_000_000 + 4_096_000


def test_context_is_halved_until_it_fits() -> None:
    """Too large a context shrinks; unknown memory changes nothing."""
    assert 16_384 == context_that_fits(EIGHT, asked=16_384, free_bytes=None, name="m")
    assert 16_384 == context_that_fits(EIGHT, asked=16_384, free_bytes=8 * GB, name="m")
    assert 8_192 == context_that_fits(EIGHT, asked=16_384, free_bytes=6 * GB, name="m")


def test_model_larger_than_memory_is_refused_with_figures() -> None:
    """A model that cannot fit is named with what it needs and what is free."""
    with pytest.raises(SettingsError, match=r"needs 4,\d{3} MiB .* 953 MiB are free"):
        context_that_fits(EIGHT, asked=16_384, free_bytes=GB, name="EXAONE")


def test_rooms_shrink_to_the_least() -> None:
    """First less is computed at once, then less is kept; every try is smaller."""
    tried = list(rooms(8_192, 512))
    assert (8_192, 512, 512) == (tried[0].n_ctx, tried[0].n_batch, tried[0].n_ubatch)
    assert (LEAST_CONTEXT, 32, 32) == (tried[-1].n_ctx, tried[-1].n_batch, tried[-1].n_ubatch)
    sizes = [(room.n_ctx, room.n_ubatch) for room in tried]
    assert sorted(sizes, reverse=True) == sizes
    assert len(set(sizes)) == len(sizes)
    assert "n_ctx 8,192 with batch 512/512" == str(tried[0])
