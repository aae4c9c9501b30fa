"""The scorers by name, each with the maxima of its parts and factors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jennie_cli.engine.scoring.assembly import PartMax
from jennie_cli.engine.scoring.policy import ScoringPolicy
from jennie_cli.engine.scoring.table import PART_MAX, ScoreInputs, ScoreTable
from jennie_cli.engine.scoring.v1 import FACTOR_MAX_V1, PART_MAX_V1, score_v1
from jennie_cli.engine.scoring.v2 import score_v2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """A version of the quant score: its function and the maxima it scores against."""

    name: str
    score: Callable[[ScoreInputs, ScoringPolicy], ScoreTable]
    part_max: PartMax
    factor_max: Mapping[str, float]

    def __call__(self, inputs: ScoreInputs, policy: ScoringPolicy) -> ScoreTable:
        """Score the market."""
        return self.score(inputs, policy)


SCORERS: Mapping[str, Scorer] = {
    "v1": Scorer(name="v1", score=score_v1, part_max=PART_MAX_V1, factor_max=FACTOR_MAX_V1),
    "v2": Scorer(
        name="v2",
        score=score_v2,
        part_max=PART_MAX,
        factor_max={factor: sum(parts.values()) for factor, parts in PART_MAX.items()},
    ),
}
"""Every scorer a run may choose; a run keeps the name beside its scores."""
