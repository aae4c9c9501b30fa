"""Runs one command line inside the test process, with its own home and captured streams."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

import pytest

from jennie_cli.__main__ import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command line gave back."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Jennie = Callable[..., Answer]


@pytest.fixture
def jennie(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Jennie:
    """Return a function that runs `jennie WORDS...` and answers with code and streams."""

    def call(*words: str, stdin: str | TextIO = "") -> Answer:
        source = io.StringIO(stdin) if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", source)
        capsys.readouterr()
        code = run(words)
        said = capsys.readouterr()
        return Answer(code=code, out=said.out, err=said.err)

    return call


@pytest.fixture
def quick_cryptfile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the encrypted file cheap to open: the strength of argon2 is not under test."""
    from keyrings.cryptfile.cryptfile import CryptFileKeyring  # type: ignore[import-untyped]

    monkeypatch.setattr(CryptFileKeyring, "time_cost", 1)
    monkeypatch.setattr(CryptFileKeyring, "memory_cost", 64)
    monkeypatch.setattr(CryptFileKeyring, "parallelism", 1)
