"""The council of a home: who sits where, what they are shown, and where the record goes."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.clock import KST
from jennie_cli.engine.council import (
    AUTO,
    LONGEST_QUERY,
    STAND_IN,
    Consulted,
    Council,
    CouncilPolicy,
    Evidence,
    Question,
    Sage,
    consult,
    convene,
    gather,
    report,
)
from jennie_cli.engine.errors import BadFile, InputError, JennieError, OutsideError
from jennie_cli.engine.llm import LlmPolicy, Models
from jennie_cli.engine.macro import CollectPolicy, MacroPolicy
from jennie_cli.engine.macro.collecting import standing
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.store import CouncilRecord
from jennie_cli.engine.venue import DayState
from jennie_cli.settings import Profile
from jennie_cli.wiring.house import end_of
from jennie_cli.wiring.insights import insights_of, open_desk
from jennie_cli.wiring.macro import macro_store_of
from jennie_cli.wiring.members import ready
from jennie_cli.wiring.models import home_prompts, open_models
from jennie_cli.wiring.recall import market_of

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

OWN: Mapping[Sage, str] = {Sage.JENNIE: "gemini", Sage.MINJI: "claude", Sage.JUNHO: "openai"}
"""Each sage's own provider."""

_PRINTABLE_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """What one run came to.

    `skipped` says why nobody was asked: "closed" (then `why` names the day off) or "no_evidence".
    `kept` is False for a dry run; `untold` is why the bus was not told.
    """

    day: date
    record: CouncilRecord | None = None
    evidence: Evidence | None = None
    skipped: str | None = None
    why: str = ""
    kept: bool = False
    untold: JennieError | None = None


def seats_of(house: "House") -> Mapping[Sage, str]:
    """Return the provider of each sage by settings; a sage of the tier's provider is left out.

    The invented world is not shown to a paid provider unless a setting names one.
    """
    policy = house.settings.slice(CouncilPolicy)
    named = {sage: getattr(policy, sage) for sage in Sage}
    seats = {sage: name for sage, name in named.items() if name != AUTO}
    if house.profile is Profile.SIM:
        return seats
    own = {s: OWN[s] for s, name in named.items() if name == AUTO and ready(house, OWN[s])}
    return {**seats, **own}


def evidence_of(house: "House", day: date) -> Evidence:
    """Return what is known for a day: now, or at the end of a day that is past.

    Of the snapshot only what still holds then. Raises OutsideError for one that cannot be read.
    """
    at = min(end_of(day), house.clock.now())
    record = standing(
        macro_store_of(house).newest(at),
        at,
        since=_last_session(house, at.astimezone(KST).date()),
        oldest=timedelta(days=house.settings.slice(MacroPolicy).snapshot_days),
        policy=house.settings.slice(CollectPolicy),
    )
    return gather(
        house.facts,
        record,
        day=day,
        at=at,
        policy=house.settings.slice(CouncilPolicy),
        sectors=house.settings.slice(SectorPolicy),
    )


def _last_session(house: "House", today: date) -> date:
    """Return the session before a day, the day itself where the calendar does not know it."""
    try:
        return house.calendar.previous_day(today)
    except InputError:
        return today


def _before(house: "House", day: date) -> CouncilRecord | None:
    """Return what was ruled on a day, None also for a row that cannot be read: it is replaced."""
    try:
        return insights_of(house).on(day)
    except OutsideError as failure:
        LOG.warning("what stood before cannot be read: %s", failure.message)
        return None


