"""The in-memory twins sit the same exams as the SQL stores."""

from jennie_cli.engine.store import FactStore, MemoryFacts, MemoryRuns, RunStore
from jennie_cli.testing import FactsExam, RunsExam


class TestMemoryFacts(FactsExam):
    """MemoryFacts sits the exam."""

    def make(self) -> FactStore:
        """Return an empty twin."""
        return MemoryFacts()


class TestMemoryRuns(RunsExam):
    """MemoryRuns sits the exam."""

    def make(self) -> RunStore:
        """Return an empty twin."""
        return MemoryRuns()
