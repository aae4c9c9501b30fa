"""What the briefing commands do once their arguments are known."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import typer

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading.documents import fill_document
from jennie_cli.commands.view.briefing import briefing_page, snapshot_page
from jennie_cli.commands.view.briefing_documents import briefing_document, snapshot_document
from jennie_cli.engine.briefing import (
    CHART_DAYS,
    Briefing,
    Delivery,
    Fate,
    month_lines,
    page_html,
)
from jennie_cli.engine.errors import ExitCode, InputError, SettingsError
from jennie_cli.engine.messages import text
from jennie_cli.wiring.briefing import (
    assets_of,
    briefings_of,
    kept_portfolio,
    make_briefing,
    send_briefing,
    take_snapshot,
    write_page,
)
from jennie_cli.wiring.chats import NOBODY, chats_of, open_bot_api


def run(session: Session) -> None:
    """Make today's briefing and print it; on a day off say so."""
    lang = session.options.lang
    with session.out.progress("briefing"):
        made = asyncio.run(make_briefing(session.house))
    if made.briefing is None:
        words = text("briefing.holiday", lang, day=made.day)
        session.out.answer({**_whose(session), "day": made.day, "status": "holiday"}, lambda: words)
        return
    _answer(session, made.briefing)
    if made.briefing.silence is not None:
        session.out.talk(text("briefing.no_model", lang, why=made.briefing.silence))
    if made.untold is not None:
        session.out.talk(text("briefing.untold", lang, why=made.untold.message))
    session.out.talk(text("briefing.kept", lang, jennie=session.called))


def show(session: Session, day: date | None, html: Path | None) -> None:
    """Print a kept briefing, or write it as a page and say where."""
    lang = session.options.lang
    briefing = briefings_of(session.house).newest(day)
    if briefing is None:
        raise InputError(
            f"No briefing of {day} is kept." if day else "No briefing is kept.",
            hint=f"{session.called} briefing run",
        )
    if html is None:
        _answer(session, briefing)
        return
    rows = assets_of(session.house).last(briefing.day, CHART_DAYS)
    write_page(html, session.masker(page_html(briefing, rows, lang)))
    session.out.answer(
        {"status": "written", "day": briefing.day, "path": html.resolve()},
        lambda: text("briefing.written", lang, path=html),
    )


def send(session: Session, *, again: bool) -> None:
    """Send today's briefing, and print what became of it in each chat."""
    lang, house = session.options.lang, session.house

    async def work() -> tuple[Briefing, tuple[Delivery, ...]]:
        chats = chats_of(house)
        if not chats:
            raise SettingsError(text("briefing.nobody", lang), hint=NOBODY)
        async with open_bot_api(house) as chat:
            return await send_briefing(house, chat, chats, again=again)

    briefing, told = asyncio.run(work())
    rows = [{"chat": d.chat, "fate": d.fate.value, "why": d.why or None} for d in told]
    lines = [
        text(f"briefing.fate.{d.fate.value}", lang, chat=d.chat, why=d.why).rstrip() for d in told
    ]
    session.out.answer(
        {**_whose(session), "day": briefing.day, "chats": rows}, lambda: "\n".join(lines)
    )
    if any(d.fate in {Fate.REFUSED, Fate.UNSURE} for d in told):
        raise typer.Exit(ExitCode.OUTSIDE)


def snapshot(session: Session, day: date | None, *, settle: bool) -> None:
    """Take or correct a snapshot, and print what is kept."""
    lang = session.options.lang
    taken = asyncio.run(take_snapshot(session.house, day, settle=settle))
    session.out.answer(
        {**_whose(session), **snapshot_document(taken)}, lambda: snapshot_page(taken, lang)
    )


def export(session: Session, year: int, month: int) -> None:
    """Print a month's fills as the ledger has them; no broker is asked."""
    portfolio, names = kept_portfolio(session.house)
    rows = [b for b in portfolio.booked if (b.day.year, b.day.month) == (year, month)]
    session.out.answer(
        {
            **_whose(session),
            "month": f"{year:04}-{month:02}",
            "fills": [fill_document(b, names(b.fill.code)) for b in rows],
            "fees": sum(b.fee for b in rows),
            "taxes": sum(b.tax for b in rows),
            "realised": sum(b.profit for b in rows if b.profit is not None),
        },
        lambda: month_lines(rows, year=year, month=month, name=names).removesuffix("\n"),
    )


def _answer(session: Session, briefing: Briefing) -> None:
    lang = session.options.lang
    session.out.answer(
        {"status": "made", **briefing_document(briefing)}, lambda: briefing_page(briefing, lang)
    )


def _whose(session: Session) -> dict[str, Any]:
    return {"profile": session.house.profile.value, "market": session.house.market}
