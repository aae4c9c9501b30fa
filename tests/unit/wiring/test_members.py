"""Who can be asked in a home: what `auto` means, chains and their keys, what cannot be built."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from jennie_cli.adapters import llama_cpp
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import BadFile, ExtraMissing, SecretMissing, SettingsError
from jennie_cli.engine.llm import (
    FailureKind,
    LlmPolicy,
    Member,
    ModelFailed,
    NoModel,
    Patience,
    ScriptedProvider,
    Tier,
)
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.settings.cloud import RETRIED
from jennie_cli.wiring import House, extras
from jennie_cli.wiring.members import NAMES, HomeMembers, answerers, auto_name
from jennie_cli.wiring.models import provider_of

KEY = "sk-of-a-test-0123456789"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that stores a key for each provider named."""

    def store(*providers: str) -> None:
        for name in providers:
            monkeypatch.setenv(f"JENNIE_{name.upper()}_API_KEY", KEY)

    return store


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the packages of a local model missing."""
    bare = extras.Extra(name="llm", modules=("no_such_module",), without="")
    monkeypatch.setattr(extras, "EXTRAS", (bare,))


def house_of(home: Path, profile: Profile = Profile.PAPER, **given: str) -> House:
    """Return a house; settings are given with "__" for the dot."""
    told = {key.replace("__", "."): value for key, value in given.items()}
    return House(Options(home=home, profile=profile, given=told), Masker())


def members_of(house: House, name: str, tier: Tier = Tier.REASONING) -> tuple[Member, ...]:
    """Return the members of a name, closed again."""

    async def case() -> tuple[Member, ...]:
        members = HomeMembers(house)
        try:
            return await members.of(name, tier)
        finally:
            await members.close()

    return asyncio.run(case())


@pytest.mark.llm
def test_auto_is_the_local_model_where_there_is_one(tmp_path: Path) -> None:
    """A model file goes before the sages and before keys."""
    assert "local" == auto_name(house_of(tmp_path, Profile.SIM, llm__model_file="a.gguf"))


@pytest.mark.usefixtures("no_extra")
def test_a_model_file_without_the_extra_is_no_local_model(tmp_path: Path) -> None:
    """It is passed over by `auto`, and told of where it is named."""
    house = house_of(tmp_path, Profile.SIM, llm__model_file="a.gguf")
    assert "sages" == auto_name(house)
    with pytest.raises(ExtraMissing):
        members_of(house, "local")


def test_auto_in_a_sim_home_is_the_sages(tmp_path: Path, keys: Callable[..., None]) -> None:
    """A key does not make an invented world pay."""
    keys("deepseek")
    [sages] = members_of(house_of(tmp_path, Profile.SIM), "auto")
    assert ("sages", True) == (sages.name, sages.simulated)


def test_auto_elsewhere_is_the_cloud(tmp_path: Path, keys: Callable[..., None]) -> None:
    """One key of the order is enough; who lacks his is in the chain without a provider."""
    keys("deepseek")
    found = members_of(house_of(tmp_path), "auto")
    assert [("openrouter", False), ("deepseek", True), ("ollama_cloud", False)] == [
        (member.name, member.provider is not None) for member in found
    ]


def test_nobody_at_all_is_told(tmp_path: Path) -> None:
    """The hint names a model file and the first key of the order."""
    with pytest.raises(NoModel) as nobody:
        members_of(house_of(tmp_path), "auto")
    assert "llm.model_file" in nobody.value.hint
    assert "openrouter_api_key" in nobody.value.hint


def test_a_cloud_without_keys_is_told(tmp_path: Path) -> None:
    """Naming it does not help; the hint says which key comes first."""
    with pytest.raises(NoModel, match="deepseek, claude") as nobody:
        members_of(house_of(tmp_path, llm__cloud_order="deepseek, claude"), "cloud")
    assert "deepseek_api_key" in nobody.value.hint


@pytest.mark.parametrize("order", ["deepseek,nobody", "cloud", "auto", " , "])
def test_a_wrong_order_is_told(tmp_path: Path, order: str) -> None:
    """Only providers that are one each can stand in the order."""
    with pytest.raises(SettingsError, match=r"llm\.cloud_order"):
        members_of(house_of(tmp_path, llm__cloud_order=order), "cloud")


def test_a_local_model_may_stand_behind_the_cloud(
    tmp_path: Path, keys: Callable[..., None]
) -> None:
    """Without a file it is skipped like a member without a key; a name twice counts once."""
    keys("deepseek")
    order = "deepseek,local,deepseek"
    found = members_of(house_of(tmp_path, llm__cloud_order=order), "cloud")
    assert [("deepseek", True), ("local", False)] == [
        (m.name, m.provider is not None) for m in found
    ]


def test_a_tier_has_its_own_model(tmp_path: Path, keys: Callable[..., None]) -> None:
    """A tier's id is asked for, and members of two tiers are two."""
    keys("openai")

    async def case() -> list[Any]:
        members = HomeMembers(house_of(tmp_path))
        found = [(await members.of("openai", t))[0].provider for t in (Tier.FAST, Tier.REASONING)]
        again = (await members.of("openai", Tier.FAST))[0].provider
        assert again is found[0]
        await members.close()
        return [each.model for each in found if each]

    assert ["gpt-4o-mini", "gpt-4o"] == asyncio.run(case())


