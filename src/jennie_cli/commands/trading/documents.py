"""The JSON shapes of orders, fills and holdings that scripts rely on."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from jennie_cli.engine.broker import AccountState, Holding
from jennie_cli.engine.model import Flag, Order, OrderIntent
from jennie_cli.engine.portfolio import BookedFill
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.trading import Plan

_HUNDREDTHS = Decimal("0.01")
_FINEST = Decimal("0.0001")


def order_document(order: Order) -> dict[str, Any]:
    """Return one row of `trade orders`; `broker_id` is the number it has now."""
    return {
        "id": order.order_id,
        "broker_id": order.broker_ids[-1] if order.broker_ids else None,
        "code": order.code,
        "side": order.side,
        "type": order.type,
        "qty": order.qty,
        "price": order.price,
        "filled_qty": order.filled_qty,
        "avg_price": average(order.filled_amount, order.filled_qty),
        "state": order.state,
        "created_at": order.created_at,
        "reason": order.reason,
        "strategy": order.strategy,
    }


def outcome_document(order: Order) -> dict[str, Any]:
    """Return what became of an order: its row, what is filled, what is open, what to know."""
    return {
        "order": order_document(order),
        "filled": {"qty": order.filled_qty, "amount": order.filled_amount},
        "open_qty": order.open_qty,
        "note": order.note or None,
    }


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return what was asked for, as it was planned."""
    return {
        "asked": {**_intent(plan.intent), "name": plan.stock.name},
        "value": plan.worth,
        "unit_price": plan.unit_price,
        "cash_left": plan.cash_left,
        "reserved": plan.reserved,
        "shares_left": plan.shares_left,
        "expected_price": plan.quote.expected_price,
        "dry_run": plan.dry_run,
        "notes": list(plan.notes),
    }


def fill_document(booked: BookedFill, name: str) -> dict[str, Any]:
    """Return one fill with its fee and tax; `order_id` is null for one made elsewhere."""
    fill = booked.fill
    return {
        "at": fill.at,
        "order_id": fill.order_id,
        "broker_id": fill.broker_id,
        "code": fill.code,
        "name": name,
        "side": fill.side,
        "qty": fill.qty,
        "price": average(fill.amount, fill.qty),
        "amount": fill.amount,
        "fee": booked.fee,
        "tax": booked.tax,
        "profit": booked.profit,
        "external": fill.order_id is None,
        "source": fill.source,
        "key": fill.key,
    }


def account_document(state: AccountState, orderable: int | None) -> dict[str, Any]:
    """Return `trade positions` and `trade balance`; `orderable` is None when nobody told."""
    return {
        "positions": [_position(h) for h in state.holdings],
        "cash": state.deposit,
        "orderable_cash": orderable,
        "settled_cash_d2": state.settled_cash,
        "total": state.total,
    }


def flags_document(flags: Mapping[Flag, FlagState]) -> dict[str, Any]:
    """Return every flag, with who set it when and why, null if it never was."""
    return {f.value: flags.get(f) or {"up": False} for f in Flag}


def average(amount: int, qty: int) -> int | float | None:
    """Return won a share, whole where it is whole, else with four decimals; None of nothing."""
    if not qty:
        return None
    exact = (Decimal(amount) / qty).quantize(_FINEST)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def orders_document(orders: Iterable[Order]) -> dict[str, Any]:
    """Return `trade orders`, oldest first."""
    return {"orders": [order_document(o) for o in orders]}


def _position(held: Holding) -> dict[str, Any]:
    pnl = held.value - held.cost
    share = Decimal(100 * pnl) / held.cost if held.cost else None
    return {
        "code": held.code,
        "name": held.name,
        "qty": held.qty,
        "avg_price": average(held.cost, held.qty),
        "price": held.price,
        "value": held.value,
        "pnl": pnl,
        "pnl_pct": None if share is None else float(share.quantize(_HUNDREDTHS)),
        "stop_price": None,
    }


def _intent(intent: OrderIntent) -> dict[str, Any]:
    return {
        "code": intent.code,
        "side": intent.side,
        "type": intent.type,
        "qty": intent.qty,
        "price": intent.price,
        "venue": intent.venue,
    }
