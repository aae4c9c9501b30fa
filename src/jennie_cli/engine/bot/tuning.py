"""The few settings that a chat may change, and a look at all of them."""

from collections.abc import Mapping

from jennie_cli.engine.bot.calls import count_of
from jennie_cli.engine.bot.home import Lines, Talk, Tunable
from jennie_cli.engine.messages import text

_MAX_BUYS = "risk.max_day_buys"
_PER_TRADE = "risk.risk_per_trade_pct"
_FLOOR = "risk.hybrid_floor_score"

_MOST_BUYS = 20
_MOST_SCORE = 100
_MOST_ROWS = 40

PRESETS: Mapping[str, Mapping[str, str]] = {
    "conservative": {_PER_TRADE: "0.8", _MAX_BUYS: "3"},
    "moderate": {_PER_TRADE: "1.0", _MAX_BUYS: "6"},
    "aggressive": {_PER_TRADE: "1.2", _MAX_BUYS: "8"},
}
"""What a position puts at risk, by which its size goes, and the buys of a day."""


async def max_buy(talk: Talk) -> Lines:
    """Set how many automatic buys a day may have, or tell it."""
    return _number(talk, _MAX_BUYS, "maxbuy", _MOST_BUYS)


async def min_score(talk: Talk) -> Lines:
    """Set the score below which nothing is bought automatically, or tell it."""
    return _number(talk, _FLOOR, "minscore", _MOST_SCORE)


async def risk(talk: Talk) -> Lines:
    """Take one of the presets, or tell what is set."""
    words = talk.call.words
    if not words:
        shown = [one for key in (_PER_TRADE, _MAX_BUYS) for one in talk.home.settings.like(key)]
        return [text("bot.risk_how", talk.lang), *map(_row, shown)]
    if len(words) > 1 or words[0].casefold() not in PRESETS:
        return [text("bot.risk_how", talk.lang)]
    name = words[0].casefold()
    return _changed(talk, PRESETS[name], text("bot.risk_set", talk.lang, name=name))


async def config(talk: Talk) -> Lines:
    """Tell settings: those that begin with a word, or those that are not at their default."""
    prefix, lang = talk.call.rest, talk.lang
    found = talk.home.settings.like(prefix)
    if not prefix:
        found = tuple(one for one in found if one.changed)
    heading = text("bot.config" if prefix else "bot.config_changed", lang, count=len(found))
    lines = [_row(one) for one in found[:_MOST_ROWS]]
    if len(found) > _MOST_ROWS:
        lines.append(text("bot.more", lang, count=len(found) - _MOST_ROWS))
    return [heading, *lines, *([] if prefix else [text("bot.config_how", lang)])]


def _number(talk: Talk, key: str, name: str, most: int) -> Lines:
    words = talk.call.words
    if not words:
        return [text(f"bot.{name}_how", talk.lang), *map(_row, talk.home.settings.like(key))]
    number = count_of(words[0])
    if len(words) > 1 or number is None or number > most:
        return [text(f"bot.{name}_how", talk.lang)]
    return _changed(talk, {key: str(number)}, text(f"bot.{name}_set", talk.lang, count=number))


def _changed(talk: Talk, values: Mapping[str, str], heading: str) -> Lines:
    """Set and tell what it was; a setting of the environment stands above what is set here."""
    before = talk.home.settings.change(values, who=talk.call.who)
    lines = [f"{one.key}: {one.value} → {values[one.key]}" for one in before]
    for one in before:
        if one.outranked:
            told = {"env": one.outranked, "value": one.value}
            lines.append(text("bot.outranked", talk.lang, **told))
    return [heading, *lines, text("bot.next_start", talk.lang)]


def _row(one: Tunable) -> str:
    return f"{one.key} = {one.value}"
