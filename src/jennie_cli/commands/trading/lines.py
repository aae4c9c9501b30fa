"""What is shown before a yes and after an order: profile, order, worth, what remains, warnings."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from jennie_cli.commands.session import Session
from jennie_cli.commands.view.orders import average_text, price_text, said, shares, won
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Order
from jennie_cli.engine.trading import ChangePlan, FlattenPlan, Note, Plan
from jennie_cli.engine.venue import Session as Hours
from jennie_cli.settings import Profile

_PAST_AUCTION = timedelta(minutes=1)


def head(session: Session) -> str:
    """Return which account this is about."""
    profile, lang = session.options.profile, session.options.lang
    label = text(f"trade.head_{profile}", lang)
    return text("trade.head", lang, profile=profile.value, label=label)


def plan_lines(session: Session, plan: Plan) -> list[str]:
    """Return what would be sent, what it is worth and what remains."""
    lang, intent = session.options.lang, plan.intent
    worth = text(
        "trade.worth", lang, worth=won(plan.worth, lang), unit_price=won(plan.unit_price, lang)
    )
    lines = [
        head(session),
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


def change_lines(session: Session, plan: ChangePlan) -> list[str]:
    """Return what would be changed."""
    lang, order = session.options.lang, plan.order
    line = text(
        "trade.change_line",
        lang,
        name=plan.stock.name,
        code=order.code,
        id=order.order_id,
        before=price_text(order.price, lang),
        after=price_text(plan.price, lang),
        qty=shares(plan.qty, lang),
    )
    return [head(session), line, *note_lines(plan.notes, lang)]


def cancel_lines(session: Session, order: Order, name: str) -> list[str]:
    """Return what would be taken back."""
    lang = session.options.lang
    line = text(
        "trade.cancel_line",
        lang,
        name=name,
        code=order.code,
        id=order.order_id,
        qty=shares(order.open_qty, lang),
    )
    return [head(session), line]


def flatten_lines(session: Session, plan: FlattenPlan, names: Callable[[str], str]) -> list[str]:
    """Return everything that would be taken back and sold."""
    lang = session.options.lang
    told = {"orders": len(plan.cancels), "stocks": len(plan.sells)}
    lines = [head(session), text("trade.flatten_line", lang, **told, worth=won(plan.worth, lang))]
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


def outcome_lines(session: Session, order: Order) -> list[str]:
    """Return what became of an order: its state in a sentence, its average, what to know."""
    lang = session.options.lang
    lines = [said(order, lang, session.called)]
    if order.filled_qty:
        lines.append(average_text(order, lang))
    return [*lines, order.note] if order.note else lines


def note_lines(notes: Sequence[Note], lang: str) -> list[str]:
    """Return the warnings in words."""
    return [text(f"trade.note.{note}", lang) for note in notes]


def hours_line(session: Session, why: str, hours: Hours | None) -> str:
    """Return why there is no market today, if so, and when orders are taken next."""
    lang, lines = session.options.lang, []
    if why:
        lines.append(text("trade.closed_because", lang, reason=why))
    if hours is not None:
        start = f"{hours.opening_auction_start:%Y-%m-%d %H:%M}"
        lines.append(text("trade.next_hours", lang, start=start))
    return " ".join(lines)


def waiting_lines(session: Session, plan: Plan, order: Order, now: datetime) -> list[str]:
    """Return what comes next for an order that rests in an auction of the world of this home."""
    ends, lang = plan.auction_end, session.options.lang
    if session.options.profile is not Profile.SIM or ends is None or not order.open_qty:
        return []
    now, after = now.astimezone(KST), ends.astimezone(KST) + _PAST_AUCTION
    if now >= ends:
        return []
    return [
        text("trade.auction_waits", lang, now=f"{now:%H:%M:%S}", ends=f"{ends:%H:%M}"),
        text("trade.auction_next", lang, jennie=session.called, time=after.isoformat()),
    ]


def _left(plan: Plan, lang: str) -> str:
    if plan.shares_left is not None:
        return text("trade.shares_left", lang, shares=shares(plan.shares_left, lang))
    return text("trade.cash_left", lang, cash=won(plan.cash_left, lang))
