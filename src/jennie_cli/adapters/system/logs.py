"""The log file of a home: JSON lines, rotated, masked before they are written."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
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


def open_log(path: Path, *, mask: Callable[[str], str]) -> logging.Handler:
    """Write the program's log to `path` from now on; the caller closes the handler."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines(mask))
    handler.setLevel(logging.INFO)
    logger = logging.getLogger(ROOT_LOGGER)
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    return handler


def close_log(handler: logging.Handler) -> None:
    """Stop writing to a log that `open_log` opened."""
    logging.getLogger(ROOT_LOGGER).removeHandler(handler)
    handler.close()
