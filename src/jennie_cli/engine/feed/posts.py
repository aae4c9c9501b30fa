"""What a channel's posts are: its role and weight, the shape of its titles, what they touch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jennie_cli.engine.feed.words import one_line

TITLE = 300


class ChannelRole(StrEnum):
    """What a channel is read for."""

    MACRO_SIGNAL = "macro_signal"
    STOCK_REFERENCE = "stock_reference"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel by its name; the weight is what it counts among the others. `shape` finds the
    title in a first line, with groups `title`, and `stock` or `code` where it names one.
    """

    name: str
    role: ChannelRole = ChannelRole.OTHER
    weight_ratio: float = 0.0
    shape: re.Pattern[str] = re.compile(r"(?P<title>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRead:
    """A post's title, and the stock that it names; empty where it names none that is known."""

    title: str
    code: str = ""
    name: str = ""


_KNOWN = (
    Channel(
        name="hedgecat0301",
        role=ChannelRole.MACRO_SIGNAL,
        weight_ratio=0.6,
        shape=re.compile(r"\[\s*\d{1,2}/\d{1,2}\s*,\s*(?P<title>.+?)\s*,\s*키움\s*한지영\s*\]"),
    ),
    Channel(
        name="HanaResearch",
        role=ChannelRole.STOCK_REFERENCE,
        weight_ratio=0.2,
        shape=re.compile(r"(?P<title>(?P<stock>.+?)\s*\(\s*(?P<code>\d{6})\.K[SQ]\s*/[^)]*\).*)"),
    ),
    Channel(
        name="meritz_research",
        role=ChannelRole.STOCK_REFERENCE,
        weight_ratio=0.2,
        shape=re.compile(r"📮\s*\[\s*(?P<title>(?P<stock>\S+).*?)\s*\]"),
    ),
)
CHANNELS: Mapping[str, Channel] = {channel.name.lower(): channel for channel in _KNOWN}
"""Channels whose posts have a shape that we know, by name in lower case."""

_SECTORS = ("반도체", "자동차", "바이오", "2차전지", "조선", "은행", "증권")
_MACRO = (
    *("금리", "환율", "FOMC", "물가", "CPI", "GDP", "경기", "침체"),
    *("인플레이션", "관세", "트럼프", "달러"),
)


def channel_of(name: str) -> Channel:
    """Return what is known of a channel; one that nobody knows counts for nothing."""
    return CHANNELS.get(name.lower(), Channel(name=name))


def read_post(channel: str, text: str, stocks: Mapping[str, str]) -> PostRead:
    """Return a post's title and the stock that it names. `stocks` are the names known, by code.

    A stock is believed by its code, or by a name that is one stock's own; a title without the
    channel's shape is the first line.
    """
    first = next((line for line in text.split("\n") if line.strip()), "")
    found = channel_of(channel).shape.search(first[:TITLE])
    told = found.groupdict() if found else {}
    title = one_line(told.get("title") or first, TITLE)
    code = told.get("code") or _code_of(told.get("stock") or "", stocks)
    known = code if code in stocks else ""
    return PostRead(title=title, code=known, name=stocks.get(known, ""))


def touched(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sectors and the words of the macro side that a post holds."""
    upper = text.upper()
    return (
        tuple(word for word in _SECTORS if word in upper),
        tuple(word for word in _MACRO if word in upper),
    )


def _code_of(name: str, stocks: Mapping[str, str]) -> str:
    """Return the code of a stock by its name, empty for none and for one of several."""
    codes = [code for code, known in stocks.items() if known == name]
    return codes[0] if len(codes) == 1 else ""
