"""Stream and polls together tell each share once."""

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.adapters.kis import publish_ticks
from jennie_cli.adapters.kis.mailbox import TickMailbox
from jennie_cli.adapters.kis.polling import DayVolumes
from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import MarketEvent, MarketEventKind, Tick

AT = datetime(2026, 11, 23, 10, 0, tzinfo=KST)


def tick(qty: int, total: int, *, code: str = "005930", at: datetime = AT) -> Tick:
    return Tick(code=code, at=at, price=71_000, qty=qty, day_volume=total, day_high=72_000)


def test_a_first_look_tells_the_price_and_no_shares() -> None:
    """What traded before is not known to have been missed or told; nothing yet traded is silent."""
    volumes = DayVolumes()
    first = volumes.polled(tick(0, 500))
    assert first is not None
    assert (0, True) == (first.qty, first.after_gap)
    assert volumes.polled(tick(0, 0, code="000660")) is None


def test_a_new_day_begins_a_new_count() -> None:
    """Yesterday's volume is not subtracted from today's."""
    volumes = DayVolumes()
    volumes.polled(tick(0, 500))
    tomorrow = volumes.polled(tick(0, 20, at=AT + timedelta(days=1)))
    assert tomorrow is not None
    assert 0 == tomorrow.qty


def test_a_volume_that_stays_small_is_a_new_beginning() -> None:
    """No negative trade is told."""
    volumes = DayVolumes()
    volumes.polled(tick(0, 500))
    later = AT + timedelta(seconds=6)
    shrunk = volumes.polled(tick(0, 400, at=later))
    assert shrunk is not None
    assert (0, True) == (shrunk.qty, shrunk.after_gap)
    again = volumes.polled(tick(0, 410, at=later))
    assert again is not None
    assert (10, False) == (again.qty, again.after_gap)


@pytest.mark.parametrize("streams", [False, True])
def test_a_poll_that_lags_tells_nothing_twice(streams: bool) -> None:
    """What the stream or an earlier poll told beyond it is not told again by the next."""
    volumes = DayVolumes()
    if streams:
        volumes.streamed(tick(1000, 1000))
    else:
        volumes.polled(tick(0, 1000))
    assert volumes.polled(tick(0, 990, at=AT + timedelta(seconds=3))) is None
    caught_up = volumes.polled(tick(0, 1010, at=AT + timedelta(seconds=6)))
    assert caught_up is not None
    assert (10, False) == (caught_up.qty, caught_up.after_gap)


def test_a_volume_of_yesterday_does_not_mute_the_stream() -> None:
    """A poll before the open may still show it: the stream begins a new count with a gap."""
    volumes = DayVolumes()
    volumes.polled(tick(0, 5_000_000, at=AT - timedelta(minutes=70)))
    found = [volumes.streamed(tick(100, total)) for total in (100, 200, 300)]
    assert [(100, True), (100, False), (100, False)] == [(t.qty, t.after_gap) for t in found]
    poll = volumes.polled(tick(0, 350))
    assert poll is not None
    assert 50 == poll.qty


def test_a_stream_that_lags_tells_its_price_without_shares() -> None:
    """What a poll told is in the day volume; no streamed tick is dropped."""
    volumes = DayVolumes()
    volumes.polled(tick(0, 900))
    volumes.polled(tick(0, 1000, at=AT + timedelta(seconds=3)))
    late = volumes.streamed(tick(20, 980, at=AT + timedelta(seconds=2)))
    last = volumes.streamed(tick(20, 1000, at=AT + timedelta(seconds=3)))
    fresh = volumes.streamed(tick(7, 1007, at=AT + timedelta(seconds=4)))
    assert [0, 0, 7] == [late.qty, last.qty, fresh.qty]
    assert not any(t.after_gap for t in (late, last, fresh))


@pytest.mark.parametrize("seen", [0, 1000])
def test_shares_between_the_last_poll_and_the_first_streamed_tick_are_a_gap(seen: int) -> None:
    """They are told with that tick, whose price was not theirs."""
    volumes = DayVolumes()
    volumes.polled(tick(0, seen))
    found = volumes.streamed(tick(100, seen + 500))
    assert (500, True) == (found.qty, found.after_gap)
    after = volumes.streamed(tick(3, seen + 503))
    assert (3, False) == (after.qty, after.after_gap)


@settings(max_examples=80)
@given(
    sizes=st.lists(st.integers(1, 50), min_size=1, max_size=40),
    away=st.tuples(st.integers(0, 40), st.integers(0, 40)),
    looks=st.sets(st.integers(0, 40)),
)
def test_every_share_is_told_once_when_polls_reach_as_far_as_the_stream(
    sizes: list[int], away: tuple[int, int], looks: set[int]
) -> None:
    """Trades while the socket is away are told by polls; a last poll closes the gap."""
    volumes, told, total = DayVolumes(), 0, 0
    volumes.polled(tick(0, 0))
    begin, end = sorted(away)
    for index, size in enumerate(sizes):
        total += size
        streams = not begin <= index < end
        found = volumes.streamed(tick(size, total)) if streams else None
        if index in looks or index == end - 1:
            told += found.qty if found else 0
            found = volumes.polled(tick(0, total))
        told += found.qty if found else 0
    last = volumes.polled(tick(0, total))
    assert total == told + (last.qty if last else 0)


def test_a_mailbox_that_runs_over_tells_the_next_tick_of_the_code() -> None:
    """The oldest gives way, is counted, and the reader learns of a gap."""

    async def scene() -> list[Tick | MarketEvent]:
        box = TickMailbox(2)
        for number in (1, 2, 3):
            box.put(tick(number, number))
        box.close()
        found = [item async for item in box]
        assert 1 == box.dropped
        return found

    found = asyncio.run(scene())
    assert [(2, True), (3, False)] == [(t.qty, t.after_gap) for t in found if isinstance(t, Tick)]


def test_ticks_reach_the_bus_as_flat_texts() -> None:
    """Code, price, high, vol and exchange time; marks only where a bar must know."""

    class Stream:
        def watch(self, codes: object, *, held: object = ()) -> None:
            """Take no notice."""

        def ticks(self) -> TickMailbox:
            """Return two ticks and an event."""
            box = TickMailbox(9)
            box.put(tick(5, 100))
            box.put(MarketEvent(kind=MarketEventKind.HALTED, code="005930", at=AT))
            late = Tick(
                code="005930",
                at=AT,
                price=1,
                qty=2,
                day_volume=3,
                day_high=4,
                regular=False,
                after_gap=True,
            )
            box.put(late)
            box.close()
            return box

    bus = MemoryBus()
    asyncio.run(publish_ticks(Stream(), bus))
    first, second = (message.fields for message in bus.read("kis:prices"))
    assert {
        "code": "005930",
        "price": "71000",
        "high": "72000",
        "vol": "5",
        "ts": "2026-11-23T10:00:00+09:00",
    } == first
    assert ("0", "1") == (second["regular"], second["after_gap"])
