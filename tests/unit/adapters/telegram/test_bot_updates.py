"""What is written to the bot, over real sockets: told apart, in order, once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.contract.bot_server import (
    NAME,
    BotServer,
    Mishap,
)
from tests.unit.adapters.telegram.bot_bench import (
    AT,
    CHAT,
    GROUP,
    USER,
    failing,
    look,
    message,
    within,
)

from jennie_cli.adapters.telegram import BotApi
from jennie_cli.engine.bot import Said, Update
from jennie_cli.engine.notify import MOST, ChatDown


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

    within(bot, case)
    assert [50] == [fields["timeout"] for _, fields in bot.asked]


async def _first(api: BotApi) -> int:
    (update,) = await api.updates(None, wait_s=600.0)
    return update.id


def test_a_poll_without_news_ends_with_nothing(bot: BotServer) -> None:
    """The patience of a call is on top of the poll's."""
    found = within(bot, lambda api: api.updates(None, wait_s=1.0), timeout_s=4.0)
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


@pytest.mark.parametrize("result", ["null", "{}", '"x"', "7"])
def test_updates_that_are_no_list_are_a_service_that_is_down(bot: BotServer, result: str) -> None:
    """They do not count as none."""
    bot.mishaps.append(Mishap(body=f'{{"ok": true, "result": {result}}}'.encode()))
    assert "Telegram's updates are no list." == failing(bot, look).message


def test_times_are_utc_seconds(bot: BotServer) -> None:
    """The service's date is an aware moment."""
    bot.tell({"message": message(date=0)})
    (found,) = within(bot, look)
    assert found.said is not None
    assert datetime(1970, 1, 1, tzinfo=UTC) == found.said.at
