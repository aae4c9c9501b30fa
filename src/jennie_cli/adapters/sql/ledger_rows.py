"""Events, orders, fills and trades as rows of their tables."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jennie_cli.adapters.sql.moments import day_number, micros
from jennie_cli.engine.model import Order, Side
from jennie_cli.engine.portfolio import BookedFill
from jennie_cli.engine.store import (
    CostSeen,
    Foreign,
    Intended,
    NoticeSeen,
    PositionSet,
    Recorded,
    RowSeen,
)
from jennie_cli.engine.store.codec import to_json
from jennie_cli.engine.store.codec_lines import event_to_json, kind_of

Row = dict[str, Any]


def event_row(recorded: Recorded) -> Row:
    """Return an event's row; the code is left open where the event does not name it."""
    event = recorded.event
    row: Row = {
        "number": recorded.number,
        "at": micros(event.at),
        "kind": kind_of(event),
        "order_id": getattr(event, "order_id", None),
        "day": None,
        "broker_id": getattr(event, "broker_id", None),
        "code": None,
        "body": event_to_json(event),
    }
    match event:
        case Intended():
            row |= {"order_id": event.intent.order_id, "code": event.intent.code}
        case NoticeSeen():
            row |= {"broker_id": event.notice.broker_id, "code": event.notice.code}
            row["day"] = day_number(event.notice.at.date())
        case RowSeen():
            row |= {"broker_id": event.row.broker_id, "code": event.row.code}
            row["day"] = day_number(event.row.day)
        case PositionSet() | CostSeen():
            row["code"] = event.code
        case Foreign():
            row["day"] = day_number(event.day)
    return row


def order_row(order: Order) -> Row:
    """Return an order's row."""
    return {
        "order_id": order.order_id,
        "created_at": micros(order.created_at),
        "code": order.code,
        "side": order.side.value,
        "type": order.type.value,
        "venue": order.venue.value,
        "qty": order.qty,
        "price": order.price,
        "state": order.state.value,
        "filled_qty": order.filled_qty,
        "filled_amount": order.filled_amount,
        "broker_ids": to_json(order.broker_ids),
        "reason": order.reason[:64],
        "strategy": order.strategy and order.strategy[:64],
        "note": order.note,
    }


def fill_row(booked: BookedFill) -> Row:
    """Return a fill's row."""
    fill = booked.fill
    return {
        "fill_key": fill.key,
        "day": day_number(booked.day),
        "broker_id": fill.broker_id,
        "order_id": fill.order_id,
        "code": fill.code,
        "side": fill.side.value,
        "qty": fill.qty,
        "amount": fill.amount,
        "filled_at": micros(fill.at),
        "source": fill.source,
        "fee": booked.fee,
        "tax": booked.tax,
        "cost": booked.cost,
        "profit": booked.profit,
    }


def trade_rows(booked: Iterable[BookedFill], intents: Mapping[str, Intended]) -> Iterator[Row]:
    """Yield one row for every order, and every number of somebody else's, that traded."""
    trades: dict[str, list[BookedFill]] = defaultdict(list)
    for b in booked:
        trades[b.fill.order_id or f"{b.day}:{b.fill.broker_id}"].append(b)
    for log_id, fills in trades.items():
        yield _trade_row(log_id, fills, intents.get(log_id))


def _trade_row(log_id: str, fills: Sequence[BookedFill], told: Intended | None) -> Row:
    first = fills[0].fill
    quantity, amount = sum(b.fill.qty for b in fills), sum(b.fill.amount for b in fills)
    profits = [b.profit for b in fills]
    known = first.side is Side.SELL and None not in profits
    return {
        "log_id": log_id,
        "stock_code": first.code,
        "trade_type": first.side.value.upper(),
        "quantity": quantity,
        "price": amount / quantity,
        "amount": amount,
        "fee": sum(b.fee for b in fills),
        "tax": sum(b.tax for b in fills),
        "profit": sum(p for p in profits if p is not None) if known else None,
        "reason": told.intent.reason[:64] if told else "EXTERNAL",
        "trade_timestamp": micros(max(b.fill.at for b in fills)),
        "strategy_signal": told.intent.strategy if told else None,
        "key_metrics": to_json(told.checks if told else ()),
    }
