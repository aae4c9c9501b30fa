"""Headlines about some stocks each day, with a sentiment that leads prices a little."""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import SecurityKind
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.dynamics import package_table, story_table
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.streams import Stream, stream

_LEAD = 0.06
_POSITIVE, _NEGATIVE = 62.0, 38.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNews:
    """One day's headlines, (H,) each: whose, when inside the day (0..1 of the time until the next
    session), sentiment 0..100, importance 0..100, and the figures that pick the words.
    """

    stock: NDArray[np.intp]
    moment: FloatArray
    sentiment: FloatArray
    importance: FloatArray
    words: NDArray[np.int64]


class NewsMaker:
    """Draws headlines; `lead` holds the push they give tomorrow's return."""

    def __init__(self, seed: int, roster: Roster) -> None:
        """Large stocks are in the news more often."""
        log_cap = np.log10(np.maximum(roster.cap, 1e10) / 1e11)
        chance = np.clip(0.008 + 0.40 * np.maximum(log_cap - 0.9, 0.0), 0.0, 0.8)
        written = roster.is_kind(SecurityKind.COMMON)
        self._seed = seed
        self._chance = np.where(written, chance, 0.0)
        self._sigma = roster.sigma
        self.lead: FloatArray = np.zeros(roster.size)

    def step(
        self,
        day: int,
        change: FloatArray,
        story: NDArray[np.intp],
        growth: FloatArray,
        live: BoolArray,
    ) -> DayNews:
        """Return the headlines of a day and of the night after it."""
        rng = stream(self._seed, Stream.NEWS, day)
        odds, noise = rng.random(self._chance.size), rng.standard_normal(self._chance.size)
        moved = np.clip(change / self._sigma, -4.0, 4.0)
        written = live & (odds < self._chance * (1.0 + 0.5 * np.abs(moved)))
        mood = 50.0 + story_table().news[story] + 10.0 * growth + 4.0 * moved + 15.0 * noise
        self.lead = np.where(written, _LEAD * self._sigma * np.clip(noise, -3.0, 3.0), 0.0)
        stock = np.flatnonzero(written)
        return DayNews(
            stock=stock,
            moment=np.sort(rng.random(stock.size)),
            sentiment=np.asarray(np.round(np.clip(mood[stock], 1.0, 99.0), 1), dtype=np.float64),
            importance=np.round(rng.uniform(10.0, 95.0, stock.size)),
            words=rng.integers(0, 1_000_000, (stock.size, 2)),
        )


def headline(name: str, sentiment: float, words: NDArray[np.int64]) -> tuple[str, str, str]:
    """Return title, publisher and label of one headline."""
    table = package_table("headlines.toml")
    if sentiment >= _POSITIVE:
        tone, label = "positive", "positive"
    elif sentiment <= _NEGATIVE:
        tone, label = "negative", "negative"
    else:
        tone, label = "neutral", "mixed"
    templates = table[tone]
    pattern = templates[int(words[0]) % len(templates)]
    publisher = table["publishers"][int(words[0]) // 97 % len(table["publishers"])]
    return pattern.format(name=name, n=3 + int(words[1]) % 27), publisher, label


def headline_id(code: str, moment: int, title: str) -> str:
    """Return the short hash that identifies a headline."""
    return blake2b(f"{code}|{moment}|{title}".encode(), digest_size=8).hexdigest()
