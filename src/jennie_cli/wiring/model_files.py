"""Model files of a home: which are worth having, which are here, and how one is fetched."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from jennie_cli._version import __version__
from jennie_cli.engine.errors import BadFile, InputError
from jennie_cli.engine.llm import Recommended, recommended
from jennie_cli.settings import ModelOptions
from jennie_cli.wiring.editing import change_setting
from jennie_cli.wiring.extras import has_extra
from jennie_cli.wiring.house import House

if TYPE_CHECKING:
    from jennie_cli.adapters.llama_cpp.machine import Gpu

Progress = Callable[[int, int | None], None]

MODEL_FILE = "llm.model_file"
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,150}\.gguf", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfModel(Recommended):
    """A model of the catalogue, and whether this home has it and uses it."""

    here: bool
    in_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Memory for a model, in bytes; None where the system does not tell."""

    free_memory: int | None
    gpus: "tuple[Gpu, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to fetch, from the catalogue or from an address."""

    url: str
    file: str
    sha256: str | None = None
    size: int | None = None
    embedding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A model file that is here now.

    `checked` says who vouched for it: given, server, or nobody (empty). `already` was here before;
    `resumed` counts bytes that were; `used` says that it is the local model from now on.
    """

    path: Path
    size: int
    sha256: str
    checked: str
    resumed: int
    already: bool = False
    used: bool = False


def folder_of(house: House) -> Path:
    """Return where a home keeps its model files."""
    return house.home / "models"


def in_use(house: House) -> Path | None:
    """Return the local model's file, None when none is set."""
    named = house.settings.slice(ModelOptions).model_file
    return Path(named).expanduser() if named else None


def shelf(house: House) -> tuple[ShelfModel, ...]:
    """Return the models of the catalogue, with which of them this home has and uses."""
    used, folder = in_use(house), folder_of(house)
    found = []
    for model in recommended():
        path = folder / model.file
        here = path.is_file() and model.size in {None, path.stat().st_size}
        facts = {f.name: getattr(model, f.name) for f in fields(model)}
        found.append(ShelfModel(**facts, here=here, in_use=here and path == used))
    return tuple(found)


def machine_of() -> Machine:
    """Return the memory that a model could take on this machine."""
    from jennie_cli.adapters.llama_cpp import machine  # noqa: PLC0415  # only for this

    gpus = machine.gpus() if has_extra("llm") else ()
    return Machine(free_memory=machine.free_memory(), gpus=gpus)


def wanted_of(asked: str, sha256: str | None) -> Wanted:
    """Return what a name of the catalogue or an address asks for. Raises InputError."""
    told = _read_sha256(sha256)
    if "://" in asked:
        return Wanted(url=asked, file=_file_of(asked), sha256=told)
    for model in recommended():
        if asked.lower() == model.name:
            return Wanted(
                url=model.url,
                file=model.file,
                sha256=told or model.sha256,
                size=model.size,
                embedding=model.kind == "embedding",
            )
    names = ", ".join(model.name for model in recommended())
    raise InputError(f"No model is named '{asked}'. Known: {names}.", hint="jennie llm models")


def pull(
    house: House, wanted: Wanted, *, use: bool, progress: Progress, checking: Progress
) -> Pulled:
    """Fetch a model file into the home, or find it there.

    Raises InputError, BadFile, StorageFull, HomeBusy, DownloadFailed, WrongFile.
    """
    if use and wanted.embedding:
        raise InputError(
            f"{wanted.file} makes embeddings; it cannot answer questions.",
            hint="Pull it without --use.",
        )
    house.create()
    target = folder_of(house) / wanted.file
    if target.exists():
        found = _found(target, wanted, checking)
    else:
        found = _fetched(target, wanted, progress, checking)
    if use:
        change_setting(house, MODEL_FILE, str(target), who="cli")
    return replace(found, used=use)


def _fetched(target: Path, wanted: Wanted, progress: Progress, checking: Progress) -> Pulled:
    from jennie_cli.adapters.http import Download, download  # noqa: PLC0415  # only for this
    from jennie_cli.adapters.llama_cpp.header import read_header  # noqa: PLC0415  # the same

    job = Download(
        url=wanted.url,
        target=target,
        sha256=wanted.sha256,
        size=wanted.size,
        begins=b"GGUF",
        agent=f"jennie-cli/{__version__}",
    )
    done = download(job, progress, checking)
    read_header(target)
    return Pulled(
        path=target,
        size=done.size,
        sha256=done.sha256,
        checked=done.checked,
        resumed=done.resumed,
    )


def _found(target: Path, wanted: Wanted, checking: Progress) -> Pulled:
    from jennie_cli.adapters.http import checksum  # noqa: PLC0415  # only for this
    from jennie_cli.adapters.llama_cpp.header import read_header  # noqa: PLC0415  # the same

    read_header(target)
    sha256, size = checksum(target, checking), target.stat().st_size
    if wanted.sha256 not in {None, sha256}:
        raise BadFile(
            f"{target} is another file: its checksum is {sha256}, not {wanted.sha256}.",
            hint="Rename or delete it, then pull again.",
        )
    checked = "given" if wanted.sha256 else ""
    return Pulled(
        path=target, size=size, sha256=sha256, checked=checked, resumed=size, already=True
    )


def _file_of(url: str) -> str:
    try:
        name = unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:
        name = ""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"'{name[:80]}' is no name of a GGUF file.", hint="Give the address of a .gguf file."
        )
    return name


def _read_sha256(text: str | None) -> str | None:
    if text is None:
        return None
    if not _SHA256.fullmatch(text.strip().lower()):
        raise InputError("--sha256 takes 64 hexadecimal digits.", hint="Copy it as it stands.")
    return text.strip().lower()
