"""A notice, and its flat fields on the bus.

Words come from outside, such as the name of a stock or the text of a failure: whatever does not
print is taken out, and what is too long is cut, so that making a notice cannot fail.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jennie_cli.engine.errors import InputError

_LONGEST = 1_000
_MOST_LINES = 60
_LONGEST_KEY = 200
_HINT = "It was not written by this program; nothing is told of it."


class BadNotice(InputError):
    """Fields on the bus are not those of a notice."""

    code = "bad_notice"


class Kind(StrEnum):
    """What a notice is about."""

    FILL = "fill"
    REFUSAL = "refusal"
    ALARM = "alarm"
    THROTTLE = "throttle"
    JOB = "job"
    ALERT = "alert"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What people are told once, at an aware moment of the machine's clock.

    Two with the same `key` are the same notice. `title` and `lines` are plain text, of one line
    each. `loud` is told in spite of a mute: stops, risk and failures.
    """

    kind: Kind
    key: str
    at: datetime
    title: str
    lines: tuple[str, ...] = ()
    loud: bool = False

    def __post_init__(self) -> None:
        """Take out what does not print, and cut what is too long."""
        object.__setattr__(self, "key", plain(self.key)[:_LONGEST_KEY])
        object.__setattr__(self, "title", plain(self.title)[:_LONGEST])
        object.__setattr__(self, "lines", tuple(_plain_lines(self.lines))[:_MOST_LINES])


def fields_of(notice: Notice) -> dict[str, str]:
    """Return a notice as the bus carries it."""
    return {
        "kind": notice.kind.value,
        "key": notice.key,
        "at": notice.at.isoformat(),
        "title": notice.title,
        "lines": "\n".join(notice.lines),
        "loud": str(int(notice.loud)),
    }


def read_notice(fields: Mapping[str, str]) -> Notice:
    """Return the notice that `fields_of` wrote. Raises BadNotice for anything else."""
    try:
        found = Notice(
            kind=Kind(fields["kind"]),
            key=fields["key"],
            at=datetime.fromisoformat(fields["at"]),
            title=fields["title"],
            lines=tuple(fields["lines"].split("\n")),
            # what does not say that it is quiet is loud
            loud=fields["loud"] != "0",
        )
    except (KeyError, ValueError) as error:
        raise BadNotice(f"A notice cannot be read: {error!r}.", hint=_HINT) from error
    if found.at.tzinfo is None or not found.key or found.key != fields["key"]:
        raise BadNotice("A notice has no key or no time zone.", hint=_HINT)
    return found


def _plain_lines(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        for row in line.splitlines():
            if told := plain(row):
                yield told[:_LONGEST]


def plain(text: str) -> str:
    """Return what prints, with single blanks; of a text without end only the head is looked at."""
    head = text[: _LONGEST * 4]
    return " ".join("".join(c if c.isprintable() else " " for c in head).split())
