"""A stock's morning on record: judged, signalled, stamped, bought, and watched while held."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from tests.unit.engine.exits.test_two_scales import BOUGHT, held, one_by_one
from tests.unit.engine.exits.walks import Walk
from tests.unit.engine.risk.auto_cases import POLICY, auto, flagged, signal
from tests.unit.engine.risk.cases import STOCK, at
from tests.unit.engine.signals.charts import Facts
from tests.unit.engine.signals.charts import judged as chart_judged
from tests.unit.engine.signals.gate_cases import figures
from tests.unit.engine.signals.gate_cases import judged as gate_judged
from tests.unit.engine.signals.test_strategies import BREAKOUT
from tests.unit.engine.trading.test_explaining import order

from jennie_cli.engine.model import Flag, Order, Side
from jennie_cli.engine.risk import ApprovedOrder, Refusal, stamp_signal
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.store import Evaluations, Judging, Sheet, Stamped
from jennie_cli.engine.store.evaluations import Question
from jennie_cli.engine.trading import approved, exit_sheet, gate_sheet, refused, strategy_sheet

CODE = STOCK.code
TEN = at(10)
SHUT, OPEN, BOUGHT_AT, HELD_AT, REFUSED_AT = (TEN + timedelta(minutes=n) for n in range(5))
ORDER_ID = "0630-100200-a-1"


def keep_morning(store: Evaluations) -> None:
    """Keep five minutes: a shut gate, a signal, its stamp, a stock that is held, a refusal."""
    sheets, stamps = _morning()
    store.keep(sheets, stamps)


@cache
def _morning() -> tuple[tuple[Sheet, ...], tuple[Stamped, ...]]:
    breakout, sheets = chart_judged(BREAKOUT, Facts(llm=80)), []
    for moment, rsi in ((SHUT, 80.0), (OPEN, 60.0), (BOUGHT_AT, 60.0)):
        gates = gate_judged(figures(rsi=rsi, volume_ratio=2.5))
        sheets.append(gate_sheet(gates, [CODE], at=moment))
        sheets.append(strategy_sheet(breakout, [CODE], at=moment))
    refusal = stamp_signal(signal(), flagged(Flag.PAUSE), POLICY)
    assert isinstance(refusal, Refusal)
    no = refused(refusal, at=REFUSED_AT, code=CODE, side=Side.BUY, why="GOLDEN_CROSS")
    return (*sheets, _confirmed(BOUGHT_AT), _watched(HELD_AT)), (_stamp(BOUGHT_AT), no)


def bought() -> Order:
    """Return the order that the stamp let out, filled."""
    return order(
        order_id=ORDER_ID,
        code=CODE,
        qty=100,
        price=40_000,
        created_at=BOUGHT_AT + timedelta(seconds=0.4),
        filled_qty=100,
        filled_amount=3_980_000,
        strategy="GOLDEN_CROSS",
    )


def _stamp(moment: datetime) -> Stamped:
    said = stamp_signal(signal(), auto(), POLICY)
    assert isinstance(said, ApprovedOrder)
    at_once = moment + timedelta(seconds=0.3)
    return replace(approved(said), at=at_once, code=CODE, order_id=ORDER_ID)


def _confirmed(moment: datetime) -> Sheet:
    """Return a waiting signal whose next bar held its price."""
    rules = (ids.NEXT_MINUTE, ids.HELD_PRICE, ids.GATES_AGAIN)
    return Sheet(
        at=moment,
        judging=Judging.CONFIRMATION,
        codes=(CODE,),
        counted=tuple(rule.id for rule in rules),
        questions=tuple(Question(rule=rule.id, unit=rule.unit) for rule in rules),
        deciding=np.array([[0], [1], [2]], np.int16),
        value=np.array([[1.0], [10_210.0], [np.nan]]),
        limit=np.array([[1.0], [10_200.0], [np.nan]]),
        passed=np.ones((3, 1), np.bool_),
    )


def _watched(moment: datetime) -> Sheet:
    """Return what the chain said of a stock that is held."""
    walk = Walk.of(1)
    table = next(iter(one_by_one(walk, held(walk), range(BOUGHT, BOUGHT + 1))))
    others = (f"{800_000 + n}" for n in range(1, len(table.codes)))
    return replace(exit_sheet(table, at=moment), codes=(CODE, *others))
