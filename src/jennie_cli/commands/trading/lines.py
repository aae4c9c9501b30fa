"""What is shown before a yes and after an order: profile, order, worth, what remains, warnings."""

from datetime import datetime, timedelta

from jennie_cli.commands.session import Session
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Order
from jennie_cli.engine.trading import ChangePlan, FlattenPlan, Plan, telling
from jennie_cli.engine.trading.telling import Names, note_lines, price_text, shares
from jennie_cli.engine.venue import Session as Hours
from jennie_cli.settings import Profile

_PAST_AUCTION = timedelta(minutes=1)


def head(session: Session) -> str:
    """Return which account this is about."""
    profile, lang = session.options.profile, session.options.lang
    label = text(f"trade.head_{profile}", lang)
    return text("trade.head", lang, profile=profile.value, label=label)


def plan_lines(session: Session, plan: Plan) -> list[str]:
    """Return the account, what would be sent, what it is worth and what remains."""
    return [head(session), *telling.plan_lines(plan, session.options.lang)]


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


def flatten_lines(session: Session, plan: FlattenPlan, names: Names) -> list[str]:
    """Return the account and everything that would be taken back and sold."""
    return [head(session), *telling.flatten_lines(plan, names, session.options.lang)]


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
