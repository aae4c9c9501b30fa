"""Our texts to models: files of the package by name and version, each known by its hash.

A room keeps them in `<room>/prompts/<name>.<version>.txt`; the highest version is in force. Wiring
may put a home's own texts before them.
"""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Protocol

from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.llm.asked import Prompt

LONGEST = 65_536
"""Bytes of the longest prompt file; more is no prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptText:
    """A text and the name, version and hash that go with every answer to it."""

    prompt: Prompt
    text: str


class Prompts(Protocol):
    """Where texts come from: the package, or a home that has its own."""

    def get(self, package: str, name: str) -> PromptText:
        """Return the text of a room, such as ("jennie_cli.engine.analyst", "analyst").

        Raises BadFile when a home's own text cannot be used.
        """
        ...


class PackagedPrompts:
    """The texts of the package alone."""

    def get(self, package: str, name: str) -> PromptText:
        """Return the text that the package holds."""
        return packaged(package, name)


def packaged(package: str, name: str) -> PromptText:
    """Return the newest version of a packaged text. Raises LookupError when there is none."""
    wanted = re.compile(rf"{re.escape(name)}\.(\d+)\.txt")
    folder = files(package).joinpath("prompts")
    there = folder.iterdir() if folder.is_dir() else ()
    found = {int(m[1]): f for f in there if (m := wanted.fullmatch(f.name))}
    if not found:
        raise LookupError(f"{package} has no prompt named {name}")
    newest = max(found)
    return prompt_of(name, str(newest), found[newest].read_bytes())


def prompt_of(name: str, version: str, raw: bytes) -> PromptText:
    """Return what the bytes of a file say; the hash is that of the bytes. Raises BadFile."""
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        text = ""
    if not text or "\0" in text or len(raw) > LONGEST:
        raise BadFile(
            f"The prompt {name} ({version}) is no text of 1 to {LONGEST:,} bytes in UTF-8.",
            hint="Save it again as UTF-8 text, or delete it to use the built-in one.",
        )
    sha256 = hashlib.sha256(raw).hexdigest()
    return PromptText(prompt=Prompt(name=name, version=version, sha256=sha256), text=text)


def filled(source: PromptText, /, **fields: object) -> str:
    """Return the text with every $name filled in once; `$$` is a dollar sign.

    What is filled in is never looked into for names. Raises BadFile when the text asks for a name
    that is not given, leaves one out that is, or has a lone dollar sign.
    """
    template = Template(source.text)
    name, version = source.prompt.name, source.prompt.version
    if not template.is_valid():
        raise BadFile(
            f"The prompt {name} ({version}) has a $ that begins no name.",
            hint="Write $$ for a dollar sign.",
        )
    asked = set(template.get_identifiers())
    if wrong := sorted(asked ^ set(fields)):
        needed = ", ".join(f"${f}" for f in sorted(fields))
        raise BadFile(
            f"The prompt {name} ({version}) has wrong or missing names: {', '.join(wrong)}.",
            hint=f"It must use each of these: {needed or 'none'}.",
        )
    return template.substitute(fields)
