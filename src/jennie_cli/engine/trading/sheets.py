"""What gates, strategies, exits and the stamp said at one moment, as the record keeps it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.exits import CHAIN, ExitTable
from jennie_cli.engine.model import Side
from jennie_cli.engine.risk import ApprovedOrder, Refusal
from jennie_cli.engine.rules import Rule
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.signals import Confirmation, GateTable, StrategyTable
from jennie_cli.engine.signals.confirmation import CONFIRMATION
from jennie_cli.engine.store.evaluations import (
    NOT_ASKED,
    Form,
    Judging,
    Question,
    Sheet,
    Stamped,
)

_FORMS = {"clock": Form.CLOCK, "regime": Form.REGIME}
_OF_REGIMES = {rule.id for rule in (ids.BULL, ids.NOT_BULL, ids.BULL_OR_SCORE)}

Kind = TypeVar("Kind", bound=np.generic)


def gate_sheet(table: GateTable, codes: Sequence[str], *, at: datetime, row: int = -1) -> Sheet:
    """Return what the gates said of one row of bars; stocks without a bar are left out."""
    seen = np.flatnonzero(table.known[row])
    value, limit = (figures[:, row, seen] for figures in (table.value, table.limit))
    rows = len(table.rules)
    return Sheet(
        at=at,
        judging=Judging.GATES,
        codes=tuple(codes[stock] for stock in seen.tolist()),
        counted=tuple(rule.id for rule in table.rules),
        questions=tuple(
            Question(rule=r.id, unit=r.unit, form=_FORMS.get(r.unit, Form.NUMBER))
            for r in table.rules
        ),
        deciding=np.repeat(np.arange(rows, dtype=np.int16)[:, None], len(seen), axis=1),
        value=np.where(np.isfinite(value), value, np.nan),
        limit=np.where(np.isfinite(limit), limit, np.nan),
        passed=table.passed[:, row, seen],
    )


def strategy_sheet(
    table: StrategyTable, codes: Sequence[str], *, at: datetime, row: int = -1
) -> Sheet:
    """Return for each strategy what decided it at one row of bars; stocks without one are out."""
    seen = np.flatnonzero(table.known[row])
    conditions = {c.rule.id: c.rule for layer in table.conditions for c in layer}
    rules = tuple((conditions | {r.id: r for r in (ids.SWITCH, ids.ALLOWED)}).values())
    said = _decided(table, row, seen, {rule.id: n for n, rule in enumerate(rules)})
    return Sheet(
        at=at,
        judging=Judging.STRATEGIES,
        codes=tuple(codes[stock] for stock in seen.tolist()),
        counted=table.counted,
        questions=_questions(rules),
        deciding=said.deciding,
        value=said.value,
        limit=said.limit,
        passed=said.passed,
    )


def confirmation_sheet(
    said: Confirmation, codes: Sequence[str], *, at: datetime, row: int = -1
) -> Sheet:
    """Return what was asked of the bars that waiting signals met, the newest signals first."""
    asked, passed, value, limit = (
        np.concatenate([getattr(step, name)[:, row] for step in said.steps])
        if said.steps
        else np.empty((0, said.confirmed.shape[1]), dtype=kind)
        for name, kind in (("asked", bool), ("passed", bool), ("value", float), ("limit", float))
    )
    seen = np.flatnonzero(asked.any(axis=0))
    rules = CONFIRMATION * len(said.steps)
    return _sheet(
        rules,
        [codes[stock] for stock in seen.tolist()],
        (asked[:, seen], passed[:, seen], value[:, seen], limit[:, seen]),
        at=at,
        judging=Judging.CONFIRMATION,
    )


def exit_sheet(table: ExitTable, *, at: datetime, row: int | None = None) -> Sheet:
    """Return what the exit chain said of each position; `row` is the moment if there are many."""
    place = () if row is None else (row,)

    def of(array: NDArray[Kind]) -> NDArray[Kind]:
        told: NDArray[Kind] = array[(slice(None), *place)]
        return told

    answers = (of(table.asked), ~of(table.fired), of(table.value), of(table.limit))
    return _sheet(CHAIN, table.codes, answers, at=at, judging=Judging.EXITS)


def approved(order: ApprovedOrder) -> Stamped:
    """Return the record of an order that was stamped."""
    intent = order.intent
    bought_by = intent.strategy if intent.side is Side.BUY else None
    return Stamped(
        at=order.at,
        code=intent.code,
        side=intent.side,
        why=bought_by or intent.reason,
        order_id=intent.order_id,
        checks=order.checks,
    )


def refused(refusal: Refusal, *, at: datetime, code: str, side: Side, why: str) -> Stamped:
    """Return the record of a wish that was not stamped; `why` is the strategy or the reason."""
    return Stamped(at=at, code=code, side=side, why=why, order_id=None, checks=refusal.checks)


class _Decided(NamedTuple):
    """Which condition decided each strategy, and its figures; arrays are (strategies, stocks)."""

    deciding: NDArray[np.int16]
    value: NDArray[np.float64]
    limit: NDArray[np.float64]
    passed: NDArray[np.bool_]


def _decided(
    table: StrategyTable, row: int, seen: NDArray[np.intp], place: Mapping[str, int]
) -> _Decided:
    """Return the first condition missed, else the last, else the switch or the word that bars."""
    shape = (len(table.order), len(seen))
    said = _Decided(
        np.empty(shape, np.int16), np.empty(shape), np.empty(shape), np.empty(shape, np.bool_)
    )

    def told(array: NDArray[Kind]) -> NDArray[Kind]:
        # one figure may hold for every row, or for every stock
        of_row = array[row if len(array) > 1 else 0] if array.ndim > 1 else array
        return of_row[seen] if of_row.size > 1 else of_row

    for layer, asked in enumerate(table.conditions):
        for condition in reversed(asked):
            answer = told(condition.passed)
            decides = ~answer | (condition is asked[-1])
            np.copyto(said.deciding[layer], place[condition.rule.id], where=decides)
            np.copyto(said.value[layer], told(condition.value), where=decides)
            np.copyto(said.limit[layer], told(condition.limit), where=decides)
            np.copyto(said.passed[layer], answer, where=decides)
    bars = {ids.ALLOWED: ~table.allowed[:, row, seen], ids.SWITCH: ~table.enabled[:, None]}
    for rule, bar in bars.items():
        barred = table.hit[:, row, seen] & bar
        said.deciding[barred] = place[rule.id]
        said.value[barred] = said.limit[barred] = np.nan
        said.passed[barred] = False
    return said


def _sheet(
    rules: Sequence[Rule],
    codes: Sequence[str],
    answers: tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]],
    *,
    at: datetime,
    judging: Judging,
) -> Sheet:
    """Return a sheet of rules that ask for themselves: asked, passed, value and limit of each."""
    asked, passed, value, limit = answers
    rows = np.arange(len(rules), dtype=np.int16)[:, None]
    return Sheet(
        at=at,
        judging=judging,
        codes=tuple(codes),
        counted=tuple(rule.id for rule in rules),
        questions=_questions(rules),
        deciding=np.where(asked, rows, np.int16(NOT_ASKED)),
        value=np.where(asked, value, np.nan),
        limit=np.where(asked, limit, np.nan),
        passed=passed,
    )


def _questions(rules: Iterable[Rule]) -> tuple[Question, ...]:
    return tuple(
        Question(
            rule=rule.id,
            unit=rule.unit,
            form=Form.REGIME if rule.id in _OF_REGIMES else Form.NUMBER,
        )
        for rule in rules
    )
