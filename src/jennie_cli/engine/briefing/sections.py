"""A briefing in words, section by section, for whatever shows it: terminal, chat or page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jennie_cli.engine.briefing.figures import Briefing, Level, Weather, Worth
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import amount, known, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: titles and rows of equal length, which columns are figures, which may be cut.

    `chat` has a line for each row, for where there are no columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    wide: int
    chat: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A title, a table if it has one, lines below it, and what the model said of it, or nothing."""

    key: str
    title: str
    lines: tuple[str, ...]
    sheet: Sheet | None = None
    comment: str = ""


def section(key: str, lang: str, *lines: str, sheet: Sheet | None = None) -> Section:
    """Return a section with the title of its key."""
    return Section(key=key, title=text(f"briefing.title.{key}", lang), lines=lines, sheet=sheet)


def columns(lang: str, *keys: str) -> tuple[str, ...]:
    """Return titles of columns."""
    return tuple(text(f"briefing.column.{key}", lang) for key in keys)


def won(value: int | None, lang: str, *, sign: str = "") -> str:
    """Return won in full, with a sign if asked for; a dash where nobody knows."""
    if value is None:
        return amount(None, "KRW", lang)
    return text("trade.won", lang, figure=f"{value:{sign if value else ''},}")


def pct(value: float | None) -> str:
    """Return percent with sign and two decimals; a dash where nobody knows."""
    return amount(None, "pct", "en") if value is None else f"{value:+.2f}%"


def sign_of(cell: str) -> int:
    """Return which way a figure in words moved: 1, -1, and 0 for nought and what has no sign."""
    if not cell.strip("+-0.,%"):
        return 0
    return {"+": 1, "-": -1}.get(cell[:1], 0)


def unknown(key: str, gaps: Mapping[str, str], lang: str) -> str:
    """Return that a section could not be read, and why where that is known."""
    why = gaps.get(key)
    return text("briefing.gap", lang, why=why) if why else text(f"briefing.none.{key}", lang)


def clock_of(at: datetime) -> str:
    """Return the minute of a moment in Korea."""
    return f"{at.astimezone(KST):%H:%M}"


def weather_section(briefing: Briefing, lang: str) -> Section:
    """Return the market: indices, fear, currency, the council's mood and the scout's regime."""
    told = briefing.weather
    indices = (
        _level("KOSPI", told.kospi, briefing.day, lang),
        _level("KOSDAQ", told.kosdaq, briefing.day, lang),
    )
    abroad = (
        _level("VIX", told.vix, briefing.day, lang),
        _level("USD/KRW", told.usd_krw, briefing.day, lang),
    )
    gaps = (
        text(f"briefing.gap_of.{key}", lang, why=briefing.gaps[key])
        for key in ("macro", "council", "scout")
        if key in briefing.gaps
    )
    lines = (" · ".join(indices), " · ".join(abroad), _mood(told, lang), *gaps)
    return section("market", lang, *lines)


def worth_section(briefing: Briefing, lang: str) -> Section:
    """Return the account: total, change, cash."""
    worth = briefing.worth
    if worth is None:
        return section("account", lang, unknown("account", briefing.gaps, lang))
    return section("account", lang, *_worth(worth, briefing.day, lang))


def _level(name: str, level: Level | None, day: date, lang: str) -> str:
    if level is None:
        return f"{name} {amount(None, 'points2', lang)}"
    moved = "" if level.change_pct is None else f" ({pct(level.change_pct)})"
    of = level.as_of.astimezone(KST).date()
    dated = "" if of == day else " " + text("briefing.as_of", lang, day=f"{of:%m-%d}")
    return f"{name} {level.value:,.2f}{moved}{dated}"


def _mood(told: Weather, lang: str) -> str:
    sentiment, score = told.sentiment or "", told.sentiment_score
    key = f"council.sentiment.{sentiment}"
    word = text(key, lang) if known(key, lang) else sentiment
    mood = f"{word} {score}" if score is not None else amount(None, "score", lang)
    regime = told.regime or amount(None, "score", lang)
    if told.regime_day is not None:
        regime += f" ({told.regime_day:%m-%d})"
    return text("briefing.mood", lang, mood=mood, regime=regime)


def _worth(worth: Worth, day: date, lang: str) -> Iterator[str]:
    time = clock_of(worth.at)
    when = time if worth.at.astimezone(KST).date() == day else f"{worth.at.astimezone(KST):%m-%d}"
    yield text("briefing.total", lang, total=won(worth.total, lang), time=when)
    if worth.previous_day is None:
        yield text("briefing.no_previous", lang)
    else:
        figures = {"change": won(worth.change, lang, sign="+"), "pct": pct(worth.change_pct)}
        yield text("briefing.change", lang, day=worth.previous_day, **figures)
    yield text(
        "briefing.cash",
        lang,
        settled=won(worth.settled_cash, lang),
        orderable=won(worth.orderable_cash, lang),
    )
    yield text(
        "briefing.stocks",
        lang,
        value=won(worth.stock_value, lang),
        unrealised=won(worth.unrealised, lang, sign="+"),
    )
