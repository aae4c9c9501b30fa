"""Pages had before, with what a host wants to hear to say that nothing has changed."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_MOST_KEPT = 64
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """A page and its marks of change, each empty where the host gave none."""

    etag: str
    modified: str
    content_type: str
    text: str

    def conditions(self) -> Mapping[str, str]:
        """Return the headers that ask for the page only if it has changed."""
        both = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in both.items() if value}


class Pages:
    """Keeps the newest pages in memory, and in a folder where there is one."""

    def __init__(self, folder: Path | None = None) -> None:
        """Hold nothing yet."""
        self._folder = folder
        self._kept: dict[str, KeptPage] = {}

    def find(self, url: str) -> KeptPage | None:
        """Return the page kept of an address."""
        name = _name(url)
        if name not in self._kept and self._folder is not None:
            with suppress(OSError, ValueError, TypeError):
                text = (self._folder / name).read_text(encoding="utf-8")
                self._kept[name] = KeptPage(**json.loads(text))
        return self._kept.get(name)

    def keep(self, url: str, page: KeptPage) -> None:
        """Keep a page that says how it may be asked for again; any other is forgotten."""
        name = _name(url)
        self._kept.pop(name, None)
        if not page.conditions() or len(page.text) > _LARGEST:
            return
        self._kept[name] = page
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        if self._folder is not None:
            with suppress(OSError):
                self._write(self._folder, name, json.dumps(asdict(page), ensure_ascii=False))

    @staticmethod
    def _write(folder: Path, name: str, text: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{name}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(folder / name)
        # names are hashes, so the folder is bounded by their first letters being dropped in order
        for old in sorted(folder.iterdir(), key=lambda p: p.stat().st_mtime)[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)


def _name(url: str) -> str:
    """Return the name of an address: a hash, for an address may hold a key."""
    return hashlib.sha256(url.encode()).hexdigest()
