"""Talk that waits for its reader in a thread of its own.

A terminal that somebody has paused, or a pager that nobody scrolls, takes no more text. Whoever
writes to it then stands, and with it everything that the same thread watches.
"""

import threading
from collections import deque
from collections.abc import Callable

MOST = 10_000
"""Texts that wait for the reader; beyond them the oldest go."""


class Speaker:
    """Says texts in their order; nobody who has something to say waits."""

    def __init__(self, write: Callable[[str], None], *, gone: Callable[[int], str]) -> None:
        """`write` may stand for as long as it likes; `gone` words how many texts were left out."""
        self._write, self._gone = write, gone
        self._texts: deque[str] = deque()
        self._left_out = 0
        self._some = threading.Condition()
        self._over = False
        # a reader who never comes back must not keep the process
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Have a text written after those that came before it."""
        with self._some:
            if len(self._texts) >= MOST:
                self._texts.popleft()
                self._left_out += 1
            self._texts.append(text)
            self._some.notify()

    def close(self) -> None:
        """Wait until everything is written: nothing else is left to do."""
        with self._some:
            self._over = True
            self._some.notify()
        self._thread.join()

    def _run(self) -> None:
        while (text := self._next()) is not None:
            self._write(text)

    def _next(self) -> str | None:
        """Wait for a text; None after the last one."""
        with self._some:
            while not self._texts and not self._over:
                self._some.wait()
            if self._left_out:
                told, self._left_out = self._gone(self._left_out), 0
                return told
            return self._texts.popleft() if self._texts else None
