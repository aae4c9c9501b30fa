"""The only place where a command meets the terminal: stdout is data, stderr is talk.

Every text passes the mask before it exists. Rich is imported on first need, so that a JSON answer
and the cold start never pay for it.
"""

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, time
from errno import ENOSPC
from functools import singledispatch
from math import isfinite
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from jennie_cli.commands.speaking import Speaker
from jennie_cli.commands.streams import silence
from jennie_cli.engine.errors import JennieError, OutsideError, StorageFull

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PROGRESS_AFTER_S = 1.0
"""A bar for less than this many seconds only flickers."""

PIPE_COLUMNS = 100
"""How wide a table is drawn when nobody knows how wide the reader is."""


class ReaderGone(Exception):
    """Whoever read our pipe closed it."""


class Progress(Protocol):
    """What a long piece of work calls to say how far it is."""

    def __call__(self, done: float, total: float | None = None) -> None:
        """Say that `done` of `total` steps are finished; None = the end is not known."""
        ...


class Output:
    """Writes data to stdout and talk to stderr."""

    def __init__(
        self,
        *,
        as_json: bool = False,
        quiet: bool = False,
        mask: Callable[[str], str] = str,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        """`mask` takes a text and returns it without secrets."""
        self.as_json = as_json
        self.quiet = quiet
        self.answered = False
        self._mask = mask
        self._stdout = stdout
        self._stderr = stderr
        self._say: Callable[[str], None] = self._talk

    def answer(self, data: Mapping[str, Any], view: "Callable[[], RenderableType]") -> None:
        """Print `data` as JSON when asked for, else what `view` draws."""
        if self.as_json:
            self.document(data)
        else:
            self.text(view())

    def document(self, data: Mapping[str, Any]) -> None:
        """Print the one JSON document of this command; a second one is a bug."""
        if self.answered:
            raise RuntimeError("a command prints exactly one JSON document")
        body = json.dumps(plain(data), ensure_ascii=False, allow_nan=False)
        self.answered = True
        self._write(self._stdout or sys.stdout, self._mask(body) + "\n")

    def text(self, content: "RenderableType") -> None:
        """Print a text or a Rich renderable; with --json it goes to stderr."""
        stream = self._err() if self.as_json else (self._stdout or sys.stdout)
        self._write(stream, self._mask(self._drawn(content, stream)))

    def talk(self, message: str) -> None:
        """Say something beside the data, on stderr; silent with -q."""
        if not self.quiet:
            self._say(self._mask(message) + "\n")

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """Let nobody who talks wait for the reader; at the end all is said."""
        speaker = Speaker(self._talk, gone=lambda count: f"… +{count:,}\n")
        self._say = speaker.say
        try:
            yield
        finally:
            self._say = self._talk
            speaker.close()

    def _talk(self, text: str) -> None:
        self._write(self._err(), text)

    def ask(self, message: str) -> None:
        """Say on stderr what a question is about, even with -q."""
        self._write(self._err(), self._mask(message) + "\n")

    def complain(self, message: str, hint: str = "") -> None:
        """Print a failure as short red text on stderr, even with -q."""
        stream = self._err()
        words = f"{message}\n{hint}" if hint else message
        if stream.isatty():
            from rich.text import Text  # noqa: PLC0415  # JSON must not pay for rich

            red = Text.assemble((message, "red"), words.removeprefix(message))
            words = self._drawn(red, stream).removesuffix("\n")
        self._write(stream, self._mask(words) + "\n")

    @contextmanager
    def progress(self, label: str) -> Iterator[Progress]:
        """Show a bar on stderr for work over a second, only when stderr is a terminal."""
        if self.quiet or not self._err().isatty():
            yield _silent
            return
        from rich.progress import Progress as Bar  # noqa: PLC0415  # JSON must not pay for rich

        bar = Bar(console=_console(self._err(), like=self._err()), transient=True)
        task = bar.add_task(label, total=None)
        starter = threading.Timer(PROGRESS_AFTER_S, bar.start)  # noqa: TID251  # a person's second
        starter.daemon = True
        starter.start()
        try:
            yield lambda done, total=None: bar.update(task, completed=done, total=total)
        finally:
            starter.cancel()
            starter.join()
            bar.stop()

    @contextmanager
    def heard(self, logger: logging.Logger, verbosity: int) -> Iterator[None]:
        """Repeat what `logger` is told as talk: nothing, with -v what happens, with -vv all."""
        handler = _Talk(self)
        handler.setLevel(logging.DEBUG if verbosity > 1 else logging.INFO)
        if verbosity > 0:
            logger.setLevel(logging.DEBUG)
            logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)

    def _err(self) -> TextIO:
        return self._stderr or sys.stderr

    def _drawn(self, content: "RenderableType", stream: TextIO) -> str:
        if isinstance(content, str):
            return content + "\n"
        buffer = io.StringIO()  # rich would end the process when the real stream is a closed pipe
        long_lines = type(content).__name__ == "Text"  # a path must stay in one piece
        _console(buffer, like=stream).print(content, soft_wrap=long_lines)
        drawn = buffer.getvalue()
        if stream.isatty():
            return drawn
        return "\n".join(line.rstrip() for line in drawn.split("\n"))

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except OSError as error:
            silence(stream)
            if stream is self._err():
                return  # nobody is left to be told
            if isinstance(error, BrokenPipeError):
                raise ReaderGone from None
            raise _unwritten(error) from None


def _unwritten(error: OSError) -> JennieError:
    if error.errno == ENOSPC:
        return StorageFull(
            "The disk is full: the answer was not written to stdout.", hint="Free some space."
        )
    return OutsideError(
        f"The answer was not written to stdout: {error.strerror or error}.",
        hint="Send it elsewhere.",
    )


def _console(file: TextIO, *, like: TextIO) -> "Console":
    """Return a console that writes to `file` as it would to the stream `like`."""
    from rich.console import Console  # noqa: PLC0415  # JSON must not pay for rich

    terminal = like.isatty()
    return Console(
        file=file,
        force_terminal=terminal,
        width=None if terminal else PIPE_COLUMNS,
        highlight=False,
        emoji=False,
        markup=False,
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> "RenderableType":
    """Return a plain table; widths count Korean letters as two cells, figures stand right."""
    from rich.table import Table  # noqa: PLC0415  # JSON must not pay for rich

    drawn = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for index, name in enumerate(columns):
        figures = rows and all(isinstance(r[index], int | float) for r in rows)
        drawn.add_column(name, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    return drawn


class _Talk(logging.Handler):
    def __init__(self, out: Output) -> None:
        super().__init__()
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        self._out.talk(f"{record.levelname.lower()}: {record.getMessage()}")


@singledispatch
def plain(value: Any) -> Any:
    """Return `value` as JSON knows it: times ISO-8601, enums by value, NaN and None as null."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if hasattr(value, "tolist"):  # numpy scalars and arrays, without importing numpy here
        return plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no JSON form")


@plain.register
def _as_it_is(value: str | int | None) -> Any:
    return value


@plain.register
def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


@plain.register
def _iso(value: date | time) -> str:
    return value.isoformat()


@plain.register
def _spelled(value: PurePath) -> str:
    return str(value)


@plain.register
def _object(value: Mapping) -> dict[str, Any]:  # type: ignore[type-arg]
    return {str(plain(k)): plain(v) for k, v in value.items()}


@plain.register
def _array(value: list | tuple | set | frozenset) -> list[Any]:  # type: ignore[type-arg]
    return [plain(v) for v in value]


def _silent(done: float, total: float | None = None) -> None:
    """Take progress that nobody watches."""
