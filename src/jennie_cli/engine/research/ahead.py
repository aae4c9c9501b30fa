"""Which function of the signals reads a later bar: what it said of a bar changes when more come."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.walk_entries import Scan, scan
from jennie_cli.engine.research.walk_stage import WalkPolicies
from jennie_cli.engine.signals import NO_GUESTS, Figures, Guests
from jennie_cli.engine.signals.strategies import STRATEGIES

_FIGURES = {
    "rsi": "wilder_rsi",
    "volume_ratio": "volume_ratio",
    "vwap": "session_vwap",
    "wick_ratio": "wick_ratio",
    "engulfed": "engulfed",
}
"""The function behind each figure that is worked out."""

_FUNCTIONS: Mapping[str, str] = {s.value: ask.__name__ for s, ask in STRATEGIES.items()}


def reading_ahead(
    past: PastSession, policies: WalkPolicies, *, minute: int, guests: Guests = NO_GUESTS
) -> tuple[str, ...]:
    """Return the names of the functions that read beyond a minute of the day, none if none does.

    Figures come first: where one of them reads ahead, gates and strategies that read it are not
    named too. Gates are named by their rule, strategies and figures by their function.
    """
    context = past.careful_context(policies.macro)
    short = replace(past, bars=past.bars.until(minute))
    gates, strategies = policies.signals, policies.strategies
    whole, cut = (scan(p, context, gates, strategies, guests) for p in (past, short))
    return tuple(_of_figures(whole, cut)) or tuple(_of_rules(whole, cut))


def _of_figures(whole: Scan, cut: Scan) -> Iterator[str]:
    for field in fields(Figures):
        told = getattr(whole.figures, field.name), getattr(cut.figures, field.name)
        if field.name in _FIGURES and _differ(*told, cut):
            yield _FIGURES[field.name]


def _of_rules(whole: Scan, cut: Scan) -> Iterator[str]:
    for at, rule in enumerate(cut.gates.rules):
        if _differ(whole.gates.value[at], cut.gates.value[at], cut):
            yield rule.id
    for at, strategy in enumerate(cut.strategies.order):
        tables = whole.strategies, cut.strategies
        said = [(table.hit[at].astype(np.float64), table.value[at]) for table in tables]
        if any(_differ(one, other, cut) for one, other in zip(*said, strict=True)):
            yield _FUNCTIONS.get(strategy, strategy)
    if _differ(whole.confirmation.price, cut.confirmation.price, cut):
        yield "confirm"


def _differ(whole: FloatArray, cut: FloatArray, until: Scan) -> bool:
    """Whether the bars that both have are told of differently."""
    known = until.gates.known
    return not np.array_equal(whole[: len(known)][known], cut[known], equal_nan=True)
