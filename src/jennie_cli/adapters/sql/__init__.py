"""The store in SQL: facts, runs, settings, flags, asks, insights, evaluations, macro, ledger."""

from jennie_cli.adapters.sql.config import ConfigChanged, SqlConfig
from jennie_cli.adapters.sql.engine import connect
from jennie_cli.adapters.sql.evaluations import SqlEvaluations
from jennie_cli.adapters.sql.facts import SqlFacts
from jennie_cli.adapters.sql.flags import SqlFlags
from jennie_cli.adapters.sql.insights import SqlInsights
from jennie_cli.adapters.sql.ledger import SqlLedgerView
from jennie_cli.adapters.sql.macro import SqlMacro
from jennie_cli.adapters.sql.runs import SqlRuns
from jennie_cli.adapters.sql.standing import SqlStanding

__all__ = [
    "ConfigChanged",
    "SqlConfig",
    "SqlEvaluations",
    "SqlFacts",
    "SqlFlags",
    "SqlInsights",
    "SqlLedgerView",
    "SqlMacro",
    "SqlRuns",
    "SqlStanding",
    "connect",
]
