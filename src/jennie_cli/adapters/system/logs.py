"""The log file of a home: JSON lines, rotated, masked before they are written."""

import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedWriter, FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

ROOT_LOGGER = "jennie_cli"
_BYTES = 5_000_000
_KEPT = 3


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the traceback when there is one."""

    def __init__(self, mask: Callable[[str], str]) -> None:
        """`mask` takes a text and returns it without secrets."""
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return self._mask(json.dumps(line, ensure_ascii=False))


class LogFile(RotatingFileHandler):
    """A log whose failure never stops the program: `failed`, and one line on stderr."""

    def __init__(self, path: Path, mask: Callable[[str], str]) -> None:
        """Nothing is opened before the first record."""
        super().__init__(
            path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", errors="replace", delay=True
        )
        self._mask = mask
        self.failed = False

    def _open(self) -> TextIOWrapper:
        """Open the file for its owner alone: it may say what a person asked."""
        raw = FileIO(self.baseFilename, self.mode, opener=_for_its_owner)
        return TextIOWrapper(BufferedWriter(raw), encoding=self.encoding, errors=self.errors)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging calls it so
        """Say once that the log is not written; the record itself may hold secrets."""
        del record
        if not self.failed:
            self.failed = True
            error = sys.exception()
            why = getattr(error, "strerror", None) or type(error).__name__
            with suppress(OSError):
                sys.stderr.write(
                    self._mask(f"The log {self.baseFilename} is not written: {why}.") + "\n"
                )


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def open_log(path: Path, *, mask: Callable[[str], str]) -> LogFile:
    """Write the program's log to `path` from now on; the caller closes the handler."""
    with suppress(OSError):  # the first record tells that the file cannot be there
        path.parent.mkdir(parents=True, exist_ok=True)
    handler = LogFile(path, mask)
    handler.setFormatter(JsonLines(mask))
    handler.setLevel(logging.INFO)
    logger = logging.getLogger(ROOT_LOGGER)
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    return handler


def open_lines(path: Path, *, mask: Callable[[str], str]) -> LogFile:
    """Return a file that takes records as lines of their own, masked; the caller closes it.

    It belongs to no logger, so that nothing else is written to it and its lines nowhere else.
    """
    with suppress(OSError):  # the first line tells that the file cannot be there
        path.parent.mkdir(parents=True, exist_ok=True)
    handler = LogFile(path, mask)
    handler.setFormatter(_Masked(mask))
    return handler


class _Masked(logging.Formatter):
    def __init__(self, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        return self._mask(record.getMessage())


def close_log(handler: logging.Handler) -> None:
    """Stop writing to a log that `open_log` opened."""
    logging.getLogger(ROOT_LOGGER).removeHandler(handler)
    with suppress(OSError):  # what a full disk did not take
        handler.close()
