"""A bug is told in a few words; its traceback goes to the log of the home."""

import logging
from collections.abc import Callable
from pathlib import Path

from jennie_cli.engine.errors import JennieError
from jennie_cli.wiring.home import HomeFolder

LOG = logging.getLogger(__name__)


def record_crash(home: Path, error: Exception, mask: Callable[[str], str]) -> Path | None:
    """Write the traceback to the home's log and return the file, None when it cannot be written."""
    from jennie_cli.adapters.system import close_log, open_log  # noqa: PLC0415  # only for a bug

    folder = HomeFolder(home)
    try:
        folder.create()
        handler = open_log(folder.log, mask=mask)
    except (OSError, JennieError):
        return None
    LOG.critical("unexpected error", exc_info=error)
    close_log(handler)
    return None if handler.failed else folder.log
