"""GGUF files worth fetching, with what is publicly known of each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """One model file.

    `memory_gb` is the memory it is meant for; `size` and `sha256` are exact, None when they could
    not be found in public, `about` is the size to show. `kind` is chat or embedding; `commercial`
    says whether its licence lets one earn money with it; `words` say what it is good for, by
    language.
    """

    name: str
    title: str
    memory_gb: int
    kind: str
    url: str
    page: str
    file: str
    size: int | None
    about: int
    sha256: str | None
    licence: str
    commercial: bool
    words: Mapping[str, str]
    main: bool = False


@cache
def recommended() -> tuple[Recommended, ...]:
    """Return the models of the package, smallest memory first."""
    raw = tomllib.loads((files(__package__) / "models.toml").read_text(encoding="utf-8"))
    store = raw["store"]
    return tuple(
        Recommended(
            name=row["name"],
            title=row["title"],
            memory_gb=row["memory_gb"],
            kind=row["kind"],
            url=store["url"].format_map(row),
            page=store["page"].format_map(row),
            file=row["file"],
            size=row.get("bytes"),
            about=row.get("bytes", row.get("about_bytes", 0)),
            sha256=row.get("sha256"),
            licence=row["licence"],
            commercial=row["commercial"],
            words={lang: row[lang] for lang in ("ko", "en")},
            main=row.get("main", False),
        )
        for row in raw["model"]
    )
