"""The in-memory evaluations sit the exam; sheets refuse what contradicts itself."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jennie_cli.engine.store import Evaluations, MemoryEvaluations
from jennie_cli.testing import EvaluationsExam
from jennie_cli.testing.evaluations_exam import NINE, gates, strategies


class TestMemoryEvaluations(EvaluationsExam):
    """MemoryEvaluations sits the exam."""

    @pytest.fixture(autouse=True)
    def _empty(self) -> None:
        """Start each test with nothing kept."""
        self.store = MemoryEvaluations()

    def make(self) -> Evaluations:
        """Return the one twin of the test."""
        return self.store


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"codes": ("005930", "000660")}, "arrays do not fit 2 rows of 2 stocks"),
        ({"passed": np.array([True])}, "arrays do not fit 2 rows of 1 stocks"),
        ({"deciding": np.array([[0], [2]], np.int16)}, "there is no question 2"),
        ({"deciding": np.array([[-2], [1]], np.int16)}, "there is no question -2"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(wrong: dict[str, Any], words: str) -> None:
    """Arrays fit each other, and every answer has its question."""
    with pytest.raises(ValueError, match=words):
        replace(gates(NINE, 50.0, "005930"), **wrong)


def test_a_strategy_fires_by_its_conditions_alone() -> None:
    """A hit that is off or forbidden counts as one; a condition that was missed does not."""
    assert [[True, True, False, False]] == strategies(
        NINE, "trend", "switch", "rsi", None
    ).fired.tolist()
