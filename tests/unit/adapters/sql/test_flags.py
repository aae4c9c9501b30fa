"""The trading flags in SQL."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from jennie_cli.adapters.sql import SqlFlags
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.model import Flag
from jennie_cli.engine.store import FlagState

AT = datetime(2026, 3, 3, 9, 0, 0, 123_456, tzinfo=KST)
UP = FlagState(up=True, who="cli", at=AT, reason="뉴스")
DOWN = FlagState(up=False, who="bot", at=AT + timedelta(days=400), reason="over")


def test_a_flag_stays_as_it_was_put_until_it_is_put_again(engine: Engine) -> None:
    """No flag lifts itself, and one flag says nothing of another."""
    flags = SqlFlags(engine)
    assert {} == flags.all()
    flags.put(Flag.PAUSE, UP)
    flags.put(Flag.STOP, UP)
    flags.put(Flag.STOP, DOWN)
    assert {Flag.PAUSE: UP, Flag.STOP: DOWN} == SqlFlags(engine).all()


def test_every_change_of_a_flag_is_kept(engine: Engine) -> None:
    """Who, when and why, oldest first."""
    SqlFlags(engine).put(Flag.STOP, UP)
    SqlFlags(engine).put(Flag.STOP, DOWN)
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT flag, up, who, reason FROM trading_flag_change ORDER BY id")
        ).all()
    assert [("stop", 1, "cli", "뉴스"), ("stop", 0, "bot", "over")] == [tuple(r) for r in found]


def test_flags_that_cannot_be_read_are_no_lowered_flags(engine: Engine, tmp_path: Path) -> None:
    """A damaged database raises; it never answers that nothing is set."""
    SqlFlags(engine).put(Flag.STOP, UP)
    engine.dispose()
    (tmp_path / "jennie.sqlite").write_bytes(b"no database at all" * 1000)
    with pytest.raises(OutsideError, match="is not a whole database"):
        SqlFlags(engine).all()
