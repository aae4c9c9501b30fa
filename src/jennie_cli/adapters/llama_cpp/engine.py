"""The one thread that owns a model: jobs go in from any event loop, replies come out as futures.

The library lets other threads run while it computes, and the steps between are short, so no event
loop is held up. A job whose future is done, by a deadline or because nobody waits any more, is
taken out before the next step.
"""

import asyncio
import atexit
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from jennie_cli.adapters.llama_cpp.batcher import Batcher
from jennie_cli.adapters.llama_cpp.work import Outcome, Work
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.llm import Call, FailureKind, ModelFailed, Reply

LOG = logging.getLogger("jennie_cli.llama")
_LAST_WAIT_S = 10.0


class Workplace(Protocol):
    """What the thread works at; a Desk, or a test's."""

    batcher: Batcher

    def work(self, call: Call) -> Work:
        """Return a call as a sequence. Raises ModelFailed."""
        ...

    def reply(self, outcome: Outcome, call: Call) -> Reply | ModelFailed:
        """Return what a sequence said."""
        ...

    def watch_pace(self, width: int, seconds: float) -> None:
        """Take in how long a step took."""
        ...

    def break_off(self) -> None:
        """End a step that is being computed, and any later one; called from any thread."""
        ...

    def close(self) -> None:
        """Free everything."""
        ...


@dataclass(eq=False, slots=True, kw_only=True)
class Job:
    """A call, who waits for it, and its sequence once its turn has come.

    `ahead` others were there before it. `waited_s` is how long it took until a slot was free for
    it, None while there is none.
    """

    call: Call
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Reply]
    work: Work | None = None
    gone: bool = False
    since: float = 0.0
    ahead: int = 0
    waited_s: float | None = None

    @property
    def used(self) -> tuple[int, int]:
        """The tokens read and written so far."""
        work = self.work
        return (len(work.prompt), len(work.made)) if work and work.begun else (0, 0)


class Order(Enum):
    """What the thread may be asked for."""

    START = "start"
    TAKE_OUT = "take out"
    FORGET = "forget"
    END = "end"  # only wakes the thread


