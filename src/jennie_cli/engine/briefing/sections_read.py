"""What others wrote, in words: the watchlist and the news; and all sections in their order."""

from dataclasses import replace

from jennie_cli.engine.briefing.figures import Briefing, Comments, Listed, Story
from jennie_cli.engine.briefing.sections import (
    Section,
    Sheet,
    columns,
    section,
    unknown,
    weather_section,
    worth_section,
)
from jennie_cli.engine.briefing.sections_trades import (
    positions_section,
    second_tier_section,
    trades_section,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import amount, known, text

_LISTED = ("rank", "name", "tier", "score", "llm")
_STORY = ("at", "name", "mood", "title")
_BESIDE = {"market": "market", "trades": "portfolio"}
"""Which comment stands below which section."""


def sections(briefing: Briefing, lang: str) -> tuple[Section, ...]:
    """Return every section in its order, with the comments where they belong."""
    told = (
        weather_section(briefing, lang),
        worth_section(briefing, lang),
        positions_section(briefing, lang),
        trades_section(briefing, lang),
        second_tier_section(briefing, lang),
        _watch(briefing, lang),
        _news(briefing, lang),
    )
    comments = briefing.comments
    if comments is None:
        return (*told, section("comments", lang, text("briefing.silent", lang)))
    beside = (replace(s, comment=_beside(comments, s.key)) for s in told)
    return (*beside, *_last_words(comments, lang))


def _beside(comments: Comments, key: str) -> str:
    name = _BESIDE.get(key)
    return getattr(comments, name) if name else ""


def _last_words(comments: Comments, lang: str) -> tuple[Section, ...]:
    notes = []
    if comments.simulated:
        notes.append(text("briefing.simulated", lang))
    if comments.dropped:
        notes.append(text("briefing.dropped", lang, count=len(comments.dropped)))
    told = (
        replace(section("tomorrow", lang), comment=comments.tomorrow),
        replace(section("closing", lang), comment=comments.closing),
        section("comments", lang, *notes),
    )
    return tuple(s for s in told if s.comment or s.lines)


def _watch(briefing: Briefing, lang: str) -> Section:
    watch = briefing.watch
    if watch is None:
        return section("watchlist", lang, unknown("scout", briefing.gaps, lang))
    head = text("briefing.watched", lang, day=watch.day, count=len(watch.listed) + watch.rest)
    if not watch.listed:
        return section("watchlist", lang, head)
    sheet = Sheet(
        columns=columns(lang, *_LISTED),
        rows=tuple(_listed_row(one, lang) for one in watch.listed),
        right=frozenset({0, 3, 4}),
        wide=1,
        chat=tuple(_listed_line(one, lang) for one in watch.listed),
    )
    simulated = any(one.simulated for one in watch.listed)
    lines = (head, *((text("briefing.simulated_scores", lang),) if simulated else ()))
    return section("watchlist", lang, *lines, sheet=sheet)


def _listed_row(one: Listed, lang: str) -> tuple[str, ...]:
    scores = (amount(one.score, "score", lang), amount(one.llm_score, "score", lang))
    key = f"verdict.{one.tier}"
    verdict = text(key if known(key, lang) else "verdict.watch", lang)
    return (str(one.rank), one.name, verdict, *scores)


def _listed_line(one: Listed, lang: str) -> str:
    rank, name, tier, score, llm = _listed_row(one, lang)
    figures = {"rank": rank, "name": name, "tier": tier, "score": score, "llm": llm}
    return text("briefing.line.listed", lang, **figures)


def _news(briefing: Briefing, lang: str) -> Section:
    news = briefing.news
    if news is None:
        return section("news", lang, unknown("news", briefing.gaps, lang))
    if not news:
        return section("news", lang, text("briefing.quiet", lang))
    sheet = Sheet(
        columns=columns(lang, *_STORY),
        rows=tuple(_story_row(story) for story in news),
        right=frozenset({2}),
        wide=3,
        chat=tuple(_story_line(story) for story in news),
    )
    simulated = any(story.simulated for story in news)
    lines = (text("briefing.simulated_mood", lang),) if simulated else ()
    return section("news", lang, *lines, sheet=sheet)


def _story_row(story: Story) -> tuple[str, ...]:
    at = f"{story.at.astimezone(KST):%m-%d %H:%M}"
    return (at, story.name or story.code or "-", str(story.score), story.title)


def _story_line(story: Story) -> str:
    whose = f" {story.name or story.code}:" if story.name or story.code else ""
    return f"[{story.score}]{whose} {story.title}"
