"""A consumer loses nothing, doubles nothing, and lets no poison hold up the rest."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from jennie_cli.engine.bus import BusPolicy, GroupLost, MemoryBus, Message, dead_of
from jennie_cli.engine.bus.names import ANALYZER, NEWS_RAW
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.news import Consumer, NewsPolicy, Tally

POISON = "poison"


@dataclass(slots=True)
class Hands:
    """A handler that keeps what it is given, chokes on poison, and can be away."""

    kept: list[str] = field(default_factory=list)
    away: bool = False
    named: bool = True
    refuses: set[str] = field(default_factory=set)
    dies_after: int | None = None
    leaves_at: int | None = None

    async def ready(self) -> None:
        """Say whether it is there."""
        if self.away:
            raise OutsideError("the store is away")

    async def handle(self, messages: Sequence[Message]) -> Mapping[str, str]:
        """Keep all but the poison."""
        self.away = self.away or len(messages) == self.leaves_at
        await self.ready()
        words = {message.id: message.fields["text"] for message in messages}
        if refused := self.refuses & set(words.values()):
            raise OutsideError(f"too big: {min(refused)}")
        poisoned = {id_: "bad text" for id_, word in words.items() if word == POISON}
        if poisoned and not self.named:
            raise ZeroDivisionError("poison")
        self.kept += [word for word in words.values() if word != POISON]
        if self.dies_after is not None and len(self.kept) >= self.dies_after:
            raise KeyboardInterrupt
        return poisoned


class Yielding(ManualClock):
    """A clock that lets others run while somebody sleeps on it."""

    async def sleep(self, seconds: float) -> None:
        """Move on and let others run."""
        self.advance(seconds)
        await breath()


async def breath() -> None:
    """Let others run once."""
    await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0)


class Desk:
    """A bus, a clock, and consumers of one group."""

    def __init__(self, **given: int) -> None:
        """Hand out five messages at once."""
        self.clock = Yielding(datetime(2026, 3, 3, 9, tzinfo=KST))
        self.bus = MemoryBus(self.clock, policy=BusPolicy(claim_idle_s=60.0))
        self.hands = Hands()
        self.policy = NewsPolicy(**({"batch": 5} | given))

    def consumer(self, name: str = "analyzer") -> Consumer:
        """Return a consumer as a fresh process would have it."""
        return Consumer(
            self.bus.streams,
            ANALYZER,
            self.hands,
            name=name,
            policy=self.policy,
            deliveries=3,
            steady=self.clock,
        )

    def told(self, *words: str) -> None:
        """Publish one message for each word."""
        for word in words:
            self.bus.publish(NEWS_RAW, {"text": word})

    def drain(self, name: str = "analyzer") -> Tally:
        """Handle all there is."""
        return asyncio.run(self.consumer(name).drain())

    @property
    def letters(self) -> list[tuple[str, str]]:
        """Return the dead with their errors."""
        found = self.bus.read(dead_of(NEWS_RAW))
        return [(m.fields["text"], m.fields.get("dead:error", "")) for m in found]

    @property
    def pending(self) -> int:
        """Return how many are in hand."""
        return asyncio.run(self.bus.streams.backlog(ANALYZER)).pending


def test_all_there_is_is_handled_in_order() -> None:
    """Also what lay there before the group was; a second start finds nothing."""
    desk = Desk()
    words = [str(number) for number in range(12)]
    desk.told(*words)
    assert (12, 0) == (desk.drain().done, desk.drain().done)
    assert (words, 0) == (desk.hands.kept, desk.pending)


@pytest.mark.parametrize("named", [True, False])
def test_poison_ends_with_the_dead_and_the_rest_flows_on(named: bool) -> None:  # a case
    """After three deliveries, with its error, whether the handler names it or breaks."""
    desk = Desk()
    desk.hands.named = named
    desk.told("a", POISON, "b", "c")
    tally = desk.drain()
    assert (3, 3, 1, 0) == (tally.done, tally.failed, tally.dead, tally.lost)
    assert sorted("abc") == sorted(desk.hands.kept)
    why = "bad text" if named else "ZeroDivisionError: poison"
    assert ([(POISON, why)], 0) == (desk.letters, desk.pending)


def test_what_one_text_causes_is_no_outage() -> None:
    """A handler that is ready and refuses a text by name means the text."""
    desk = Desk()
    desk.hands.refuses = {"b"}
    desk.told("a", "b", "c")
    desk.drain()
    assert (["a", "c"], [("b", "OutsideError: too big: b")]) == (
        sorted(desk.hands.kept),
        desk.letters,
    )


def test_an_outage_leaves_all_where_it_is() -> None:
    """Nothing is handed out, so that no delivery is counted, however often one starts."""
    desk = Desk()
    desk.told("a")
    desk.hands.away = True
    for _ in range(5):
        with pytest.raises(OutsideError, match="away"):
            desk.drain()
    desk.hands.away = False
    assert (1, []) == (desk.drain().done, desk.letters)


def test_an_outage_in_the_midst_leaves_messages_in_hand() -> None:
    """The next start of the same name resumes them."""
    desk = Desk()
    desk.told("a", "b")
    desk.hands.leaves_at = 2
    with pytest.raises(OutsideError, match="away"):
        desk.drain()
    assert 2 == desk.pending
    desk.hands.away, desk.hands.leaves_at = False, None
    assert (2, ["a", "b"], 0) == (desk.drain().done, desk.hands.kept, desk.pending)


def test_who_died_after_keeping_gets_the_same_again() -> None:
    """A message that was not let go comes again to the same name."""
    desk = Desk()
    desk.told("a", "b")
    desk.hands.dies_after = 2
    with pytest.raises(KeyboardInterrupt):
        desk.drain()
    assert 2 == desk.pending
    desk.hands.dies_after = None
    assert 2 == desk.drain().done
    assert (["a", "b", "a", "b"], 0) == (desk.hands.kept, desk.pending)


def test_a_text_that_kills_each_time_is_given_up() -> None:
    """After three deaths it lies with the dead, and the rest is handled."""
    desk = Desk(batch=1)
    desk.told("a")
    desk.hands.dies_after = 1
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            desk.drain()
        desk.hands.kept.clear()
    desk.hands.dies_after = None
    desk.told("b")
    tally = desk.drain()
    assert (1, 1, ["b"]) == (tally.done, tally.dead, desk.hands.kept)


def test_what_fell_off_the_stream_is_told() -> None:
    """It is lost, and nobody hides it."""
    desk = Desk()
    desk.told("a")
    desk.hands.dies_after = 1
    with pytest.raises(KeyboardInterrupt):
        desk.drain()
    desk.hands.dies_after = None
    desk.bus.publish(NEWS_RAW, {"text": "b"}, keep=1)
    tally = desk.drain()
    assert (1, 1) == (tally.done, tally.lost)


def test_it_goes_on_through_an_outage_and_claims_what_others_left() -> None:
    """While following: the outage is waited for, then another's leavings and one's own are done."""
    desk = Desk()
    desk.told("left")
    desk.hands.dies_after = 1
    with pytest.raises(KeyboardInterrupt):
        desk.drain("other")
    desk.hands.dies_after = None
    desk.hands.kept.clear()
    desk.hands.away = True
    consumer = desk.consumer()
    slept: list[float] = []

    async def follow() -> None:
        running = asyncio.ensure_future(consumer.run())
        while "new" not in desk.hands.kept:
            await breath()
            slept.append(desk.clock.monotonic())
            if len(slept) == 5:
                desk.hands.away = False
                desk.told("new")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(follow())
    assert {"left", "new"} == set(desk.hands.kept)
    assert 0 == desk.pending


def test_a_group_that_was_lost_is_joined_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was emptied has no groups, and no reason to stand still."""
    desk = Desk()
    desk.told("a")
    take, lost = desk.bus.streams.take, [GroupLost("gone")]

    async def emptied(*args: object, **given: object) -> tuple[Message, ...]:
        if lost:
            raise lost.pop()
        return await take(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.bus.streams, "take", emptied)
    assert 1 == desk.drain().done
