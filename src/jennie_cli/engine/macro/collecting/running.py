"""One collection: every source at once, one pass of judgement, one snapshot.

A source that fails costs its own figures and nothing else.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.macro.collecting.dates import korean_day
from jennie_cli.engine.macro.collecting.fields import REQUIRED, fields, quick_fields
from jennie_cli.engine.macro.collecting.judging import (
    Believed,
    baseline,
    believe,
    completeness,
    freshness,
    max_age,
)
from jennie_cli.engine.macro.collecting.politics import Politics, politics_of
from jennie_cli.engine.macro.collecting.record import Figure, Gap, MacroRecord, Scope
from jennie_cli.engine.macro.collecting.sentiment import sentiments
from jennie_cli.engine.macro.collecting.sources import Gathered, MacroSource
from jennie_cli.engine.macro.policy import CollectPolicy
from jennie_cli.engine.venue import Calendar

LOG = logging.getLogger(__name__)
POLITICS = "political_risk"
"""What a source of political headlines gives, beside the figures."""


class MacroInvalid(OutsideError):
    """More than half of the required figures are missing: there is no snapshot."""

    code = "macro_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one source did: `given` figures and headlines, seconds, and what failed, by figure or
    feed. `failure` is why nothing came at all, `slow` that the time ran out.
    """

    name: str
    given: int = 0
    items: int = 0
    took_s: float = 0.0
    failed: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None
    slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The snapshot of one collection and how its sources did."""

    record: MacroRecord
    reports: tuple[SourceReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be collected: from whom, and over what was stored.

    `skipped` says of sources that cannot be asked what they lack, with the figures they would have
    given. `required` is what a snapshot of this market must have half of. `partial` says that only
    some sources are asked, so that the rest of what was stored stays; half of what they give of the
    required is then enough: who asks for the index alone need not know the rates.
    """

    scope: Scope
    sources: Sequence[MacroSource]
    stored: MacroRecord | None = None
    skipped: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    required: frozenset[str] = REQUIRED
    partial: bool = False

    @property
    def lays_over(self) -> bool:
        """Whether what was stored stays where nothing newer comes."""
        return self.partial or self.scope is Scope.QUICK

    @property
    def wanted(self) -> frozenset[str]:
        """The figures that are asked for."""
        if self.partial:
            return frozenset(name for source in self.sources for name in source.fields)
        return quick_fields() if self.scope is Scope.QUICK else frozenset(fields())

    @property
    def needed(self) -> frozenset[str]:
        """The figures of which a snapshot must have half."""
        return self.required & self.wanted if self.partial else self.required


async def collect(
    plan: Plan, *, clock: Clock, steady: Clock, calendar: Calendar, policy: CollectPolicy
) -> Collection:
    """Return the snapshot of now. `clock` tells the day, `steady` the machine's seconds.

    Raises MacroInvalid when more than half of the needed figures are missing, or all there are.
    """
    now = clock.now().astimezone(KST)
    stored = _usable(plan.stored, now, policy)
    answers = await _ask_all(plan.sources, korean_day(now, calendar), now, steady, policy)
    believed = _believed(answers, plan, now=now, stored=stored, policy=policy)
    record = _record(plan, answers, believed, now=now, stored=stored, policy=policy)
    lacking = sorted(plan.needed - record.figures.keys())
    if 2 * len(lacking) > len(plan.needed) or not record.figures:
        raise _invalid(lacking, record, plan.needed)
    return Collection(record=record, reports=tuple(report for report, _ in answers))


def _usable(stored: MacroRecord | None, now: datetime, policy: CollectPolicy) -> MacroRecord | None:
    if stored is None or stored.at > now:
        return None
    return stored if now - stored.at <= timedelta(days=policy.stored_days) else None


async def _ask_all(
    sources: Sequence[MacroSource],
    day: date,
    now: datetime,
    steady: Clock,
    policy: CollectPolicy,
) -> list[tuple[SourceReport, Gathered]]:
    """Ask all sources at once; whoever has not answered by the ceiling is left out."""
    tasks = [asyncio.ensure_future(_ask(source, day, now, steady)) for source in sources]
    limit = asyncio.ensure_future(steady.sleep(policy.ceiling_s))
    try:
        waiting = set(tasks)
        while waiting and not limit.done():
            await asyncio.wait({*waiting, limit}, return_when=asyncio.FIRST_COMPLETED)
            waiting = {t for t in waiting if not t.done()}
    finally:
        for task in (*tasks, limit):
            task.cancel()
    return [
        task.result() if task.done() and not task.cancelled() else _too_slow(source, policy)
        for source, task in zip(sources, tasks, strict=True)
    ]


async def _ask(
    source: MacroSource, day: date, now: datetime, steady: Clock
) -> tuple[SourceReport, Gathered]:
    begun = steady.monotonic()
    try:
        got = await source.collect(day, now)
    except JennieError as error:
        took = steady.monotonic() - begun
        return SourceReport(name=source.name, took_s=took, failure=error.message), Gathered()
    except Exception as error:  # a page nobody foresaw costs its own source
        LOG.warning("the macro source %s failed", source.name, exc_info=True)
        took, why = steady.monotonic() - begun, type(error).__name__
        return SourceReport(name=source.name, took_s=took, failure=why), Gathered()
    report = SourceReport(
        name=source.name,
        given=len(got.readings),
        items=len(got.items),
        took_s=steady.monotonic() - begun,
        failed=got.failed,
    )
    return report, got


