"""What the macro commands do once their arguments are known."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.view import macro_page, macro_sources_page
from jennie_cli.commands.view.macro_documents import macro_document
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.macro import CollectPolicy
from jennie_cli.engine.macro.collecting import MacroRecord, Scope, SourceReport
from jennie_cli.engine.messages import text
from jennie_cli.wiring.macro import Collected, collect_macro, macro_status, macro_store_of


def collect(session: Session, *, quick: bool, dry: bool, only: Sequence[str]) -> None:
    """Collect, and print the snapshot with how its sources did."""
    house, lang = session.house, session.options.lang
    scope = Scope.QUICK if quick else Scope.FULL
    with session.out.progress("macro"):
        got = asyncio.run(collect_macro(house, scope, only=only, dry=dry))
    record, reports = got.collection.record, got.collection.reports
    late = _too_many_failed(session, got)
    session.out.answer(
        {
            **_head(session, record),
            "kept": got.kept,
            "bus_told": got.told,
            "sources": [_source(report) for report in reports],
            "damaged": list(got.damaged),
            **_counts(got.budgets, got.asked_today, got.failed_today),
        },
        lambda: macro_sources_page(
            record,
            reports,
            now=record.at,
            notes=_notes(got, late=late, lang=lang),
            lang=lang,
        ),
    )


def status(session: Session) -> None:
    """Print what stands, without asking anybody."""
    house, lang = session.house, session.options.lang
    found = asyncio.run(macro_status(house))
    now = house.clock.now()
    snapshot = None if found.record is None else macro_document(found.record, now)
    session.out.answer(
        {
            "profile": house.profile.value,
            "market": house.market,
            "enabled": found.enabled,
            "snapshot": snapshot,
            "damaged": list(found.damaged),
            "krx": found.krx,
            **_counts(found.budgets, found.asked_today, found.failed_today),
        },
        lambda: macro_page(
            found.record,
            now=now,
            lang=lang,
            budgets=found.budgets,
            notes=(*_damage(found.damaged, lang), text(f"collecting.krx.{found.krx}", lang)),
        ),
    )


def show(session: Session, day: date | None, by: time | None = None) -> None:
    """Print the newest snapshot, or the last of a day, or by a time of it in Korea.

    Raises InputError where there is none.
    """
    house, lang = session.house, session.options.lang
    store, now = macro_store_of(house), house.clock.now()
    if day is None:
        record = store.newest(now)
    else:
        until = datetime.combine(day, by, KST) if by else now
        record = store.of(day, min(until, now))
    if record is None:
        by_then = f" by {by:%H:%M}" if by else ""
        raise InputError(
            f"No macro snapshot of {day}{by_then} is kept."
            if day
            else "No macro snapshot is kept yet.",
            hint="jennie macro collect",
        )
    at = now if day is None else record.at
    session.out.answer(_head(session, record, at), lambda: macro_page(record, now=at, lang=lang))


def _notes(got: Collected, *, late: bool, lang: str) -> tuple[str, ...]:
    """Return what is to be said below a collection."""
    told = (text("collecting.too_many_failed", lang),) if late else ()
    kept = text("collecting.kept" if got.kept else "collecting.dry", lang)
    return (*_damage(got.damaged, lang), *told, kept)


def _damage(damaged: Sequence[str], lang: str) -> tuple[str, ...]:
    return tuple(text("collecting.damaged", lang, what=what) for what in damaged)


def _head(session: Session, record: MacroRecord, now: datetime | None = None) -> dict[str, Any]:
    house = session.house
    whose = {"profile": house.profile.value, "market": house.market}
    return {**whose, **macro_document(record, now or record.at)}


def _source(report: SourceReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "figures": report.given,
        "headlines": report.items,
        "took_s": round(report.took_s, 3),
        "failure": report.failure,
        "failed": dict(report.failed),
    }


def _counts(budgets: Sequence[Any], asked: int, failed: int) -> dict[str, Any]:
    return {"budgets": list(budgets), "fetches_today": {"asked": asked, "failed": failed}}


def _too_many_failed(session: Session, got: Collected) -> bool:
    """Whether more of the day's fetches failed than one may pass over."""
    most = session.house.settings.slice(CollectPolicy).failure_alarm_pct
    return bool(got.asked_today) and got.failed_today / got.asked_today * 100 > most
