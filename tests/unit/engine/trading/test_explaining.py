"""Why a stock was or was not bought or sold, as a trader reads it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.engine.signals.charts import Facts
from tests.unit.engine.signals.charts import judged as chart_judged
from tests.unit.engine.signals.gate_cases import figures
from tests.unit.engine.signals.gate_cases import judged as gate_judged
from tests.unit.engine.signals.test_strategies import BREAKOUT

from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import LANGS, known
from jennie_cli.engine.model import Order, OrderState, OrderType, Side, Venue
from jennie_cli.engine.rules import BUYING_RULES, EXIT_RULES, GATE_RULES, Check
from jennie_cli.engine.rules.strategies import CONDITION_RULES
from jennie_cli.engine.store import Evaluation, Judged, Judging, MemoryEvaluations, Stamped
from jennie_cli.engine.trading import explaining
from jennie_cli.engine.trading.explaining import Outcome, check_text, explain, verdicts
from jennie_cli.engine.trading.sheets import gate_sheet, strategy_sheet

AT = datetime(2026, 3, 3, 10, 0, tzinfo=KST)
NOW = AT + timedelta(seconds=30)
CODE = "005930"
UNITS = {
    rule.id: rule.unit
    for rules in (GATE_RULES, CONDITION_RULES, EXIT_RULES, BUYING_RULES)
    for rule in rules.values()
}
RSI_OK, RSI_HIGH = ("gate.rsi", 60.0, 75.0, True), ("gate.rsi", 81.0, 75.0, False)
VOLUME_NOTE = ("gate.volume", 4.0, 2.0, False)
STAR = ("gate.shooting_star", 3.0, 2.0, False)
OFF = ("strategy.switch", None, None, False)
NO_BULL = ("strategy.bull", "NEUTRAL", None, False)
NO_RISE = ("strategy.rise", 0.4, 1.5, False)
RISE = ("strategy.rise", 2.1, 1.5, True)
HELD_PRICE = ("strategy.held_price", 10_050.0, 10_000.0, True)
LOST_PRICE = ("strategy.held_price", 9_990.0, 10_000.0, False)
IN_HOURS, AFTER_HOURS = ("exit.hours", None, None, True), ("exit.hours", None, None, False)
PENDING = ("exit.pending", 20.0, 0.0, False)
NO_STOP, HARD_STOP = ("exit.hard_stop", -1.0, -10.0, True), ("exit.hard_stop", -11.0, -10.0, False)
ARMED = ("exit.profit_lock_2_armed", 4.0, 3.0, False)
FITS, CASH_SHORT = ("risk.size_raw", 12, 100, True), ("risk.cash_floor", 100, 200, False)
NO_STRATEGY = "사지 않았습니다. 조건이 모두 맞은 전략이 없습니다."
Said = tuple[str, Any, Any, bool]
Strategies = dict[str, Said]


def check(said: Said) -> Check:
    """Return a check with the unit of its rule."""
    rule, value, limit, passed = said
    return Check(rule=rule, value=value, limit=limit, unit=UNITS.get(rule, ""), passed=passed)


def judged(*said: Said, at: datetime = AT) -> Judged:
    """Return rules that are counted by their own ids."""
    return Judged(at=at, counted=tuple(s[0] for s in said), checks=tuple(check(s) for s in said))


def stamp(*said: Said, side: Side = Side.BUY, seconds: float = 0.1, **more: Any) -> Stamped:
    """Return a stamp some seconds after the judging; approved if the last check passed."""
    calm = Stamped(
        at=AT + timedelta(seconds=seconds),
        code=CODE,
        side=side,
        why="MOMENTUM" if side is Side.BUY else "HARD_STOP",
        order_id="a1" if said[-1][3] else None,
        checks=tuple(check(s) for s in said),
    )
    return replace(calm, **more)


def about(
    *,
    gates: tuple[Said, ...] | None = (RSI_OK,),
    strategies: Strategies | None = None,
    waited: tuple[Said, ...] = (),
    exits: tuple[Said, ...] = (),
    stamps: tuple[Stamped, ...] = (),
) -> Evaluation:
    """Return what stood about the stock half a minute after ten."""
    kinds: dict[Judging, Judged] = {}
    if gates is not None:
        kinds[Judging.GATES] = judged(*gates)
    if strategies is not None:
        kinds[Judging.STRATEGIES] = Judged(
            at=AT,
            counted=tuple(f"strategy.{name}" for name in strategies),
            checks=tuple(check(said) for said in strategies.values()),
        )
    if waited:
        kinds[Judging.CONFIRMATION] = judged(*waited)
    if exits:
        kinds[Judging.EXITS] = judged(*exits)
    return Evaluation(code=CODE, moment=NOW, judged=kinds, stamps={one.side: one for one in stamps})


def order(**changes: Any) -> Order:
    """Return a buy of ten shares by MOMENTUM that the stamp named, filled at 10,000 won."""
    calm = Order(
        order_id="a1",
        code=CODE,
        side=Side.BUY,
        type=OrderType.LIMIT,
        qty=10,
        price=10_030,
        venue=Venue.KRX,
        state=OrderState.FILLED,
        created_at=AT + timedelta(seconds=0.1),
        filled_qty=10,
        filled_amount=100_000,
        reason="SIGNAL",
        strategy="MOMENTUM",
    )
    return replace(calm, **changes)


SOLD = order(
    order_id="s1", side=Side.SELL, type=OrderType.MARKET, price=None, reason="HARD_STOP",
    strategy="HARD_STOP", filled_amount=89_000,
)  # fmt: skip
NONE_FITS: Strategies = {"recon_bull_entry": NO_BULL, "momentum": NO_RISE}
SHADOW: Strategies = {"recon_bull_entry": NO_BULL, "rsi_rebound": OFF, "momentum": NO_RISE}
MOMENTUM: Strategies = {"recon_bull_entry": NO_BULL, "momentum": RISE}
REBOUND: Strategies = {"rsi_rebound": ("strategy.rsi", 31.0, 30.0, True), "momentum": RISE}


BUYS = [
    ("nothing on record", about(gates=None), (), "not_judged", None, None),
    ("a gate is shut", about(gates=(RSI_HIGH,), strategies=MOMENTUM), (),
     "stopped", None, RSI_HIGH),
    ("the first of two shut gates is told", about(gates=(RSI_OK, RSI_HIGH, STAR)), (),
     "stopped", None, RSI_HIGH),
    ("a note shuts nothing", about(gates=(VOLUME_NOTE,), strategies=REBOUND), (),
     "signalled", "RSI_REBOUND", None),
    ("no strategy fits", about(strategies=NONE_FITS), (),
     "not_wanted", "RECON_BULL_ENTRY", NO_BULL),
    ("one hit, but is off", about(strategies=SHADOW), (),
     "not_wanted", "RSI_REBOUND", OFF),
    ("a momentum signal waits", about(strategies=MOMENTUM), (), "waiting", "MOMENTUM", None),
    ("the next bar did not hold", about(strategies=NONE_FITS, waited=(LOST_PRICE,)), (),
     "stopped", None, LOST_PRICE),
    ("the next bar held, nothing else", about(strategies=NONE_FITS, waited=(HELD_PRICE,)), (),
     "not_wanted", "RECON_BULL_ENTRY", NO_BULL),
    ("a strategy nobody knows", about(strategies={"of_a_plugin": RISE}), (),
     "signalled", "strategy.of_a_plugin", None),
    ("the stamp refused", about(strategies=REBOUND, stamps=(stamp(FITS, CASH_SHORT),)), (),
     "refused", "MOMENTUM", CASH_SHORT),
    ("a refusal of the minute before", about(
        gates=(RSI_HIGH,), stamps=(stamp(CASH_SHORT, seconds=-29),)), (),
     "stopped", None, RSI_HIGH),
    ("stamped, order not known", about(stamps=(stamp(FITS),)), (),
     "ordered", "MOMENTUM", None),
    ("bought", about(strategies=MOMENTUM, stamps=(stamp(FITS),)), (order(),),
     "filled", "MOMENTUM", None),
    ("a part of it bought", about(), (order(state=OrderState.CANCELLED, filled_qty=3),),
     "filled", "MOMENTUM", None),
    ("ordered in vain", about(), (order(state=OrderState.CANCELLED, filled_qty=0),),
     "ordered", "MOMENTUM", None),
    ("a dry run", about(), (order(state=OrderState.DRY_RUN, filled_qty=0),),
     "recorded", "MOMENTUM", None),
    ("by hand, though the gate was shut", about(gates=(RSI_HIGH,)),
     (order(reason="MANUAL", strategy=None),), "filled", "MANUAL", None),
    ("another stock's order", about(gates=(RSI_HIGH,)), (order(code="000660"),),
     "stopped", None, RSI_HIGH),
    ("an order of an hour ago", about(gates=(RSI_HIGH,)),
     (order(created_at=AT - timedelta(hours=1)),), "stopped", None, RSI_HIGH),
    ("an order of later", about(gates=(RSI_HIGH,)),
     (order(created_at=NOW + timedelta(seconds=1)),), "stopped", None, RSI_HIGH),
    ("a sale is no buy", about(gates=(RSI_HIGH,)), (SOLD,), "stopped", None, RSI_HIGH),
]  # fmt: skip


SALES = [
    ("not held", about(), (), "not_judged", None, None),
    ("nothing asks for a sale", about(exits=(IN_HOURS, NO_STOP)), (),
     "not_wanted", None, None),
    ("a lock is armed, not broken", about(exits=(IN_HOURS, NO_STOP, ARMED)), (),
     "not_wanted", None, None),
    ("out of hours", about(exits=(AFTER_HOURS,)), (), "stopped", None, AFTER_HOURS),
    ("a sell order is out", about(exits=(IN_HOURS, PENDING)), (), "stopped", None, PENDING),
    ("the stop was reached", about(exits=(IN_HOURS, HARD_STOP)), (),
     "signalled", "HARD_STOP", None),
    ("the stamp refused", about(exits=(IN_HOURS, HARD_STOP), stamps=(
        stamp(("risk.frozen", "HARD_STOP", None, False), side=Side.SELL),)), (),
     "refused", "HARD_STOP", ("risk.frozen", "HARD_STOP", None, False)),
    ("sold, and the next order waits", about(exits=(IN_HOURS, PENDING)), (SOLD,),
     "filled", "HARD_STOP", None),
    ("a scale-out", about(exits=(IN_HOURS,)),
     (replace(SOLD, reason="SCALE_OUT", strategy="SCALE_OUT:1"),),
     "filled", "SCALE_OUT", None),
    ("the newest of two orders", about(), (
        SOLD, replace(SOLD, order_id="s2", created_at=NOW, filled_qty=0)),
     "ordered", "HARD_STOP", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("side", "evaluation", "orders", "told"),
    [
        (side, evaluation, orders, told)
        for side, cases in ((Side.BUY, BUYS), (Side.SELL, SALES))
        for _, evaluation, orders, *told in cases
    ],
    ids=[str(case[0]) for case in (*BUYS, *SALES)],
)
def test_what_became_of_a_stock(
    side: Side,
    evaluation: Evaluation,
    orders: tuple[Order, ...],
    told: tuple[str, str | None, Said | None],
) -> None:
    """The order, else the stamp, else the rule that decided or the one that held it back."""
    (verdict,) = (v for v in verdicts(evaluation, orders) if v.side is side)
    outcome, why, stopped_by = told
    expected = None if stopped_by is None else check(stopped_by)
    assert (outcome, why, expected) == (verdict.outcome, verdict.why, verdict.stopped_by)


@pytest.mark.parametrize(
    ("evaluation", "orders", "buy", "sell"),
    [
        (about(gates=(RSI_HIGH,)), (),
         "사지 않았습니다. RSI 81: 과열 (75 초과)",
         "이때 이 종목을 팔지 판단한 기록이 없습니다."),
        (about(strategies=NONE_FITS, exits=(IN_HOURS, NO_STOP)), (),
         f"{NO_STRATEGY} 정찰 매수: 국면 NEUTRAL: 강세장에서만 삽니다",
         "팔지 않았습니다. 매도 조건에 닿은 것이 없습니다."),
        (about(), (order(), SOLD),
         "샀습니다. 모멘텀: 10주 체결, 평균 10,000원",
         "팔았습니다. 최대 손실 손절: 10주 체결, 평균 8,900원"),
        (about(), (order(reason="MANUAL", strategy=None, state=OrderState.WORKING, filled_qty=0),),
         "매수 주문을 냈고, 체결된 것은 없습니다 (대기). 손으로 낸 주문",
         "이때 이 종목을 팔지 판단한 기록이 없습니다."),
    ],
)  # fmt: skip
def test_a_trader_reads_one_sentence_a_side(
    evaluation: Evaluation, orders: tuple[Order, ...], buy: str, sell: str
) -> None:
    """With the figure, its limit and what filled."""
    told = explain(evaluation, orders, "ko")
    assert (buy, sell) == (told["buy"]["text"], told["sell"]["text"])


def test_everything_else_follows_in_order() -> None:
    """Every kind with its moment and its checks in words; kinds without a word are None."""
    evaluation = about(
        gates=(RSI_OK, STAR), strategies=SHADOW, exits=(IN_HOURS, PENDING),
        stamps=(stamp(FITS, CASH_SHORT),),
    )  # fmt: skip
    told = explain(evaluation, (order(),), "en")
    assert [CODE, NOW, AT] == [told["code"], told["moment"], told["gates"]["at"]]
    assert ["gate.rsi", "gate.shooting_star"] == [c["rule"] for c in told["gates"]["checks"]]
    assert [("RECON_BULL_ENTRY", "strategy.bull"), ("RSI_REBOUND", "strategy.switch"),
            ("MOMENTUM", "strategy.rise")] == [
        (c["strategy"], c["rule"]) for c in told["strategies"]["checks"]
    ]  # fmt: skip
    assert "RSI 60: 75 or less, or not known yet" == told["gates"]["checks"][0]["text"]
    assert [None, ["a1"]] == [told["confirmation"], [o["id"] for o in told["orders"]]]
    assert [20.0, 0.0, False] == [
        told["exits"]["checks"][1][n] for n in ("value", "limit", "passed")
    ]
    assert "risk.cash_floor" == told["stamps"][0]["checks"][-1]["rule"]


def test_from_the_bars_to_the_sentence() -> None:
    """What gates and strategies say of a breakout is kept, found again and told."""
    table = chart_judged(BREAKOUT, Facts(llm=80))
    at, store = AT, MemoryEvaluations()
    gates = gate_judged(figures(rsi=80.0))
    store.keep([gate_sheet(gates, [CODE], at=at), strategy_sheet(table, [CODE], at=at)])
    later = at + timedelta(minutes=1)
    store.keep([gate_sheet(gate_judged(), [CODE], at=later)])
    store.keep([strategy_sheet(table, [CODE], at=later)])
    told = [explain(store.at(CODE, m), (), "ko")["buy"]["text"] for m in (NOW, later)]
    assert "사지 않았습니다. RSI 80: 과열 (75 초과)" == told[0]
    assert "아직 사지 않았습니다. 상승 지속 신호가 다음 봉의 확인을 기다립니다." == told[1]


def test_a_rule_the_catalogue_has_forgotten_is_told_bare() -> None:
    """An old record stays readable."""
    told = explain(about(gates=(("gate.of_old", 3.5, 2.0, False),)), (), "ko")
    assert "사지 않았습니다. gate.of_old: 3.5" == told["buy"]["text"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_outcome_has_words(lang: str) -> None:
    """Only a buy waits for a bar."""
    keys = {f"trade.explain.{side}.{outcome}" for side in Side for outcome in Outcome}
    assert {"trade.explain.sell.waiting"} == {key for key in keys if not known(key, lang)}


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            Check(rule="plugin.calm.span", value=4.0, limit=3.0, unit="pct", passed=False),
            "plugin calm, span: +4.0% against +3.0%, does not hold",
        ),
        (
            Check(rule="plugin.calm.sunny", value=None, limit=None, unit="", passed=True),
            "plugin calm, sunny: holds",
        ),
        (
            Check(rule="plugin.calm.works", value=None, limit=None, unit="", passed=False),
            "plugin calm: it gave no answer, so nothing is bought on its word",
        ),
        (
            Check(rule="plugin.calm.works", value=None, limit=None, unit="", passed=True),
            "plugin calm: it answered",
        ),
    ],
)
def test_rules_of_plugins_are_told(check: Check, words: str) -> None:
    """The catalogue has no words for them, so they are told by name and figures."""
    assert words == check_text(check, "en")


def test_strategies_of_plugins_are_told_by_name() -> None:
    """Beside each condition stands the strategy that set it; rules of a gate have none."""
    told = {"strategy": "plugin.quick", "name": "quick"}
    assert told == explaining._strategy_named("plugin.quick", "en")
    assert {} == explaining._strategy_named("plugin.calm.span", "en")
    assert {} == explaining._strategy_named("gate.rsi", "en")
