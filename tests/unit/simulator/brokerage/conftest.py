"""A world of three stocks before its first auction, without a folder."""

from datetime import datetime

import pytest
from tests.unit.simulator.tiny_market import TinyDays

from jennie_cli.engine.clock import KST
from jennie_cli.simulator.playing import Play


@pytest.fixture
def play() -> Play:
    """Return a world at 08:30."""
    return Play(TinyDays(), start=datetime(2025, 6, 30, 8, 30, tzinfo=KST))