def test_patience_is_that_of_the_settings(tmp_path: Path, keys: Callable[..., None]) -> None:
    """Ollama Cloud is asked again for trouble over there, Gemini for too many calls."""
    keys("ollama", "gemini")
    ollama, gemini = (members_of(house_of(tmp_path), n)[0] for n in ("ollama_cloud", "gemini"))
    server, limited = frozenset({FailureKind.SERVER}), frozenset({FailureKind.RATE_LIMITED})
    assert Patience(kinds=server, waits_s=(1.0, 2.0)) == ollama.patience
    assert Patience(kinds=limited, waits_s=(5.0, 10.0, 15.0)) == gemini.patience
    assert 8192 == gemini.thought_tokens


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("claude", SecretMissing, "claude_api_key"),
        ("server", SettingsError, r"server\.url is not set"),
        ("local", SettingsError, "No model file"),
        ("sages", SettingsError, "simulated"),
        ("gpt", SettingsError, "'gpt' is no provider"),
    ],
)
def test_who_cannot_be_asked_is_told(
    tmp_path: Path, name: str, kind: type[SettingsError], why: str
) -> None:
    """Each with what it lacks."""
    with pytest.raises(kind, match=why):
        members_of(house_of(tmp_path), name)


def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    """Its address is enough, also in a chain."""
    house = house_of(
        tmp_path, server__url="http://127.0.0.1:9/v1", llm__cloud_order="deepseek,server"
    )
    assert [None, "server"] == [m.provider and m.provider.name for m in members_of(house, "cloud")]


def test_a_tier_may_name_whoever_can_be_asked(tmp_path: Path) -> None:
    """And nobody else; names of before are understood."""
    for name in NAMES:
        assert name == house_of(tmp_path, llm__fast=name).settings.slice(LlmPolicy).fast
    before = house_of(tmp_path, llm__fast="deepseek_cloud").settings.slice(LlmPolicy)
    assert "cloud" == before.provider_of(Tier.FAST)
    with pytest.raises(SettingsError, match="openrouter"):
        _ = house_of(tmp_path, llm__fast="gpt").settings.slice(LlmPolicy)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("claude__structured", "json_schema"),
        ("claude__retry_on", "not_json"),
        ("server__retry_on", "server,wrong_shape"),
    ],
)
def test_a_setting_that_would_change_nothing_is_refused(
    tmp_path: Path, key: str, value: str
) -> None:
    """An answer that cannot be read is repaired once, and Claude is told a shape in one way."""
    house = house_of(tmp_path, Profile.PAPER, **{key: value})
    with pytest.raises(SettingsError, match=key.replace("__", ".")):
        members_of(house, key.partition("__")[0])


