"""The sub-scores of one stock, taken from the score table by name."""

from jennie_cli.engine.scoring import SCORERS, ScoreTable
from jennie_cli.engine.store import FactorScore, PartScore

_DIGITS = 9


def factor_scores(table: ScoreTable, stock: int) -> dict[str, FactorScore]:
    """Return every factor of one stock on the newest scored day, with its parts and inputs."""
    scorer = SCORERS[table.scorer]
    scale = float(table.supply_scale_factor[-1, stock])
    return {
        factor: FactorScore(
            points=round(float(table.factors[factor][-1, stock]), _DIGITS),
            max=scorer.factor_max[factor],
            parts={
                name: PartScore(
                    points=round(float(part.points[-1, stock]), _DIGITS),
                    max=scorer.part_max[factor][name],
                    input=None if part.missing[-1, stock] else float(part.input[-1, stock]),
                    unit=part.unit,
                    missing=bool(part.missing[-1, stock]),
                )
                for name, part in parts.items()
            },
            scale_factor=round(scale, _DIGITS) if factor == "supply_demand" else 1.0,
        )
        for factor, parts in table.parts.items()
    }
