"""The in-memory snapshots sit the exam."""

import pytest

from jennie_cli.engine.briefing import Assets, MemoryAssets
from jennie_cli.testing import AssetsExam


class TestMemoryAssets(AssetsExam):
    """MemoryAssets sits the exam."""

    @pytest.fixture(autouse=True)
    def _book(self) -> None:
        self.book = MemoryAssets()

    def make(self) -> Assets:
        """Return the one book of this test."""
        return self.book
