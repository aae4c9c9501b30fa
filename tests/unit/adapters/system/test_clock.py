"""The machine's clock as the engine sees it."""

import asyncio
from datetime import timedelta

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.clock import Clock


def test_now_is_aware_and_korean() -> None:
    """The answer carries the offset of KST."""
    assert timedelta(hours=9) == SystemClock().now().utcoffset()


def test_time_goes_forward_over_a_sleep() -> None:
    """A sleep of 10 ms shows on the monotonic seconds."""
    clock: Clock = SystemClock()
    before = clock.monotonic()
    asyncio.run(clock.sleep(0.01))
    assert before < clock.monotonic()
