"""A competitor's misfortune as events: who profits, by how much, for how long, and what came of it.

Sections 5.5 of the operations and 14 of the scout specification. The points of a category are those
of its table; where it has none, the model's. The same stocks and kind count once a day.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from jennie_cli.engine.analyst import kept_benefits
from jennie_cli.engine.bus import Keys
from jennie_cli.engine.bus.names import COMPETITOR_BENEFIT
from jennie_cli.engine.news.book import BenefitEvent, EventStatus, NewsBook, NewsRow
from jennie_cli.engine.news.classifier import categories
from jennie_cli.engine.news.judgement import Risk
from jennie_cli.engine.news.peers import Peers
from jennie_cli.engine.store import Dataset, FactStore

SAME_WITHIN = timedelta(hours=24)
_LONG = frozenset({Risk.FIRE, Risk.RECALL, Risk.SECURITY, Risk.OWNER_RISK})
_LONG_LIFE, _SHORT_LIFE = timedelta(days=30), timedelta(days=7)
_OLDEST = timedelta(days=90)


def events_of(
    rows: Iterable[NewsRow], *, peers: Peers, known: Sequence[BenefitEvent]
) -> tuple[BenefitEvent, ...]:
    """Return the events that rows tell of beyond those `known`, one for each competitor."""
    last = {_same(event): event.detected_at for event in known}
    found: list[BenefitEvent] = []
    for row in sorted(rows, key=lambda row: (row.judged_at, row.item.id)):
        for event in _told_by(row, peers):
            before = last.get(_same(event))
            if before is None or event.detected_at - before >= SAME_WITHIN:
                last[_same(event)] = event.detected_at
                found.append(event)
    return tuple(found)


def _told_by(row: NewsRow, peers: Peers) -> Iterable[BenefitEvent]:
    category = categories().get(row.category)
    points = (category.benefit_points if category else 0) or row.benefit_score
    if row.risk is Risk.NONE or points <= 0:
        return
    told = row.item.headline
    days = timedelta(days=category.days) if category and category.days else _life(row.risk)
    # what is judged late is worth what is left of it, and no more once it would be over
    left = days - timedelta(days=max(0, (row.judged_at - told.at).days))
    if left <= timedelta(0):
        return
    for peer in peers.of(told.code):
        yield BenefitEvent(
            id=_event_id(row.item.id, peer.code),
            news_id=row.item.id,
            affected=told.code,
            affected_name=told.name,
            code=peer.code,
            name=peer.name,
            sector=peer.sector,
            risk=row.risk,
            category=row.category,
            points=round(points * (left / days), 2),
            confidence=category.confidence if category else "",
            reason=row.risk_reason or row.reason,
            detected_at=row.judged_at,
            expires_at=row.judged_at + left,
        )


async def tell_benefits(keys: Keys, events: Sequence[BenefitEvent]) -> None:
    """Put events on the bus; a higher one that stands there stays. Raises BusDown."""
    if not events:
        return
    standing = dict(await kept_benefits(keys, {event.code for event in events}))
    values: dict[str, BenefitEvent] = {}
    for event in events:
        there, mine = standing.get(event.code), values.get(event.code)
        alive = there is not None and event.detected_at - there.since < there.life
        if there is not None and alive and there.points >= event.points:
            continue
        if mine is None or event.points > mine.points:
            values[event.code] = event
    await keys.put_all({COMPETITOR_BENEFIT.of(c): _document(e) for c, e in values.items()})


def expire(book: NewsBook, facts: FactStore, *, now: datetime) -> tuple[BenefitEvent, ...]:
    """End the events whose days are over and fill in what their stocks did; return those ended.

    The body of a daily job: a second run of the day ends nothing.
    """
    over = [e for e in book.events(status=EventStatus.ACTIVE) if e.expires_at <= now]
    closes = _closes(facts, over, now) if over else {}
    ended = tuple(
        replace(e, status=EventStatus.EXPIRED, actual_return_pct=_return_pct(closes.get(e.code), e))
        for e in over
    )
    book.put((), ended)
    return ended


def _closes(
    facts: FactStore, events: Sequence[BenefitEvent], now: datetime
) -> Mapping[str, list[tuple[datetime, float]]]:
    """Return the closes of the events' stocks with the moment each was known, oldest first."""
    since = max(min(e.detected_at for e in events) - _OLDEST, now - 4 * _OLDEST).date()
    rows = facts.read(
        Dataset.DAILY_BARS, as_of=now, codes=sorted({e.code for e in events}), since=since
    )
    found: dict[str, list[tuple[datetime, float]]] = {}
    for code, known, close in zip(rows["code"], rows["known_at"], rows["close"], strict=True):
        at = datetime.fromtimestamp(int(known), now.tzinfo)
        found.setdefault(code, []).append((at, float(close)))
    return found


def _return_pct(
    closes: Sequence[tuple[datetime, float]] | None, event: BenefitEvent
) -> float | None:
    first = [close for at, close in closes or () if at <= event.detected_at]
    last = [close for at, close in closes or () if at <= event.expires_at]
    if not first or len(last) == len(first) or first[-1] <= 0:
        return None
    return round((last[-1] / first[-1] - 1.0) * 100.0, 2)


def _document(event: BenefitEvent) -> str:
    told = {
        "score": event.points,
        "reason": event.reason,
        "affected_stock": event.affected_name or event.affected,
        "event_type": event.risk.value,
        "updated_at": event.detected_at.isoformat(),
        "expires_at": event.expires_at.isoformat(),
    }
    return orjson.dumps(told).decode()


def _same(event: BenefitEvent) -> tuple[str, str, Risk]:
    return event.affected, event.code, event.risk


def _life(risk: Risk) -> timedelta:
    return _LONG_LIFE if risk in _LONG else _SHORT_LIFE


def _event_id(news: str, code: str) -> str:
    return hashlib.blake2b(f"{news}\x1f{code}".encode(), digest_size=16).hexdigest()
