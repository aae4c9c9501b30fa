"""What a sage finds in the words it was sent: figures by their labels, quotations, earlier answers.

Quotations (headlines and the like) stand between fences, lines of their own: `<<<X` to `X>>>`,
`<x>` to `</x>`, or three backticks. A label is looked for outside of them first, so a headline
cannot pass itself off as a figure.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from jennie_cli.engine.sectors import GROUPS
from jennie_cli.simulator.sages.asked import Turn

_TAG = re.compile(r"<([A-Za-z가-힣_][\w가-힣-]{0,40})(?:\s[^<>]{0,200})?>")
_NUMBER = r"([+-]?\d[\d,]{0,20}(?:\.\d{1,10})?)"
_DOCUMENTS, _STARTS = 16, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as the prompt writes it, and what it is worth."""

    text: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question as a sage sees it.

    `plain` are the lines outside of fences, `quoted` those inside, of all messages; `news` the
    quoted lines of the last message of a user; `dice` belong to this question alone.
    """

    turns: tuple[Turn, ...]
    plain: tuple[str, ...]
    quoted: tuple[str, ...]
    news: tuple[str, ...]
    dice: np.random.Generator

    @property
    def question(self) -> str:
        """Return the last message of a user, empty when there is none."""
        return next((t.text for t in reversed(self.turns) if t.role == "user"), "")

    def figure(self, label: str, unit: str = "") -> Figure | None:
        """Return the first number after a label (a pattern), None when there is none."""
        pattern = re.compile(f"{label}[^\\n:0-9]{{0,24}}[:=]\\s{{0,4}}{_NUMBER}\\s?{unit}")
        for line in (*self.plain, *self.quoted):
            if found := pattern.search(line):
                return Figure(text=found[1], value=float(found[1].replace(",", "")))
        return None

    def sectors(self) -> dict[str, Figure | None]:
        """Return the sector groups that are named, each with the percentage beside it."""
        text = "\n".join((*self.plain, *self.quoted))
        named = {group: None for group in GROUPS if group in text} or dict.fromkeys(GROUPS)
        return {group: _beside(group, text) for group in named}

    def documents(self) -> list[Mapping[str, Any]]:
        """Return the JSON objects in the messages, in order; not more than sixteen."""
        found = [doc for turn in self.turns for doc in _documents(turn.text)]
        return found[:_DOCUMENTS]

    def spread(self, points: int) -> int:
        """Return a whole number from -points to points."""
        return int(self.dice.integers(-points, points + 1))

    def pick(self, options: Sequence[str]) -> str:
        """Return one of some texts."""
        return options[int(self.dice.integers(len(options)))]


def read_case(turns: tuple[Turn, ...], dice: np.random.Generator) -> Case:
    """Return what stands in some messages."""
    plain: list[str] = []
    quoted: list[str] = []
    news: tuple[str, ...] = ()
    for turn in turns:
        outside, inside = unfenced(turn.text)
        plain += outside
        quoted += inside
        news = tuple(inside) if turn.role == "user" else news
    return Case(turns=turns, plain=tuple(plain), quoted=tuple(quoted), news=news, dice=dice)


def unfenced(text: str) -> tuple[list[str], list[str]]:
    """Return the lines outside of fences and those inside; an open fence lasts to the end."""
    outside: list[str] = []
    inside: list[str] = []
    closing: str | None = None
    for line in text.splitlines():
        bare = line.strip()
        if closing is None:
            closing = _closing(bare)
            if closing is None:
                outside.append(line)
        elif bare == closing:
            closing = None
        elif bare:
            inside.append(line)
    return outside, inside


def mood(line: str) -> int:
    """Return 1 for a line whose words are glad, -1 for a sad one, else 0."""
    words = table()["words"]
    glad = sum(word in line for word in words["glad"])
    sad = sum(word in line for word in words["sad"])
    return (glad > sad) - (glad < sad)


def grave(lines: Sequence[str]) -> int:
    """Return how many lines hold a word that is grave for a company."""
    return sum(any(word in line for word in table()["words"]["grave"]) for line in lines)


@cache
def table() -> dict[str, Any]:
    """Return the words and sentences of the sages."""
    text = files("jennie_cli.simulator.sages").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _closing(line: str) -> str | None:
    """Return the line that closes the fence which a line opens, None when it opens none."""
    if line.startswith("```"):
        return "```"
    if line.startswith("<<<"):
        return f"{line[3:].strip()}>>>"
    tag = _TAG.fullmatch(line)
    return f"</{tag[1]}>" if tag else None


def _beside(group: str, text: str) -> Figure | None:
    found = re.search(f"{re.escape(group)}[^\\n0-9+-]{{0,24}}{_NUMBER}\\s?%", text)
    return Figure(text=found[1], value=float(found[1].replace(",", ""))) if found else None


def _documents(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON objects in a text; what only looks like one is passed over."""
    reader, place = json.JSONDecoder(), -1
    for _ in range(_STARTS):
        place = text.find("{", place + 1)
        if place < 0:
            return
        try:
            found, place = reader.raw_decode(text, place)
        except (ValueError, RecursionError):
            continue
        yield found
        place -= 1
