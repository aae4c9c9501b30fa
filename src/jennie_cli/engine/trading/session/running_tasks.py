"""Tasks of which none dies unheard, routines that never overlap, and calls that may not last."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError, OutsideError

T = TypeVar("T")


class TookTooLong(OutsideError):
    """A call had no answer within the time that a session gives it."""

    code = "took_too_long"

    def __init__(self, seconds: float) -> None:
        """`seconds` were waited."""
        super().__init__(
            f"No answer came within {seconds:g} seconds.",
            hint="Look at `jennie doctor`; what is asked again may work.",
        )


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """Return what the work returns. Raises TookTooLong after so many of the clock's seconds."""
    task = asyncio.ensure_future(work)
    limit = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, limit}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TookTooLong(seconds)
        return task.result()
    finally:
        # cancelled and not awaited: a call that does not let go must not hold up who asked
        for each in (task, limit):
            each.cancel()


class Troubles:
    """Tells of what fails once, and again only after it has worked."""

    def __init__(self, tell: Callable[[str, JennieError], None]) -> None:
        """`tell` is given where it failed, and the failure."""
        self._tell = tell
        self._failing: dict[str, JennieError] = {}

    @property
    def failing(self) -> tuple[str, ...]:
        """What does not work now, oldest first."""
        return tuple(self._failing)

    def failed(self, where: str, error: JennieError) -> None:
        """Hear of a failure; one of another kind at the same place is told anew."""
        before = self._failing.get(where)
        if before is None or type(before) is not type(error):
            self._failing[where] = error
            self._tell(where, error)

    def worked(self, where: str) -> None:
        """Hear that it works."""
        self._failing.pop(where, None)


class Errands:
    """Tasks in the background. The first defect among them is raised by `watch`."""

    def __init__(self) -> None:
        """Have nothing to do yet."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._urgent: set[asyncio.Task[None]] = set()
        self._defect: BaseException | None = None
        self._broken = asyncio.Event()

    def begin(
        self, work: Coroutine[Any, Any, None], name: str, *, urgent: bool = False
    ) -> asyncio.Task[None]:
        """Begin a task; what is `urgent` is given time to end when all is over."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        if urgent:
            self._urgent.add(task)
        task.add_done_callback(self._ended)
        return task

    async def watch(self, until: asyncio.Task[None]) -> None:
        """Wait until one task ends. Raises the first defect of any, at once."""
        broken = asyncio.ensure_future(self._broken.wait())
        try:
            await asyncio.wait({until, broken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            broken.cancel()
        if self._defect is not None:
            raise self._defect

    async def close(self, clock: Clock, seconds: float) -> None:
        """End all that runs; what is urgent has so many of the clock's seconds to end by itself."""
        for task in self._tasks - self._urgent:
            task.cancel()
        if self._urgent:
            limit = asyncio.ensure_future(clock.sleep(seconds))
            done = asyncio.ensure_future(asyncio.wait(self._urgent))
            await asyncio.wait({limit, done}, return_when=asyncio.FIRST_COMPLETED)
            limit.cancel()
            done.cancel()
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._urgent.discard(task)
        defect = None if task.cancelled() else task.exception()
        if defect is not None and self._defect is None:
            self._defect = defect
            self._broken.set()


class Routine:
    """Work that is due every so many seconds; while it still runs it is not begun again."""

    def __init__(
        self,
        where: str,
        every_s: float,
        work: Callable[[], Coroutine[Any, Any, None]],
        *,
        steady: Clock,
        longest_s: float,
        troubles: Troubles,
    ) -> None:
        """`longest_s` are real seconds that one round may take; what fails is told as `where`."""
        self._where, self._every_s, self._work = where, every_s, work
        self._steady, self._longest_s, self._troubles = steady, longest_s, troubles
        self._due = 0.0
        self._task: asyncio.Task[None] | None = None

    def turn(self, moment: float, errands: Errands) -> None:
        """Begin a round if one is due at a monotonic moment and none is on its way."""
        if moment >= self._due and (self._task is None or self._task.done()):
            self._due = moment + self._every_s
            self._task = errands.begin(self.round(), self._where)

    async def round(self) -> None:
        """Do it once; a failure is told."""
        try:
            await within(self._steady, self._longest_s, self._work())
        except JennieError as error:
            self._troubles.failed(self._where, error)
        else:
            self._troubles.worked(self._where)
