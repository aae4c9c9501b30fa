"""Three sages read the evidence and write today's macro insight; a person may ask them."""

from jennie_cli.engine.council.asking import Consulted, Question, consult
from jennie_cli.engine.council.briefing import read_briefing
from jennie_cli.engine.council.chain import STAND_IN, Council, Sage
from jennie_cli.engine.council.evidence import (
    Evidence,
    Figure,
    PoliticalHeadline,
    Post,
    SectorMove,
)
from jennie_cli.engine.council.momentum import sector_moves
from jennie_cli.engine.council.policy import AUTO, CouncilPolicy
from jennie_cli.engine.council.record import NAMES, convene
from jennie_cli.engine.council.report import report
from jennie_cli.engine.council.technicals import IndexTechnicals, technicals

__all__ = [
    "AUTO",
    "NAMES",
    "STAND_IN",
    "Consulted",
    "Council",
    "CouncilPolicy",
    "Evidence",
    "Figure",
    "IndexTechnicals",
    "PoliticalHeadline",
    "Post",
    "Question",
    "Sage",
    "SectorMove",
    "consult",
    "convene",
    "read_briefing",
    "report",
    "sector_moves",
    "technicals",
]
