"""A briefing as the HTML of one chat message."""

from collections.abc import Iterator

from jennie_cli.engine.briefing.figures import Briefing
from jennie_cli.engine.briefing.sections import Section
from jennie_cli.engine.briefing.sections_read import sections
from jennie_cli.engine.messages import text
from jennie_cli.engine.notify import cut, escaped


def head_of(briefing: Briefing, lang: str) -> str:
    """Return the title: the day, and whose account it is."""
    whose = text(f"briefing.profile.{briefing.profile}", lang)
    return text("briefing.head", lang, day=briefing.day, whose=whose)


def chat_html(briefing: Briefing, lang: str, *, most: int) -> str:
    """Return the message: escaped, at most so many UTF-16 units, cut between tags."""
    parts = (_part(one) for one in sections(briefing, lang))
    return cut("\n\n".join((_bold(head_of(briefing, lang)), *parts)), most)


def _part(one: Section) -> str:
    return "\n".join((_bold(one.title), *map(escaped, _lines(one))))


def _lines(one: Section) -> Iterator[str]:
    if one.sheet is not None:
        yield from one.sheet.chat
    yield from one.lines
    if one.comment:
        yield one.comment


def _bold(words: str) -> str:
    return f"<b>{escaped(words)}</b>"
