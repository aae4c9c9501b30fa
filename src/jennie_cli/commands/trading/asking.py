"""Asks before anything moves money; without a terminal nobody can be asked, so --yes must be."""

import sys
from collections.abc import Sequence

import typer

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.engine.messages import text


def must_be_answerable(*, yes: bool) -> None:
    """Refuse a command that would have to ask where nobody can answer. Raises UsageError."""
    if not yes and not somebody_is_there():
        raise UsageError(
            "This needs a yes, and there is no terminal to ask at.",
            hint="--yes for scripts, once you know what it does.",
        )


def somebody_is_there() -> bool:
    """Return whether a person can type an answer."""
    return sys.stdin.isatty()


def agreed(session: Session, lines: Sequence[str], question: str, *, yes: bool) -> bool:
    """Return whether a person agrees to what the lines say; with `yes` nobody is asked."""
    if yes:
        return True
    session.out.ask("\n".join(lines))
    return typer.confirm(question, err=True)


def typed(session: Session, lines: Sequence[str], word: str, *, yes: bool) -> bool:
    """Return whether a person types `word` after reading the lines; with `yes` nobody is asked."""
    if yes:
        return True
    session.out.ask("\n".join(lines))
    question = text("trade.ask.word", session.options.lang, word=word)
    answer = typer.prompt(question, default="", show_default=False, err=True)
    return str(answer).strip() == word
