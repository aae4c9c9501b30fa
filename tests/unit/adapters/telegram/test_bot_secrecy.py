"""The token of a bot is in every address and nowhere else."""

import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from tests.contract.bot_server import (
    BAD_GATEWAY,
    DROPPED,
    TOKEN,
    BotServer,
    Mishap,
    limited,
    refusing,
)
from tests.unit.adapters.telegram.bot_bench import CHAT, USER, hello, look, ready, within

from jennie_cli.adapters.telegram import BotApi
from jennie_cli.engine.errors import JennieError

ECHO = TOKEN.encode()
LEAKS: tuple[Mishap | None, ...] = (
    None,
    DROPPED,
    BAD_GATEWAY,
    Mishap(silent=True),
    Mishap(raw=b"NONSENSE /bot" + ECHO + b"\r\n\r\n"),
    Mishap(raw=b"HTTP/1.1 200 /bot" + ECHO + b"\r\nbad header " + ECHO + b"\r\n\r\n"),
    Mishap(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n/bot"),
    Mishap(status=301, headers={"location": f"/bot{TOKEN}/x"}),
    Mishap(body=ECHO),
    Mishap(body=b"x" * 5_000),
    refusing(400, f"no such thing: /bot{TOKEN}/sendMessage"),
    refusing(400, f"no such thing: {TOKEN[:3]}\x00{TOKEN[3:]}"),
    refusing(404, f"Not Found: {TOKEN.partition(':')[2]}"),
    refusing(409, f"Conflict: {TOKEN[10:40]}"),
    refusing(500, f"{'x' * 190}{TOKEN}"),
    limited(99),
)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and whatever it came from, shown or not."""
    if error is not None:
        yield error
        yield from chain(error.__cause__)
        yield from chain(error.__context__)


@pytest.mark.parametrize("mishap", LEAKS, ids=range(len(LEAKS)))
@pytest.mark.parametrize("case", [hello, look, ready])
def test_the_token_is_nowhere(
    bot: BotServer,
    case: Callable[[BotApi], Awaitable[Any]],
    mishap: Mishap | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in an error or its causes, a traceback, a repr or a log, even where it is echoed."""
    bot.mishaps += [mishap] if mishap else []
    said: list[str] = []
    if mishap is None:  # the service is gone
        bot.url = "http://127.0.0.1:1"

    async def told(api: BotApi) -> None:
        said.append(repr(api))
        await case(api)

    with caplog.at_level(logging.DEBUG), pytest.raises(JennieError) as caught:
        within(bot, told, timeout_s=0.3, most_kb=4)
    for error in chain(caught.value):
        said += [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
    text = "".join((*said, caplog.text))
    pieces = {TOKEN[at : at + 16] for at in range(len(TOKEN) - 15)}
    assert [] == [piece for piece in pieces if piece in text]


def test_nothing_is_logged_when_all_is_well(
    bot: BotServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an address nor what was written."""
    bot.say(CHAT, USER, "/pnl")

    async def case(api: BotApi) -> None:
        await api.ready()
        await api.send(CHAT, "안녕")
        await api.updates(None, wait_s=0)

    with caplog.at_level(logging.DEBUG):
        within(bot, case)
    words = (TOKEN, "/bot", "안녕", "/pnl")
    assert [] == [word for word in words if word in caplog.text]