def _too_slow(source: MacroSource, policy: CollectPolicy) -> tuple[SourceReport, Gathered]:
    why = f"no answer within {policy.ceiling_s:g} s"
    report = SourceReport(name=source.name, took_s=policy.ceiling_s, failure=why, slow=True)
    return report, Gathered()


def _believed(
    answers: Iterable[tuple[SourceReport, Gathered]],
    plan: Plan,
    *,
    now: datetime,
    stored: MacroRecord | None,
    policy: CollectPolicy,
) -> Believed:
    got = [gathered for _, gathered in answers]
    readings = [r for g in got for r in g.readings]
    readings += sentiments((i for g in got for i in g.items), now)
    fresh = believe(readings, now=now, stored=stored, policy=policy)
    if not plan.lays_over or stored is None:
        return fresh
    return _merged(fresh, stored, now, policy)


def _merged(fresh: Believed, stored: MacroRecord, now: datetime, policy: CollectPolicy) -> Believed:
    """Lay what is new over what was stored; each figure keeps its own moment and its own age."""
    figures: dict[str, Figure] = dict(fresh.figures)
    gaps: dict[str, Gap] = {}
    for name, old in stored.figures.items():
        new = figures.get(name)
        if new is not None and new.as_of >= old.as_of:
            continue
        if now - old.as_of <= max_age(fields()[name].kind, policy):
            figures[name] = old
        else:
            gaps[name] = Gap(why="stale", said=old.source)
    gaps = {**gaps, **{n: g for n, g in fresh.gaps.items() if n not in figures}}
    return Believed(figures=figures, gaps=gaps, rejected=fresh.rejected)


def _record(
    plan: Plan,
    answers: Sequence[tuple[SourceReport, Gathered]],
    believed: Believed,
    *,
    now: datetime,
    stored: MacroRecord | None,
    policy: CollectPolicy,
) -> MacroRecord:
    politics, heard = _politics(answers, plan, now=now, stored=stored, policy=policy)
    gaps = _gaps(plan, answers, believed, stored)
    if politics is None:
        gaps.setdefault(POLITICS, _why(POLITICS, plan, answers))
    else:
        gaps.pop(POLITICS, None)
    ordered = {n: believed.figures[n] for n in fields() if n in believed.figures}
    return MacroRecord(
        day=now.date(),
        at=now,
        scope=plan.scope,
        figures=ordered,
        politics=politics,
        politics_at=heard,
        sources=tuple(sorted({part for f in ordered.values() for part in f.source.split("+")})),
        missing=gaps,
        stale=tuple(sorted(n for n, gap in gaps.items() if gap.why == "stale")),
        rejected=believed.rejected,
        baseline=baseline(ordered, now, stored=stored, policy=policy),
        freshness_ratio=freshness(ordered, now),
        completeness_ratio=completeness(ordered),
    )


def _politics(
    answers: Sequence[tuple[SourceReport, Gathered]],
    plan: Plan,
    *,
    now: datetime,
    stored: MacroRecord | None,
    policy: CollectPolicy,
) -> tuple[Politics | None, datetime | None]:
    """Return the risk of now; without any headline what news of late told may stay."""
    found = politics_of((i for _, g in answers for i in g.items), now)
    if found is not None:
        return found, now
    if not plan.lays_over or stored is None or stored.politics_at is None:
        return None, None
    if now - stored.politics_at > timedelta(hours=policy.news_hours):
        return None, None
    return stored.politics, stored.politics_at


def _gaps(
    plan: Plan,
    answers: Sequence[tuple[SourceReport, Gathered]],
    believed: Believed,
    stored: MacroRecord | None,
) -> dict[str, Gap]:
    """Say of each figure that is not known why. What is not asked for keeps the
    reason it had.
    """
    wanted = plan.wanted
    before = stored.missing if stored is not None and plan.lays_over else {}
    gaps: dict[str, Gap] = {}
    for name in fields():
        if name in believed.figures:
            continue
        if name in believed.gaps:
            gaps[name] = believed.gaps[name]
        elif name in wanted:
            gaps[name] = _why(name, plan, answers)
        else:
            gaps[name] = before.get(name, Gap(why="not_asked"))
    return gaps


def _why(name: str, plan: Plan, answers: Sequence[tuple[SourceReport, Gathered]]) -> Gap:
    """Return why nobody gave a figure: a failure first, then a missing key, then nobody to ask."""
    asked = {source.name for source in plan.sources if name in source.fields}
    for report, _ in answers:
        said = report.failed.get(name, report.failure)
        if report.name in asked and said:
            return Gap(why="failed", said=f"{report.name}: {said.rstrip('.')}")
    for source, (why, would_give) in plan.skipped.items():
        if name in would_give:
            return Gap(why=why, said=source)
    return Gap(why="nothing_new" if asked else "no_source", said=", ".join(sorted(asked)))


def _reason(gap: Gap) -> str:
    """Return a gap as a part of a sentence, empty where nobody could be asked."""
    if gap.why == "failed" or not gap.said:
        return gap.said
    return f"{gap.said}: {gap.why.replace('_', ' ')}"


def _invalid(lacking: Sequence[str], record: MacroRecord, required: frozenset[str]) -> MacroInvalid:
    reasons = dict.fromkeys(_reason(record.missing[n]) for n in lacking)
    told = "; ".join(filter(None, reasons))
    which = (
        f"{len(lacking)} of {len(required)} required macro figures are missing "
        f"({', '.join(lacking)})"
        if lacking
        else "No source told a figure"
    )
    return MacroInvalid(
        f"{which}, so there is no snapshot. {told}".rstrip(),
        hint="Keys: jennie secrets list. Otherwise try again later; the last snapshot stays.",
    )
