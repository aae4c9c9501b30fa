"""Exams that every implementation of a port must pass, shipped for those who write one."""

from jennie_cli.testing.facts_exam import FactsExam
from jennie_cli.testing.rows import bars, batch, flows, moment
from jennie_cli.testing.runs import make_run, make_watchlist
from jennie_cli.testing.runs_exam import RunsExam

__all__ = [
    "FactsExam",
    "RunsExam",
    "bars",
    "batch",
    "flows",
    "make_run",
    "make_watchlist",
    "moment",
]
