"""Who can be asked in a home, by the names in settings; each is built when it is first asked."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.errors import JennieError, SettingsError
from jennie_cli.engine.llm import LlmPolicy, Member, NoModel, Tier
from jennie_cli.engine.llm.policy import AUTO
from jennie_cli.settings import (
    CLOUD_SECTIONS,
    LocalOptions,
    MemberOptions,
    ModelOptions,
    Profile,
    ServerOptions,
    SimOptions,
    secret_named,
)
from jennie_cli.wiring.extras import has_extra, need_extra
from jennie_cli.wiring.markets import GENERATED

if TYPE_CHECKING:
    from jennie_cli.adapters.cloud_llm import CloudProvider
    from jennie_cli.adapters.llama_cpp import LocalModel
    from jennie_cli.wiring.house import House

LOCAL = "local"
SAGES = "sages"
CLOUD = "cloud"
OVER_HTTP = dict(CLOUD_SECTIONS)
"""The options of each provider that is reached over HTTP, by its name."""

NAMES = (AUTO, LOCAL, SAGES, CLOUD, *OVER_HTTP)
"""What a tier or a question may name."""


_Place = tuple[str, Tier | None]


class HomeMembers:
    """The Members port of a home. What was started for a provider ends with `close`."""

    def __init__(self, house: "House") -> None:
        """Nothing is built, read from the vault or loaded before it is asked for."""
        self._house = house
        self._built: dict[_Place, Member] = {}
        self._broken: dict[_Place, tuple[JennieError, float]] = {}
        self._building: defaultdict[_Place, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._loading: asyncio.Task[Member] | None = None
        self._closing = AsyncExitStack()

    async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
        """Return the members of a name in the order of asking.

        Raises SettingsError, NoModel, SecretMissing, ExtraMissing, BadFile and ModelFailed; of a
        chain whoever cannot be built is left out, and a local model is not loaded before its turn
        comes. What could not be built is tried again after `llm.rest_s`, not for each question.
        """
        name = auto_name(self._house) if name == AUTO else name
        if name != CLOUD:
            return (await self._member(name, tier),)
        order = cloud_order(self._house)
        if not any(ready(self._house, each) for each in order):
            raise _nobody_in(order)
        return tuple([await self._in_chain(each, tier) for each in order])

    async def close(self) -> None:
        """Close every provider and end what was started for it."""
        if self._loading is not None:
            await asyncio.wait({self._loading})
        await self._closing.aclose()

    async def _in_chain(self, name: str, tier: Tier) -> Member:
        """Return a member of a chain; a local model that may have to be loaded waits for its turn.

        Loading takes seconds and gigabytes, and whoever stands before it may always answer.
        """
        if name == LOCAL and ready(self._house, name) and _place(name, tier) not in self._built:
            return Member(name=name, provider=None, opener=partial(self._link, name, tier))
        return await self._link(name, tier)

    async def _link(self, name: str, tier: Tier) -> Member:
        """Return a member of a chain, without a provider while it cannot be built."""
        try:
            if ready(self._house, name):
                return await self._member(name, tier)
        except JennieError as error:
            return Member(name=name, provider=None, absent=error.message)
        return Member(name=name, provider=None)

    async def _member(self, name: str, tier: Tier) -> Member:
        place = _place(name, tier)
        async with self._building[place]:
            found = self._built.get(place)
            return found or await self._build(name, tier, place)

    async def _build(self, name: str, tier: Tier, place: _Place) -> Member:
        now = self._house.wall_clock.monotonic()
        broken, until = self._broken.get(place, (None, now))
        if broken is not None and now < until:
            raise broken
        try:
            found = self._built[place] = await self._open(name, tier)
        except JennieError as error:
            rest_s = self._house.settings.slice(LlmPolicy).rest_s
            self._broken[place] = error, self._house.wall_clock.monotonic() + rest_s
            raise
        return found

    async def _open(self, name: str, tier: Tier) -> Member:
        if name == LOCAL:
            return await self._local()
        if name == SAGES:
            return self._sages()
        provider = open_over_http(self._house, name, tier)
        self._closing.push_async_callback(provider.close)
        return Member(
            name=name,
            provider=provider,
            patience=provider.patience,
            thought_tokens=_options(self._house, name).thought_tokens,
        )

    async def _local(self) -> Member:
        """Load the local model; who is stopped meanwhile leaves it to be found by the next."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
        loading = self._loading
        try:
            return await asyncio.shield(loading)
        finally:
            if loading.done():
                self._loading = None

    async def _load(self) -> Member:
        local = await asyncio.to_thread(open_local, self._house)
        self._closing.push_async_callback(local.close)
        return Member(name=LOCAL, provider=local)

    def _sages(self) -> Member:
        """Start the sages on loopback, for as long as these members are held."""
        from jennie_cli.adapters.cloud_llm import open_member
        from jennie_cli.simulator.sages import MODEL, serve_sages

        house = self._house
        if house.profile is not Profile.SIM:
            raise SettingsError(
                f"The sages are simulated, and the {house.profile} profile is not.",
                hint="Name another provider: jennie config set llm.reasoning auto",
            )
        seed = house.settings.slice(SimOptions).seed
        if house.market == GENERATED:
            seed = house.world.seed
        url = self._closing.enter_context(serve_sages(seed, clock=house.wall_clock))
        options = ServerOptions(url=url, model=MODEL, retries=0)
        provider = open_member("server", options, None, steady=house.wall_clock)
        self._closing.push_async_callback(provider.close)
        return Member(name=SAGES, provider=provider, simulated=True)


