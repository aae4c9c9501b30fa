"""Members of an object, each once, in the order they were declared.

A rule stands for "members from here on, so many written before": it writes the next member or, if
that one may be missing, goes past it. Which states can be reached is known, so only those are made.
"""

from dataclasses import dataclass

from jennie_cli.adapters.llama_cpp.grammar.text import EMPTY, Rules, in_turn, literal, one_of

MOST_STATES = 4000
"""More rules than this for one object would be slow to walk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Grammar text of a name with its colon, the rule of its value, whether it must be there."""

    name: str
    value: str
    required: bool


def sequence(rules: Rules, members: list[Member], least: int, most: int) -> str | None:
    """Return text for the members between the braces, None if no count fits.

    Raises ValueError when there would be too many rules.
    """
    needed = sum(member.required for member in members)
    if least <= needed and most >= len(members):
        least, most = 0, 1  # only whether a comma is due has to be known
        return _walk(rules, members, least, most, stays=True)
    if len(members) * min(most, len(members)) > MOST_STATES:
        raise ValueError("too many members to count")
    return _walk(rules, members, least, most, stays=False)


def _walk(rules: Rules, members: list[Member], least: int, most: int, *, stays: bool) -> str | None:
    """`stays` says that the count stops rising at `most` instead of forbidding more."""
    after = dict.fromkeys(range(least, most + 1), EMPTY)
    for at in reversed(range(len(members))):
        before = sum(member.required for member in members[:at])
        reachable = range(min(before, most), min(at, most) + 1)
        here = {}
        for count in reachable:
            options = _options(members[at], after, count, most, stays=stays)
            if options:
                here[count] = rules.name(one_of(options))
        after = here
    return after.get(0)


def _options(
    member: Member, after: dict[int, str], count: int, most: int, *, stays: bool
) -> list[str]:
    options = []
    written = min(count + 1, most) if stays else count + 1
    if written in after:
        comma = literal(",") if count else EMPTY
        options.append(in_turn(comma, member.name, member.value, after[written]))
    if not member.required and count in after:
        options.append(after[count])
    return options
