"""Commands are read from messages as people type them."""

import unicodedata
from datetime import UTC, datetime

import pytest

from jennie_cli.engine.bot import BotPolicy, Said, chat_ids
from jennie_cli.engine.bot.calls import Call, count_of, read_call
from jennie_cli.engine.errors import SettingsError

AT = datetime(2026, 3, 4, tzinfo=UTC)


def read(text: str, user: int | None = 7) -> Call | None:
    """Return the command of a message to jennie_bot."""
    return read_call(Said(chat=7, user=user, at=AT, text=text), "jennie_bot")


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("/stop 확인", "stop", ("확인",)),
        ("/STOP@Jennie_Bot  긴급 ", "stop", ("긴급",)),
        ("/buy LG 화학\n3", "buy", ("LG", "화학", "3")),
        (unicodedata.normalize("NFD", "/sell 삼성전자"), "sell", ("삼성전자",)),
    ],
)
def test_a_command_is_its_name_and_words(text: str, name: str, words: tuple[str, ...]) -> None:
    """Letters that come in parts are put together."""
    assert Call(chat=7, user=7, at=AT, name=name, words=words) == read(text)


@pytest.mark.parametrize("text", ["", "  ", "stop", "/", "/@jennie_bot", "/stop@other_bot 확인"])
def test_what_is_no_command_for_this_bot_is_none(text: str) -> None:
    """Talk in a group is not answered, nor what another bot is told."""
    assert read(text) is None


def test_somebody_hidden_commands_nothing() -> None:
    """The admin of a group can write without a name."""
    assert read("/stop 확인", user=None) is None


def test_the_last_word_confirms() -> None:
    """It is no word of what is asked."""
    call = read("/resume 확인")
    assert call is not None
    assert (True, (), "", "telegram:7") == (call.sure, call.plain, call.rest, call.who)


def test_a_message_without_end_is_cut() -> None:
    """Nobody needs more than some hundred letters to command."""
    call = read("/pause " + "가" * 5_000)
    assert call is not None
    assert len(call.rest) < 400


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("10", 10),
        ("1,000주", 1_000),
        ("80000주", 80_000),
        ("0", 0),
        ("50000원", None),
        ("5분", None),
        ("005930", None),
        ("50,00,0", None),
        (",500", None),
        ("주", None),
        ("-3", None),
        ("1.5", None),
        ("삼성전자", None),
        ("³", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_a_count_is_a_whole_number(word: str, count: int | None) -> None:
    """With commas and its unit, as people write it; in another unit it is something else."""
    assert count == count_of(word, "주")


def test_ids_are_numbers_each_once() -> None:
    """A group's is negative."""
    assert (5, -100) == chat_ids(" 5,-100 5")
    assert () == chat_ids(BotPolicy().allowed_chats)


def test_an_id_that_is_none_is_refused() -> None:
    """A misspelt list must not let in whoever is left of it."""
    with pytest.raises(SettingsError, match="no chat id"):
        chat_ids("5, me")
