"""A line to the exchange over which its clock is moved, and what its answers mean."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from jennie_cli.engine.errors import InputError, OutsideError

PATH = "/_sim/steps"
PATIENCE_S = 60.0
"""Real seconds that one control call may take: a night of a busy market is one call."""

_QUIET = logging.Logger("sim-steps", level=logging.CRITICAL + 1)  # noqa: LOG001  # it logs frames


class Steps:
    """A line to the exchange over which its clock is moved step by step.

    It says what POST /_sim/clock says, at a tenth of the price of a call: a driven session of six
    and a half hours takes more than twenty thousand steps.
    """

    def __init__(self, url: str) -> None:
        """`url` is the exchange's base URL; nothing is opened before the first step."""
        self._url = url.replace("http://", "ws://", 1) + PATH
        self._turn = asyncio.Lock()
        self._line: ClientConnection | None = None

    async def move(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for one step and return the time it led to. Raises OutsideError, InputError."""
        async with self._turn:
            line, self._line = self._line, None
            try:
                async with asyncio.timeout(PATIENCE_S):
                    line = line or await self._open()
                    await line.send(json.dumps(body))
                    told = json.loads(await line.recv())
                    self._line = line
            except (OSError, WebSocketException) as error:
                _hang_up(line)
                raise silent(error) from None
            except BaseException:
                # an answer that nobody took would be the next one's
                _hang_up(line)
                raise
        return judged(told, int(told.pop("status", httpx.codes.OK)))

    async def close(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    async def _open(self) -> ClientConnection:
        return await connect(
            self._url, ping_interval=None, compression=None, proxy=None, logger=_QUIET
        )


def judged(told: object, status: int) -> dict[str, Any]:
    """Return what a control endpoint answered. Raises OutsideError, InputError for a refusal."""
    if not isinstance(told, dict):
        raise OutsideError(
            f"The exchange's control endpoint answered HTTP {status}.",
            hint="Check that the port belongs to jennie sim serve.",
        )
    if status == httpx.codes.BAD_REQUEST:
        raise InputError(str(told.get("message", "")), hint=str(told.get("hint", "")))
    if httpx.codes.is_error(status):
        raise OutsideError(
            f"The exchange failed: {told.get('message', status)}.",
            hint="Look at what jennie sim serve printed.",
        )
    return told


def silent(error: Exception) -> OutsideError:
    """Return that an exchange does not answer."""
    return OutsideError(
        f"The exchange does not answer ({type(error).__name__}).",
        hint="jennie sim status",
    )


def _hang_up(line: ClientConnection | None) -> None:
    if line is not None:
        line.transport.abort()
