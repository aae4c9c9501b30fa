"""Questions of the check-up to the store: which sectors nobody knows, which rules sleep."""

from datetime import date
from typing import TYPE_CHECKING

from jennie_cli.engine.model import SecurityKind
from jennie_cli.engine.rules import DeadRules, SessionSilence, dead_rules, session_silence
from jennie_cli.engine.rules.exits import ASLEEP
from jennie_cli.engine.sectors import place
from jennie_cli.engine.store import Dataset
from jennie_cli.wiring.records import open_evaluations

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

_RUNS = 500


def unclassified_pct(house: "House") -> float | None:
    """Return the percentage of common stocks whose sector no map knows, None without a master."""
    master = house.facts.read(Dataset.STOCK_MASTER, as_of=house.clock.now())
    rows = zip(
        master["code"],
        master["kind"],
        master["sector_fine"],
        master["sector_source"],
        master["delisted_on"],
        strict=True,
    )
    known = [
        place(fine, source, code).known
        for code, kind, fine, source, gone in rows
        if kind == SecurityKind.COMMON and gone is None
    ]
    return 100.0 * known.count(False) / len(known) if known else None


def silent_rules(house: "House") -> DeadRules | None:
    """Return the rules that never fired over the stored runs, None before the first run."""
    runs = house.runs.recent(_RUNS)
    if not runs:
        return None
    inputs = {name for run in runs for name in run.settings.get("inputs", ())}
    return dead_rules(house.runs.rule_totals(), inputs)


def silent_in_sessions(*houses: "House") -> SessionSilence | None:
    """Return the rules that never fired over the sessions of these homes, of the profile of each;
    None before the first session.

    Raises SettingsError for a wrong value of a setting that keeps rules asleep.
    """
    kept = [open_evaluations(house) for house in houses]
    sessions = sum(evaluations.sessions() for evaluations in kept)
    if not sessions:
        return None
    on = {key for key in ASLEEP.values() for h in houses if h.settings.entry(key).value}
    counts = (count for e in kept for count in e.counts(date.min, date.max))
    return session_silence(counts, sessions=sessions, switched_on=on)