async def sit(
    house: "House",
    day: date | None = None,
    *,
    dry: bool = False,
    spoken: Callable[[int], None] = lambda _: None,
) -> Sitting:
    """Let the council sit for a day, today by default, and keep what it rules; a dry run does not.

    Raises InputError for a day still to come, of which nothing is known; NoAnswer, BudgetSpent and
    what else `convene` does; then nothing was written.
    """
    house.ready()
    wanted = _day_until(house.clock.now().astimezone(KST).date(), day)
    policy = house.settings.slice(CouncilPolicy)
    closed = house.calendar.state(wanted) is DayState.CLOSED
    if closed and not policy.disable_holiday_check:
        return Sitting(day=wanted, skipped="closed", why=house.calendar.reason(wanted))
    with house.lock("council", doing="holding the council"):
        known = evidence_of(house, wanted)
        evidence = replace(known, remembered=await market_of(house, at=known.at, policy=policy))
        if evidence.empty:
            return Sitting(day=wanted, evidence=evidence, skipped="no_evidence")
        before = _before(house, wanted)
        async with open_models(house) as models:
            record = await convene(
                evidence,
                council_of(house, models),
                world=(house.profile.value, house.market),
                now=house.clock.now,
                rate=house.settings.slice(LlmPolicy).usd_krw,
                first=before.created_at if before else None,
                spoken=spoken,
            )
        if dry:
            return Sitting(day=wanted, record=record, evidence=evidence)
        async with open_desk(house) as desk:
            untold = await desk.write(record, now=house.clock.now())
        return Sitting(day=wanted, record=record, evidence=evidence, kept=True, untold=untold)


def _day_until(today: date, day: date | None) -> date:
    if day is not None and day > today:
        raise InputError(
            f"The council rules on today or a day before: {day} is after today, {today}.",
            hint="jennie council run, or --date with a day that has come.",
        )
    return day or today


def council_of(house: "House", models: Models) -> Council:
    """Return the council of a home over these models."""
    return Council(
        models=models,
        prompts=home_prompts(house),
        policy=house.settings.slice(CouncilPolicy),
        seats=seats_of(house),
        stand_in=None if house.profile is Profile.SIM else STAND_IN,
    )


async def ask_council(house: "House", query: str, file: Path | None) -> tuple[Consulted, Path]:
    """Ask the council and keep its report; return both.

    Stored secrets leave query and file before anybody is asked. Raises InputError for a query
    that is empty or too long, BadFile for a file that is no text or too large, NoAnswer,
    BudgetSpent.
    """
    if not 0 < len(query.strip()) <= LONGEST_QUERY:
        raise InputError(
            f"A question has 1 to {LONGEST_QUERY:,} characters.",
            hint='Put what it is about into a file: jennie council ask "..." --file F',
        )
    house.create()
    house.vault.teach()
    text = _file_text(file, house.settings.slice(CouncilPolicy).file_kib) if file else ""
    question = Question(
        query=house.masker(query),
        file_name=house.masker(file.name[:_PRINTABLE_NAME]) if file else "",
        file_text=house.masker(text),
    )
    now = house.wall_clock.now()
    async with open_models(house) as models:
        told = await consult(question, council_of(house, models), at=now)
    rate = house.settings.slice(LlmPolicy).usd_krw
    page = report(told, house.options.lang, rate=rate)
    return told, _kept(house, now, house.masker(page))


def _kept(house: "House", now: datetime, page: str) -> Path:
    """Write a report under a name of its own and return where."""
    folder = house.folder.reports
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"council_report_{now.astimezone(KST):%Y%m%d_%H%M%S}"
    taken = len([*folder.glob(f"{stem}*.md")])
    path = folder / f"{stem}{f'_{taken + 1}' if taken else ''}.md"
    path.write_text(page, encoding="utf-8")
    return path


def _file_text(file: Path, most_kib: int) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(most_kib * 1_024 + 1)
        text = raw.decode("utf-8")
    except (OSError, ValueError) as error:
        raise BadFile(
            f"{file.name} cannot be read as UTF-8 text: {type(error).__name__}.",
            hint="Give a text file, such as a module or a log.",
        ) from None
    if len(raw) > most_kib * 1_024:
        raise BadFile(
            f"{file.name} is larger than {most_kib} KiB.",
            hint="Give the part in question, or raise council.file_kib.",
        )
    return text
