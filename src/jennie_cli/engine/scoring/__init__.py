"""The quant score, vectorised over the whole market."""

from jennie_cli.engine.scoring.table import PART_MAX, PARTS, Part, ScoreInputs, ScoreTable

__all__ = ["PARTS", "PART_MAX", "Part", "ScoreInputs", "ScoreTable"]