class Engine:
    """Starts the thread, hands it jobs, and ends it."""

    def __init__(self, opening: Callable[[], Workplace], *, steady: Clock) -> None:
        """Open in the new thread and wait for it; whatever `opening` raises is raised here."""
        self._opening = opening
        self._steady = steady
        self._orders: queue.SimpleQueue[tuple[Order, Job | None]] = queue.SimpleQueue()
        self._pending: deque[Job] = deque()
        self._running: dict[Work, Job] = {}
        self._asking = 0
        self._ending = False
        self._ended: ModelFailed | None = None
        self._lock = threading.Lock()
        self._opened = threading.Event()
        self._refusal: BaseException | None = None
        self.doing = "opening"
        """What the thread is at, for whoever asks why something took long."""
        self._thread = threading.Thread(target=self._run, name="llama", daemon=True)
        self._thread.start()
        self._opened.wait()
        if self._refusal is not None:
            raise self._refusal
        atexit.register(self.stop)

    # --- from any thread ------------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Take a job in. Raises ModelFailed when the thread has ended."""
        with self._lock:
            if self._ended is not None:
                raise _again(self._ended)
            job.since = self._steady.monotonic()
            job.ahead = self._asking
            self._asking += 1
            self._orders.put((Order.START, job))

    def leave(self, job: Job) -> None:
        """Let a submitted job go, once; nobody waits for it any more.

        One without an answer is taken out wherever it is; its cells are free after the next step.
        """
        with self._lock:
            self._asking -= 1
        if job.future.cancelled() or not job.future.done():
            job.gone = True
            self._orders.put((Order.TAKE_OUT, job))

    def forget(self) -> None:
        """Empty the cache of what no running answer needs."""
        self._orders.put((Order.FORGET, None))

    def stop(self) -> None:
        """End the thread and wait for it a while; jobs in flight fail as cancelled."""
        self._ending = True
        self._place.break_off()
        self._orders.put((Order.END, None))
        self._thread.join(_LAST_WAIT_S)
        atexit.unregister(self.stop)

    # --- in the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._place = self._opening()
        except BaseException as why:  # noqa: BLE001  # raised again where open was called
            self._refusal = why
            self._opened.set()
            return
        self._opened.set()
        failure = ModelFailed("The local model was closed.", kind=FailureKind.CANCELLED)
        try:
            while not self._ending:
                self._turn()
        except Exception as why:  # the thread's end: without it callers would wait for ever
            LOG.exception("the local model's thread broke")
            failure = _broken("broke", why)
        finally:
            self._shut(failure)

    def _turn(self) -> None:
        self._take_orders()
        self._start_waiting()
        batcher = self._place.batcher
        if self._ending or not batcher.busy:
            return
        self.doing = f"a step for {len(self._running)} sequences"
        computed, started = batcher.tally.computed_tokens, self._steady.monotonic()
        ended = batcher.step()
        seconds = self._steady.monotonic() - started
        if self._ending:  # the step was broken off; all of it fails as closed
            return
        computed = batcher.tally.computed_tokens - computed
        for work, job in self._running.items():
            if job.waited_s is None and work.begun:
                job.waited_s = started - job.since
        self.doing = "handing out answers"
        for outcome in ended:
            self._hand_out(outcome)
        if computed <= len(self._running):  # no prompt among them, so steps can be compared
            self._place.watch_pace(computed, seconds)

    def _take_orders(self) -> None:
        """Do what was asked meanwhile; without anything else to do, wait until something is."""
        idle = not self._pending and not self._place.batcher.busy
        while not self._ending:
            if idle:
                self.doing = "waiting"
            try:
                order, job = self._orders.get(block=idle)
            except queue.Empty:
                return
            idle = False
            self._obey(order, job)

    def _obey(self, order: Order, job: Job | None) -> None:
        if order is Order.FORGET:
            self._place.batcher.forget()
        elif job is not None and order is Order.START:
            self._pending.append(job)
        elif job is not None:
            self._take_out(job)

    def _start_waiting(self) -> None:
        """Prepare no more jobs than have a slot, so that running answers are not kept waiting."""
        batcher = self._place.batcher
        while not self._ending and self._pending and batcher.waiting < batcher.idle_slots:
            job = self._pending.popleft()
            if job.gone:
                continue
            self.doing = "preparing a prompt"
            try:
                job.work = self._place.work(job.call)
            except ModelFailed as failure:
                _settle(job, failure)
                continue
            except Exception as why:  # whatever one prompt meets, the others go on
                LOG.exception("a prompt could not be prepared")
                _settle(job, _broken("could not prepare the prompt", why))
                continue
            self._running[job.work] = job
            batcher.add(job.work)

    def _hand_out(self, outcome: Outcome) -> None:
        job = self._running.pop(outcome.work, None)
        try:
            outcome.work.picker.close()
            if job is not None and not job.gone:
                _settle(job, self._place.reply(outcome, job.call))
        except Exception as why:  # whatever one answer meets, the others go on
            LOG.exception("an answer could not be handed out")
            if job is not None:
                _settle(job, _broken("could not hand out the answer", why))

    def _take_out(self, job: Job) -> None:
        if job in self._pending:
            self._pending.remove(job)
        elif job.work is not None and self._running.pop(job.work, None) is not None:
            self._place.batcher.drop(job.work)
            job.work.picker.close()

    def _shut(self, failure: ModelFailed) -> None:
        with self._lock:
            self._ended = failure
        while not self._orders.empty():
            order, job = self._orders.get()
            if order is Order.START and job is not None:
                self._pending.append(job)
        for work, job in self._running.items():
            work.picker.close()
            _settle(job, _again(failure))
        for job in self._pending:
            _settle(job, _again(failure))
        self._running.clear()
        self._pending.clear()
        self._place.close()
        self.doing = "ended"


def _broken(what: str, why: Exception) -> ModelFailed:
    return ModelFailed(
        f"The local model's thread {what}: {type(why).__name__}: {str(why)[:200]}",
        kind=FailureKind.SERVER,
        hint="Start again; jennie llm doctor looks at the model.",
    )


def _again(failure: ModelFailed) -> ModelFailed:
    """Return the failure for one more caller; an exception belongs to who raises it."""
    return ModelFailed(failure.message, kind=failure.kind, hint=failure.hint)


def _settle(job: Job, answer: Reply | ModelFailed) -> None:
    """Give the answer to who waits, in their loop; a loop that has closed waits for nothing."""
    try:
        job.loop.call_soon_threadsafe(_give, job.future, answer)
    except RuntimeError:
        LOG.debug("an answer came after its event loop had closed")


def _give(future: asyncio.Future[Reply], answer: Reply | ModelFailed) -> None:
    if future.done():
        return
    if isinstance(answer, Reply):
        future.set_result(answer)
    else:
        future.set_exception(answer)
