"""Allowances of hosts, by the minute and by the day, shared by every process of a home."""

import fcntl
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.feed import BudgetUse, FetchFailed, FetchKind

_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How often a host may be asked; 0 is as often as one likes. Calls begin at least `apart_s`
    seconds after each other.
    """

    minute: int = 0
    day: int = 0
    apart_s: float = 0.0


class Budgets:
    """Counts what was asked of each host. The minute is the machine's, the day Korea's.

    Without a file, or where it cannot be used, this process counts alone.
    """

    def __init__(
        self, allowances: Mapping[str, Allowance], clock: Clock, file: Path | None = None
    ) -> None:
        """`clock` is the machine's own: hosts do not live in an invented day."""
        self._allowances = dict(allowances)
        self._clock = clock
        self._file = file
        self._counts: dict[str, Any] = {}

    def wait_s(self, name: str) -> float:
        """Count one call and return 0, or count none and return the seconds until one may be made.

        Raises FetchFailed when the day's allowance is used up.
        """
        allowance = self._allowances.get(name, Allowance())
        if self._file is None:
            return self._count(name, allowance)
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a+", encoding="utf-8") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                handle.seek(0)
                self._counts = _read(handle.read())
                try:
                    return self._count(name, allowance)
                finally:
                    handle.seek(0)
                    handle.truncate()
                    handle.write(json.dumps(self._counts))
        return self._count(name, allowance)

    def used(self) -> tuple[BudgetUse, ...]:
        """Return how much of each allowance is used now."""
        if self._file is not None:
            with suppress(OSError):
                self._counts = _read(self._file.read_text(encoding="utf-8"))
        return tuple(
            BudgetUse(
                budget=name,
                minute_used=self._now(name)["minute_used"],
                minute_limit=allowance.minute,
                day_used=self._now(name)["day_used"],
                day_limit=allowance.day,
            )
            for name, allowance in sorted(self._allowances.items())
        )

    def _count(self, name: str, allowance: Allowance) -> float:
        count = self._now(name)
        if allowance.day and count["day_used"] >= allowance.day:
            raise FetchFailed(
                f"The day's allowance of {name} is used up ({allowance.day} calls).",
                kind=FetchKind.BUDGET,
                hint="It begins anew at midnight in Korea.",
            )
        if allowance.minute and count["minute_used"] >= allowance.minute:
            return _MINUTE - self._clock.now().timestamp() % _MINUTE
        if wait_ms := self._early_ms(count, allowance):
            return wait_ms / 1_000
        count["minute_used"] += 1
        count["day_used"] += 1
        self._counts[name] = count
        return 0.0

    def _early_ms(self, count: dict[str, int], allowance: Allowance) -> int:
        """Return how long it is to the next call's turn; 0 takes the turn."""
        apart = round(allowance.apart_s * 1_000)
        now = round(self._clock.now().timestamp() * 1_000)
        wait = count["last_ms"] + apart - now
        # a clock that was set back would have us wait for hours
        if 0 < wait <= apart:
            return wait
        count["last_ms"] = now
        return 0

    def _now(self, name: str) -> dict[str, int]:
        """Return the counts of a host with what is of an earlier minute or day left out."""
        now = self._clock.now().astimezone(KST)
        minute, day = int(now.timestamp() // _MINUTE), now.toordinal()
        kept = self._counts.get(name)
        kept = kept if isinstance(kept, dict) else {}
        return {
            "minute": minute,
            "minute_used": _whole(kept, "minute_used") if kept.get("minute") == minute else 0,
            "day": day,
            "day_used": _whole(kept, "day_used") if kept.get("day") == day else 0,
            "last_ms": _whole(kept, "last_ms"),
        }


def _whole(kept: Mapping[str, Any], name: str) -> int:
    value = kept.get(name)
    return value if isinstance(value, int) and value >= 0 else 0


def _read(text: str) -> dict[str, Any]:
    """Return the counts that a file holds; a damaged one holds none."""
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
