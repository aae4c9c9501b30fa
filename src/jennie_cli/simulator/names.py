"""Coined Korean names that belong to no company, with a suffix that tells the trade."""

from collections.abc import Sequence

import numpy as np

from jennie_cli.engine.model import SecurityKind
from jennie_cli.simulator.dynamics import package_table


def coin_names(
    rng: np.random.Generator,
    kinds: Sequence[SecurityKind],
    fines: Sequence[str],
    groups: Sequence[str],
) -> list[str]:
    """Return one unique name per stock; a preferred share is named later, after its parent."""
    table = package_table("names.toml")
    words = _words(table)
    taken: set[str] = set()
    names = []
    for kind, fine, group in zip(kinds, fines, groups, strict=True):
        suffixes = table["fine"].get(fine) or table["groups"][group]
        name = _draw(rng, words, _suffixes(table, kind, suffixes), taken)
        taken.add(name)
        names.append(name)
    return names


def _words(table: dict[str, list[str]]) -> list[str]:
    skip = set(table["skip"])
    words = (a + b for a in table["first"] for b in table["second"])
    return [w for w in words if w not in skip]


def _suffixes(table: dict[str, dict[str, str]], kind: SecurityKind, trade: list[str]) -> list[str]:
    pattern = table["kinds"].get(kind.value)
    return [pattern.format(n=n) for n in range(1, 30)] if pattern else trade


def _draw(rng: np.random.Generator, words: list[str], suffixes: list[str], taken: set[str]) -> str:
    while True:
        word, suffix = rng.integers(len(words)), rng.integers(len(suffixes))
        name = words[word] + suffixes[suffix]
        if name not in taken:
            return name
