"""The in-memory ledger sits the exam of the journal; flags keep every change."""

from datetime import datetime

import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Flag
from jennie_cli.engine.store import FlagState, Ledger, MemoryFlags, MemoryLedger
from jennie_cli.testing import LedgerExam


class TestMemoryLedger(LedgerExam):
    """MemoryLedger sits the exam."""

    @pytest.fixture(autouse=True)
    def _empty(self) -> None:
        """Start each test with nothing kept."""
        self.ledger = MemoryLedger()

    def make(self) -> Ledger:
        """Return the one twin of the test."""
        return self.ledger


def test_flags_tell_their_state_and_every_change() -> None:
    """A flag that was never set is absent; a lifted one is there, and down."""
    flags = MemoryFlags()
    assert {} == flags.all()
    at = datetime(2026, 3, 3, 9, tzinfo=KST)
    up = FlagState(up=True, who="cli", at=at, reason="news")
    down = FlagState(up=False, who="bot", at=at, reason="over")
    flags.put(Flag.STOP, up)
    flags.put(Flag.STOP, down)
    assert {Flag.STOP: down} == flags.all()
    assert [(Flag.STOP, up), (Flag.STOP, down)] == flags.changes
