"""Why a stock was or was not bought or sold: told by what was judged and ordered at a moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from jennie_cli.engine.exits.table import CHAIN, SELLS
from jennie_cli.engine.messages import amount, known, text, value_and_limit
from jennie_cli.engine.model import ExitReason, Order, OrderState, Side
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules import exits as exit_rules
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.rules.gates import NOTES
from jennie_cli.engine.rules.guests import PREFIX, WORKS
from jennie_cli.engine.rules.strategies import STRATEGY_RULES
from jennie_cli.engine.signals import MOMENTUM_FAMILY
from jennie_cli.engine.store.evaluations import IN_FORCE, Evaluation, Judged, Judging, Stamped
from jennie_cli.engine.trading.wording import check_line

_STRATEGIES = {rule.id: strategy for strategy, rule in STRATEGY_RULES.items()}
_SELLS = {CHAIN[row].id: reason for row, reason in SELLS.items()}
_HOLDS_BACK = frozenset(
    rule.id for rule in (exit_rules.HOURS, exit_rules.HALTED, exit_rules.PENDING, exit_rules.FRESH)
)
_SHADOWS = frozenset({ids.SWITCH.id, ids.ALLOWED.id})
_KINDS = {Side.BUY: Judging.GATES, Side.SELL: Judging.EXITS}


class Outcome(StrEnum):
    """What became of a stock on one side of the market."""

    FILLED = "filled"
    ORDERED = "ordered"
    RECORDED = "recorded"
    REFUSED = "refused"
    STOPPED = "stopped"
    WAITING = "waiting"
    SIGNALLED = "signalled"
    NOT_WANTED = "not_wanted"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One side: what came of it, why it was wanted, and the first rule that stopped it.

    `why` is a strategy, a reason to sell or that of an order; where no strategy's conditions held
    it is the one whose missed condition `stopped_by` tells: one that is off or forbidden but hit,
    else the first.
    """

    side: Side
    outcome: Outcome
    why: str | None = None
    stopped_by: Check | None = None
    order: Order | None = None


def verdicts(evaluation: Evaluation, orders: Iterable[Order]) -> tuple[Verdict, Verdict]:
    """Return what became of a buy and of a sale; orders of other stocks and times are left out."""
    mine = tuple(_around(evaluation, orders))
    return _buying(evaluation, mine), _selling(evaluation, mine)


def explain(evaluation: Evaluation, orders: Iterable[Order], lang: str) -> dict[str, Any]:
    """Return the whole record of a stock at a moment as a JSON document; texts are in `lang`.

    `orders` are those of the ledger, as its events up to now tell them.
    """
    mine = tuple(_around(evaluation, orders))
    sides = verdicts(evaluation, mine)
    return {
        "code": evaluation.code,
        "moment": evaluation.moment,
        **{verdict.side.value: _verdict(verdict, lang) for verdict in sides},
        **{kind.value: _judged(evaluation.judged.get(kind), lang) for kind in Judging},
        "stamps": [_stamp(stamp, lang) for stamp in evaluation.stamps.values()],
        "orders": [_order(order, lang) for order in mine],
    }


def _around(evaluation: Evaluation, orders: Iterable[Order]) -> Iterator[Order]:
    """Yield the orders that a stamp in force names, or that were made while it could be."""
    named = {stamp.order_id for stamp in evaluation.stamps.values()}
    since = evaluation.moment - IN_FORCE
    for order in orders:
        near = since <= order.created_at <= evaluation.moment
        if order.code == evaluation.code and (near or order.order_id in named):
            yield order


def _buying(evaluation: Evaluation, orders: Sequence[Order]) -> Verdict:
    ordered = _ordered(Side.BUY, evaluation, orders)
    if ordered is not None:
        return ordered
    gates = evaluation.judged.get(Judging.GATES)
    strategies = evaluation.judged.get(Judging.STRATEGIES)
    waited = evaluation.judged.get(Judging.CONFIRMATION)
    for judged in (waited, gates):
        stopped_by = _first_failed(judged)
        if stopped_by is not None:
            return Verdict(side=Side.BUY, outcome=Outcome.STOPPED, stopped_by=stopped_by)
    if gates is None or strategies is None:
        return Verdict(side=Side.BUY, outcome=Outcome.NOT_JUDGED)
    return _chosen(strategies)


def _chosen(strategies: Judged) -> Verdict:
    """Return what the strategies said once every gate was open."""
    said = tuple(_pairs(strategies))
    hit = next((counted for counted, check in said if check.passed), None)
    if hit is not None:
        waits = _STRATEGIES.get(hit) in MOMENTUM_FAMILY
        outcome = Outcome.WAITING if waits else Outcome.SIGNALLED
        return Verdict(side=Side.BUY, outcome=outcome, why=_strategy(hit))
    shadows = (pair for pair in said if pair[1].rule in _SHADOWS)
    counted, check = next(shadows, said[0])
    return Verdict(
        side=Side.BUY, outcome=Outcome.NOT_WANTED, why=_strategy(counted), stopped_by=check
    )


def _selling(evaluation: Evaluation, orders: Sequence[Order]) -> Verdict:
    ordered = _ordered(Side.SELL, evaluation, orders)
    if ordered is not None:
        return ordered
    exits = evaluation.judged.get(Judging.EXITS)
    if exits is None:
        return Verdict(side=Side.SELL, outcome=Outcome.NOT_JUDGED)
    for check in exits.checks:
        if not check.passed and check.rule in _HOLDS_BACK:
            return Verdict(side=Side.SELL, outcome=Outcome.STOPPED, stopped_by=check)
        if not check.passed and check.rule in _SELLS:
            why = _SELLS[check.rule].value
            return Verdict(side=Side.SELL, outcome=Outcome.SIGNALLED, why=why)
    return Verdict(side=Side.SELL, outcome=Outcome.NOT_WANTED)


