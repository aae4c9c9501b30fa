"""The key reaches its provider and nothing else."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.model_servers import Turn
from tests.unit.adapters.cloud_llm.membership import EACH_SPEECH, KEY, failure, member, opened

from jennie_cli.adapters.cloud_llm.cleaning import masked, one_line
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.llm import FailureKind

ECHO = f"Incorrect API key \x1b[31m{KEY}\x1b[0m\r\n provided: {KEY[:14]}\u202e... " + "x" * 900


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def everything(found: Any) -> str:
    """Return all words an error holds."""
    return " ".join(f"{e!r} {e} {vars(e)}" for e in chain(found))


@pytest.mark.parametrize(
    "turn",
    [
        Turn(status=401, text=ECHO),
        Turn(status=500, raw=ECHO.encode()),
        Turn(error={"message": ECHO}),
        Turn(model=ECHO, text=""),
        Turn(cut=40),
        Turn(raw=ECHO.encode()),
    ],
)
@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_the_key_is_in_no_error_log_or_repr(
    name: str, stream: bool, turn: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the provider echoes it, whole and in part; its text is one short line."""
    caplog.set_level(logging.DEBUG)

    async def ask() -> None:
        async with opened(name, turn, stream=stream) as (asker, server):
            found = await failure(asker)
            assert KEY in str(server.asked[0].headers)
            logged = " ".join(f"{r.getMessage()} {r.exc_text}" for r in caplog.records)
            for words in (everything(found), repr(asker), repr(asker._line), logged):
                assert "planted" not in words
                assert KEY[:14] not in words
            assert 340 > len(found.message)
            assert found.message.isprintable()

    asyncio.run(ask())


def test_the_models_name_is_cleaned_like_any_text() -> None:
    """It ends up in tables and statistics."""

    async def ask() -> None:
        async with opened("deepseek", Turn(model=ECHO)) as (asker, _):
            reply = await asker.reply(_question())
            assert "planted" not in reply.model
            assert 100 >= len(reply.model)

    asyncio.run(ask())


@pytest.mark.parametrize("key", ["two words", "tab\t", "한글키", "line\nbreak", " "])
def test_a_key_that_no_header_carries_is_refused(key: str) -> None:
    """Before anything is sent, and without showing it."""
    with pytest.raises(SettingsError) as caught:
        member("deepseek", "https://api.deepseek.com", key=key)
    assert "deepseek_api_key" in caught.value.hint
    assert key.strip() not in caught.value.message or not key.strip()


@given(st.text(min_size=8, max_size=40), st.text(max_size=30), st.text(max_size=30))
def test_a_key_is_masked_wherever_it_stands(key: str, before: str, after: str) -> None:
    """No eight characters of it in a row are left."""
    left = masked(before + key + after, key)
    pieces = {key[i : i + 8] for i in range(len(key) - 7)}
    assert not any(piece in left for piece in pieces if "*" not in piece)


def test_masking_leaves_the_rest() -> None:
    """Words around and between; without a key everything."""
    assert "a *** b *** c" == masked("a sk-12345678 b 12345678 c", "sk-12345678")
    assert "same" == masked("same", "")
    assert "a b" == one_line("a\x1b]0;title\x07\u200b b")


def test_a_closed_member_says_so() -> None:
    """Nobody is asked any more."""

    async def ask() -> None:
        async with opened("deepseek") as (asker, server):
            await asker.close()
            assert FailureKind.CANCELLED is (await failure(asker)).kind
            assert [] == server.asked

    asyncio.run(ask())


def _question() -> Any:
    from jennie_cli.testing import question

    return question()
