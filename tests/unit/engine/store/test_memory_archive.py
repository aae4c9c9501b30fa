"""The in-memory archive passes the exam, and its parts do what both sides rest on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.store import Archive, HashedNgrams, HybridArchive, MemoryArchive, Vectors
from jennie_cli.engine.store.hybrid import fused
from jennie_cli.engine.store.memory_archive import MemoryMeanings, MemoryTexts
from jennie_cli.engine.store.words import MOST_ASKED, said_in, words_asked, words_of
from jennie_cli.testing import ArchiveExam
from jennie_cli.testing.archive_exam import ALL, DAY, NOON, ORDER, TARIFF, asked, ids


class TestMemoryArchive(ArchiveExam):
    """The exam, on the twin."""

    @pytest.fixture(autouse=True)
    def _empty(self) -> None:
        self.archive = MemoryArchive()

    def run(self, work: Callable[[Archive], Awaitable[None]]) -> None:
        """Do the work on the one archive; nothing of it is let go before the end."""

        async def all_of_it() -> None:
            await work(self.archive)
            await self.archive.close()

        asyncio.run(all_of_it())


class Loose(MemoryMeanings):
    """A side that looks at no bound, as one may."""

    asked: Sequence[int] = ()

    async def nearest(self, vector: Vectors, sought: object, most: int) -> tuple[str, ...]:
        """Return the nearest of all."""
        del sought
        self.asked = (*self.asked, most)
        return await super().nearest(vector, asked(""), most)


def test_korean_is_cut_into_pairs() -> None:
    """A word of two syllables is one of the words of a longer one; figures and Latin stay whole."""
    assert ["2", "차전", "전지", "수주", "주가"] == words_of("2차전지 수주가")
    assert ["sk", "하이", "이닉", "닉스", "49", "9", "hbm", "美"] == words_of(
        "SK하이닉스 49.9% ＨＢＭ, 美"
    )
    assert ["수주"] == words_of("수주")


def test_a_question_counts_each_word_once() -> None:
    """The same word again adds nothing, and a very long question is cut."""
    assert ("관세", "수주") == words_asked("관세 수주 관세")
    assert MOST_ASKED == len(words_asked(" ".join(map(str, range(1_000)))))


def test_nothing_is_searched_twice() -> None:
    """What a later part repeats does not count twice; a code and a name do count."""
    passage = replace(ORDER, code="123450", name="가나", title="수주", text="장비 수주")
    assert "123450 가나 장비 수주" == said_in(passage)
    assert "123450 가나 수주" == said_in(replace(passage, text=""))


def test_ranks_are_joined_by_their_inverse() -> None:
    """The sum of 1 / (60 + rank): second on both sides beats first on one."""
    scores = fused(["a", "b"], ["c", "b"])
    assert {"a": 1 / 61, "b": 2 / 62, "c": 1 / 61} == pytest.approx(scores)
    assert "b" == max(scores, key=lambda name: scores[name])


def test_ngrams_are_always_the_same() -> None:
    """One text has one vector, of length 1; what holds no letter has none."""

    async def work() -> None:
        model = HashedNgrams()
        found = await model.embed(["수주 공시", "수주 공시", "★", "관세"])
        assert (4, model.width) == found.shape
        assert np.array_equal(found[0], found[1])
        assert [1, 1, 0, 1] == pytest.approx(np.linalg.norm(found, axis=1).tolist())
        assert not found[2].any()
        alike = await model.embed(["수주를 공시", "전혀 다른 말"], asking=True)
        assert found[0] @ alike[0] > 0.5 > found[0] @ alike[1]
        assert model.name.startswith("ngrams")
        await model.close()

    asyncio.run(work())


def test_a_side_that_ignores_bounds_is_asked_for_more() -> None:
    """The nearest that are admitted come back in their order, though many others are nearer."""

    async def work() -> None:
        loose = Loose(HashedNgrams().width)
        archive = HybridArchive(MemoryTexts(), loose, HashedNgrams())
        near = [replace(ORDER, id=f"n{n:03}", url=f"u{n}", title=f"수주 {n}") for n in range(120)]
        far = replace(TARIFF, id="far", title="철강 관세와 수주", text="", kind=NewsKind.POST)
        await archive.put([*near, far])
        found = await archive.search(asked("수주", kinds=(NewsKind.POST,)))
        assert [("far", 1, 1)] == [(f.passage.id, f.meaning_rank, f.words_rank) for f in found]
        assert (50, 400) == loose.asked

    asyncio.run(work())


def test_no_deeper_than_the_deepest() -> None:
    """A side that always has more is not asked for ever."""

    class Endless(Loose):
        async def nearest(self, vector: Vectors, sought: object, most: int) -> tuple[str, ...]:
            del vector, sought
            self.asked = (*self.asked, most)
            return tuple(f"unknown {n}" for n in range(most))

    async def work() -> None:
        side = Endless(HashedNgrams().width)
        archive = HybridArchive(MemoryTexts(), side, HashedNgrams())
        assert () == await archive.search(asked("수주"))
        assert (50, 400, 3_200) == side.asked

    asyncio.run(work())


def test_what_lacks_a_vector_is_found_by_words_and_caught_up() -> None:
    """After a change of the model: told, found by words, made on request, and then not again."""

    async def work() -> None:
        texts, model = MemoryTexts(), HashedNgrams()
        await HybridArchive(texts, MemoryMeanings(model.width), model).put(ALL)
        changed = HybridArchive(texts, MemoryMeanings(model.width), model)
        assert model.name == changed.embedder
        assert 3 == await changed.lacking()
        found = await changed.search(asked("수주"))
        assert [("a1", None, 1)] == [(f.passage.id, f.meaning_rank, f.words_rank) for f in found]
        assert 3 == await changed.catch_up()
        assert 0 == await changed.lacking()
        seen: list[tuple[int, int]] = []
        assert 0 == await changed.catch_up(lambda done, total: seen.append((done, total)))
        assert [(3, 3)] == seen
        assert 1 == (await changed.search(asked("수주")))[0].meaning_rank

    asyncio.run(work())


def test_a_killed_put_is_completed_by_the_next() -> None:
    """A vector without its text is no answer and no passage; the next put makes both whole."""

    async def work() -> None:
        texts, model = MemoryTexts(), HashedNgrams()
        meanings = MemoryMeanings(model.width)
        archive = HybridArchive(texts, meanings, model)
        await meanings.put([ORDER], await model.embed([said_in(ORDER)]))
        assert () == await archive.search(asked("수주"))
        assert 1 == await archive.put([ORDER])
        assert 1 == await meanings.size() == await archive.size()
        assert ["a1"] == ids(await archive.search(asked("수주")))

    asyncio.run(work())


def test_the_newer_of_equals_comes_first() -> None:
    """Where scores are the same the later moment wins."""

    async def work() -> None:
        archive = MemoryArchive()
        old = replace(TARIFF, id="old", code="1", at=NOON - 2 * DAY)
        await archive.put([replace(TARIFF, id="new"), old])
        found = await archive.search(asked("관세", known_by=NOON + timedelta(days=1)))
        assert ["new", "old"] == ids(found)

    asyncio.run(work())
