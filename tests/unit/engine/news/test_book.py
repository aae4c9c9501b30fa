"""The book in memory sits the exam."""

import pytest

from jennie_cli.engine.news import MemoryNewsBook, NewsBook
from jennie_cli.testing import NewsBookExam


class TestMemoryNewsBook(NewsBookExam):
    """MemoryNewsBook sits the exam."""

    book: MemoryNewsBook

    @pytest.fixture(autouse=True)
    def _book(self) -> None:
        self.book = MemoryNewsBook()

    def make(self) -> NewsBook:
        """Return the one book."""
        return self.book
