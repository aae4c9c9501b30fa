"""Naver's page of investors by day: who bought and sold on each board, KRW 100 million.

The board is asked for as `sosok`. With a name that the page does not know it gives the same default
for both boards, so two equal answers are believed of neither.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from jennie_cli.adapters.macro.answers import changed, number
from jennie_cli.adapters.macro.tables import tables_of
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import Ask, Fetched, Fetcher, FetchFailed, FetchKind
from jennie_cli.engine.macro.collecting import Gathered, Reading

_BOARDS: Mapping[str, str] = {"kospi": "01", "kosdaq": "02"}
_HEADERS: Mapping[str, str] = {"foreign": "외국인", "institutional": "기관계", "retail": "개인"}
_WANTED = {
    "kospi": ("foreign", "institutional", "retail"),
    "kosdaq": ("foreign",),
}
_TOLD = time(15, 30)
_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NaverFlowSource:
    """One call for each board. `url` is that of the page."""

    url: str
    fetcher: Fetcher
    name: str = "naver_flows"
    fields: frozenset[str] = frozenset(f"{b}_{w}_net" for b, ws in _WANTED.items() for w in ws)

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return what investors bought net on the newest day told up to `day`."""
        told = await asyncio.gather(*(self._board(b, day) for b in _BOARDS), return_exceptions=True)
        found: dict[str, tuple[date, Mapping[str, float]]] = {}
        failed: dict[str, str] = {}
        for board, got in zip(_BOARDS, told, strict=True):
            if isinstance(got, OutsideError):
                failed |= {f"{board}_{who}_net": got.message for who in _WANTED[board]}
            elif isinstance(got, BaseException):
                raise got
            else:
                found[board] = got
        if not found:
            raise OutsideError(next(iter(failed.values())), hint="Try again later.")
        if len(found) == len(_BOARDS) and len({str(answer) for answer in found.values()}) == 1:
            raise _same(self.url)
        readings = tuple(
            Reading(
                field=f"{board}_{who}_net",
                value=values[who],
                source="naver",
                as_of=min(datetime.combine(at, _TOLD, KST), now),
            )
            for board, (at, values) in found.items()
            for who in _WANTED[board]
        )
        return Gathered(readings=readings, failed=failed)

    async def _board(self, board: str, day: date) -> tuple[date, Mapping[str, float]]:
        ask = Ask(
            url=self.url,
            budget="naver",
            query={"bizdate": f"{day:%Y%m%d}", "sosok": _BOARDS[board]},
            charset="euc-kr",
        )
        return newest_row(await self.fetcher.get(ask), day)


def newest_row(page: Fetched, day: date) -> tuple[date, Mapping[str, float]]:
    """Return the newest day told up to `day`, and its figures by kind of investor.

    Columns are found by the words of their header, the row by its day. Raises FetchFailed.
    """
    for table in tables_of(page.text):
        places = _columns(table)
        if places is None:
            continue
        rows = [(at, row) for row in table[:_ROWS] if (at := _day(row)) is not None and at <= day]
        if not rows:
            raise changed(page, f"no day up to {day}")
        at, row = max(rows)
        values = {who: number(row[c]) if c < len(row) else None for who, c in places.items()}
        known = {who: value for who, value in values.items() if value is not None}
        if len(known) < len(_HEADERS):
            raise changed(page, "a row without figures")
        return at, known
    raise changed(page, "no table of investors")


def _columns(table: Sequence[Sequence[str]]) -> Mapping[str, int] | None:
    """Return the column of each kind of investor, None where the table has no such header.

    The header has two rows: institutions stand above their parts, of which 기관계 is the sum.
    """
    heads = [row for row in table[:4] if _day(row) is None]
    places: dict[str, int] = {}
    for who, word in _HEADERS.items():
        found = {c for row in heads for c, text in enumerate(row) if text.replace(" ", "") == word}
        if len(found) != 1:
            return None
        places[who] = found.pop()
    return places


def _day(row: Sequence[str]) -> date | None:
    """Return the day of a row, written YY.MM.DD."""
    parts = row[0].split(".") if row else []
    if len(parts) != 3 or not all(p.isdecimal() and len(p) == 2 for p in parts):
        return None
    try:
        return date(2000 + int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def _same(url: str) -> FetchFailed:
    return FetchFailed(
        f"{url} gave one answer for both boards.",
        kind=FetchKind.LAYOUT_CHANGED,
        hint="The page no longer knows the board it is asked for; look for a newer jennie.",
    )
