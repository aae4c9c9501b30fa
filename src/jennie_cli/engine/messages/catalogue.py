"""Words by key and language, kept as package data so that a translator never opens code."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

LANGS = ("ko", "en")


def text(key: str, lang: str, **values: object) -> str:
    """Return the words of `key`, placeholders filled. Raises KeyError for an unknown key."""
    return catalogue(lang)[key].format(**values)


def known(key: str, lang: str) -> bool:
    """Tell whether the catalogue has words for `key`."""
    return key in catalogue(lang)


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Return every message of a language by dotted key."""
    source = resources.files(__package__).joinpath(f"{lang}.toml")
    return dict(_flat("", tomllib.loads(source.read_text(encoding="utf-8"))))


def _flat(path: str, node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in node.items():
        key = f"{path}.{name}" if path else name
        if isinstance(value, str):
            yield key, value
        else:
            yield from _flat(key, value)
