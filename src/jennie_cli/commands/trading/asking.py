"""Asks before anything moves money; without a terminal nobody can be asked, so --yes must be."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.engine.messages import text


def must_be_answerable(lang: str, *, yes: bool) -> None:
    """Refuse a command that would have to ask where nobody can answer. Raises UsageError."""
    if not yes and not somebody_is_there():
        raise UsageError(text("trade.ask.nobody", lang), hint=text("trade.ask.scripts", lang))


def somebody_is_there() -> bool:
    """Return whether a person can type an answer."""
    return sys.stdin.isatty()


def agreed(session: Session, lines: Sequence[str], question: str, *, yes: bool) -> bool:
    """Return whether a person agrees to what the lines say; with `yes` nobody is asked."""
    if yes:
        return True
    session.out.ask("\n".join(lines))
    with _interruptible():
        return typer.confirm(question, err=True)


def typed(session: Session, lines: Sequence[str], word: str, *, yes: bool) -> bool:
    """Return whether a person types `word` after reading the lines; with `yes` nobody is asked."""
    if yes:
        return True
    session.out.ask("\n".join(lines))
    question = text("trade.ask.word", session.options.lang, word=word)
    with _interruptible():
        answer = typer.prompt(question, default="", show_default=False, err=True)
    return str(answer).strip() == word


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question at once: a running event loop would keep it until an answer."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
