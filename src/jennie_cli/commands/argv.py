"""Global options may stand before or after the command, so they are taken out of argv here.

The table below is the one declaration: the splitter, the root help and shell completion read it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple


class UsageError(Exception):
    """The command line itself is wrong: exit code 2."""

    def __init__(self, message: str, hint: str = "jennie --help") -> None:
        """`message` says what is wrong, `hint` what to try."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class GlobalOption(NamedTuple):
    """One global option. A switch has no metavar."""

    names: tuple[str, ...]
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    hidden: bool = False


GLOBAL_OPTIONS: tuple[GlobalOption, ...] = (
    GlobalOption(
        ("--profile",),
        "World to act in (env JENNIE_PROFILE, default sim)",
        "NAME",
        ("sim", "paper", "live"),
    ),
    GlobalOption(("--home",), "Folder with everything jennie keeps (env JENNIE_HOME)", "DIR"),
    GlobalOption(("--json",), "Print exactly one JSON document on stdout"),
    GlobalOption(("--lang",), "Language of what a trader reads (default ko)", "LANG", ("ko", "en")),
    GlobalOption(("-v", "--verbose"), "More talk on stderr; -vv adds tracebacks"),
    GlobalOption(("-q", "--quiet"), "No talk on stderr"),
    GlobalOption(("--clock",), "Now, for this one command (sim only)", "TIME", hidden=True),
)

_NOT_GLOBAL = ("--clock", "wall")
"""`sim serve --clock wall` is that command's own option, not a moment for this one command."""

_BY_NAME = {name: option for option in GLOBAL_OPTIONS for name in option.names}


class Given(NamedTuple):
    """The global options as given, None = not given, and the words that remain."""

    rest: tuple[str, ...] = ()
    profile: str | None = None
    home: str | None = None
    lang: str | None = None
    clock: datetime | None = None
    json: bool = False
    verbosity: int = 0
    quiet: bool = False


def split(argv: Sequence[str]) -> Given:
    """Take the global options out of `argv`, up to a bare `--`. Raises UsageError."""
    words = iter(argv)
    rest: list[str] = []
    values: dict[str, str] = {}
    verbosity, switches = 0, set()
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif re.fullmatch(r"-v+", word):
            verbosity += len(word) - 1
        elif (option := _BY_NAME.get(word.partition("=")[0])) is None:
            rest.append(word)
        elif option.metavar:
            value = _value(option, word, words)
            if (option.names[-1], value) == _NOT_GLOBAL:
                rest += [option.names[-1], value]
            else:
                values[option.names[-1][2:]] = value
        elif "=" in word:
            raise UsageError(f"{option.names[-1]} takes no value.")
        else:
            switches.add(option.names[-1][2:])
    return Given(
        rest=tuple(rest),
        profile=values.get("profile"),
        home=values.get("home"),
        lang=values.get("lang"),
        clock=moment("--clock", values["clock"]) if "clock" in values else None,
        json="json" in switches,
        verbosity=verbosity + ("verbose" in switches),
        quiet="quiet" in switches,
    )


def wants_json(argv: Sequence[str]) -> bool:
    """Say whether a failure must be JSON, even when argv is too wrong to be split."""
    words = list(argv)
    return "--json" in (words[: words.index("--")] if "--" in words else words)


def moment(name: str, text: str) -> datetime:
    """Return an ISO time with an offset. Raises UsageError naming the option or argument."""
    from jennie_cli.engine.clock import KST  # noqa: PLC0415  # most command lines name no moment

    try:
        found = datetime.fromisoformat(text)
        found.astimezone(KST)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.tzinfo is None:
        raise UsageError(
            f"{name} cannot be '{text}': an ISO time with an offset.",
            hint="Such as 2025-06-30T10:15:00+09:00.",
        )
    return found


def _value(option: GlobalOption, word: str, words: Iterator[str]) -> str:
    name, equals, value = word.partition("=")
    if not equals:
        value = next(words, "")
    if not value or (value.startswith("--") and not equals):
        raise UsageError(f"{name} needs a value: {name} {option.metavar}.")
    if option.choices and value not in option.choices:
        raise UsageError(f"{name} cannot be '{value}': one of {', '.join(option.choices)}.")
    return value
