"""Fetches one large file: goes on where it stopped, checks what came, believes no server.

A part is taken up again only when the server says, by its ETag, that it is still the same file, or
when a checksum will tell at the end. Whatever else it answers, the file starts anew. A file takes
its place only whole and checked.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path

import httpx

from jennie_cli.adapters.http.answers import (
    ELSEWHERE,
    Answer,
    DownloadFailed,
    WrongFile,
    followed,
    insist_safe,
    read_answer,
)
from jennie_cli.adapters.http.resume import Note, Part
from jennie_cli.engine.errors import InputError, StorageFull

Progress = Callable[[int, int | None], None]

TRIES_WITHOUT_GAIN = 3
MOST_TRIES = 1000
RESERVE_BYTES = 256 << 20
"""What must stay free on the disk beside the file."""

_BLOCK = 1 << 20
_TIMEOUT = httpx.Timeout(30.0, connect=20.0)
_GB = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What is wanted.

    `sha256` (lower-case hex) and `size` (bytes) are what must come, None when nobody knows;
    `begins` are the first bytes of such a file, so that a page of words is found out at once.
    """

    url: str
    target: Path
    sha256: str | None = None
    size: int | None = None
    begins: bytes = b""
    agent: str = "jennie-cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was fetched. `checked` is "given" (your checksum), "server" (its own) or "" (none).

    `resumed` counts the bytes that were there already and stayed.
    """

    path: Path
    size: int
    sha256: str
    checked: str
    resumed: int


def download(wanted: Download, progress: Progress, checking: Progress) -> Fetched:
    """Fetch a file into its place.

    `progress` and `checking` are told bytes done and in all. Raises InputError for an address that
    is not safe, StorageFull, HomeBusy, WrongFile, DownloadFailed.
    """
    try:
        insist_safe(wanted.url)
        wanted.target.parent.mkdir(parents=True, exist_ok=True)
        job = _Job(wanted, progress)
        with job.part.held():
            job.fill()
            return job.finish(checking)
    except httpx.InvalidURL as error:
        raise InputError(f"The address is wrong: {error}.", hint="Check it.") from None
    except OSError as error:
        if error.errno == ENOSPC:
            raise _full(wanted.target.parent, 0) from None
        raise DownloadFailed(
            f"{wanted.target.parent} cannot be written: {error.strerror or error}.",
            hint="See jennie doctor.",
        ) from None


def checksum(path: Path, progress: Progress) -> str:
    """Return a file's sha256 as lower-case hex."""
    digest, done, size = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            progress(done, size)
    return digest.hexdigest()


class _Job:
    """One file on its way."""

    def __init__(self, wanted: Download, progress: Progress) -> None:
        self.part = Part(wanted.target)
        self._wanted = wanted
        self._progress = progress
        self._said: str | None = None
        self._resumed = self.part.size

    def fill(self) -> None:
        """Fetch until all is here, trying again as long as that gains anything."""
        gainless = 0
        headers = {"User-Agent": self._wanted.agent, "Accept-Encoding": "identity"}
        with httpx.Client(timeout=_TIMEOUT, headers=headers) as client:
            for _ in range(MOST_TRIES):
                before = self.part.size
                try:
                    return self._once(client)
                except httpx.HTTPError as error:
                    why: Exception = error
                gainless = 0 if self.part.size > before else gainless + 1
                if gainless >= TRIES_WITHOUT_GAIN:
                    break
        raise _broken(self._wanted, self.part, why)

    def finish(self, checking: Progress) -> Fetched:
        """Check what came and put it in its place. Raises WrongFile."""
        wanted, size = self._wanted, self.part.size
        found, expected = checksum(self.part.path, checking), self._wanted.sha256 or self._said
        if expected is not None and found != expected:
            raise self._wrong(f"{wanted.target.name} has the checksum {found}, not {expected}.")
        if wanted.size is not None and size != wanted.size:
            raise self._wrong(f"{wanted.target.name} has {size:,} bytes, not {wanted.size:,}.")
        self.part.become_whole()
        return Fetched(
            path=wanted.target,
            size=size,
            sha256=found,
            checked="given" if wanted.sha256 else "server" if self._said else "",
            resumed=self._resumed,
        )

    def _once(self, client: httpx.Client) -> None:
        with self._opened(client) as answer:
            self._said = answer.sha256 or self._said
            self._resumed = min(self._resumed, answer.start)
            if answer.complete:
                return
            self._insist_size(answer)
            self._insist_room(answer)
            self.part.describe(Note(url=self._wanted.url, etag=answer.etag))
            self._write(answer)
            due = answer.total or self._wanted.size
            if due is not None and self.part.size < due:
                raise httpx.ReadError("the connection ended early")

    @contextmanager
    def _opened(self, client: httpx.Client) -> Iterator[Answer]:
        """Open the response that goes on where the part ends."""
        have, note, headers = self.part.size, self.part.note(), {}
        same = note is not None and note.url == self._wanted.url
        if have and note and same and (note.etag or self._wanted.sha256):
            headers["Range"] = f"bytes={have}-"
            if note.etag:
                headers["If-Range"] = note.etag
        with followed(client, self._wanted.url, headers) as (response, sha256):
            answer = read_answer(response, sha256, have if headers else 0)
            if answer is None:
                self.part.drop()
                raise httpx.ReadError("the server has another file than the one begun")
            yield answer

    def _write(self, answer: Answer) -> None:
        done, limit = answer.start, answer.total or self._wanted.size
        self._progress(done, answer.total)
        with self.part.path.open("r+b" if done else "wb") as file:
            file.seek(done)
            file.truncate()
            for block in answer.response.iter_raw():
                if not done and not block.startswith(self._wanted.begins[: len(block)]):
                    raise self._wrong(f"{self._wanted.url} is no such file, perhaps a page.")
                done += len(block)
                if limit is not None and done > limit:
                    raise self._wrong(f"{self._wanted.url} sends more than {limit:,} bytes.")
                if answer.total is None:
                    self._insist_room(answer)
                file.write(block)
                self._progress(done, answer.total)

    def _insist_size(self, answer: Answer) -> None:
        size, total = self._wanted.size, answer.total
        if size is not None and total is not None and size != total:
            raise WrongFile(
                f"{self._wanted.url} has {total:,} bytes; the file wanted has {size:,}.",
                hint="The file was replaced; jennie llm pull URL fetches it all the same.",
            )

    def _insist_room(self, answer: Answer) -> None:
        folder = self.part.path.parent
        left = answer.total - self.part.size if answer.total is not None else 0
        lack = left + RESERVE_BYTES - shutil.disk_usage(folder).free
        if lack > 0:
            raise _full(folder, lack)

    def _wrong(self, message: str) -> WrongFile:
        self.part.drop()
        return WrongFile(message, hint=ELSEWHERE)


def _full(folder: Path, lack: int) -> StorageFull:
    words = f"{lack / _GB:.2f} GB are missing on" if lack else "There is no room left on"
    return StorageFull(f"{words} the disk of {folder}.", hint="Free some space; the part is kept.")


def _broken(wanted: Download, part: Part, error: Exception) -> DownloadFailed:
    why = str(error)[:200] or type(error).__name__
    return DownloadFailed(
        f"{httpx.URL(wanted.url).host} broke off: {why}.",
        hint=f"{part.size / _GB:.2f} GB are kept: run the same command again to go on.",
    )
