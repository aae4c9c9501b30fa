"""The compiled library behind the extra [llm]: loaded once, its log led into ours."""

import ctypes
import importlib
import logging
from collections import deque
from functools import cache
from typing import Any

from jennie_cli.engine.errors import ExtraMissing, SettingsError

LOG = logging.getLogger("jennie_cli.llama")
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.INFO}
"""The library's numbers. Its "info" is for its makers; its errors become ours, with their text."""

_ERROR = 4
_LINE_CHARS = 300
_MOST_LINES = 5_000

KEPT: list[Any] = []
"""Callbacks the library may still call; one that Python collects ends the process by a fault."""


class _Ear:
    """Hears the library's log: lines are cut, their number is bounded, the last errors are kept."""

    def __init__(self) -> None:
        self.errors: deque[str] = deque(maxlen=8)
        self.lines = 0

    def hear(self, level: int, text: bytes | None, _: Any) -> None:
        """Take one line; called from any thread, so it must neither raise nor wait."""
        known = _LEVELS.get(level)
        if known is None or not text:
            return
        line = "".join(c for c in text.decode("utf-8", "replace") if c.isprintable())
        line = line[:_LINE_CHARS].strip()
        if level == _ERROR and line:
            self.errors.append(line)
        if line and LOG.isEnabledFor(known) and self.lines < _MOST_LINES:
            self.lines += 1
            LOG.log(known, "%s", line)


EAR = _Ear()


def last_errors() -> str:
    """Return what the library complained of last, for the text of a failure."""
    return "; ".join(list(EAR.errors)[-2:]) or "the library gave no reason"


@cache
def library() -> Any:
    """Return the module llama_cpp. Raises ExtraMissing, SettingsError when it cannot be loaded."""
    try:
        lib = importlib.import_module("llama_cpp")
    except ImportError as why:
        raise ExtraMissing("llm", needed_for="A model on this machine") from why
    except (OSError, RuntimeError) as why:
        raise SettingsError(
            f"llama-cpp-python is installed but its library cannot be loaded: {why}",
            hint="Build it again on this machine, as docs/local-model.md says.",
        ) from why
    callback = lib.llama_log_callback(EAR.hear)
    KEPT.append(callback)
    lib.llama_log_set(callback, ctypes.c_void_p(0))
    lib.llama_backend_init()
    return lib


class Breaker:
    """Breaks a computation off. On a CPU the library asks it between any two sums."""

    def __init__(self, lib: Any, context: Any) -> None:
        """Attach to a context, which this must outlive.

        The library calls C's `strlen` on two bytes of ours: a callback of Python would wait for
        the interpreter hundreds of times a step.
        """
        self._flag = ctypes.create_string_buffer(2)
        try:
            length = ctypes.CDLL(None).strlen
        except (AttributeError, OSError, TypeError):
            return  # no such C library here: a step runs to its end
        asked = ctypes.cast(length, lib.ggml_abort_callback)
        lib.llama_set_abort_callback(context, asked, ctypes.addressof(self._flag))

    def pull(self) -> None:
        """Break off, now and from now on."""
        self._flag[0] = b"\x01"


def can_offload() -> bool:
    """Whether the library was built for a GPU. Raises ExtraMissing."""
    return bool(library().llama_supports_gpu_offload())
