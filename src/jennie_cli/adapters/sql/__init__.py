"""The store in SQL: facts, runs, settings, flags, asks, insights, replies, macro, the ledger."""

from jennie_cli.adapters.sql.config import ConfigChanged, SqlConfig
from jennie_cli.adapters.sql.engine import connect
from jennie_cli.adapters.sql.evaluations import SqlEvaluations
from jennie_cli.adapters.sql.facts import SqlFacts
from jennie_cli.adapters.sql.flags import SqlFlags
from jennie_cli.adapters.sql.insights import SqlInsights
from jennie_cli.adapters.sql.ledger import SqlLedgerView
from jennie_cli.adapters.sql.macro import SqlMacro
from jennie_cli.adapters.sql.replies import SqlReplyLog
from jennie_cli.adapters.sql.runs import SqlRuns
from jennie_cli.adapters.sql.standing import SqlStanding
from jennie_cli.adapters.sql.usage import SqlUsageBook

__all__ = [
    "ConfigChanged",
    "SqlConfig",
    "SqlEvaluations",
    "SqlFacts",
    "SqlFlags",
    "SqlInsights",
    "SqlLedgerView",
    "SqlMacro",
    "SqlReplyLog",
    "SqlRuns",
    "SqlStanding",
    "SqlUsageBook",
    "connect",
]