def test_all_other_failures_may_be_asked_again() -> None:
    """The names in settings are those of the failures."""
    unread = {FailureKind.NOT_JSON, FailureKind.WRONG_SHAPE}
    assert set(FailureKind) - unread == set(RETRIED)


@pytest.mark.llm
def test_a_broken_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred questions do not load it two hundred times."""
    opened: list[Path] = []
    kept = llama_cpp.LocalModel.open

    def count(path: Path, *told: Any, **given: Any) -> Any:
        opened.append(path)
        return kept(path, *told, **given)

    monkeypatch.setattr(llama_cpp.LocalModel, "open", count)
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    house = house_of(tmp_path, llm__model_file=str(tmp_path / "a.gguf"))

    async def case() -> None:
        members = HomeMembers(house)
        for _ in range(3):
            with pytest.raises(BadFile):
                await members.of("local", Tier.FAST)
        await members.close()

    asyncio.run(case())
    assert 1 == len(opened)


@pytest.mark.llm
def test_a_member_that_cannot_be_built_does_not_stop_the_chain(
    tmp_path: Path, keys: Callable[..., None]
) -> None:
    """A broken model file and an address that is none leave the others to be asked."""
    keys("deepseek", "openrouter")
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    house = house_of(
        tmp_path,
        llm__model_file=str(tmp_path / "a.gguf"),
        llm__cloud_order="local,openrouter,deepseek",
        openrouter__url="ftp://nowhere",
    )
    late, openrouter, deepseek = members_of(house, "cloud")
    local = asyncio.run(late.opened())
    assert [True, True, False] == [m.provider is None for m in (local, openrouter, deepseek)]
    assert "a.gguf" in local.absent
    assert "openrouter.url" in openrouter.absent


def test_what_could_not_be_built_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory that was short may be free after the rest."""
    clock = ManualClock(datetime(2026, 11, 23, 8, 30, tzinfo=KST))
    full = [True]

    class Model:
        """A model that has room when there is some."""

        @classmethod
        def open(cls, *_: Any, **__: Any) -> ScriptedProvider:
            """Fail, or open."""
            if full.pop():
                raise ModelFailed("no room", kind=FailureKind.OUT_OF_MEMORY)
            return ScriptedProvider([])

    monkeypatch.setattr(llama_cpp, "LocalModel", Model)
    monkeypatch.setattr("jennie_cli.wiring.members.need_extra", lambda *_, **__: None)
    house = house_of(tmp_path, llm__model_file="a.gguf")
    monkeypatch.setattr(House, "wall_clock", clock)

    async def case() -> Member:
        members = HomeMembers(house)
        for _ in range(2):
            with pytest.raises(ModelFailed, match="no room"):
                await members.of("local", Tier.FAST)
        full.append(False)
        clock.advance(300.0)
        return (await members.of("local", Tier.FAST))[0]

    assert asyncio.run(case()).provider is not None


class Loaded(ScriptedProvider):
    """A model that is open until it is closed."""

    opened: ClassVar[list["Loaded"]] = []
    closed = False

    @classmethod
    def open(cls, *_: Any, **__: Any) -> "Loaded":
        """Take a while and note it."""
        cls.opened.append(loaded := cls([]))
        return loaded

    async def close(self) -> None:
        """Note it."""
        self.closed = True


@pytest.fixture
def loadable(monkeypatch: pytest.MonkeyPatch) -> list[Loaded]:
    """Make the local model one that costs nothing; the list holds those that were opened."""
    monkeypatch.setattr(llama_cpp, "LocalModel", Loaded)
    monkeypatch.setattr("jennie_cli.wiring.members.need_extra", lambda *_, **__: None)
    monkeypatch.setattr("jennie_cli.wiring.members.has_extra", lambda _: True)
    monkeypatch.setattr(Loaded, "opened", [])
    return Loaded.opened


