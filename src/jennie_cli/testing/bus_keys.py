"""The questions about keys and locks in the exam of a bus."""

import asyncio
import math
from contextlib import suppress

from jennie_cli.engine.bus import (
    BusRefused,
    Held,
    Key,
    KeyOf,
    holding,
)
from jennie_cli.testing.bus_desk import (
    KEY,
    LONG,
    LONG_S,
    SHORT,
    TTL_S,
    BusCases,
    BusDesk,
    failure_of,
)


class KeyCases(BusCases):
    """Questions about keys and locks."""

    def test_13_a_text_is_kept_until_deleted(self) -> None:
        """A new one takes its place; what is not there is None."""

        async def case(desk: BusDesk) -> None:
            assert None is await desk.keys.get(KEY)
            await desk.keys.put(KEY, "하나")
            await desk.keys.put(KEY, "")
            assert "" == await desk.keys.get(KEY)
            assert 1 == await desk.keys.delete(KEY, SHORT)
            assert None is await desk.keys.get(KEY)
            assert 0 == await desk.keys.delete()

        self.ask(case)

    def test_14_a_lifetime_ends(self) -> None:
        """It counts down; putting again begins or ends it anew; None has no end."""

        async def case(desk: BusDesk) -> None:
            assert None is await desk.keys.ttl(SHORT)
            await desk.keys.put(SHORT, "x")
            assert (await desk.keys.ttl(SHORT) or 0) <= TTL_S
            await desk.wait(TTL_S * 1.5)
            assert None is await desk.keys.get(SHORT)
            assert None is await desk.keys.ttl(SHORT)
            await desk.keys.put(SHORT, "x")
            await desk.keys.put(Key(name=SHORT.name, ttl_s=None), "y")
            assert math.inf == await desk.keys.ttl(SHORT)
            await desk.keys.put(LONG, "z")
            assert LONG_S * 0.9 < (await desk.keys.ttl(SHORT) or 0) <= LONG_S

        self.ask(case)

    def test_15_a_text_put_if_absent_is_put_once(self) -> None:
        """By one of those who try; again after its end."""

        async def case(desk: BusDesk) -> None:
            tries = [desk.keys.put_if_absent(KEY, str(n)) for n in range(5)]
            assert [False] * 4 + [True] == sorted(await asyncio.gather(*tries))
            assert await desk.keys.put_if_absent(SHORT, "once")
            await desk.wait(TTL_S * 1.5)
            assert await desk.keys.put_if_absent(LONG, "again")
            assert "again" == await desk.keys.get(LONG)
            assert LONG_S * 0.9 < (await desk.keys.ttl(LONG) or 0)

        self.ask(case)

    def test_16_several_texts_are_put_together(self) -> None:
        """Each with its own lifetime."""

        async def case(desk: BusDesk) -> None:
            await desk.keys.put_all({KEY: "pointer", LONG: "payload"})
            assert ("pointer", "payload") == (
                await desk.keys.get(KEY),
                await desk.keys.get(LONG),
            )
            assert math.inf == await desk.keys.ttl(KEY)
            assert (await desk.keys.ttl(LONG) or math.inf) <= LONG_S

        self.ask(case)

    def test_17_names_begin_as_asked(self) -> None:
        """Signs mean themselves; ended keys have no name; both kinds have one."""

        async def case(desk: BusDesk) -> None:
            family = KeyOf(prefix="exam:a*[b]?", ttl_s=None)
            await desk.keys.put(family.of("2"), "x")
            await desk.keys.put_hash(family.of("1"), {"x": "y"})
            await desk.keys.put(Key(name="exam:aXb1", ttl_s=None), "x")
            assert ("exam:a*[b]?1", "exam:a*[b]?2") == await desk.keys.names(family.prefix)
            assert () == await desk.keys.names("exam:none")

        self.ask(case)

    def test_18_a_hash_is_what_was_put_last(self) -> None:
        """Old fields go, it ends, and nothing put is no key."""

        async def case(desk: BusDesk) -> None:
            await desk.keys.put_hash(LONG, {"005930": "70000", "000660": "1"})
            await desk.keys.put_hash(LONG, {"005930": "70100"})
            assert {"005930": "70100"} == await desk.keys.get_hash(LONG)
            await desk.keys.put_hash(SHORT, {"005930": "70100"})
            await desk.wait(TTL_S * 1.5)
            assert {} == await desk.keys.get_hash(SHORT)
            await desk.keys.put_hash(KEY, {"a": "b"})
            await desk.keys.put_hash(KEY, {})
            assert None is await desk.keys.ttl(KEY)

        self.ask(case)

    def test_19_a_key_of_another_kind_is_an_error(self) -> None:
        """A hash read as a text and a text read as a hash are never empty; putting replaces."""

        async def case(desk: BusDesk) -> None:
            await desk.keys.put_hash(KEY, {"a": "b"})
            assert BusRefused in await failure_of(desk.keys.get(KEY))
            await desk.keys.put(KEY, "text")
            assert BusRefused in await failure_of(desk.keys.get_hash(KEY))
            await desk.keys.put_hash(KEY, {"a": "b"})
            assert {"a": "b"} == await desk.keys.get_hash(KEY)

        self.ask(case)

    def test_20_a_lock_has_one_holder(self) -> None:
        """Of those who try; who lets go opens it."""

        async def case(desk: BusDesk) -> None:
            tries = await asyncio.gather(*(desk.locks.acquire(KEY) for _ in range(5)))
            (held,) = [one for one in tries if one is not None]
            assert await desk.locks.release(held)
            assert not await desk.locks.release(held)
            again = await desk.locks.acquire(KEY)
            assert again is not None
            assert held.token != again.token

        self.ask(case)

    def test_21_only_the_owner_lets_go(self) -> None:
        """A holder whose lock ran out cannot open the next one's."""

        async def case(desk: BusDesk) -> None:
            slow = await desk.locks.acquire(SHORT)
            assert slow is not None
            await desk.wait(TTL_S * 1.5)
            quick = await desk.locks.acquire(LONG)
            assert quick is not None
            assert not await desk.locks.release(slow)
            assert not await desk.locks.release(Held(key=SHORT, token="guessed"))  # noqa: S106  # a guess
            assert None is await desk.locks.acquire(SHORT)
            assert await desk.locks.release(quick)

        self.ask(case)

    def test_22_holding_always_lets_go(self) -> None:
        """Also when the work fails; a second holder is told no and takes nothing away."""

        async def case(desk: BusDesk) -> None:
            async with holding(desk.locks, KEY) as mine, holding(desk.locks, KEY) as second:
                assert (True, False) == (mine, second)
            with suppress(ZeroDivisionError):
                async with holding(desk.locks, KEY) as mine:
                    assert mine
                    raise ZeroDivisionError
            async with holding(desk.locks, KEY) as mine:
                assert mine

        self.ask(case)
