"""What a reader has not taken yet, up to a bound; what is let go is counted and told."""

import asyncio
from collections import deque
from dataclasses import replace
from typing import Generic, Self, TypeVar

from jennie_cli.engine.feed import MarketEvent, Tick

T = TypeVar("T")


class Mailbox(Generic[T]):
    """An async iterator that one reader empties. The oldest item gives way to a new one."""

    def __init__(self, size: int) -> None:
        """Keep at most `size` items."""
        self._size = size
        self._items: deque[T] = deque()
        self._ready = asyncio.Event()
        self._error: BaseException | None = None
        self._closed = False
        self.dropped = 0

    def put(self, item: T) -> T | None:
        """Keep an item; return the one that was let go for it, if any."""
        gone = self._items.popleft() if len(self._items) >= self._size else None
        self.dropped += gone is not None
        self._items.append(item)
        self._ready.set()
        return gone

    def close(self, error: BaseException | None = None) -> None:
        """Nothing more comes; the reader gets what is kept, then `error` or the end."""
        self._closed, self._error = True, error
        self._ready.set()

    def __aiter__(self) -> Self:
        """Iterate over what comes."""
        return self

    async def __anext__(self) -> T:
        """Return the oldest item kept, waiting for one."""
        while not self._items:
            if self._closed:
                raise self._error or StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._items.popleft()


class TickMailbox(Mailbox[Tick | MarketEvent]):
    """A mailbox whose reader learns of a dropped tick by the next one of the same code."""

    def __init__(self, size: int) -> None:
        """Keep at most `size` items."""
        super().__init__(size)
        self._missed: set[str] = set()

    def put(self, item: Tick | MarketEvent) -> Tick | MarketEvent | None:
        """Keep an item; the code of a tick that gave way is remembered."""
        gone = super().put(item)
        if isinstance(gone, Tick):
            self._missed.add(gone.code)
        return gone

    async def __anext__(self) -> Tick | MarketEvent:
        """Return the oldest item kept."""
        item = await super().__anext__()
        if isinstance(item, Tick) and item.code in self._missed:
            self._missed.discard(item.code)
            return replace(item, after_gap=True)
        return item
