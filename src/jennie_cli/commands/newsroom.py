"""What the news commands do once their arguments are known."""

import asyncio
from collections.abc import Sequence
from typing import Any

import typer

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.commands.trading.asking import somebody_is_there
from jennie_cli.commands.view.news import collected_page, judged_page, news_page
from jennie_cli.engine.messages import text
from jennie_cli.engine.news import BenefitEvent, Collected, NewsRow, SourceReport, Tally
from jennie_cli.wiring.news import (
    analyze_news,
    archive_news,
    backfill_news,
    collect_news,
    read_news,
)
from jennie_cli.wiring.news_sources import sign_in_to_telegram


def collect(session: Session, *, only: Sequence[str], follow: bool) -> None:
    """Collect, and print how each source did; while following, one line each time."""
    lang, found = session.options.lang, list[Collected]()

    def told(one: Collected) -> None:
        found[:] = [one]
        if follow:
            count = sum(one.published.values())
            session.out.talk(text("news.collected", lang, time=f"{one.at:%H:%M}", count=count))

    with session.out.progress("news"):
        asyncio.run(collect_news(session.house, only=only, told=told, follow=follow))
    (one,) = found
    session.out.answer(
        {
            **_whose(session),
            "at": one.at,
            "since": one.since,
            "published": dict(one.published),
            "sources": [_report(report) for report in one.reports],
        },
        lambda: collected_page(one, lang=lang),
    )


def analyze(session: Session, *, follow: bool) -> None:
    """Judge what lies there, and print how much it was."""
    lang = session.options.lang
    with session.out.progress("news"):
        tally = asyncio.run(analyze_news(session.house, follow=follow))
    session.out.answer({**_whose(session), **_tally(tally)}, lambda: judged_page(tally, lang=lang))


def archive(session: Session, *, follow: bool) -> None:
    """Archive what lies there, and print how much it was."""
    lang = session.options.lang
    with session.out.progress("news"):
        tally = asyncio.run(archive_news(session.house, follow=follow))
    session.out.answer({**_whose(session), **_tally(tally)}, lambda: judged_page(tally, lang=lang))


def backfill(session: Session) -> None:
    """Ask again, and print what became of it."""
    lang = session.options.lang
    with session.out.progress("news"):
        rows = asyncio.run(backfill_news(session.house))
    judged = sum(row.score is not None for row in rows)
    tally = Tally(done=judged, failed=len(rows) - judged)
    session.out.answer(
        {**_whose(session), "asked": len(rows), "judged": judged},
        lambda: judged_page(tally, lang=lang),
    )


def login(session: Session) -> None:
    """Ask for phone, code and password, sign in, and say where the session is kept.

    Raises UsageError without a terminal: what is typed must not be in the shell's history.
    """
    lang = session.options.lang
    if not somebody_is_there():
        raise UsageError(text("news.login.nobody", lang), hint=f"{session.called} news login")
    place = asyncio.run(
        sign_in_to_telegram(
            session.house,
            _typed(text("news.login.phone", lang)),
            code=lambda: _typed(text("news.login.code", lang), hidden=True),
            password=lambda: _typed(text("news.login.password", lang), hidden=True),
        )
    )
    words = text("news.login.done", lang, place=place)
    session.out.answer({"signed_in": True, "stored_in": place}, lambda: words)


def show(session: Session, stock: str | None, *, most: int) -> None:
    """Print the newest news of a stock, or of all."""
    lang = session.options.lang
    found = asyncio.run(read_news(session.house, stock, most=most))
    session.out.answer(
        {
            **_whose(session),
            "stock": None if found.stock is None else found.stock.code,
            "news": [_row(row) for row in found.rows],
            "benefits": [_event(event) for event in found.events],
        },
        lambda: news_page(
            found.rows, found.events, stock=found.stock, lang=lang, jennie=session.called
        ),
    )


def _typed(label: str, *, hidden: bool = False) -> str:
    return str(typer.prompt(label, err=True, hide_input=hidden)).strip()


def _whose(session: Session) -> dict[str, Any]:
    return {"profile": session.house.profile.value, "market": session.house.market}


def _report(report: SourceReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "told": report.told,
        "noise": report.noise,
        "unreadable": report.unreadable,
        "known": report.known,
        "failures": [str(failure) for failure in report.failures],
        "error": report.error or None,
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {
        "handled": tally.done,
        "failed": tally.failed,
        "dead": tally.dead,
        "lost": tally.lost,
    }


def _row(row: NewsRow) -> dict[str, Any]:
    told = row.item.headline
    return {
        "id": row.item.id,
        "code": told.code or None,
        "name": told.name or None,
        "title": told.title,
        "publisher": told.publisher,
        "source": told.source,
        "url": told.url,
        "published_at": told.at,
        "known_at": row.item.known_at,
        "category": row.category,
        "status": row.status,
        "score": row.score,
        "reason": row.reason or None,
        "risk": row.risk,
        "failure": row.failure,
        "model": row.model or None,
        "simulated": row.simulated,
    }


def _event(event: BenefitEvent) -> dict[str, Any]:
    return {
        "code": event.code,
        "name": event.name,
        "affected": event.affected,
        "type": event.risk,
        "category": event.category,
        "points": event.points,
        "detected_at": event.detected_at,
        "expires_at": event.expires_at,
        "status": event.status,
        "actual_return_pct": event.actual_return_pct,
    }
