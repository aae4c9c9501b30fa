"""What the council wrote, kept in memory: the exam."""

import pytest

from jennie_cli.engine.store import InsightStore, MemoryInsights
from jennie_cli.testing import InsightsExam


class TestMemoryInsights(InsightsExam):
    """MemoryInsights sits the exam."""

    @pytest.fixture(autouse=True)
    def _store(self) -> None:
        self.store = MemoryInsights()

    def make(self) -> InsightStore:
        """Return the one store of the test."""
        return self.store
