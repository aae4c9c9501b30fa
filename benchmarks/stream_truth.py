"""What a stream should have told: the same market played again, held against what was told.

A tick is known by its code, day and volume of the day. `Told` keeps what reached the bus in arrays
of a fixed size, so that keeping it does not disturb the memory that is measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import StockStatus
from jennie_cli.engine.venue import default_calendar
from jennie_cli.simulator import MARKET_EDITION
from jennie_cli.simulator.exchange import Stretch, StretchRow
from jennie_cli.simulator.playing import DayBook, GeneratedDays, Play

Ints = NDArray[np.int64]

_COLUMNS = ("code", "day", "second", "price", "qty", "volume", "gap")


class Told:
    """What reached the bus, in its order."""

    def __init__(self, size: int, codes: Sequence[str]) -> None:
        """Keep at most `size` ticks of these codes."""
        self.codes = tuple(codes)
        self.count = 0
        self.size = size
        self._places = {code: place for place, code in enumerate(codes)}
        # written once, so that the memory is there before it is measured
        self._table = np.full((size, len(_COLUMNS)), -1, dtype=np.int64)

    def note(self, fields: Mapping[str, str], *, day_volume: int) -> None:
        """Keep one message of the bus; `day_volume` is the tick's own, which the bus leaves out."""
        at = fields["ts"]
        self._table[self.count] = (
            self._places[fields["code"]],
            int(at[:4] + at[5:7] + at[8:10]),
            int(at[11:13]) * 3_600 + int(at[14:16]) * 60 + int(at[17:19]),
            int(fields["price"]),
            int(fields["vol"]),
            day_volume,
            int("after_gap" in fields),
        )
        self.count += 1

    def of(self, place: int, day: date) -> dict[str, Ints]:
        """Return the ticks of one code and day."""
        table = self._table[: self.count]
        rows = table[(table[:, 0] == place) & (table[:, 1] == int(f"{day:%Y%m%d}"))]
        return dict(zip(_COLUMNS, rows.T, strict=True))


@dataclass(slots=True)
class Verdict:
    """What was sent and what became of it. `missing` ticks are followed by one that says so;
    `lost` ones are not. `polled` ticks stand for several that were asked for and not streamed.
    """

    sent: int = 0
    told: int = 0
    missing: int = 0
    polled: int = 0
    lost: int = 0
    twice: int = 0
    wrong: int = 0
    gaps: int = 0
    days: list[date] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.twice or self.wrong)


def market(seed: int) -> GeneratedDays:
    """Return the market that `jennie sim serve` plays, with its kept days."""
    cache = Path(platformdirs.user_cache_dir("jennie-cli", appauthor=False))
    folder = cache / "exchange" / f"{seed}-{MARKET_EDITION}"
    return GeneratedDays(seed, default_calendar(), folder=folder)


def busiest(book: DayBook, count: int) -> tuple[str, ...]:
    """Return the codes that will trade most shares in a day of continuous trading."""
    normal = book.status == tuple(StockStatus).index(StockStatus.NORMAL)
    order = np.argsort(-np.where(normal, book.bars["volume"], 0), kind="stable")
    return tuple(book.codes[at] for at in order[:count])


def judged(told: Told, seed: int, until: datetime) -> Verdict:
    """Return the verdict over all that was told up to a moment of the exchange."""
    days = market(seed).days(date.min, until.date())
    play = Play(market(seed), start=datetime(days[0].year, days[0].month, days[0].day, tzinfo=KST))
    verdict = Verdict(days=list(days))
    for day in days:
        play.advance(min(until, datetime(day.year, day.month, day.day, 16, tzinfo=KST)))
        for place, code in enumerate(told.codes):
            if play.book.place(code) is not None:
                _judge(verdict, play.exchange.prints_so_far(code), told.of(place, day))
    return verdict


def _judge(verdict: Verdict, truth: Stretch, told: Mapping[str, Ints]) -> None:
    """Add one code's day: told ticks follow each other without a hole or say that there is one."""
    if not len(truth):
        verdict.wrong += len(told["volume"])
        return
    sums = truth.table[StretchRow.VOLUME]
    verdict.sent += len(truth)
    verdict.told += len(told["volume"])
    ends, begins = told["volume"], told["volume"] - told["qty"]
    before = np.concatenate(([0], ends[:-1]))
    holes, again = begins > before, begins < before
    verdict.twice += int(again.sum())
    verdict.gaps += int(told["gap"].sum())
    place = np.searchsorted(sums, ends)
    known = (place < len(sums)) & (sums[np.minimum(place, len(sums) - 1)] == ends)
    verdict.wrong += int((~known).sum())
    # ticks between the last told volume and the first share of this one
    absent = np.searchsorted(sums, begins, side="right") - np.searchsorted(
        sums, before, side="right"
    )
    told_so = told["gap"] == 1
    verdict.missing += int(absent[holes & told_so].sum())
    verdict.lost += int(absent[holes & ~told_so].sum())
    verdict.lost += int((sums > (ends[-1] if len(ends) else 0)).sum())
    _compare(verdict, truth, told, place[known], known)


def _compare(
    verdict: Verdict, truth: Stretch, told: Mapping[str, Ints], place: Ints, known: NDArray[np.bool]
) -> None:
    """Count ticks of another price; one of other shares or another second is a poll's."""
    price, qty, at = (
        truth.table[row][place] for row in (StretchRow.PRICE, StretchRow.QTY, StretchRow.AT_MS)
    )
    polled = (told["second"][known] != at // 1_000) | (told["qty"][known] != qty)
    verdict.polled += int((polled & (told["price"][known] == price)).sum())
    verdict.wrong += int((told["price"][known] != price).sum())
