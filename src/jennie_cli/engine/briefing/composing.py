"""Puts a briefing together from what was read: figures by code, no model in sight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jennie_cli.engine.briefing.figures import (
    Briefing,
    Held,
    Level,
    Listed,
    Story,
    Watch,
    Weather,
    Worth,
)
from jennie_cli.engine.briefing.ledgered import second_tier_of, trades_of
from jennie_cli.engine.briefing.taking import Taken
from jennie_cli.engine.broker import AccountState, Holding
from jennie_cli.engine.llm.fences import tamed
from jennie_cli.engine.macro.collecting import Figure
from jennie_cli.engine.model import LlmStatus, TradeTier, WatchlistEntry
from jennie_cli.engine.news import NewsRow
from jennie_cli.engine.portfolio import Portfolio
from jennie_cli.engine.store import CouncilRecord, ScoutRun

NEWS_WINDOW = timedelta(hours=24)
_MOST_LISTED, _MOST_STORIES, _NEUTRAL = 10, 5, 50
_TITLE, _NAME = 120, 40
_ASKED = frozenset({LlmStatus.OK, LlmStatus.CACHED, LlmStatus.SIMULATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What was read for a briefing; `gaps` says of a section why it was not.

    `taken` is today's snapshot with the account it was taken of. `figures` are those of the macro
    side by name of their field, each map of one origin, its changes belonging to its levels.
    `tiers` are the watchlists of past sessions by day; `news` the judged texts, newest first.
    """

    day: date
    at: datetime
    profile: str
    source: str
    portfolio: Portfolio
    names: Callable[[str], str]
    taken: Taken | None = None
    figures: Sequence[Mapping[str, Figure]] = ()
    council: CouncilRecord | None = None
    run: ScoutRun | None = None
    entries: Sequence[WatchlistEntry] = ()
    tiers: Mapping[date, Mapping[str, TradeTier]] = field(default_factory=dict)
    news: Sequence[NewsRow] | None = None
    gaps: Mapping[str, str] = field(default_factory=dict)


def compose(told: Materials) -> Briefing:
    """Return the briefing without comments."""
    state = None if told.taken is None else told.taken.state
    return Briefing(
        day=told.day,
        at=told.at,
        profile=told.profile,
        source=told.source,
        weather=_weather(told),
        worth=_worth(told.taken),
        positions=None if state is None else tuple(map(_held, state.holdings)),
        differs=None if state is None else len(told.portfolio.differing(_shares(state))),
        trades=trades_of(told.portfolio, told.day, told.names, at=told.at),
        second_tier=second_tier_of(
            told.portfolio,
            told.day,
            told.tiers,
            told.names,
            holdings=None if state is None else state.holdings,
        ),
        watch=_watch(told.run, told.entries),
        news=None if told.news is None else _stories(told.news, told.at),
        gaps=told.gaps,
    )


def _weather(told: Materials) -> Weather:
    council = told.council
    return Weather(
        kospi=_level(told.figures, "kospi_index", "kospi_change_pct"),
        kosdaq=_level(told.figures, "kosdaq_index", "kosdaq_change_pct"),
        vix=_level(told.figures, "vix"),
        usd_krw=_level(told.figures, "usd_krw"),
        sentiment=council.sentiment if council else None,
        sentiment_score=council.sentiment_score if council else None,
        regime=told.run.regime.regime.value if told.run else None,
        regime_day=told.run.trade_date if told.run else None,
    )


def _level(origins: Sequence[Mapping[str, Figure]], name: str, change: str = "") -> Level | None:
    """Return the newest level, with the change that its own origin tells."""
    found = [(o[name].as_of, i) for i, o in enumerate(origins) if name in o]
    if not found:
        return None
    origin = origins[max(found)[1]]
    moved = origin.get(change)
    figure = origin[name]
    pct = moved.value if moved else None
    return Level(value=figure.value, as_of=figure.as_of, change_pct=pct)


def _worth(taken: Taken | None) -> Worth | None:
    if taken is None or taken.snapshot is None:
        return None
    row, previous = taken.snapshot, taken.previous
    return Worth(
        at=row.taken_at,
        total=row.total_asset,
        settled_cash=row.settled_cash,
        orderable_cash=row.orderable_cash,
        stock_value=row.stock_value,
        unrealised=row.unrealised_pnl,
        previous_total=previous.total_asset if previous else None,
        previous_day=previous.day if previous else None,
    )


def _held(holding: Holding) -> Held:
    return Held(
        code=holding.code,
        name=tamed(holding.name, _NAME),
        qty=holding.qty,
        cost=holding.cost,
        price=holding.price,
        value=holding.value,
    )


def _shares(state: AccountState) -> Mapping[str, int]:
    return {held.code: held.qty for held in state.holdings}


def _watch(run: ScoutRun | None, entries: Sequence[WatchlistEntry]) -> Watch | None:
    if run is None:
        return None
    first = sorted(entries, key=lambda e: e.rank)[:_MOST_LISTED]
    return Watch(
        day=run.trade_date,
        listed=tuple(map(_listed, first)),
        rest=len(entries) - len(first),
    )


def _listed(entry: WatchlistEntry) -> Listed:
    return Listed(
        rank=entry.rank,
        code=entry.code,
        name=tamed(entry.name, _NAME),
        tier=entry.trade_tier.value,
        score=entry.hybrid_score,
        llm_score=entry.llm_score if entry.llm_status in _ASKED else None,
        simulated=entry.llm_status is LlmStatus.SIMULATED,
    )


def _stories(rows: Sequence[NewsRow], at: datetime) -> tuple[Story, ...]:
    """Return the judged texts of the last day that are farthest from neutral, each title once."""
    stories: dict[str, Story] = {}
    for row in rows:
        headline = row.item.headline
        if row.score is not None and at - NEWS_WINDOW <= headline.at <= at:
            story = Story(
                at=headline.at,
                code=headline.code,
                name=tamed(headline.name, _NAME),
                title=tamed(headline.title, _TITLE),
                score=row.score,
                simulated=row.simulated,
            )
            stories.setdefault(story.title, story)
    strongest = sorted(stories.values(), key=lambda s: abs(s.score - _NEUTRAL), reverse=True)
    return tuple(strongest[:_MOST_STORIES])
