"""Names of what a backtest rests on."""

from pathlib import Path

import pytest

from jennie_cli.wiring import backtests
from jennie_cli.wiring.backtests import hash_of, program_hash


def test_a_program_is_named_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed line is another program; what Python left beside it is not."""
    monkeypatch.setattr(backtests, "files", lambda _: tmp_path)
    (tmp_path / "room").mkdir()
    rule = tmp_path / "room" / "rule.py"
    rule.write_text("LIMIT = 75")
    before = program_hash()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "rule.pyc").write_bytes(b"x")
    assert before == program_hash()
    rule.write_text("LIMIT = 74")
    assert before != program_hash()


def test_a_name_is_sixteen_digits_and_tells_one_byte() -> None:
    """Settings as text are named by it."""
    assert hash_of(b"a") != hash_of(b"b")
    assert 16 == len(hash_of(b"a"))
