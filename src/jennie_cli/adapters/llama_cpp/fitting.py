"""How much of a model goes where: pure sums over a file's head and the memory that is free."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from jennie_cli.adapters.llama_cpp.header import Header
from jennie_cli.engine.errors import SettingsError

CACHE_VALUE_BYTES = 2
"""Keys and values are kept in half precision."""

LEAST_CONTEXT = 1_024
LEAST_BATCH = 32
CPU_AT_ONCE = 256
"""More tokens at once gain nothing on a CPU, and their attention over a long context takes room."""

RESERVE_BYTES = 512 << 20
"""What is left free on a GPU: its driver, the screen and the library's own buffers."""

_MIB = 1 << 20
_MOST_DIGITS = 4
"""Of a block's number; a longer one is no block's, and Python refuses thousands of digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a model takes, in bytes.

    `layers` are the weights of each block, `rest` those outside of blocks; `cache_layer` is what
    one block keeps for one token. `attention` is what a token of context adds on a CPU.
    """

    layers: tuple[int, ...]
    rest: int
    cache_layer: int
    working: int
    attention: int = 0

    def cache(self, n_ctx: int) -> int:
        """Return the bytes that `n_ctx` tokens take in the cache."""
        return self.cache_layer * len(self.layers) * n_ctx

    def total(self, n_ctx: int) -> int:
        """Return the bytes of everything on a CPU."""
        held = sum(self.layers) + self.rest + self.cache(n_ctx)
        return held + self.working + self.attention * n_ctx

    def beside_gpu(self, gpu_layers: int) -> "Needs":
        """Return what stays on the CPU when `gpu_layers` are told to the library.

        It puts the output layer on the GPU first, then the last blocks.
        """
        if gpu_layers <= 0:
            return self
        kept = max(0, len(self.layers) + 1 - gpu_layers)
        return replace(self, layers=self.layers[:kept], attention=0)  # flash: no square of scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One try at a context: tokens it holds, tokens a step takes in, tokens computed at once."""

    n_ctx: int
    n_batch: int
    n_ubatch: int

    def __str__(self) -> str:
        """Return it as a failure names it."""
        return f"n_ctx {self.n_ctx:,} with batch {self.n_batch}/{self.n_ubatch}"


def needs_of(header: Header, *, batch: int, at_once: int = 0) -> Needs:
    """Return what a model takes; `batch` tokens are computed at once, `at_once` on a CPU.

    The working memory is an estimate: activations of a step, four wide rows a token.
    """
    blocks = header.number("block_count") or 1
    layers = [0] * blocks
    rest = 0
    for tensor in header.tensors:
        first, _, tail = tensor.name.partition(".")
        number = tail.partition(".")[0]
        told = first == "blk" and number.isdecimal() and len(number) <= _MOST_DIGITS
        if told and int(number) < blocks:
            layers[int(number)] += tensor.size
        else:
            rest += tensor.size
    width = max(header.number("feed_forward_length") or 0, header.number("embedding_length") or 0)
    return Needs(
        layers=tuple(layers),
        rest=rest,
        cache_layer=_cache_layer(header),
        working=4 * 4 * width * batch + 64 * _MIB,
        attention=4 * (header.number("attention.head_count") or 1) * at_once,
    )


def _cache_layer(header: Header) -> int:
    heads = header.number("attention.head_count") or 1
    width = (header.number("embedding_length") or 0) // heads
    key = header.number("attention.key_length") or width
    value = header.number("attention.value_length") or width
    return CACHE_VALUE_BYTES * _cache_heads(header, heads) * (key + value)


def _cache_heads(header: Header, heads: int) -> int:
    told = header.meta.get(f"{header.architecture}.attention.head_count_kv", heads)
    if isinstance(told, tuple):  # one number a block: the widest is a safe figure
        return max((int(n) for n in told if isinstance(n, int)), default=heads)
    return int(told) if isinstance(told, int) else heads


def fit_layers(needs: Needs, *, asked: int, n_ctx: int, free_bytes: int | None) -> int:
    """Return how many layers go to a GPU with `free_bytes` free; None means that there is none.

    The library counts the output layer as the first, so that k are it and the last k - 1 blocks. A
    number that was asked for is kept. A block brings its part of the cache along; the working
    memory must fit beside it.
    """
    if free_bytes is None:
        return 0
    everything = len(needs.layers) + 1
    if asked >= 0:
        return min(asked, everything)
    left = free_bytes - RESERVE_BYTES - needs.working - needs.rest
    fitting = 0
    for weights in reversed(needs.layers):
        left -= weights + needs.cache_layer * n_ctx
        if left < 0:
            break
        fitting += 1
    return fitting + 1 if fitting else 0


def rooms(n_ctx: int, batch: int, *, at_once: int = 0) -> Iterator[Room]:
    """Yield ever smaller contexts to try: first less is computed at once, then less is kept."""
    ubatch = at_once or batch
    yield Room(n_ctx=n_ctx, n_batch=batch, n_ubatch=ubatch)
    while ubatch > LEAST_BATCH:
        ubatch = max(LEAST_BATCH, ubatch // 4)
        yield Room(n_ctx=n_ctx, n_batch=max(ubatch, batch // 2), n_ubatch=ubatch)
    while n_ctx > LEAST_CONTEXT:
        n_ctx = max(LEAST_CONTEXT, n_ctx // 2)
        yield Room(n_ctx=n_ctx, n_batch=ubatch, n_ubatch=ubatch)


def context_that_fits(needs: Needs, *, asked: int, free_bytes: int | None, name: str) -> int:
    """Return the tokens of context, halved until model and cache fit into `free_bytes` of memory.

    None means that nobody knows what is free. Raises SettingsError when not even the least fits.
    """
    n_ctx = asked
    while free_bytes is not None and needs.total(n_ctx) > free_bytes:
        if n_ctx <= LEAST_CONTEXT:
            raise SettingsError(
                f"{name} needs {needs.total(n_ctx) // _MIB:,} MiB of memory for the least context "
                f"of {n_ctx:,} tokens; {free_bytes // _MIB:,} MiB are free.",
                hint="Close other programs or take a smaller model: jennie llm models",
            )
        n_ctx = max(LEAST_CONTEXT, n_ctx // 2)
    return n_ctx
