"""Where the council's record is put down and taken up: the store is the truth, the bus a copy.

A key outlives midnight, so what it says is believed for the day that it names and no other.
"""

from dataclasses import dataclass
from datetime import date, datetime

from jennie_cli.engine.bus import BusDown, Key, Keys
from jennie_cli.engine.bus.names import DAILY_INSIGHT, DATED_INSIGHT
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.model import MacroInsight
from jennie_cli.engine.store import CouncilRecord, InsightStore
from jennie_cli.engine.store.codec import from_json, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInsights:
    """An InsightSource over the store; `copied` stands in while the store cannot be read."""

    store: InsightStore
    copied: CouncilRecord | None = None

    def newest(self, at: datetime) -> MacroInsight | None:
        """Return what stood at a moment, else today's copy. Raises OutsideError without either."""
        try:
            found = self.store.newest(at)
        except OutsideError:
            if self.copied is None or not _stands(self.copied, at):
                raise
            found = self.copied
        return None if found is None else found.insight


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightDesk:
    """Writes records and finds them again; `world` are the profile and market they are for."""

    keys: Keys
    store: InsightStore
    world: tuple[str, str]

    async def write(self, record: CouncilRecord, *, now: datetime) -> JennieError | None:
        """Keep a record, then tell the bus; return why the bus was not told, if it was not.

        Only a record of today becomes today's there. Raises OutsideError with nothing kept.
        """
        self.store.save(record)
        try:
            await self._tell(record, now)
        except BusDown as failure:
            return failure
        return None

    async def today(self, now: datetime) -> CouncilRecord | None:
        """Return today's record; a bus that has none, or an older one than the store, is told."""
        copied = await self.copied(now)
        found = self._newer(now.astimezone(KST).date(), copied)
        if found is None or found is copied or not _stands(found, now):
            return copied
        try:
            await self._tell(found, now)
        except BusDown:
            return found
        return found

    async def on(self, day: date) -> CouncilRecord | None:
        """Return the record of a day from the store, from the bus where only that has it."""
        told = await self._told(DATED_INSIGHT.of(day.isoformat()))
        return self._newer(day, told if told is not None and told.insight_date == day else None)

    def _newer(self, day: date, copied: CouncilRecord | None) -> CouncilRecord | None:
        """Return the store's record of a day, or its copy where that is as new; raises OutsideError
        where there is no copy to stand in for a store that cannot be read.
        """
        try:
            found = self.store.on(day)
        except OutsideError:
            if copied is None:
                raise
            return copied
        if copied is not None and (found is None or copied.updated_at >= found.updated_at):
            return copied
        return found

    async def copied(self, now: datetime) -> CouncilRecord | None:
        """Return today's record as the bus has it; None where it has none, or another day's."""
        told = await self._told(DAILY_INSIGHT)
        return told if told is not None and _stands(told, now) else None

    async def _tell(self, record: CouncilRecord, now: datetime) -> None:
        body = to_json(record)
        keys = [DATED_INSIGHT.of(record.insight_date.isoformat())]
        if _stands(record, now):
            keys.append(DAILY_INSIGHT)
        await self.keys.put_all(dict.fromkeys(keys, body))

    async def _told(self, key: Key) -> CouncilRecord | None:
        """Return a record of this world; what the bus cannot tell is asked of the store."""
        try:
            told = await self.keys.get(key)
            record = None if told is None else from_json(CouncilRecord, told)
            if record is None or record.world != self.world:
                return None
            _ = record.insight  # what no room could read is not there
        except (BusDown, KeyError, TypeError, ValueError, AttributeError):
            return None
        return record


def _stands(record: CouncilRecord, at: datetime) -> bool:
    return record.insight_date == at.astimezone(KST).date() and record.updated_at <= at
