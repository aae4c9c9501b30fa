"""Naver's mobile index page: KOSPI and KOSDAQ now, with the day's change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jennie_cli.adapters.macro.answers import changed, each, get_json, number, part
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Ask, Fetcher
from jennie_cli.engine.macro.collecting import Gathered, Reading

_INDICES: Mapping[str, str] = {"kospi": "KOSPI", "kosdaq": "KOSDAQ"}
_FALLING = frozenset({"4", "5"})
"""What Naver's direction of a change says: 4 lower limit, 5 falling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NaverIndexSource:
    """One call for each index. `url` is that of indices, without the name."""

    url: str
    fetcher: Fetcher
    name: str = "naver"
    fields: frozenset[str] = frozenset(
        n for i in _INDICES for n in (f"{i}_index", f"{i}_change_pct")
    )

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return level and change of both indices."""
        del day
        got = await each({f"{n}_index": self._one(n, c, now) for n, c in _INDICES.items()})
        changes = {n.replace("_index", "_change_pct"): why for n, why in got.failed.items()}
        return Gathered(readings=got.readings, failed={**got.failed, **changes})

    async def _one(self, name: str, code: str, now: datetime) -> tuple[Reading, ...]:
        ask = Ask(url=f"{self.url.rstrip('/')}/{code}/basic", budget=self.name)
        told, page = await get_json(self.fetcher, ask)
        level, change = number(part(told, "closePrice")), number(part(told, "fluctuationsRatio"))
        if level is None or change is None:
            raise changed(page, "an index without level or change")
        falling = part(told, "compareToPreviousPrice", "code") in _FALLING
        try:
            traded = datetime.fromisoformat(str(part(told, "localTradedAt")))
        except ValueError:
            raise changed(page, "an index without a moment") from None
        at = min(traded if traded.tzinfo else traded.replace(tzinfo=KST), now)
        return (
            Reading(field=f"{name}_index", value=level, source=self.name, as_of=at),
            Reading(
                field=f"{name}_change_pct",
                value=-abs(change) if falling else change,
                source=self.name,
                as_of=at,
            ),
        )
