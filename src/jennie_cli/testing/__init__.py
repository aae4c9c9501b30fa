"""Exams that every implementation of a port must pass, shipped for those who write one."""

from jennie_cli.testing.archive_exam import ArchiveExam
from jennie_cli.testing.assets_exam import AssetsExam
from jennie_cli.testing.briefings_exam import BriefingLogExam
from jennie_cli.testing.broker_exam import BrokerDesk, BrokerExam
from jennie_cli.testing.bus_desk import BusDesk
from jennie_cli.testing.bus_exam import BusExam
from jennie_cli.testing.evaluations_exam import EvaluationsExam
from jennie_cli.testing.facts_exam import FactsExam
from jennie_cli.testing.guest_exam import GuestExam, make_view
from jennie_cli.testing.insights_exam import InsightsExam
from jennie_cli.testing.ledger_events import every_event, order_events
from jennie_cli.testing.ledger_exam import LedgerExam
from jennie_cli.testing.macro_exam import MacroExam
from jennie_cli.testing.model_exam import ModelDesk, ProviderExam, question
from jennie_cli.testing.news_exam import NewsBookExam
from jennie_cli.testing.replies_exam import ReplyLogExam, UsageBookExam
from jennie_cli.testing.rows import bars, batch, flows, moment
from jennie_cli.testing.runs import make_run, make_watchlist
from jennie_cli.testing.runs_exam import RunsExam
from jennie_cli.testing.standing_exam import StandingExam

__all__ = [
    "ArchiveExam",
    "AssetsExam",
    "BriefingLogExam",
    "BrokerDesk",
    "BrokerExam",
    "BusDesk",
    "BusExam",
    "EvaluationsExam",
    "FactsExam",
    "GuestExam",
    "InsightsExam",
    "LedgerExam",
    "MacroExam",
    "ModelDesk",
    "NewsBookExam",
    "ProviderExam",
    "ReplyLogExam",
    "RunsExam",
    "StandingExam",
    "UsageBookExam",
    "bars",
    "batch",
    "every_event",
    "flows",
    "make_run",
    "make_view",
    "make_watchlist",
    "moment",
    "order_events",
    "question",
]
