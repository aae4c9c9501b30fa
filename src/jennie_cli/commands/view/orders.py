"""Orders, fills and holdings as a trader reads them: one line each, aligned by display width."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Column, Page, fitted, grid, remaining
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import amount, text
from jennie_cli.engine.model import Order
from jennie_cli.engine.trading.telling import FATE_OPEN, Names, won

_STYLES = {"buy": "red", "sell": "blue"}
_NAME_CELLS = 12
_READ = "total"
"""The source of a fill of which only the day's total was read: its time is that of the reading."""


def orders_page(
    orders: Sequence[Order], names: Names, lang: str, *, everything: bool, jennie: str = "jennie"
) -> Page:
    """Return a line for each order, then what a person must be told of some."""

    def draw(width: int) -> Iterator[RenderableType]:
        if not orders:
            yield Text(text("trade.no_orders" if everything else "trade.no_orders_today", lang))
            return
        rows = [_order_row(o, names(o.code), lang) for o in orders]
        yield _table(
            ("id", "name", "side", "qty", "price", "filled", "average", "state"), rows, lang, width
        )
        for order in orders:
            if order.state in FATE_OPEN:
                yield Text(text("trade.fate_open", lang, id=order.order_id))
            if order.note:
                yield Text(f"{order.order_id}  {order.note}")
        if any(order.state in FATE_OPEN for order in orders):
            yield Text(
                text("trade.fate_next", lang, jennie=jennie), no_wrap=True, overflow="ignore"
            )

    return Page(draw)


def fills_page(fills: Sequence[Mapping[str, Any]], lang: str, *, today: date) -> Page:
    """Return a line for each fill document; the day is told unless it is today."""

    def draw(width: int) -> Iterator[RenderableType]:
        if not fills:
            yield Text(text("trade.no_fills", lang))
            return
        rows = [_fill_row(f, lang, today) for f in fills]
        yield _table(
            ("time", "name", "side", "qty", "price", "amount", "fee", "tax", "id"),
            rows,
            lang,
            width,
        )
        if any(f["source"] == _READ for f in fills):
            yield Text(text("trade.read_by", lang))

    return Page(draw)


def account_page(document: Mapping[str, Any], lang: str, *, notes: Sequence[str]) -> Page:
    """Return holdings and cash of an account document."""

    def draw(width: int) -> Iterator[RenderableType]:
        positions = document["positions"]
        if positions:
            rows = [_position_row(p, lang) for p in positions]
            yield _table(
                ("name", "qty", "average", "price", "value", "pnl", "pnl_pct"), rows, lang, width
            )
        else:
            yield Text(text("trade.no_positions", lang))
        yield Text(cash_line(document, lang))
        yield from (Text(note) for note in notes)

    return Page(draw)


def cash_line(document: Mapping[str, Any], lang: str) -> str:
    """Return the cash of an account document in one line."""
    return text(
        "trade.cash_line",
        lang,
        cash=won(document["cash"], lang),
        orderable=won(document["orderable_cash"], lang),
        settled=won(document["settled_cash_d2"], lang),
        total=won(document["total"], lang),
    )


def _order_row(order: Order, name: str, lang: str) -> list[str | Text]:
    paid = order.filled_qty and round(Decimal(order.filled_amount) / order.filled_qty)
    return [
        order.order_id,
        name,
        _side(order.side, lang),
        f"{order.qty:,}",
        text("trade.market_price", lang) if order.price is None else f"{order.price:,}",
        f"{order.filled_qty:,}",
        f"{paid:,}" if paid else "",
        text(f"trade.state.{order.state}", lang),
    ]


def _fill_row(fill: Mapping[str, Any], lang: str, today: date) -> list[str | Text]:
    at = fill["at"].astimezone(KST)
    return [
        _fill_time(at, read=fill["source"] == _READ, today=today),
        fill["name"],
        _side(fill["side"], lang),
        f"{fill['qty']:,}",
        f"{fill['price']:,.0f}",
        f"{fill['amount']:,}",
        f"{fill['fee']:,}",
        f"{fill['tax']:,}",
        fill["order_id"] or text("trade.external", lang),
    ]


def _fill_time(at: datetime, *, read: bool, today: date) -> str:
    """Return when a fill was made, or with a mark when its total was read at the latest."""
    if at.date() != today:
        return f"{'~' if read else ''}{at:%m-%d %H:%M}"
    return f"~{at:%H:%M}" if read else f"{at:%H:%M:%S}"


def _position_row(held: Mapping[str, Any], lang: str) -> list[str | Text]:
    return [
        held["name"],
        f"{held['qty']:,}",
        "" if held["avg_price"] is None else f"{held['avg_price']:,.0f}",
        f"{held['price']:,}",
        f"{held['value']:,}",
        f"{held['pnl']:+,}",
        amount(held["pnl_pct"], "pct", lang),
    ]


def _side(side: str, lang: str) -> Text:
    return Text(text(f"trade.side.{side}", lang), style=_STYLES[side])


_LEFT = frozenset({"id", "name", "side", "state", "time"})


def _table(
    keys: Sequence[str], rows: Sequence[Sequence[str | Text]], lang: str, width: int
) -> RenderableType:
    """Return a table of these columns; the name gives way when the screen is narrow."""
    columns: list[Column] = []
    for index, key in enumerate(keys):
        title = text(f"trade.column.{key}", lang)
        cells = [str(row[index]) for row in rows]
        columns.append(fitted(title, cells, most=width, right=key not in _LEFT))
    place = keys.index("name")
    others = [c for i, c in enumerate(columns) if i != place]
    space = max(_NAME_CELLS // 2, remaining(others, width))
    name = columns[place]
    columns[place] = Column(title=name.title, width=min(name.width, space))
    return grid(columns, rows)
