"""A model of EXAONE-7.8B's shape on a GPU: one at a time, our batch, llama.cpp's own, in one run.

Weights are made, there is no grammar, answers have a fixed length and are greedy: what is measured
is the engine. Prompts are a shared beginning and an end of their own. Beside it stands the floor:
each step must read every weight and every cell of the cache once.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.llm_made import EXAONE, Shape, write_made

from jennie_cli.adapters.llama_cpp.cells import Tokens
from jennie_cli.adapters.llama_cpp.desk import Desk
from jennie_cli.adapters.llama_cpp.fitting import needs_of
from jennie_cli.adapters.llama_cpp.grammar import gbnf
from jennie_cli.adapters.llama_cpp.header import Header, read_header
from jennie_cli.adapters.llama_cpp.machine import gpus
from jennie_cli.adapters.llama_cpp.native import library
from jennie_cli.adapters.llama_cpp.picking import FreePicker
from jennie_cli.adapters.llama_cpp.work import Work
from jennie_cli.adapters.system import SystemClock
from jennie_cli.settings.local_model import LocalOptions

SERIAL_GOAL, OWN_GOAL = 5.0, 0.8
FIRST_WORD = 400
"""Tokens below this are bytes, signs and control tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Tokens of the shared beginning, of each end, and of each answer."""

    prefix: int
    tail: int
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; `decode` is tokens a second while all sequences write."""

    name: str
    sequences: int
    seconds: float
    decode: float
    computed_prefixes: float = 0.0

    @property
    def requests_s(self) -> float:
        """Requests a second, prompts included."""
        return self.sequences / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The three ways of one run; `own` is llama.cpp's batched bench, None when not asked for."""

    alone: Row
    ours: list[Row]
    own: list[Row] | None


def prompts_of(count: int, sizes: Sizes, words: int, seed: int) -> list[Tokens]:
    """Return prompts of random words with one beginning."""
    dice = np.random.default_rng(seed)
    prefix = dice.integers(FIRST_WORD, words, sizes.prefix)
    tails = dice.integers(FIRST_WORD, words, (count, sizes.tail))
    return [np.concatenate([prefix, tail]).astype(np.int32) for tail in tails]


def serial(path: Path, prompts: list[Tokens], sizes: Sizes, asked: argparse.Namespace) -> Row:
    """Let llama-cpp-python's own class answer, one after another; it keeps the beginning too."""
    room = sizes.prefix + sizes.tail + sizes.answer + 64
    model = library().Llama(
        str(path),
        n_ctx=room,
        n_gpu_layers=asked.gpu_layers,
        n_threads=asked.threads or None,
        n_threads_batch=asked.threads or None,
        flash_attn=asked.gpu_layers != 0,
        verbose=False,
    )
    _take(model, prompts[0][:16], 4)
    started, decoding = time.perf_counter(), 0.0
    for prompt in prompts:
        decoding += _take(model, prompt, sizes.answer)
    seconds = time.perf_counter() - started
    model.close()
    decode = len(prompts) * (sizes.answer - 1) / decoding
    return Row(name="llama-cpp-python", sequences=len(prompts), seconds=seconds, decode=decode)


def _take(model: Any, prompt: Tokens, count: int) -> float:
    """Generate `count` tokens and return the seconds after the first."""
    first = 0.0
    for number, _ in enumerate(model.generate(prompt.tolist(), temp=0.0), start=1):
        if number == 1:
            first = time.perf_counter()
        if number == count:
            break
    return time.perf_counter() - first


def ours(header: Header, prompts: list[Tokens], sizes: Sizes, asked: argparse.Namespace) -> Row:
    """Answer all prompts in our batch."""
    count = len(prompts)
    n_ctx = sizes.prefix + count * (sizes.tail + sizes.answer) + 512
    options = LocalOptions(
        threads=asked.threads,
        slots=count,
        n_ctx=max(1024, n_ctx),
        batch=asked.batch,
        gpu_layers=asked.gpu_layers,
    )
    desk = Desk(header, options, steady=SystemClock(), grammar=gbnf)
    works = [
        Work(prompt=p, most=sizes.answer, picker=FreePicker(temperature=0.0), endless=True)
        for p in prompts
    ]
    started = time.perf_counter()
    written, writing_s = _run(desk, works)
    seconds = time.perf_counter() - started
    tally = desk.batcher.tally
    desk.close()
    return Row(
        name="our batch",
        sequences=count,
        seconds=seconds,
        decode=written / writing_s if writing_s else 0.0,
        computed_prefixes=(count * sizes.prefix - tally.reused_tokens) / sizes.prefix,
    )


def _run(desk: Desk, works: list[Work]) -> tuple[int, float]:
    """Run to the end; return tokens and seconds of the steps in which all wrote."""
    for work in works:
        desk.batcher.add(work)
    written, seconds = 0, 0.0
    while desk.batcher.busy:
        before, started = desk.batcher.tally.computed_tokens, time.perf_counter()
        desk.batcher.step()
        took = time.perf_counter() - started
        computed = desk.batcher.tally.computed_tokens - before
        if computed == len(works):
            written, seconds = written + computed, seconds + took
    return written, seconds