def _ordered(side: Side, evaluation: Evaluation, orders: Sequence[Order]) -> Verdict | None:
    """Return what an order or the stamp says, None where neither has a word."""
    stamp = evaluation.stamps.get(side)
    mine = [order for order in orders if order.side is side]
    if mine:
        order = max(mine, key=lambda o: o.created_at)
        bought_by = order.strategy if side is Side.BUY else None
        why = bought_by or order.reason
        return Verdict(side=side, outcome=_became(order), why=why, order=order)
    if stamp is None:
        return None
    if stamp.order_id is not None:
        return Verdict(side=side, outcome=Outcome.ORDERED, why=stamp.why)
    judged = evaluation.judged.get(_KINDS[side])
    if judged is not None and stamp.at < judged.at:
        return None
    return Verdict(side=side, outcome=Outcome.REFUSED, why=stamp.why, stopped_by=stamp.checks[-1])


def _became(order: Order) -> Outcome:
    if order.state is OrderState.DRY_RUN:
        return Outcome.RECORDED
    return Outcome.FILLED if order.filled_qty else Outcome.ORDERED


def _first_failed(judged: Judged | None) -> Check | None:
    """Return the first check that stopped a buy; a note stops nothing."""
    checks = judged.checks if judged is not None else ()
    return next((c for c in checks if not c.passed and c.rule not in NOTES), None)


def _pairs(judged: Judged) -> Iterator[tuple[str, Check]]:
    return zip(judged.counted, judged.checks, strict=True)


def _verdict(verdict: Verdict, lang: str) -> dict[str, Any]:
    stopped, order = verdict.stopped_by, verdict.order
    filled = order.filled_qty if order is not None else 0
    average = order.filled_amount / filled if order is not None and filled else None
    return {
        "outcome": verdict.outcome,
        "why": verdict.why,
        "stopped_by": None if stopped is None else _check(stopped, lang),
        "order_id": None if order is None else order.order_id,
        "text": text(
            f"trade.explain.{verdict.side}.{verdict.outcome}",
            lang,
            why=why_text(verdict.why or "", lang),
            rule="" if stopped is None else check_text(stopped, lang),
            qty=text("trade.shares", lang, figure=f"{filled:,}"),
            price=amount(average, "KRW", lang),
            state=text(f"trade.state.{order.state if order else OrderState.NEW}", lang),
        ),
    }


def why_text(why: str, lang: str) -> str:
    """Return in words what asked for a trade, as it is where nobody has words for it."""
    if why == ExitReason.MANUAL:
        return text("trade.explain.by_hand", lang)
    keys = (f"strategy.name.{why}", f"exit_reason.{why}")
    return next((text(key, lang) for key in keys if known(key, lang)), why)


def _judged(judged: Judged | None, lang: str) -> dict[str, Any] | None:
    if judged is None:
        return None
    return {
        "at": judged.at,
        "checks": [
            {**_strategy_named(counted, lang), **_check(check, lang)}
            for counted, check in _pairs(judged)
        ],
    }


def _strategy(counted: str) -> str:
    """Return the strategy that is counted under a rule id, the id itself if there is none."""
    strategy = _STRATEGIES.get(counted)
    return counted if strategy is None else strategy.value


def _strategy_named(counted: str, lang: str) -> Mapping[str, Any]:
    if counted not in _STRATEGIES:
        guest = counted.removeprefix(PREFIX)
        alone = guest != counted and "." not in guest
        return {"strategy": counted, "name": guest} if alone else {}
    strategy = _strategy(counted)
    return {"strategy": strategy, "name": text(f"strategy.name.{strategy}", lang)}


def _stamp(stamp: Stamped, lang: str) -> dict[str, Any]:
    return {
        "at": stamp.at,
        "side": stamp.side,
        "why": stamp.why,
        "why_text": why_text(stamp.why, lang),
        "order_id": stamp.order_id,
        "checks": [_check(check, lang) for check in stamp.checks],
    }


def _order(order: Order, lang: str) -> dict[str, Any]:
    return {
        "id": order.order_id,
        "created_at": order.created_at,
        "side": order.side,
        "type": order.type,
        "qty": order.qty,
        "price": order.price,
        "state": order.state,
        "state_text": text(f"trade.state.{order.state}", lang),
        "filled_qty": order.filled_qty,
        "filled_amount": order.filled_amount,
        "reason": order.reason,
        "strategy": order.strategy,
    }


def _check(check: Check, lang: str) -> dict[str, Any]:
    return {**asdict(check), "text": check_text(check, lang)}


def check_text(check: Check, lang: str) -> str:
    """Return a check as a sentence; the record may know rules that the catalogue has forgotten."""
    if known(f"check.{check.rule}.{'pass' if check.passed else 'fail'}", lang):
        return check_line(check, lang)
    if check.rule.startswith(PREFIX):
        return _guest_text(check, lang)
    return f"{check.rule}: {amount(check.value, check.unit, lang)}"


def _guest_text(check: Check, lang: str) -> str:
    """Return what a rule of a plugin said; only its figures are known."""
    guest, _, rule = check.rule.removeprefix(PREFIX).partition(".")
    if rule == WORKS:
        key = f"trade.plugin.{'works' if check.passed else 'failed'}"
        return text(key, lang, guest=guest)
    value, limit = value_and_limit(check.value, check.limit, check.unit, lang)
    key = "trade.plugin.fact" if check.limit is None else "trade.plugin.figure"
    said = text(f"trade.plugin.{'pass' if check.passed else 'fail'}", lang)
    return text(key, lang, guest=guest, rule=rule, value=value, limit=limit, said=said)
