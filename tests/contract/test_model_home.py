"""A home asks its cloud over real sockets: each with its key, failures kept, no key left."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.model_servers import ModelServer, Speech, Turn, serving
from tests.contract.test_model_failover import REQUEST
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.llm import Answer, NoAnswer, UsageTotal
from jennie_cli.settings import secret_named
from jennie_cli.wiring import House
from jennie_cli.wiring.models import open_models, reply_log, usage_book

CLOUD = {"openrouter": Speech.CHAT, "deepseek": Speech.CHAT, "ollama_cloud": Speech.OLLAMA}
SECRETS = {"openrouter": "openrouter", "deepseek": "deepseek", "ollama_cloud": "ollama"}
KEYS = {name: f"sk-{name.replace('_', '-')}-planted-0123456789abcdef" for name in CLOUD}


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a home whose keys are in the environment, under the names that makers use."""
    for name, key in KEYS.items():
        monkeypatch.setenv(secret_named(f"{SECRETS[name]}_api_key").seed_env, key)
    with short_home() as root:
        yield root


@asynccontextmanager
async def cloud(
    home: Path, turns: Sequence[Turn]
) -> AsyncIterator[tuple[House, list[ModelServer]]]:
    """Run a server for each member, and open the home that is told where they are."""
    given, servers = {"llm.reasoning": "cloud", "llm.debug_log": "true"}, []
    async with AsyncExitStack() as stack:
        for (name, speech), turn in zip(CLOUD.items(), turns, strict=True):
            server = await stack.enter_async_context(serving(speech, turn))
            servers.append(server)
            given[f"{name}.url"] = server.url
        yield house_at(home, given=given), servers


def refusal(name: str) -> Turn:
    """Return a refusal that echoes the key, whole and in part."""
    key = KEYS[name]
    return Turn(status=401, text=f"Incorrect API key {key} ({key[:20]}...)")


def totals(house: House) -> list[UsageTotal]:
    """Return what this home's models used today."""
    today = house.wall_clock.now().date()
    return list(usage_book(house).totals(today, today))


def left_in(home: Path) -> list[str]:
    """Return the files of a home that hold any planted key, or a longer piece of one."""
    pieces = [key.encode()[place : place + 20] for key in KEYS.values() for place in (0, 10, 17)]
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    return [str(path) for path in files if any(piece in path.read_bytes() for piece in pieces)]


def test_a_chain_ends_with_who_answers(home: Path) -> None:
    """Each got its own key and no other; calls are kept by provider, and no key is in any file."""

    async def play() -> None:
        echoing = Turn(text=f'{{"answer": "{KEYS["ollama_cloud"]} 좋다"}}')
        turns = [refusal("openrouter"), refusal("deepseek"), echoing]
        async with cloud(home, turns) as (house, servers):
            async with open_models(house) as models:
                answer: Answer[str] = await models.ask(REQUEST)
            assert ("*** 좋다", "ollama_cloud", 3) == (
                answer.value,
                answer.provider,
                answer.attempts,
            )
            assert [f"Bearer {key}" for key in KEYS.values()] == [
                server.asked[0].headers["authorization"] for server in servers
            ]
            assert {("openrouter", 1, 1), ("deepseek", 1, 1), ("ollama_cloud", 1, 0)} == {
                (t.provider, t.calls, t.errors) for t in totals(house)
            }

    asyncio.run(play())
    assert [] == left_in(home)


def test_nobody_answers_and_nothing_is_invented(home: Path) -> None:
    """Exit code 6 names all three; the log keeps the failure, and no words with it."""

    async def play() -> None:
        async with cloud(home, [refusal(name) for name in CLOUD]) as (house, _):
            with pytest.raises(NoAnswer) as caught:
                async with open_models(house) as models:
                    await models.ask(REQUEST)
            assert ExitCode.OUTSIDE == caught.value.exit_code
            assert all(f"{name}: unauthorised" in caught.value.message for name in CLOUD)
            assert not any(key[:20] in caught.value.message for key in KEYS.values())
            kept = reply_log(house).find(REQUEST.key)
            assert kept is not None
            assert ("no_answer", "", 3) == (kept.failure, kept.text, kept.attempts)

    asyncio.run(play())
    assert [] == left_in(home)
