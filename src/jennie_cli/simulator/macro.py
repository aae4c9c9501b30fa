"""The world around a generated market: rates, currencies, fear and headlines, from its seed.

Everything of a US day is known from the next Korean morning on, a month's figure from the middle of
the next month: whoever asks at a moment is told what could be known then, whatever else was drawn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro.collecting import GLOBAL_NEWS, POLITICS, Gathered, Item, Reading, Topic
from jennie_cli.engine.store import Dataset, FactStore
from jennie_cli.engine.store.panels import FloatArray
from jennie_cli.simulator.dynamics import package_table
from jennie_cli.simulator.streams import Stream, stream

_FIRST = date(2023, 1, 2)
_DAY = timedelta(days=1)
_US_CLOSE = time(21, 0)
_US_KNOWN = time(6, 0)
_MONTH_KNOWN = timedelta(days=13)
_QUARTER_KNOWN = timedelta(days=28)
_YEAR = 252
_FEAR_DAYS = 20
_FEAR = (4.0, 0.9, 1.2)
"""VIX of a realised volatility: a floor, a factor, and points of noise."""

_CALM, _PANIC = 9.0, 90.0
_EWY = 62.0 * 1_385.0 / 2_480.0
_CHANGES = ("spy", "qqq", "ewy")
_HEADLINES, _POLITICAL = 24, 6
_ALARMING = 0.06
_UP, _FLAT = 0.40, 0.70
"""Chance of a headline that points up, and of one that points up or nowhere, on a flat day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedMacro:
    """What a world of a seed tells beside its own market, whose index drives fear and headlines."""

    seed: int
    facts: FactStore
    name: str = "generated"

    @property
    def fields(self) -> frozenset[str]:
        """Every figure but those that the market's own facts tell."""
        changes = {f"{name}_change_pct" for name in _CHANGES}
        return frozenset({*_table(), *changes, "vix", "ewy", GLOBAL_NEWS, POLITICS})

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return what is known at `now`."""
        del day
        newest = us_day(now)
        walk = walked(self.seed, newest)
        closes = self._closes(now)
        readings = (*_series(walk, now), *self._markets(walk, closes, newest))
        items = (*self._headlines(closes, now), *self._politics(now))
        return Gathered(readings=readings, items=items)

    def _markets(self, walk: FloatArray, closes: FloatArray, newest: date) -> Iterator[Reading]:
        """Yield the funds with their changes, and fear by what the index has done of late."""
        names, at = list(_table()), _close(newest)
        levels = {n: walk[-2:, names.index(n)] for n in ("spy", "qqq")}
        if closes.size > _FEAR_DAYS:
            levels["ewy"] = _EWY * closes[-2:] / walk[-2:, names.index("usd_krw")]
            yield _reading("vix", self._fear(closes, newest), at)
            yield _reading("ewy", levels["ewy"][-1], at)
        for name, level in levels.items():
            yield _reading(f"{name}_change_pct", (level[-1] / level[-2] - 1) * 100, at)

    def _fear(self, closes: FloatArray, newest: date) -> float:
        returns = np.diff(np.log(closes[-_FEAR_DAYS - 1 :]))
        floor, factor, noise = _FEAR
        shake = stream(self.seed, Stream.MACRO, newest.toordinal()).standard_normal()
        realised = float(returns.std() * np.sqrt(_YEAR) * 100)
        return float(np.clip(floor + factor * realised + noise * shake, _CALM, _PANIC))

    def _closes(self, now: datetime) -> FloatArray:
        """Return the closes of KOSPI known at a moment, of the last two months."""
        since = now.astimezone(KST).date() - timedelta(days=60)
        rows = self.facts.read(Dataset.INDEX_DAILY, as_of=now, codes=("KOSPI",), since=since)
        return np.asarray(rows["close"], dtype=np.float64)

    def _headlines(self, closes: FloatArray, now: datetime) -> Iterator[Item]:
        """Yield the business news of a day and a half, gloomier after a fall."""
        table = package_table("macro.toml")["headlines"]
        mood = (
            float(np.clip((closes[-1] / closes[-2] - 1) * 20, -0.4, 0.4)) if closes.size > 1 else 0
        )
        for at, pick, figure in self._moments(now, 0, _HEADLINES):
            tone = _tone(pick - mood)
            yield _item(Topic.GLOBAL, table[tone], figure, table["source"], at)

    def _politics(self, now: datetime) -> Iterator[Item]:
        """Yield the world news of a day and a half; few of them alarm."""
        table, source = package_table("macro.toml")["politics"], "simulated"
        for at, pick, figure in self._moments(now, 1, _POLITICAL):
            words = table["alarming" if pick < _ALARMING else "quiet"]
            yield _item(Topic.POLITICS, words, figure, source, at)

    def _moments(
        self, now: datetime, which: int, count: int
    ) -> Iterator[tuple[datetime, float, int]]:
        """Yield when each headline of yesterday and today came that is out, and what picks it."""
        today = now.astimezone(KST).date()
        for day in (today - _DAY, today):
            rng = stream(self.seed, Stream.MACRO, day.toordinal() * 10 + 1 + which)
            minutes, picks = rng.integers(0, 1_440, count), rng.random(count)
            figures = rng.integers(2, 90, count)
            rows = zip(minutes.tolist(), picks.tolist(), figures.tolist(), strict=True)
            for minute, pick, figure in rows:
                at = datetime.combine(day, time(0), KST) + timedelta(minutes=minute)
                if at <= now:
                    yield at, pick, figure


def _tone(pick: float) -> str:
    if pick < _UP:
        return "positive"
    return "neutral" if pick < _FLAT else "negative"


def us_day(now: datetime) -> date:
    """Return the newest weekday whose US session is known in Korea."""
    here = now.astimezone(KST)
    day = here.date() - (_DAY if here.time() >= _US_KNOWN else 2 * _DAY)
    while day.weekday() > 4:
        day -= _DAY
    return day


@lru_cache(maxsize=4)
def walked(seed: int, newest: date) -> FloatArray:
    """Return every series up to a US day, (days, series); earlier days are the same however far
    one walks.
    """
    rows = list(_table().values())
    days = int(np.busday_count(_FIRST, newest)) + 1
    shakes = _shakes(seed, days)
    logs = np.array([bool(r.get("log")) for r in rows])
    mean = np.array([np.log(r["mean"]) if r.get("log") else r["mean"] for r in rows])
    pull, vol = np.array([r["pull"] for r in rows]), np.array([r["vol"] for r in rows])
    level, path = mean, np.empty((days, len(rows)))
    for day in range(days):
        level = level + pull * (mean - level) + vol * shakes[day]
        path[day] = level
    path[:, logs] = np.exp(path[:, logs])
    return path


def _shakes(seed: int, days: int) -> FloatArray:
    """Return what shakes each series each day, (days, series): its own chance, and its leader's."""
    own = [stream(seed, Stream.MACRO, n).standard_normal(days) for n in range(len(_table()))]
    names = list(_table())
    for number, row in enumerate(_table().values()):
        if leader := row.get("like"):
            rho = row["rho"]
            mine = np.sqrt(1 - rho**2) * own[number]
            own[number] = rho * own[names.index(leader)] + mine
    return np.column_stack(own)


