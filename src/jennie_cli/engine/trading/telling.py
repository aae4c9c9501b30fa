"""Orders, plans and flags in lines of plain text, as a terminal and a chat both tell them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Flag, Order, OrderState
from jennie_cli.engine.store import FlagState, Liquidation, Watched
from jennie_cli.engine.trading.approving import Waiting
from jennie_cli.engine.trading.explaining import why_text
from jennie_cli.engine.trading.plans import Failure, Flattened, FlattenPlan, Note, Plan
from jennie_cli.engine.trading.wording import refusal_text

Names = Callable[[str], str]

FATE_OPEN = frozenset({OrderState.UNKNOWN, OrderState.SENT})
"""States in which nobody knows whether the order stands at the broker."""


def won(value: float | None, lang: str) -> str:
    """Return won in full, never in eok: an account is read to the won."""
    if value is None:
        return text("trade.unknown_figure", lang)
    return text("trade.won", lang, figure=f"{value:,}")


def shares(value: int, lang: str) -> str:
    """Return a number of shares."""
    return text("trade.shares", lang, figure=f"{value:,}")


def when(moment: datetime) -> str:
    """Return a moment to the minute, in Korea."""
    return f"{moment.astimezone(KST):%Y-%m-%d %H:%M}"


def said(order: Order, lang: str, jennie: str) -> str:
    """Return what became of an order in one sentence."""
    return text(
        f"trade.said.{order.state}",
        lang,
        filled=shares(order.filled_qty, lang),
        open=shares(order.open_qty, lang),
        id=order.order_id,
        jennie=jennie,
    )


def price_text(price: int | None, lang: str) -> str:
    """Return how an order names its price."""
    if price is None:
        return text("trade.market_price", lang)
    return text("trade.limit_price", lang, price=won(price, lang))


def average_text(order: Order, lang: str) -> str:
    """Return the average price and the sum of what was filled."""
    exact = Decimal(order.filled_amount) / order.filled_qty
    return text(
        "trade.average.line",
        lang,
        price=won(round(exact), lang),
        total=won(order.filled_amount, lang),
    )


def plan_lines(plan: Plan, lang: str) -> list[str]:
    """Return what would be sent, what it is worth and what remains."""
    intent = plan.intent
    worth = text(
        "trade.worth", lang, worth=won(plan.worth, lang), unit_price=won(plan.unit_price, lang)
    )
    lines = [
        text(
            "trade.order_line",
            lang,
            side=text(f"trade.side.{intent.side}", lang),
            name=plan.stock.name,
            code=intent.code,
            qty=shares(intent.qty, lang),
            price=price_text(intent.price, lang),
            venue=intent.venue.value,
        ),
        worth,
        _left(plan, lang),
    ]
    if plan.reserved is not None and plan.reserved > plan.worth:
        lines.append(text("trade.reserves", lang, reserved=won(plan.reserved, lang)))
    if plan.quote.expected_price is not None:
        lines.append(text("trade.expected", lang, price=won(plan.quote.expected_price, lang)))
    return [*lines, *note_lines(plan.notes, lang)]


def note_lines(notes: Sequence[Note], lang: str) -> list[str]:
    """Return the warnings in words."""
    return [text(f"trade.note.{note}", lang) for note in notes]


def outcome_lines(order: Order, lang: str, jennie: str) -> list[str]:
    """Return what became of an order: its state in a sentence, its average, what to know."""
    lines = [said(order, lang, jennie)]
    if order.filled_qty:
        lines.append(average_text(order, lang))
    return [*lines, order.note] if order.note else lines


def flatten_lines(plan: FlattenPlan, names: Names, lang: str) -> list[str]:
    """Return everything that would be taken back and sold."""
    told = {"orders": len(plan.cancels), "stocks": len(plan.sells)}
    lines = [text("trade.flatten_line", lang, **told, worth=won(plan.worth, lang))]
    for order in plan.cancels:
        open_qty = shares(order.open_qty, lang)
        side = text(f"trade.side.{order.side}", lang)
        lines.append(
            text(
                "trade.flatten_cancel",
                lang,
                side=side,
                name=names(order.code),
                code=order.code,
                id=order.order_id,
                qty=open_qty,
            )
        )
    for held in plan.sells:
        qty, worth = shares(held.qty, lang), won(held.value, lang)
        lines.append(
            text("trade.flatten_stock", lang, name=held.name, code=held.code, qty=qty, worth=worth)
        )
    return [*lines, text("trade.flatten_dry", lang)] if plan.dry_run else lines


def done_lines(done: Flattened, names: Names, lang: str, jennie: str) -> list[str]:
    """Return a line for each cancel and each sale, and why what failed did."""
    lines = []
    for order in done.cancelled:
        told = {"name": names(order.code), "code": order.code, "id": order.order_id}
        ended = _in_one_line(order, lang, jennie)
        lines.append(text("trade.flatten_cancelled", lang, **told, said=ended))
    lines.extend(f"{names(o.code)} {o.code}  {_in_one_line(o, lang, jennie)}" for o in done.sold)
    for failure in done.failures:
        key = "trade.flatten_kept" if failure.order_id else "trade.flatten_failed"
        told = {"name": names(failure.code), "code": failure.code, "id": failure.order_id}
        lines.append(text(key, lang, **told, why=failure_text(failure, lang)))
    return lines


def failure_text(failure: Failure, lang: str) -> str:
    """Return why one part of leaving the market did not work."""
    if failure.refusal is None:
        return failure.text
    return refusal_text(failure.refusal, lang)[0]


def waiting_line(one: Waiting, state: str, lang: str) -> str:
    """Return a buy that waits for a person, and what became of it: open, yes, no or late."""
    return text(
        f"trade.approve.{state}",
        lang,
        name=one.name,
        code=one.code,
        qty=shares(one.qty, lang),
        limit=won(one.limit, lang),
        worth=won(one.worth, lang),
        why=why_text(one.strategy, lang),
        id=one.order_id,
    )


def watched_lines(watched: Sequence[Watched], lang: str) -> list[str]:
    """Return the stocks that were added by hand."""
    lines = [text("trade.watch.list", lang, count=len(watched))]
    for one in watched:
        told = {"name": one.name, "code": one.code, "who": one.who, "when": when(one.at)}
        lines.append(text("trade.watch.line", lang, **told))
    return lines


def liquidation_lines(listed: Sequence[Liquidation], lang: str) -> list[str]:
    """Return the stocks of which everything is to be sold."""
    lines = [text("trade.liquidate.list", lang, count=len(listed))]
    for one in listed:
        told = {"name": one.name, "code": one.code, "until": when(one.until), "who": one.who}
        lines.append(text("trade.liquidate.line", lang, **told))
    return lines


def flag_lines(flags: Mapping[Flag, FlagState], lang: str) -> list[str]:
    """Return a line for each flag: up or down, and of one that is up who, when and why."""
    return [_flag_line(flag, flags.get(flag), lang) for flag in Flag]


def _flag_line(flag: Flag, state: FlagState | None, lang: str) -> str:
    name = text(f"trade.flag.{flag}", lang)
    if state is None or not state.up:
        return text("trade.flag.down", lang, name=name)
    told = {"name": name, "who": state.who, "when": when(state.at), "reason": state.reason}
    return text("trade.flag.up", lang, **told).rstrip()


def _in_one_line(order: Order, lang: str, jennie: str) -> str:
    return " ".join(outcome_lines(order, lang, jennie)).replace("\n", " ")


def _left(plan: Plan, lang: str) -> str:
    if plan.shares_left is not None:
        return text("trade.shares_left", lang, shares=shares(plan.shares_left, lang))
    return text("trade.cash_left", lang, cash=won(plan.cash_left, lang))
