"""The one way to the server: it fails by name and soon, and leaves a dead server alone for a while.

Nothing is sent twice: after a failure nobody knows whether the server took it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from jennie_cli.adapters.redis.address import Address, asked
from jennie_cli.engine.bus import BusDown, BusPolicy, BusRefused, GroupLost
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError

T = TypeVar("T")
Command = tuple[str | int, ...]
Revive = Callable[[], Awaitable[None]]


class Line:
    """Asks one server. A success ends the pauses that failures began."""

    def __init__(
        self, address: Address, *, name: str, policy: BusPolicy, steady: Clock, revive: Revive
    ) -> None:
        """`steady` counts the pauses; `revive` is asked for a server before a new try."""
        self._address = address
        self._client: Redis = address.client(name)
        self._policy = policy
        self._steady = steady
        self._revive = revive
        self._failures = 0
        self._next_try = 0.0

    async def ask(self, *command: str | int, wait_s: float = 0.0) -> Any:
        """Return the answer to a command that may take `wait_s` by itself.

        Raises BusDown, BusRefused, GroupLost.
        """
        return await self._asked(lambda: asked(self._client, *command), wait_s)

    async def ask_all(self, commands: Sequence[Command], *, at_once: bool) -> list[Any]:
        """Return the answers to several commands; `at_once` lets nobody see half of them."""
        async with self._client.pipeline(transaction=at_once) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            return await self._asked(pipe.execute)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _asked(self, ask: Callable[[], Awaitable[T]], wait_s: float = 0.0) -> T:
        if self._failures:
            await self._try_again()
        try:
            async with asyncio.timeout(self._policy.timeout_s + wait_s):
                answer = await ask()
        except ResponseError as error:
            raise self._refusal(error) from None
        except (RedisError, OSError) as error:
            raise self._failed(str(error) or "no answer in time") from None
        self._failures = 0
        return answer

    async def _try_again(self) -> None:
        rest = self._next_try - self._steady.monotonic()
        if rest > 0:
            raise BusDown(
                f"The bus at {self._address.place} is down; next try in {rest:.0f} s.",
                hint="jennie doctor",
            )
        try:
            async with asyncio.timeout(self._policy.timeout_s):
                await self._revive()
        except JennieError as error:
            raise self._failed(error.message) from None
        except TimeoutError:
            raise self._failed("no answer in time") from None

    def _failed(self, why: str) -> BusDown:
        """Count the failure, once for all calls that one death met, and return its error."""
        now = self._steady.monotonic()
        if not self._failures or now >= self._next_try:
            self._failures += 1
            self._next_try = now + self._policy.pause_s(self._failures)
        return BusDown(
            f"The bus at {self._address.place} is down: {self._address.hide(why)}",
            hint="jennie doctor",
        )

    def _refusal(self, error: ResponseError) -> BusRefused:
        self._failures = 0
        text = self._address.hide(str(error))
        if "NOGROUP" in text:
            return GroupLost(f"{self._address.place}: {text}", hint="Join the group again.")
        return BusRefused(f"The bus at {self._address.place} refused: {text}", hint="jennie doctor")
