"""What a sage finds in the words it was sent: figures by their labels, quotations, earlier answers.

Quotations stand between fences, lines of their own: `<<<X` to `X>>>`, `<x>` to `</x>`, or three
backticks; each of their lines may begin with a bar. A headline cannot pass itself off as a figure:
figures are looked for outside of fences, then inside those whose words of introduction say so.
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
class Block:
    """Quoted lines. `intro` is the line before the fence and the one that opens it."""

    intro: str
    lines: tuple[str, ...]

    def speaks_of(self, words: str) -> bool:
        """Return whether the introduction holds one of the words of that name."""
        return any(word in self.intro for word in table()["intro"][words])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question as a sage sees it: lines outside of fences, and what stands inside.

    `latest` are the blocks of the last message of a user; `dice` belong to this question alone.
    """

    turns: tuple[Turn, ...]
    plain: tuple[str, ...]
    blocks: tuple[Block, ...]
    latest: tuple[Block, ...]
    dice: np.random.Generator

    @property
    def question(self) -> str:
        """Return what a user asked last: the block that is the question, else all of it."""
        asked = (b for b in self.latest if b.speaks_of("question"))
        last = next((t.text for t in reversed(self.turns) if t.role == "user"), "")
        return next(("\n".join(block.lines) for block in asked), last)

    @property
    def measured(self) -> tuple[str, ...]:
        """Return the lines that figures are believed from."""
        inside = (line for b in self.blocks if b.speaks_of("figures") for line in b.lines)
        return (*self.plain, *inside)

    @property
    def reported(self) -> tuple[str, ...]:
        """Return the lines of strangers in the last message of a user."""
        others = (b for b in self.latest if not (b.speaks_of("figures") or b.speaks_of("aside")))
        return tuple(line for block in others for line in block.lines)

    def figure(self, label: str, unit: str = "") -> Figure | None:
        """Return the first number after a label (a pattern), None when there is none."""
        pattern = re.compile(f"{label}[^\\n:0-9]{{0,24}}[:=]\\s{{0,4}}{_NUMBER}\\s?{unit}")
        found = next(filter(None, map(pattern.search, self.measured)), None)
        return _figure(found[1]) if found else None

    def sectors(self) -> dict[str, Figure | None]:
        """Return every sector group with the percentage beside its name, None without one."""
        text = "\n".join(self.measured)
        return {group: _beside(group, text) for group in GROUPS}

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
    blocks: list[Block] = []
    latest: list[Block] = []
    for turn in turns:
        outside, inside = unfenced(turn.text)
        plain += outside
        blocks += inside
        latest = inside if turn.role == "user" else latest
    return Case(
        turns=turns, plain=tuple(plain), blocks=tuple(blocks), latest=tuple(latest), dice=dice
    )


def unfenced(text: str) -> tuple[list[str], list[Block]]:
    """Return the lines outside of fences and the blocks inside; an open fence lasts to the end."""
    outside: list[str] = []
    blocks: list[Block] = []
    inside: list[str] = []
    closing, intro = "", ""
    for line in (*text.splitlines(), None):
        bare = closing if line is None else line.strip()
        if closing and bare == closing:
            blocks.append(Block(intro=intro, lines=tuple(inside)))
            closing, inside = "", []
        elif closing:
            inside += [bare.removeprefix("|").strip()] if bare else []
        elif line is not None and (closing := _closing(bare)):
            intro = "\n".join((*outside[-1:], bare))
        elif line is not None:
            outside.append(line)
    return outside, blocks


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


def _closing(line: str) -> str:
    """Return the line that closes the fence which a line opens, empty when it opens none."""
    if line.startswith("```"):
        return "```"
    if line.startswith("<<<"):
        return f"{line[3:].strip()}>>>"
    tag = _TAG.fullmatch(line)
    return f"</{tag[1]}>" if tag else ""


def _figure(text: str) -> Figure:
    return Figure(text=text, value=float(text.replace(",", "")))


def _beside(group: str, text: str) -> Figure | None:
    found = re.search(f"(?<![가-힣/]){re.escape(group)}[\\s:]{{1,4}}{_NUMBER}\\s?%", text)
    return _figure(found[1]) if found else None


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
