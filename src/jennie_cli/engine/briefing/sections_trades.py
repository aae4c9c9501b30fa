"""What is held and what was traded, in words."""

from collections.abc import Iterator
from decimal import Decimal

from jennie_cli.engine.briefing.figures import Bought, Briefing, Held, Trade, Trades
from jennie_cli.engine.briefing.sections import (
    Section,
    Sheet,
    clock_of,
    columns,
    pct,
    section,
    unknown,
    won,
)
from jennie_cli.engine.messages import text

_HELD = ("name", "qty", "average", "price", "value", "pnl", "pct")
_TRADED = ("time", "name", "side", "qty", "amount", "profit")


def positions_section(briefing: Briefing, lang: str) -> Section:
    """Return a row for each stock held, and whether the ledger agrees."""
    held = briefing.positions
    if held is None:
        return section("positions", lang, unknown("account", briefing.gaps, lang))
    lines = [] if held else [text("briefing.none.positions", lang)]
    if briefing.differs:
        lines.append(text("briefing.differs", lang, count=briefing.differs))
    sheet = Sheet(
        columns=columns(lang, *_HELD),
        rows=tuple(_held_row(h) for h in held),
        right=frozenset(range(1, len(_HELD))),
        wide=0,
        chat=tuple(_held_line(h, lang) for h in held),
    )
    return section("positions", lang, *lines, sheet=sheet if held else None)


def trades_section(briefing: Briefing, lang: str) -> Section:
    """Return the day's trades and their sums."""
    trades = briefing.trades
    if not trades.shown:
        return section("trades", lang, text("briefing.none.trades", lang))
    sheet = Sheet(
        columns=columns(lang, *_TRADED),
        rows=tuple(_trade_row(t, lang) for t in trades.shown),
        right=frozenset({3, 4, 5}),
        wide=1,
        chat=tuple(_trade_line(t, lang) for t in trades.shown),
    )
    return section("trades", lang, *_sums(trades, lang), sheet=sheet)


def second_tier_section(briefing: Briefing, lang: str) -> Section:
    """Return how the second tier did, with its best and worst."""
    told = briefing.second_tier
    if told is None:
        return section("second_tier", lang, unknown("second_tier", briefing.gaps, lang))
    if not told.buys:
        return section("second_tier", lang, text("briefing.no_buys", lang, since=told.since))
    counts = {"buys": told.buys, "stocks": told.stocks, "held": told.held}
    lines = [text("briefing.tier.counts", lang, **counts)]
    figures = {"judged": told.judged, "winners": told.winners, "average": pct(told.average_pct)}
    lines.append(text("briefing.tier.result", lang, **figures))
    for key, stocks in (("best", told.best), ("worst", told.worst)):
        if stocks:
            lines.append(text(f"briefing.tier.{key}", lang, stocks=", ".join(map(_named, stocks))))
    return section("second_tier", lang, *lines)


def _held_row(held: Held) -> tuple[str, ...]:
    average = round(Decimal(held.cost) / held.qty) if held.qty else 0
    return (
        held.name,
        f"{held.qty:,}",
        f"{average:,}",
        f"{held.price:,}",
        f"{held.value:,}",
        f"{held.pnl:+,}",
        pct(held.pnl_pct),
    )


def _held_line(held: Held, lang: str) -> str:
    name, qty, average, price, value, pnl, share = _held_row(held)
    figures = {"qty": qty, "average": average, "price": price, "value": value, "pnl": pnl}
    return text("briefing.line.held", lang, name=name, pct=share, **figures)


def _trade_row(trade: Trade, lang: str) -> tuple[str, ...]:
    return (
        clock_of(trade.at),
        trade.name,
        text(f"trade.side.{trade.side}", lang),
        f"{trade.qty:,}",
        f"{trade.amount:,}",
        "" if trade.profit is None else f"{trade.profit:+,}",
    )


def _trade_line(trade: Trade, lang: str) -> str:
    time, name, side, qty, paid, profit = _trade_row(trade, lang)
    line = text("briefing.line.trade", lang, time=time, name=name, side=side, qty=qty, amount=paid)
    return f"{line} ({profit})" if profit else line


def _sums(trades: Trades, lang: str) -> Iterator[str]:
    if trades.rest:
        yield text("briefing.rest", lang, count=trades.rest)
    yield text(
        "briefing.sums",
        lang,
        bought=won(trades.bought, lang),
        sold=won(trades.sold, lang),
        fees=won(trades.fees, lang),
        taxes=won(trades.taxes, lang),
    )
    yield text("briefing.realised", lang, realised=won(trades.realised, lang, sign="+"))
    if trades.costless_sales:
        yield text("briefing.costless", lang, count=trades.costless_sales)


def _named(stock: Bought) -> str:
    return f"{stock.name} {pct(stock.pnl_pct)}"
