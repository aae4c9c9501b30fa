"""The models of a home: a desk over its providers, its log, its prices and its own prompts."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.bus import Hashes
from jennie_cli.engine.errors import BadFile, SettingsError
from jennie_cli.engine.llm import (
    Desk,
    Exchange,
    LlmPolicy,
    Members,
    PriceTable,
    Prompts,
    PromptText,
    Provider,
    ReplyLog,
    Tier,
    UsageBook,
    packaged,
    packaged_prices,
    prices_of,
    prompt_of,
)
from jennie_cli.engine.llm.prompts import LONGEST
from jennie_cli.engine.store.codec import to_json
from jennie_cli.wiring.bus import bus_runs, open_bus_of
from jennie_cli.wiring.members import LOCAL, HomeMembers, open_local, open_over_http

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

_LONGEST_PRICES = 1_000_000


@asynccontextmanager
async def open_models(house: "House", *, members: Members | None = None) -> AsyncIterator[Desk]:
    """Open the desk that rooms ask; whoever is asked first is built then.

    `members` are others than the home's. Money, prices and the log go by the machine's clock, in
    an invented world too: what is paid is real. Raises SettingsError, BadFile for the home's own
    prices, and what the store raises.
    """
    house.admit()
    policy = house.settings.slice(LlmPolicy)
    async with AsyncExitStack() as stack:
        log = reply_log(house)
        if policy.debug_log:
            log = _told(house, log, stack)
        if members is None:
            members = HomeMembers(house)
            stack.push_async_callback(members.close)
        yield Desk(
            policy=policy,
            members=members,
            log=log,
            book=usage_book(house, await _hashes(house, stack)),
            prices=home_prices(house),
            clock=house.wall_clock,
            prompts=home_prompts(house),
            mask=house.masker,
        )


def provider_of(house: "House", name: str, tier: Tier = Tier.REASONING) -> Provider:
    """Return one provider by its name, for who asks it without a desk, and closes it.

    Raises SettingsError, also for names of several, SecretMissing, ExtraMissing, BadFile and
    ModelFailed. A local model is loaded before this returns.
    """
    return open_local(house) if name == LOCAL else open_over_http(house, name, tier)


def reply_log(house: "House") -> ReplyLog:
    """Return the log of what was asked in this home, and what was answered."""
    from jennie_cli.adapters.sql import SqlReplyLog

    return SqlReplyLog(house.records)


def usage_book(house: "House", hashes: Hashes | None = None) -> UsageBook:
    """Return what models used in this home; `hashes` are told the sums."""
    from jennie_cli.adapters.sql import SqlUsageBook

    return SqlUsageBook(house.records, hashes)


def home_prices(house: "House") -> PriceTable:
    """Return the prices of the package under those of the home. Raises BadFile."""
    table = packaged_prices()
    raw = _read(house.folder.prices, _LONGEST_PRICES)
    if raw is None:
        return table
    name = str(house.folder.prices)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadFile(f"{name} is no text in UTF-8.", hint="Save it again as UTF-8.") from None
    return table.over(prices_of(text, name=name))


def home_prompts(house: "House") -> Prompts:
    """Return the prompts of the package under those of the home."""
    return _HomePrompts(folder=house.folder.prompts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _HomePrompts:
    """Texts of `<home>/prompts/<name>.txt`, where there is one."""

    folder: Path

    def get(self, package: str, name: str) -> PromptText:
        """Return the home's text, else the packaged one. Raises BadFile."""
        raw = _read(self.folder / f"{name}.txt", LONGEST)
        return packaged(package, name) if raw is None else prompt_of(name, "home", raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToldLog:
    """A reply log that writes a line of each exchange, too."""

    log: ReplyLog
    lines: logging.Handler

    def find(self, key: str, *, before: datetime | None = None) -> Exchange | None:
        """Return what the log returns."""
        return self.log.find(key, before=before)

    def told(self, key: str) -> tuple[Exchange, ...]:
        """Return what the log returns."""
        return self.log.told(key)

    def add(self, exchange: Exchange) -> None:
        """Keep the exchange, then write it."""
        self.log.add(exchange)
        self.lines.handle(logging.makeLogRecord({"msg": to_json(exchange)}))


def _told(house: "House", log: ReplyLog, stack: AsyncExitStack) -> ReplyLog:
    from jennie_cli.adapters.system import open_lines

    lines = open_lines(house.folder.models_log, mask=house.masker)
    stack.callback(lines.close)
    return _ToldLog(log=log, lines=lines)


async def _hashes(house: "House", stack: AsyncExitStack) -> Hashes | None:
    """Return the hashes of a bus that runs; none is started for the sake of statistics."""
    try:
        if not bus_runs(house):
            return None
        bus = await stack.enter_async_context(open_bus_of(house, needed=False))
    except SettingsError as error:
        LOG.warning("the bus is not told what models use: %s", error.message)
        return None
    return bus.keys


def _read(path: Path, longest: int) -> bytes | None:
    """Return a file of the home, one byte longer than allowed at most; None when there is none."""
    try:
        with path.open("rb") as file:
            return file.read(longest + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadFile(
            f"{path} cannot be read: {error.strerror or error}.", hint="Look at its rights."
        ) from None