def _series(walk: FloatArray, now: datetime) -> Iterator[Reading]:
    """Yield the newest value of each series that is out."""
    for number, (name, row) in enumerate(_table().items()):
        end = _told(row["told"], now)
        value = walk[int(np.busday_count(_FIRST, end + _DAY)) - 1, number]
        step = row.get("step")
        value = round(value / step) * step if step else value
        yield _reading(name, value, _close(end) if row["told"] == "day" else _evening(end))


def _told(how: str, now: datetime) -> date:
    """Return the last day that the newest value of a series speaks of."""
    here = now.astimezone(KST).date()
    if how == "day":
        return us_day(now)
    if how == "month":
        return (here - _MONTH_KNOWN).replace(day=1) - _DAY
    known = here - _QUARTER_KNOWN
    return known.replace(month=(known.month - 1) // 3 * 3 + 1, day=1) - _DAY


def _table() -> Mapping[str, Any]:
    rows: Mapping[str, Any] = package_table("macro.toml")["series"]
    return rows


def _close(day: date) -> datetime:
    return datetime.combine(day, _US_CLOSE, UTC).astimezone(KST)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), KST)


def _reading(name: str, value: float, at: datetime) -> Reading:
    return Reading(field=name, value=round(float(value), 4), source="generated", as_of=at)


def _item(topic: Topic, words: list[str], figure: int, source: str, at: datetime) -> Item:
    title = words[figure % len(words)].format(n=figure)
    return Item(topic=topic, title=title, source=source, at=at)
