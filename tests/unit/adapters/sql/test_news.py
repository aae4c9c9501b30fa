"""News in a real SQLite file: the exam, profiles apart, damage."""

import pytest
from sqlalchemy import Engine, text
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql.news import SqlNewsBook
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.news import NewsBook
from jennie_cli.testing import NewsBookExam
from jennie_cli.testing.news_exam import event, row


class TestSqlNewsBook(Reopening, NewsBookExam):
    """SqlNewsBook sits the exam."""

    def make(self) -> NewsBook:
        """Return another holder of one file, as another process would have it."""
        return SqlNewsBook(self.reopened(), profile="sim", market="generated")


def test_an_invented_text_is_never_that_of_a_real_market(engine: Engine) -> None:
    """Profile and market tell apart what has one id."""
    sim = SqlNewsBook(engine, profile="sim", market="generated")
    live = SqlNewsBook(engine, profile="live", market="imported")
    sim.put((row(),), (event(),))
    live.put((row(score=12),))
    assert [70] == [kept.score for kept in sim.newest()]
    assert ([12], ()) == ([kept.score for kept in live.newest()], live.events())


def test_a_person_finds_the_figures_by_column(engine: Engine) -> None:
    """A row that nobody judged has no score, and no middle value."""
    book = SqlNewsBook(engine, profile="sim", market="generated")
    book.put((row(1), row(2, score=None)), (event(),))
    with engine.connect() as connection:
        news = connection.execute(
            text(
                "SELECT stock_code, news_date, status, sentiment_score"
                " FROM stock_news_sentiment ORDER BY published_at"
            )
        ).all()
        benefits = connection.execute(
            text("SELECT beneficiary_code, benefit_score FROM competitor_benefit_events")
        ).all()
    assert [("000010", 20260303, "OK", 70), ("000010", 20260303, "FAILED", None)] == [*news]
    assert [("000020", 7.0)] == [*benefits]


@pytest.mark.parametrize("damage", ["'no json'", """'{"item": 1}'"""])
def test_a_damaged_row_is_no_empty_answer(engine: Engine, damage: str) -> None:
    """Nobody may take it for no news."""
    book = SqlNewsBook(engine, profile="sim", market="generated")
    book.put((row(),))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE stock_news_sentiment SET body = {damage}"))  # noqa: S608  # ours
    with pytest.raises(OutsideError, match="cannot be read"):
        book.newest()