def theirs(path: Path, counts: list[int], sizes: Sizes, asked: argparse.Namespace) -> list[Row]:
    """Run llama.cpp's batched bench and return its rows.

    All its sequences share the whole prompt, ours the beginning only: its steps read fewer cells.
    Without a unified cache (-kvu) it would want the prompt once a sequence and skip the row.
    """
    longest = sizes.prefix + sizes.tail + max(counts) * sizes.answer + 512
    words = [
        *(str(asked.batched_bench), "-m", str(path), "-c", str(longest), "-b", "2048"),
        *("-ub", "512", "-ngl", str(asked.gpu_layers if asked.gpu_layers >= 0 else 999)),
        *("-pps", "-kvu"),
        *("-npp", str(sizes.prefix + sizes.tail), "-ntg", str(sizes.answer)),
        *("-npl", ",".join(map(str, counts)), "--output-format", "jsonl"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603  # ours
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [
        Row(
            name="llama-batched-bench",
            sequences=int(row["pl"]),
            seconds=float(row["t"]),
            decode=float(row["speed_tg"]),
        )
        for row in found
    ]


def floor(header: Header, count: int, sizes: Sizes, bandwidth: float) -> float:
    """Return the tokens a second that memory of `bandwidth` bytes a second allows at most.

    Of the table of words a step reads a row a token, unless it is the output's table too.
    """
    needs = needs_of(header, batch=512)
    cells = sizes.prefix + count * (sizes.tail + sizes.answer / 2)
    sizes_of = {tensor.name: tensor.size for tensor in header.tensors}
    unread = sizes_of.get("token_embd.weight", 0) if "output.weight" in sizes_of else 0
    read = sum(needs.layers) + needs.rest - unread + needs.cache(1) * cells
    return count * bandwidth / read


@contextmanager
def model_of(asked: argparse.Namespace) -> Iterator[Path]:
    """Give the model asked for, or one that is made and removed again."""
    if asked.model is not None:
        yield asked.model
        return
    heads = max(1, asked.embd // 128)
    shape = Shape(
        layers=asked.layers,
        width=asked.embd,
        hidden=asked.hidden or asked.embd * 7 // 2 // 32 * 32,
        heads=heads,
        kv_heads=max(1, heads // 4),
        words=asked.words,
    )
    with tempfile.TemporaryDirectory() as folder:
        yield write_made(Path(folder) / "made.gguf", shape)


def main() -> int:
    """Print the table and the ratios; 1 when a goal is missed on a GPU."""
    asked = _asked()
    sizes = Sizes(prefix=asked.prefix, tail=asked.tail, answer=asked.answer)
    counts = [int(word) for word in asked.sequences.split(",")]
    with model_of(asked) as path:
        header = read_header(path)
        words = asked.words
        print(f"{header.weight_bytes / 1e9:.2f} GB of weights; GPUs: {gpus() or 'none'}")
        print(f"beginning {sizes.prefix}, end {sizes.tail}, answer {sizes.answer} tokens")
        alone = serial(path, prompts_of(asked.serial, sizes, words, 1), sizes, asked)
        rows = [ours(header, prompts_of(n, sizes, words, n), sizes, asked) for n in counts]
        _show([alone, *rows])  # before a program of others that may fail
        own = theirs(path, counts, sizes, asked) if asked.batched_bench else None
    if own is not None:
        _show(own)
        print("  llama-batched-bench shares the whole prompt and so reads fewer cells a step")
    table = Table(alone=alone, ours=rows, own=own)
    return _judge(header, table, sizes, asked.bandwidth)


def _show(rows: list[Row]) -> None:
    print(f"  {'':<22}{'seqs':>5}{'seconds':>9}{'req/s':>8}{'decode tok/s':>14}{'prefixes':>10}")
    for row in rows:
        once = f"{row.computed_prefixes:>10.2f}" if row.computed_prefixes else f"{'':>10}"
        print(
            f"  {row.name:<22}{row.sequences:>5}{row.seconds:>9.2f}{row.requests_s:>8.2f}"
            f"{row.decode:>14.1f}{once}"
        )


def _judge(header: Header, table: Table, sizes: Sizes, bandwidth: float) -> int:
    missed, alone = 0, table.alone
    known = {row.sequences: row for row in table.own or ()}
    for row in table.ours:
        ratio = row.requests_s / alone.requests_s
        line = f"  {row.sequences:>3} sequences: {ratio:.2f} x serial requests/s"
        missed += row.sequences == 32 and ratio < SERIAL_GOAL
        if row.sequences in known:
            share = row.decode / known[row.sequences].decode
            line += f", {share:.0%} of llama-batched-bench's decode rate"
            missed += share < OWN_GOAL
        elif table.own is not None:
            line += ", no row of llama-batched-bench"
            missed += 1
        if bandwidth:
            most = floor(header, row.sequences, sizes, bandwidth * 1e9)
            line += f", {row.decode / most:.0%} of the memory floor ({most:,.0f} tok/s)"
        print(line)
    print(f"  goals: {SERIAL_GOAL:g} x at 32, {OWN_GOAL:.0%} of llama-batched-bench, 1 prefix")
    return int(missed > 0 and bool(gpus()))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a GGUF; by default one is made")
    parser.add_argument("--layers", type=int, default=EXAONE.layers)
    parser.add_argument("--embd", type=int, default=EXAONE.width)
    parser.add_argument("--hidden", type=int, default=0, help="0 = 3.5 times --embd")
    parser.add_argument("--words", type=int, default=EXAONE.words)
    parser.add_argument("--prefix", type=int, default=1000)
    parser.add_argument("--tail", type=int, default=500)
    parser.add_argument("--answer", type=int, default=128)
    parser.add_argument("--sequences", default="1,8,32,64")
    parser.add_argument("--serial", type=int, default=4, help="requests asked one after another")
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--gpu-layers", type=int, default=-1)
    parser.add_argument("--batched-bench", type=Path, help="the program llama-batched-bench")
    parser.add_argument("--bandwidth", type=float, default=0.0, help="memory, GB/s: H100 3350")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