def _place(name: str, tier: Tier) -> _Place:
    """Return what is built once: a provider over HTTP a tier, any other for all tiers."""
    return name, tier if name in OVER_HTTP else None


def open_local(house: "House") -> "LocalModel":
    """Load the model of this home; it takes seconds.

    Raises SettingsError, ExtraMissing, BadFile, ModelFailed.
    """
    path = house.settings.slice(ModelOptions).model_file
    if not path:
        raise SettingsError(
            "No model file is set for the local model.",
            hint="jennie config set llm.model_file PATH.gguf",
        )
    need_extra("llm", needed_for="A model on this machine")
    from jennie_cli.adapters.llama_cpp import LocalModel

    options = house.settings.slice(LocalOptions)
    return LocalModel.open(path, options, steady=house.wall_clock)


def open_over_http(house: "House", name: str, tier: Tier) -> "CloudProvider":
    """Return a provider that is reached over HTTP; nothing is sent yet.

    Raises SettingsError, SecretMissing.
    """
    from jennie_cli.adapters.cloud_llm import PROVIDERS, open_member

    options, kind = _options(house, name), PROVIDERS[name]
    find = house.vault.find if kind.keyless else house.vault.get
    options = replace(options, model=options.model_of(tier))
    return open_member(name, options, find(kind.key_name), steady=house.wall_clock)


def auto_name(house: "House") -> str:
    """Return whom `auto` means in this home. Raises NoModel when it can mean nobody."""
    if house.settings.slice(ModelOptions).model_file and has_extra("llm"):
        return LOCAL
    if house.profile is Profile.SIM:
        return SAGES
    if any(ready(house, name) for name in cloud_order(house)):
        return CLOUD
    raise NoModel(
        "No model is set up: no model file on this machine, and no key of a cloud.",
        hint="jennie config set llm.model_file PATH.gguf   or   "
        f"jennie secrets set {_key_of(cloud_order(house)[0])}",
    )


def answerers(house: "House", tier: Tier) -> Mapping[str, str]:
    """Return who would be asked for a tier now: the model id of each member by its name.

    Whoever lacks a key, address or file is left out. Raises SettingsError, NoModel.
    """
    from jennie_cli.simulator.sages import MODEL

    name = house.settings.slice(LlmPolicy).provider_of(tier)
    name = auto_name(house) if name == AUTO else name
    if name == SAGES:
        return {SAGES: MODEL}
    names = [n for n in (cloud_order(house) if name == CLOUD else (name,)) if ready(house, n)]
    file = Path(house.settings.slice(ModelOptions).model_file)
    return {n: file.stem if n == LOCAL else _options(house, n).model_of(tier) for n in names}


def cloud_order(house: "House") -> tuple[str, ...]:
    """Return the members of the provider `cloud` in their order. Raises SettingsError."""
    said = house.settings.slice(LlmPolicy).cloud_order
    order = tuple(dict.fromkeys(name.strip() for name in said.split(",") if name.strip()))
    wrong = [name for name in order if name not in {LOCAL, *OVER_HTTP}]
    if wrong or not order:
        raise SettingsError(
            f"llm.cloud_order names nobody who can be asked: '{', '.join(wrong) or said}'.",
            hint=f"Some of {', '.join((*OVER_HTTP, LOCAL))}, with commas between.",
        )
    return order


def ready(house: "House", name: str) -> bool:
    """Say whether a provider has what it needs to be asked; nothing is opened to find out."""
    if name == LOCAL:
        return bool(house.settings.slice(ModelOptions).model_file) and has_extra("llm")
    key = _key_of(name)
    has_key = name == "server" or house.vault.place(secret_named(key)) is not None
    return bool(_options(house, name).url) and has_key


def _options(house: "House", name: str) -> MemberOptions:
    if name not in OVER_HTTP:
        raise SettingsError(
            f"'{name}' is no provider that can be asked.", hint=f"One of {', '.join(NAMES)}."
        )
    return house.settings.slice(OVER_HTTP[name])


def _key_of(name: str) -> str:
    from jennie_cli.adapters.cloud_llm import PROVIDERS

    return PROVIDERS[name].key_name if name in PROVIDERS else "openrouter_api_key"


def _nobody_in(order: tuple[str, ...]) -> NoModel:
    return NoModel(
        f"Nobody of llm.cloud_order has what is needed to be asked: {', '.join(order)}.",
        hint=f"jennie secrets set {_key_of(order[0])}",
    )
