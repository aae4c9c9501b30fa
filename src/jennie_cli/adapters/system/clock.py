"""The real clock: the only place in the program that reads the machine's time."""

import asyncio
import time
from datetime import datetime

from jennie_cli.engine.clock import KST


class SystemClock:
    """The machine's time as a Clock."""

    def now(self) -> datetime:
        """Return the aware present, in KST."""
        return datetime.now(KST)

    def monotonic(self) -> float:
        """Return seconds that never step back, from an arbitrary start."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait that many real seconds; nothing for zero or less."""
        await asyncio.sleep(seconds)
