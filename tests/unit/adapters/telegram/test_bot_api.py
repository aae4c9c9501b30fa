"""The Bot API over real sockets: what is sent, what fails and how it is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.contract.bot_server import (
    BAD_GATEWAY,
    CONFLICT,
    DROPPED,
    NAME,
    TAKEN_AND_DROPPED,
    TOKEN,
    BotServer,
    Mishap,
    bot_serving,
    limited,
    refusing,
)
from tests.unit.adapters.telegram.bot_bench import (
    AT,
    CHAT,
    GROUP,
    OTHER,
    failing,
    hello,
    look,
    options,
    ready,
    within,
)

from jennie_cli.adapters.system import SystemClock
from jennie_cli.adapters.telegram import BotApi
from jennie_cli.engine.bot import Updates
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.notify import MOST, Chat, ChatDown, ChatRefused, escaped
from jennie_cli.settings import Masker


def test_it_knows_its_own_name(bot: BotServer) -> None:
    """A bot that is ready knows its user name, and did not before."""

    async def case(api: BotApi) -> tuple[str, str]:
        before = api.name
        await api.ready()
        return before, api.name

    assert ("", NAME) == within(bot, case)


def test_it_is_a_chat_and_brings_updates(bot: BotServer) -> None:
    """One bot fits both ports."""

    async def case(api: BotApi) -> None:
        chat: Chat = api
        updates: Updates = api
        await chat.ready()
        assert [] == list(await updates.updates(None, wait_s=0))

    within(bot, case)


def test_a_message_is_sent_as_html_without_previews(bot: BotServer) -> None:
    """What arrives is what was sent, its escapes and Korean too."""
    html = f"<b>{escaped('삼성전자 <&> 🚀')}</b>\nhttps://example.com"
    within(bot, lambda api: api.send(CHAT, html))
    assert [(CHAT, html)] == bot.sent
    ((method, fields),) = bot.asked
    assert "sendMessage" == method
    assert "HTML" == fields["parse_mode"]
    assert {"is_disabled": True} == fields["link_preview_options"]


def test_half_a_character_is_sent_as_a_mark(bot: BotServer) -> None:
    """A text that no UTF-8 can hold does not fail."""
    within(bot, lambda api: api.send(CHAT, "half \ud83d"))
    assert [(CHAT, "half ?")] == bot.sent


@pytest.mark.parametrize("case", [ready, hello, look])
def test_a_wrong_token_is_named(bot: BotServer, case: Callable[[BotApi], Awaitable[Any]]) -> None:
    """Whatever is asked first says which secret to store."""
    error = failing(bot, case, token=OTHER)
    assert isinstance(error, ChatDown)
    assert error.message.startswith("Telegram knows no bot with this token. ")
    assert "jennie secrets set telegram_bot_token" in error.hint


@pytest.mark.parametrize("token", ["", "bot1:x", "1:x/../y", "1:x y", "1:x?y", "한:글", "1:"])
def test_what_is_no_token_is_not_sent(token: str) -> None:
    """A token that would change the address is refused, without being shown."""
    with pytest.raises(SettingsError) as caught:
        BotApi(token, options("http://127.0.0.1:1"), steady=SystemClock(), veil=Masker())
    assert "The secret telegram_bot_token is no token of a Telegram bot." == caught.value.message


def test_a_token_with_blanks_around_it_is_one(bot: BotServer) -> None:
    """A newline that was pasted along does no harm."""
    within(bot, ready, token=f" {TOKEN}\n")
    assert ["getMe"] == [method for method, _ in bot.asked]


@pytest.mark.parametrize(
    ("chat", "html", "words"),
    [
        (999, "x", "chat not found"),
        (CHAT, "<b>x", "can't parse entities"),
        (CHAT, "<x>y</x>", "can't parse entities"),
        (CHAT, "a</i>", "can't parse entities"),
        (CHAT, "1 < 2", "can't parse entities"),
        (CHAT, "x" * (MOST + 1), "message is too long"),
        (CHAT, "🚀" * (MOST // 2) + "x", "message is too long"),
        (CHAT, "<b> </b>", "message text is empty"),
    ],
)
def test_what_telegram_will_not_take_is_refused(
    bot: BotServer, chat: int, html: str, words: str
) -> None:
    """Its own words are told, and nothing is tried again."""
    error = failing(bot, lambda api: api.send(chat, html))
    assert isinstance(error, ChatRefused)
    assert words in error.message
    assert 1 == len(bot.asked)
    assert [] == bot.sent


def test_the_longest_message_is_taken(bot: BotServer) -> None:
    """The limit is counted in units of UTF-16."""
    within(bot, lambda api: api.send(CHAT, "🚀" * (MOST // 2)))
    assert 1 == len(bot.sent)


def test_a_group_that_moved_tells_its_new_id(bot: BotServer) -> None:
    """A group that became a supergroup has another id."""
    said = "Bad Request: group chat was upgraded to a supergroup chat"
    bot.mishaps.append(refusing(400, said, migrate_to_chat_id=GROUP))
    error = failing(bot, hello)
    assert isinstance(error, ChatRefused)
    assert str(GROUP) in error.hint


def test_words_of_a_refusal_are_printable_and_short(bot: BotServer) -> None:
    """What the service says is no markup of a terminal and has an end."""
    bot.mishaps.append(refusing(403, "Forbidden: \x1b[31m\r\n\u202ebot was blocked" + "x" * 9_000))
    error = failing(bot, hello)
    assert isinstance(error, ChatRefused)
    assert error.message.isprintable()
    assert 300 > len(error.message)


@pytest.mark.parametrize("case", [ready, look])
def test_a_refusal_of_what_is_no_message_is_a_service_that_is_down(
    bot: BotServer, case: Callable[[BotApi], Awaitable[Any]]
) -> None:
    """Only messages can be refused."""
    bot.mishaps.append(refusing(400, "Bad Request: odd"))
    error = failing(bot, case)
    assert isinstance(error, ChatDown)
    assert "Telegram answered 400: Bad Request: odd" == error.message


def test_it_waits_as_it_is_asked_to(bot: BotServer) -> None:
    """By the clock that it was given, and then sends once."""
    clock = ManualClock(AT)
    bot.mishaps += [limited(5), limited(7)]
    within(bot, hello, clock=clock)
    assert 12.0 == clock.monotonic()
    assert [(CHAT, "안녕")] == bot.sent


@pytest.mark.parametrize(
    "answers", [[limited(61)], [limited(40), limited(40)], [limited(10**9)], [limited(0)] * 61]
)
def test_no_wait_is_longer_than_allowed(bot: BotServer, answers: list[Mishap]) -> None:
    """All waits of one message together have a bound."""
    clock = ManualClock(AT)
    bot.mishaps += answers
    assert isinstance(failing(bot, hello, clock=clock), ChatDown)
    assert 60.0 >= clock.monotonic()
    assert [] == bot.sent


@pytest.mark.parametrize("seconds", ["null", '"5"', "-5", "true", "1e9", "[]"])
def test_a_wait_that_cannot_be_read_is_a_short_one(bot: BotServer, seconds: str) -> None:
    """It is asked again after a second."""
    body = f'{{"ok": false, "error_code": 429, "parameters": {{"retry_after": {seconds}}}}}'
    clock = ManualClock(AT)
    bot.mishaps.append(Mishap(status=429, body=body.encode()))
    within(bot, hello, clock=clock)
    assert 1.0 == clock.monotonic()


UNKNOWN = "; the message may have been sent all the same."
UNREADABLE = "Telegram answered sendMessage with HTTP {} and nothing that can be read" + UNKNOWN


BROKEN: tuple[tuple[Mishap, str], ...] = (
    (
        BAD_GATEWAY,
        UNREADABLE.format(502),
    ),
    (refusing(500, "Internal Server Error"), "Telegram answered 500: Internal Server Error"),
    (
        Mishap(body=b'{"ok": false, "error_code": 500, "description": "x"}'),
        "Telegram answered 500: x",
    ),
    (Mishap(status=502, body=b'{"ok": true}'), "Telegram answered 502: no reason given"),
    (
        Mishap(status=302, headers={"location": "/elsewhere"}),
        UNREADABLE.format(302),
    ),
    *(
        (
            Mishap(body=body),
            UNREADABLE.format(200),
        )
        for body in (b"", b"{", b"[]", b"{}", b'{"ok": 1}', b"\xff", b"[" * 90_000, b"9" * 5_000)
    ),
    (
        Mishap(body=b"x" * 5_000),
        f"Telegram answered with more than 4,000 bytes{UNKNOWN}",
    ),
    (
        Mishap(body=b"x", headers={"content-encoding": "gzip"}),
        f"Telegram answered with compressed bytes{UNKNOWN}",
    ),
)


@pytest.mark.parametrize(("mishap", "told"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_answer_is_a_service_that_is_down(
    bot: BotServer, mishap: Mishap, told: str
) -> None:
    """It is not tried again here, and nobody is followed elsewhere."""
    bot.mishaps.append(mishap)
    most = 4 if len(mishap.body) == 5_000 and mishap.body[:1] == b"x" else 4_000
    error = failing(bot, hello, most_kb=most)
    assert isinstance(error, ChatDown)
    assert told == error.message
    assert 1 == len(bot.asked)


@pytest.mark.parametrize("result", ["null", "[]", "{}", '{"username": 7}', '{"username": "a b"}'])
def test_a_bot_without_a_name_is_not_ready(bot: BotServer, result: str) -> None:
    """What answers is no Bot API."""
    bot.mishaps.append(Mishap(body=f'{{"ok": true, "result": {result}}}'.encode()))
    assert "Telegram does not tell the name of the bot." == failing(bot, ready).message


@pytest.mark.parametrize(("mishap", "arrived"), [(DROPPED, 0), (TAKEN_AND_DROPPED, 1)])
def test_a_message_of_unknown_fate_is_not_sent_again(
    bot: BotServer, mishap: Mishap, arrived: int
) -> None:
    """The error says that it may have arrived, whether it did or not."""
    bot.mishaps.append(mishap)
    error = failing(bot, hello)
    assert isinstance(error, ChatDown)
    assert "the message may have been sent all the same" in error.message
    assert not error.unsent
    assert arrived == len(bot.sent)
    assert 1 == len(bot.asked)


def test_a_silent_service_is_down(bot: BotServer) -> None:
    """Patience ends, and the message may have arrived."""
    bot.mishaps.append(Mishap(silent=True))
    error = failing(bot, hello, timeout_s=1.0)
    assert isinstance(error, ChatDown)
    assert (
        "Telegram gave no answer to sendMessage within 1 seconds; the message may have been sent "
        "all the same." == error.message
    )


def test_where_nobody_listens_nothing_was_sent() -> None:
    """A service that cannot be reached is told apart from one that broke off."""
    with bot_serving() as gone:
        pass
    error = failing(gone, hello)
    assert isinstance(error, ChatDown)
    assert error.message.endswith("for sendMessage (ConnectError); nothing was sent.")
    assert error.unsent


def test_before_a_line_is_safe_nothing_was_sent() -> None:
    """A host that never ends its greeting has not seen the message."""

    async def case() -> None:
        listening = await asyncio.start_server(_never, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        patient = options(f"https://127.0.0.1:{port}", timeout_s=0.3)
        api = BotApi(TOKEN, patient, steady=SystemClock(), veil=Masker())
        async with listening:
            try:
                await hello(api)
            finally:
                await api.close()

    with pytest.raises(ChatDown) as caught:
        asyncio.run(case())
    assert (
        "Telegram cannot be reached for sendMessage (ConnectTimeout); nothing was sent."
        == caught.value.message
    )


async def _never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.read()
    finally:
        writer.close()


def test_it_recovers(bot: BotServer) -> None:
    """After each failure the same bot sends again."""
    bot.mishaps += [DROPPED, BAD_GATEWAY, CONFLICT, DROPPED]

    async def case(api: BotApi) -> int:
        failures = 0
        for _ in range(4):
            try:
                await api.send(CHAT, "안녕")
            except ChatDown:
                failures += 1
        return failures

    assert 3 == within(bot, case)
    assert [(CHAT, "안녕")] == bot.sent