@pytest.mark.parametrize("order", ["deepseek,local", "local,deepseek"])
def test_a_local_model_in_a_chain_is_loaded_when_its_turn_comes(
    tmp_path: Path, keys: Callable[..., None], loadable: list[Loaded], order: str
) -> None:
    """Forming the chain loads nothing; two questions at once load it once; then it is there."""
    keys("deepseek")
    house = house_of(tmp_path, llm__model_file="a.gguf", llm__cloud_order=order)
    place = order.split(",").index("local")

    async def case() -> tuple[Member, Member, Member]:
        members = HomeMembers(house)
        late = (await members.of("cloud", Tier.FAST))[place]
        assert (True, None, 0) == (late.askable, late.provider, len(loadable))
        one, two = await asyncio.gather(late.opened(), late.opened())
        after = (await members.of("cloud", Tier.REASONING))[place]
        await members.close()
        return one, two, after

    one, two, after = asyncio.run(case())
    [model] = loadable
    assert one.provider is two.provider is after.provider is model
    assert model.closed


def test_who_is_stopped_while_loading_leaves_the_model_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loadable: list[Loaded]
) -> None:
    """It is loaded once, found by who asks next, and closed where nobody does."""
    entered, go_on = threading.Event(), threading.Event()
    plain = Loaded.open

    def slowly(*_: Any, **__: Any) -> Loaded:
        entered.set()
        assert go_on.wait(20)
        return plain()

    monkeypatch.setattr(Loaded, "open", slowly)
    house = house_of(tmp_path, llm__model_file="a.gguf")

    async def stopped(members: HomeMembers) -> None:
        asking = asyncio.create_task(members.of("local", Tier.FAST))
        await asyncio.to_thread(entered.wait, 20)
        asking.cancel()
        await asyncio.wait({asking})
        assert asking.cancelled()
        go_on.set()

    async def case() -> None:
        members = HomeMembers(house)
        await stopped(members)
        found = (await members.of("local", Tier.FAST))[0].provider
        assert [found] == loadable
        await members.close()
        entered.clear()
        go_on.clear()
        members = HomeMembers(house)
        await stopped(members)
        await members.close()

    asyncio.run(case())
    assert [True, True] == [model.closed for model in loadable]


def test_one_provider_is_given_by_name(tmp_path: Path, keys: Callable[..., None]) -> None:
    """Who asks without a desk gets it for a tier; several are no provider."""
    keys("openai")
    house = house_of(tmp_path)
    provider = provider_of(house, "openai", Tier.FAST)
    assert ("openai", "gpt-4o-mini") == (provider.name, provider.model)
    asyncio.run(provider.close())
    for name in ("cloud", "auto", "sages"):
        with pytest.raises(SettingsError, match="no provider"):
            provider_of(house, name)
    with pytest.raises(SettingsError, match="No model file"):
        provider_of(house, "local")


def test_whoever_would_be_asked_now_is_known_without_asking(
    tmp_path: Path, keys: Callable[..., None], no_extra: None
) -> None:
    """The sages, one by name, a chain without those that lack a key; a keyless one is nobody."""
    del no_extra
    sim = house_of(tmp_path, Profile.SIM)
    assert {"sages": "sim-sage-1"} == answerers(sim, Tier.REASONING)
    own = house_of(tmp_path, llm__reasoning="openai", openai__model="large")
    assert {} == answerers(own, Tier.REASONING)
    keys("openai", "deepseek")
    assert {"openai": "large"} == answerers(own, Tier.REASONING)
    chain = house_of(tmp_path, deepseek__model="flash", llm__cloud_order="openrouter,deepseek")
    assert {"deepseek": "flash"} == answerers(chain, Tier.REASONING)
    with pytest.raises(SettingsError, match="nobody"):
        answerers(house_of(tmp_path, llm__reasoning="nobody"), Tier.REASONING)


@pytest.mark.llm
def test_a_local_model_would_be_asked_by_its_files_name(tmp_path: Path) -> None:
    """The id that it answers with is the name of its file."""
    house = house_of(tmp_path, llm__model_file="models/a.Q4.gguf")
    assert {"local": "a.Q4"} == answerers(house, Tier.REASONING)
