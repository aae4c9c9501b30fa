"""The log of briefings in memory sits the exam."""

from jennie_cli.engine.briefing import BriefingLog, MemoryBriefingLog
from jennie_cli.testing import BriefingLogExam


class TestMemoryBriefingLog(BriefingLogExam):
    """The twin answers as the real one does."""

    def setup_method(self) -> None:
        """Begin with nothing."""
        self.log = MemoryBriefingLog()

    def make(self) -> BriefingLog:
        """Return the one log."""
        return self.log
