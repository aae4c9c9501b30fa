"""The three streams of a process are made fit for use: none is missing, none refuses a letter."""

import io
import os
import sys
from contextlib import suppress
from typing import TextIO


def mend() -> None:
    """Put a stream to nowhere in the place of each one the caller has closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  # it lives as long as the process


def spell_anything(*, as_json: bool) -> None:
    """Make the streams take any letter: JSON is UTF-8 everywhere, so is talk where ASCII was asked.

    What a stream cannot spell appears as its code, never as another letter.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = stream.encoding.lower() in {"ascii", "us-ascii", "ansi_x3.4-1968"}
            encoding = "utf-8" if plain or (as_json and stream is sys.stdout) else None
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def silence(stream: TextIO) -> None:
    """Send what is left in a stream that broke to nowhere: flushing it at the end would fail."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
