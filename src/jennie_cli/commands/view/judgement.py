"""What was judged of a stock at a moment: the verdict first, then every rule that was asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from jennie_cli.commands.view.page import GAP, Page
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Side
from jennie_cli.engine.rules.gates import NOTES
from jennie_cli.engine.rules.strategies import ALLOWED, SWITCH
from jennie_cli.engine.store import Judging

_PASSED, _FAILED, _NOTED = "✓", "✗", "!"
_FIRED, _QUIET = "●", "○"
_ONLY_NOTED = NOTES | {SWITCH.id, ALLOWED.id}
"""Rules that stop nothing by themselves, and those that keep a strategy whose conditions hold."""
_END_OF_MINUTE, _END_OF_SECOND = (59, 999_999), 999_999


def judgement_page(
    doc: Mapping[str, Any], lang: str, *, head: str, jennie: str, figures: bool
) -> Page:
    """Return the page of a trade explain document; `figures` adds each rule's id and figures."""

    def draw(width: int) -> Iterator[RenderableType]:
        when = moment_text(doc["moment"])
        yield Text(head)
        title = text("trade.explain.title", lang, name=doc["name"], code=doc["code"], when=when)
        yield Text(title, style="bold")
        yield _rows(
            [(text(f"trade.side.{side}", lang), Text(doc[side.value]["text"])) for side in Side],
            width,
        )
        for kind in Judging:
            if doc[kind.value] is not None:
                yield from _judged(doc[kind.value], kind, lang, width, figures=figures)
        for stamp in doc["stamps"]:
            yield from _stamp(stamp, lang, width, figures=figures)
        yield from _orders(doc, lang, jennie, width)

    return Page(draw)


def moment_text(moment: datetime) -> str:
    """Return a moment by the clock of Seoul; the last instant of a minute is that minute."""
    at = moment.astimezone(KST)
    if (at.second, at.microsecond) == _END_OF_MINUTE:
        return f"{at:%Y-%m-%d %H:%M}"
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _judged(
    judged: Mapping[str, Any], kind: Judging, lang: str, width: int, *, figures: bool
) -> Iterator[RenderableType]:
    at = f"{judged['at'].astimezone(KST):%H:%M:%S}"
    yield Text("")
    yield Text(text(f"trade.explain.kind.{kind}", lang, at=at), style="bold")
    marks = _chain_mark if kind is Judging.EXITS else _mark
    yield _checks(judged["checks"], marks, width, figures=figures)


def _stamp(
    stamp: Mapping[str, Any], lang: str, width: int, *, figures: bool
) -> Iterator[RenderableType]:
    order = stamp["order_id"]
    made = "unstamped" if order is None else "stamped"
    yield Text("")
    yield Text(
        text(
            "trade.explain.stamp",
            lang,
            at=f"{stamp['at'].astimezone(KST):%H:%M:%S}",
            side=text(f"trade.side.{stamp['side']}", lang),
            why=stamp["why_text"],
            end=text(f"trade.explain.{made}", lang, id=order),
        ),
        style="bold",
    )
    yield _checks(stamp["checks"], _mark, width, figures=figures)


def _orders(doc: Mapping[str, Any], lang: str, jennie: str, width: int) -> Iterator[RenderableType]:
    for key in ("orders", "day_orders"):
        if doc[key]:
            yield Text("")
            yield Text(text(f"trade.explain.{key}", lang), style="bold")
            yield _rows([(f"{_clock(row)}", Text(_order(row, lang))) for row in doc[key]], width)
    if doc["day_orders"]:
        newest = doc["day_orders"][-1]["created_at"].astimezone(KST)
        told = {"code": doc["code"], "iso": f"{newest:%Y-%m-%dT%H:%M:%S}"}
        yield Text(text("trade.explain.look", lang, jennie=jennie, **told))


def _order(row: Mapping[str, Any], lang: str) -> str:
    price = row["price"]
    limit = text("trade.market_price", lang)
    if price is not None:
        limit = text("trade.won", lang, figure=f"{price:,}")
    return text(
        "trade.explain.order",
        lang,
        side=text(f"trade.side.{row['side']}", lang),
        qty=text("trade.shares", lang, figure=f"{row['qty']:,}"),
        price=limit,
        state=text(f"trade.state.{row['state']}", lang),
        filled=text("trade.shares", lang, figure=f"{row['filled_qty']:,}"),
        id=row["id"],
    )


def _clock(row: Mapping[str, Any]) -> str:
    return f"{row['created_at'].astimezone(KST):%H:%M:%S}"


def _checks(
    checks: Sequence[Mapping[str, Any]], marked: Any, width: int, *, figures: bool
) -> RenderableType:
    """Return a line for each check: its mark, the strategy it speaks of, and the sentence."""
    rows = []
    for check in checks:
        line = Text(check["text"], style="dim" if check["passed"] else "")
        if figures:
            line.append(f"  {_figures(check)}", style="dim")
        rows.append((marked(check), *((check["name"],) if "name" in check else ()), line))
    return _rows(rows, width)


def _figures(check: Mapping[str, Any]) -> str:
    value, limit = ("—" if f is None else f"{f:.6g}" if isinstance(f, float) else str(f)
                    for f in (check["value"], check["limit"]))  # fmt: skip
    return f"[{check['rule']} {value} / {limit} {check['unit']}".rstrip() + "]"


def _mark(check: Mapping[str, Any]) -> str:
    if check["passed"]:
        return _PASSED
    return _NOTED if check["rule"] in _ONLY_NOTED else _FAILED


def _chain_mark(check: Mapping[str, Any]) -> str:
    return _QUIET if check["passed"] else _FIRED


def _rows(rows: Iterable[Sequence[str | Text]], width: int) -> RenderableType:
    """Return rows whose last cell is wrapped under itself."""
    rows = [*rows]
    short = [*zip(*(row[:-1] for row in rows), strict=True)]
    drawn = Table(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    widths = [max(cell_len(str(cell)) for cell in column) for column in short]
    for used in widths:
        drawn.add_column(width=used, no_wrap=True)
    drawn.add_column(width=max(1, width - sum(widths) - GAP * len(widths)), overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    return drawn
