"""The Bot API over real sockets: what is read, what is sent, what fails and how it is told."""

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

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

from jennie_cli.adapters.system import SystemClock
from jennie_cli.adapters.telegram import BotApi
from jennie_cli.engine.bot import Said, Update, Updates
from jennie_cli.engine.clock import KST, Clock, ManualClock
from jennie_cli.engine.errors import JennieError, OutsideError, SettingsError
from jennie_cli.engine.notify import MOST, Chat, ChatDown, ChatRefused, escaped
from jennie_cli.settings import Masker, TelegramBotOptions

AT = datetime(2026, 3, 4, 9, 30, tzinfo=KST)
CHAT, GROUP, USER = 4_242, -1_001_234_567_890, 4_242
OTHER = "1:other"
T = TypeVar("T")


@pytest.fixture
def bot() -> Iterator[BotServer]:
    """Serve a bot that may write to one chat."""
    with bot_serving(chats={CHAT}) as server:
        yield server


def options(url: str, **changed: Any) -> TelegramBotOptions:
    """Return options with little patience."""
    return TelegramBotOptions(**{"url": url, "timeout_s": 5.0, **changed})


def within(
    bot: BotServer,
    case: Callable[[BotApi], Awaitable[T]],
    *,
    token: str = TOKEN,
    clock: Clock | None = None,
    **changed: Any,
) -> T:
    """Run a case with the API of a served bot."""

    async def run() -> T:
        steady = clock or SystemClock()
        api = BotApi(token, options(bot.url, **changed), steady=steady, veil=Masker((token,)))
        try:
            return await case(api)
        finally:
            await api.close()

    return asyncio.run(run())


def failing(bot: BotServer, case: Callable[[BotApi], Awaitable[T]], **given: Any) -> OutsideError:
    """Return what a case fails with."""
    with pytest.raises(OutsideError) as caught:
        within(bot, case, **given)
    return caught.value


async def hello(api: BotApi) -> None:
    """Send a word."""
    await api.send(CHAT, "안녕")


async def ready(api: BotApi) -> None:
    """Ask who we are."""
    await api.ready()


async def look(api: BotApi) -> list[Update]:
    """Return all that waits."""
    return list(await api.updates(None, wait_s=0))


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


def test_texts_come_with_who_where_and_when(bot: BotServer) -> None:
    """A person, a person in a group, and an admin who hides; oldest first."""
    ids = [
        bot.say(CHAT, USER, "/stop 확인", AT),
        bot.say(GROUP, USER, f"/status@{NAME}", AT),
        bot.say(GROUP, None, "줄\n바꿈", AT),
    ]
    found = within(bot, look)
    said = [
        Said(chat=CHAT, user=USER, at=AT, text="/stop 확인"),
        Said(chat=GROUP, user=USER, at=AT, text=f"/status@{NAME}"),
        Said(chat=GROUP, user=None, at=AT, text="줄\n바꿈"),
    ]
    assert [Update(id=i, said=s) for i, s in zip(ids, said, strict=True)] == found
    assert {timedelta(0)} == {u.said.at.utcoffset() for u in found if u.said}


