"""Which rules never did anything over the stored runs."""

from dataclasses import dataclass

from jennie_cli.engine.rules import DeadRules, dead_rules
from jennie_cli.engine.store import RunStore

_LOOKED_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Rules that never fired, and over how many runs."""

    dead: DeadRules
    runs: int


def silence(runs: RunStore) -> Silence:
    """Return what never fired over all stored runs; an input any of them had counts as there."""
    recent = runs.recent(_LOOKED_AT)
    had = {name for run in recent for name in run.settings.get("inputs", ())}
    return Silence(dead=dead_rules(runs.rule_totals(), had), runs=len(recent))
