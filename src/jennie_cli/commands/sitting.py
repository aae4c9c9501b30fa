"""What the council commands do once their arguments are known."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.view.council import consulted_page, insight_page, skipped_page
from jennie_cli.commands.view.council_documents import consulted_document, insight_document
from jennie_cli.engine.clock import KST
from jennie_cli.engine.council import CouncilPolicy
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.llm import LlmPolicy
from jennie_cli.engine.messages import text
from jennie_cli.wiring.council import Sitting, ask_council, sit
from jennie_cli.wiring.insights import insights_of

_SAGES = 3


def run(session: Session, day: date | None, *, dry: bool) -> None:
    """Let the council sit, and print what it rules or why it did not."""
    lang = session.options.lang
    with session.out.progress(text("council.asking", lang)) as bar:
        held = asyncio.run(
            sit(session.house, day, dry=dry, spoken=lambda count: bar(count, _SAGES))
        )
    warnings = tuple(_warnings(session, held))
    head = {"status": _status(held), "reason": held.skipped, "warnings": list(warnings)}
    doc = {**head, **_place(session, held.day), "kept": held.kept, "insight": None}
    record = held.record
    if record is None:
        session.out.answer(doc, lambda: skipped_page(held.day, held.skipped or "", held.why, lang))
        return
    everything = session.options.verbosity > 0
    doc["insight"] = insight_document(record, everything=everything)
    for warning in warnings:
        session.out.talk(warning)
    session.out.answer(doc, lambda: insight_page(record, lang, today=True, everything=everything))


def show(session: Session, day: date | None) -> None:
    """Print the insight of today or of a day. Raises InputError where there is none."""
    house, lang = session.house, session.options.lang
    now = house.clock.now()
    today = now.astimezone(KST).date()
    store = insights_of(house)
    record = store.newest(now) if day is None else store.on(day)
    if record is None:
        raise InputError(
            f"No insight of {day} is kept." if day else "No insight is kept yet.",
            hint="jennie council run" + (f" --date {day}" if day and day < today else ""),
        )
    stands, everything = record.insight_date == today, session.options.verbosity > 0
    doc = {
        **_place(session, record.insight_date),
        "today": stands,
        "insight": insight_document(record, everything=everything),
    }
    session.out.answer(doc, lambda: insight_page(record, lang, today=stands, everything=everything))


def ask(session: Session, query: str, file: Path | None) -> None:
    """Ask the council, and print its plan and where the report is."""
    lang, rate = session.options.lang, session.house.settings.slice(LlmPolicy).usd_krw
    with session.out.progress(text("council.asking", lang)):
        told, path = asyncio.run(ask_council(session.house, query, file))
    session.out.answer(
        consulted_document(told, path, rate), lambda: consulted_page(told, path, lang, rate)
    )


def _status(held: Sitting) -> str:
    if held.skipped:
        return "skipped"
    return "done" if held.kept else "dry_run"


def _place(session: Session, day: date) -> dict[str, Any]:
    house = session.house
    return {"profile": house.profile.value, "market": house.market, "insight_date": day}


def _warnings(session: Session, held: Sitting) -> Iterator[str]:
    lang, policy = session.options.lang, session.house.settings.slice(CouncilPolicy)
    if held.record is None or held.evidence is None:
        return
    if not held.evidence.briefing:
        yield text("council.no_briefing", lang, channel=policy.channel)
    if held.evidence.stale(policy.snapshot_hours):
        yield text("council.stale", lang, hours=policy.snapshot_hours)
    usd = held.record.council_cost_usd_micro / 1_000_000
    if usd > policy.warn_usd:
        spent, limit = f"{usd:.4f}", f"{policy.warn_usd:.2f}"
        yield text("council.expensive", lang, usd=spent, limit=limit)
    if not held.kept:
        yield text("council.dry_run", lang)
    if held.untold is not None:
        yield text("council.no_bus", lang, why=held.untold.message)