def message(**changed: Any) -> dict[str, Any]:
    """Return a message as Telegram tells it, but for these fields; None takes one away."""
    whole = {
        "message_id": 1,
        "from": {"id": USER, "is_bot": False},
        "chat": {"id": CHAT, "type": "private"},
        "date": int(AT.timestamp()),
        "text": "/pnl",
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


ODD: tuple[Any, ...] = (
    {"edited_message": message(edit_date=1)},
    {"message": message(edit_date=1)},
    {"message": message(forward_origin={"type": "user"})},
    {"message": message(via_bot={"id": 1})},
    {"message": message(text=None, photo=[{}])},
    {"message": message(text=7)},
    {"message": message(text="")},
    {"message": message(text=" \u200b\x00")},
    {"message": message(text="x" * (MOST + 1))},
    {"message": message(chat=None)},
    {"message": message(chat={"id": "4242"})},
    {"message": message(chat={"id": 2**70})},
    {"message": message(chat=[4242])},
    {"message": message(date=None)},
    {"message": message(date="now")},
    {"message": message(date=True)},
    {"message": message(date=2**62)},
    {"message": message(date=-(2**62))},
    {"message": "text"},
    {"message": None},
    {"callback_query": {"id": "1"}},
    {},
)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_what_is_no_new_text_only_moves_on(bot: BotServer, odd: Any) -> None:
    """It has a number and nothing said; a text after it comes all the same."""
    first, second = bot.tell(odd), bot.say(CHAT, USER, "/pnl", AT)
    found = within(bot, look)
    assert [first, second] == [update.id for update in found]
    assert found[0].said is None
    assert found[1].said is not None


@pytest.mark.parametrize("odd", [None, 7, "x", [], {"update_id": "9"}, {"update_id": True}])
def test_what_has_no_number_is_dropped(bot: BotServer, odd: Any) -> None:
    """It stops nobody."""
    bot.tell(odd)
    number = bot.say(CHAT, USER, "/pnl", AT)
    assert [number] == [update.id for update in within(bot, look)]


def test_a_sender_who_cannot_be_read_is_nobody(bot: BotServer) -> None:
    """The text comes without a user."""
    for sender in (None, {}, {"id": "1"}, {"id": 1.5}, "me"):
        bot.tell({"message": message(**{"from": sender})})
    assert [None] * 5 == [u.said.user for u in within(bot, look) if u.said]


def test_texts_are_printable(bot: BotServer) -> None:
    """Control and direction signs, half characters and runs of blanks do not come along."""
    bot.say(CHAT, USER, " /buy\u202e \x1b[31m삼성전자\u00a0\t10 \n\n\n\n끝\ud83d ", AT)
    (found,) = within(bot, look)
    assert found.said is not None
    text = found.said.text
    assert text.replace("\n", "").isprintable()
    assert text.startswith("/buy ")
    assert text.endswith("\n\n끝?")


def test_numbers_move_on_and_are_confirmed(bot: BotServer) -> None:
    """What was asked for after a number is not told again, and the service forgets it."""
    first, second, third = (bot.say(CHAT, USER, text, AT) for text in ("/a", "/b", "/c"))

    async def case(api: BotApi) -> list[list[int]]:
        asked = (None, first, second, third)
        return [[u.id for u in await api.updates(after, wait_s=0)] for after in asked]

    assert [[first, second, third], [second, third], [third], []] == within(bot, case)
    assert [] == bot.waiting
    assert [None, first + 1, second + 1, third + 1] == [f.get("offset") for _, f in bot.asked]
    assert [["message"]] * 4 == [f["allowed_updates"] for _, f in bot.asked]


def test_updates_out_of_order_twice_and_old_come_by_number_once(bot: BotServer) -> None:
    """The order is ours, and nothing up to the number comes again."""
    rows = [{"update_id": n, "message": message()} for n in (9, 5, 7, 7, 8)]
    bot.mishaps.append(Mishap(body=json.dumps({"ok": True, "result": rows}).encode()))
    assert [7, 8, 9] == [u.id for u in within(bot, lambda api: api.updates(5, wait_s=0))]


def test_a_long_queue_comes_in_parts(bot: BotServer) -> None:
    """One answer has a bound; the next call brings the rest."""
    ids = [bot.say(CHAT, USER, f"/price {n}", AT) for n in range(25)]

    async def case(api: BotApi) -> list[int]:
        found = [u.id for u in await api.updates(None, wait_s=0)]
        assert 0 < len(found) < len(ids)
        return found + [u.id for u in await api.updates(found[-1], wait_s=0)]

    assert ids == within(bot, case)


def test_the_longest_answer_there_can_be_fits(bot: BotServer) -> None:
    """Texts of signs that JSON writes at length, each answering another, are within the bound."""
    long = "🚀" * (MOST // 2)
    for _ in range(20):
        entities = [{"type": "bold", "offset": n, "length": 1} for n in range(100)]
        answered = message(text=long * 2, entities=entities)
        bot.tell({"message": message(text=long, entities=entities, reply_to_message=answered)})
    assert 20 == len(within(bot, look))


def test_a_poll_ends_when_something_is_written(bot: BotServer) -> None:
    """It waits for the service, and no longer than until the first word."""

    async def case(api: BotApi) -> int:
        polling = asyncio.create_task(_first(api))
        await asyncio.to_thread(bot.wait, lambda b: b.polls == 1)
        number = bot.say(CHAT, USER, "/help")
        assert number == await polling
        return number

    within(bot, case, timeout_s=5.0)
    assert [50] == [fields["timeout"] for _, fields in bot.asked]


async def _first(api: BotApi) -> int:
    (update,) = await api.updates(None, wait_s=600.0)
    return update.id


def test_a_poll_without_news_ends_with_nothing(bot: BotServer) -> None:
    """The patience of a call is on top of the poll's."""
    found = within(bot, lambda api: api.updates(None, wait_s=1.0), timeout_s=1.0)
    assert [] == list(found)


def test_a_second_poll_is_named(bot: BotServer) -> None:
    """Two programs with one token: the earlier is told that there is another."""

    async def case(api: BotApi) -> None:
        polling = asyncio.create_task(_first(api))
        await asyncio.to_thread(bot.wait, lambda b: b.polls == 1)
        await api.updates(None, wait_s=0)
        await polling

    error = failing(bot, case)
    assert isinstance(error, ChatDown)
    assert error.message.startswith("Another program asks for this bot's updates. ")


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
BROKEN: tuple[tuple[Mishap, str], ...] = (
    (BAD_GATEWAY, "Telegram answered sendMessage with HTTP 502 and nothing that can be read."),
    (refusing(500, "Internal Server Error"), "Telegram answered 500: Internal Server Error"),
    (
        Mishap(body=b'{"ok": false, "error_code": 500, "description": "x"}'),
        "Telegram answered 500: x",
    ),
    (Mishap(status=502, body=b'{"ok": true}'), "Telegram answered 502: no reason given"),
    (
        Mishap(status=302, headers={"location": "/elsewhere"}),
        "Telegram answered sendMessage with HTTP 302 and nothing that can be read.",
    ),
    *(
        (
            Mishap(body=body),
            "Telegram answered sendMessage with HTTP 200 and nothing that can be read.",
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


@pytest.mark.parametrize("result", ["null", "{}", '"x"', "7"])
def test_updates_that_are_no_list_are_a_service_that_is_down(bot: BotServer, result: str) -> None:
    """They do not count as none."""
    bot.mishaps.append(Mishap(body=f'{{"ok": true, "result": {result}}}'.encode()))
    assert "Telegram's updates are no list." == failing(bot, look).message


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
    assert arrived == len(bot.sent)
    assert 1 == len(bot.asked)


def test_a_silent_service_is_down(bot: BotServer) -> None:
    """Patience ends, and the message may have arrived."""
    bot.mishaps.append(Mishap(silent=True))
    error = failing(bot, hello, timeout_s=0.2)
    assert isinstance(error, ChatDown)
    assert (
        "Telegram gave no answer to sendMessage within 0.2 seconds; the message may have been sent "
        "all the same." == error.message
    )


def test_where_nobody_listens_nothing_was_sent() -> None:
    """A service that cannot be reached is told apart from one that broke off."""
    with bot_serving() as gone:
        pass
    error = failing(gone, hello)
    assert isinstance(error, ChatDown)
    assert "Telegram cannot be reached (ConnectError); nothing was sent." == error.message


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
    """Not in an error or what it came from, a traceback, a repr or a log, even where it is echoed.

    Without a mishap the service is gone.
    """
    bot.mishaps += [mishap] if mishap else []
    said: list[str] = []
    if mishap is None:
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


def test_times_are_utc_seconds(bot: BotServer) -> None:
    """The service's date is an aware moment."""
    bot.tell({"message": message(date=0)})
    (found,) = within(bot, look)
    assert found.said is not None
    assert datetime(1970, 1, 1, tzinfo=UTC) == found.said.at
