"""How old a message is."""

from datetime import datetime, timedelta

import pytest

from jennie_cli.engine.bus import Message, by_age, told_at
from jennie_cli.engine.clock import KST

_NOW = datetime(2026, 11, 20, 10, tzinfo=KST)


def said(ts: str) -> Message:
    """Return a message that tells a time."""
    return Message(id="1-0", fields={"ts": ts})


@pytest.mark.parametrize(
    ("age_s", "fresh"), [(0, True), (10, True), (10.001, False), (-10, True), (-11, False)]
)
def test_a_message_is_fresh_up_to_its_limit(age_s: float, fresh: bool) -> None:
    """The limit itself is fresh; a clock too far ahead is not believed."""
    message = said((_NOW - timedelta(seconds=age_s)).isoformat())
    aged = by_age([message], field="ts", now=_NOW, limit_s=10)
    assert ((message,), ()) == ((aged.fresh, aged.stale) if fresh else (aged.stale, aged.fresh))


@pytest.mark.parametrize("ts", ["", "soon", "2026-11-20T10:00:00"])
def test_a_message_without_a_time_is_stale(ts: str) -> None:
    """Unknown is not fresh: absent, unreadable, or without a zone."""
    assert None is told_at(said(ts), "ts")
    assert None is told_at(said(ts), "other")
    assert (said(ts),) == by_age([said(ts)], field="ts", now=_NOW, limit_s=1e9).stale


def test_each_part_keeps_its_order() -> None:
    """As the messages came."""
    told = [said((_NOW - timedelta(seconds=age)).isoformat()) for age in (1, 99, 2, 98)]
    aged = by_age(told, field="ts", now=_NOW, limit_s=10)
    assert ((told[0], told[2]), (told[1], told[3])) == (aged.fresh, aged.stale)
