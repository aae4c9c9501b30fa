"""Three sages read the evidence and write today's macro insight; a person may ask them."""

from jennie_cli.engine.council.asking import LONGEST_QUERY, Consulted, Question, consult
from jennie_cli.engine.council.chain import STAND_IN, Council, Sage
from jennie_cli.engine.council.evidence import (
    Evidence,
    Figure,
    PoliticalHeadline,
    Post,
    Remembered,
    SectorMove,
)
from jennie_cli.engine.council.gathering import gather
from jennie_cli.engine.council.policy import AUTO, CouncilPolicy
from jennie_cli.engine.council.recalling import recall_market
from jennie_cli.engine.council.record import NAMES, convene, overruled
from jennie_cli.engine.council.report import cost_rows, report

__all__ = [
    "AUTO",
    "LONGEST_QUERY",
    "NAMES",
    "STAND_IN",
    "Consulted",
    "Council",
    "CouncilPolicy",
    "Evidence",
    "Figure",
    "PoliticalHeadline",
    "Post",
    "Question",
    "Remembered",
    "Sage",
    "SectorMove",
    "consult",
    "convene",
    "cost_rows",
    "gather",
    "overruled",
    "recall_market",
    "report",
]
