"""The sim world of a home is run by one process; whoever needs it first starts it.

The owner holds a lock of the home for as long as it runs and says in a small file where it
listens; a file without its owner is a leftover. It leaves a minute after its last client.
"""

# ruff: noqa: PLC0415  # each builder imports what it needs inside the function

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jennie_cli.engine.errors import HomeBusy, JennieError, OutsideError, SettingsError
from jennie_cli.settings import environment, replace_text
from jennie_cli.wiring.home import writing
from jennie_cli.wiring.markets import GENERATED, generated_folder

if TYPE_CHECKING:
    from jennie_cli.simulator.playing import Play
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

STAYS_S = 60.0
"""Real seconds that a world runs after its last client."""

_PATIENCE_S = 60.0
_LOOK_S = 0.05
_APART_S = 0.25
_OWNER = "world-owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldAddress:
    """Where the exchange of a home listens, and which process it is."""

    url: str
    pid: int


def running_world(house: "House") -> WorldAddress | None:
    """Return where the world of this home is run, None while nobody runs it."""
    try:
        with house.lock(_OWNER, doing="running the sim world"):
            return None
    except HomeBusy:
        return _announced(house)


def attach_world(house: "House") -> WorldAddress:
    """Return the running world of this home, started if need be. Raises OutsideError.

    One that leaves at this moment does not answer any more: another takes its place.
    """
    found = running_world(house)
    if found is not None and _answers(found):
        return found
    from jennie_cli.adapters.system import hold_lock

    house.create()
    with hold_lock(house.folder.lock("world-start"), doing="starting the sim world", wait=True):
        found = running_world(house)
        return found if found is not None and _answers(found) else _started(house)


def _answers(address: WorldAddress) -> bool:
    from jennie_cli.simulator.driving import SimControl

    with closing(SimControl(address.url)) as control:
        try:
            control.time()
        except OutsideError:
            return False
    return True


def host_world(house: "House", *, told: Callable[[str], None] = lambda _: None) -> None:
    """Run the world of this home in this process until it is stopped or nobody needs it.

    `told` hears the URL. Raises HomeBusy when another process runs it already.
    """
    from jennie_cli.adapters.system import hold_lock
    from jennie_cli.simulator.server import Server, bind, serve

    running = running_world(house)
    if running is not None:
        raise HomeBusy(
            f"The world of this home is run already by process {running.pid}.",
            hint="jennie sim status",
        )
    house.create()
    # waits for those who only look whether anybody holds it
    with hold_lock(house.folder.lock(_OWNER), doing="running the sim world", wait=True):
        house.world  # noqa: B018  # the first comer makes the world
        play = _home_play(house)
        server = Server(play, wall=house.wall_clock)
        listener = bind(0)
        address = _address_file(house)
        with _cleared(address):

            def ready(url: str) -> None:
                _announce(house, url)
                told(url)

            def leaving() -> None:
                address.unlink(missing_ok=True)

            serve(server, listener, ready=ready, leaving=leaving, patience_s=STAYS_S)


def _home_play(house: "House") -> "Play":
    """Return the play of this home's world; every move of its clock is kept in the world's file.

    Raises SettingsError for a home that reads another market.
    """
    from jennie_cli.simulator.brokerage import Brokerage
    from jennie_cli.simulator.playing import GeneratedDays, Play, PlayEvent

    if house.market != GENERATED:
        raise SettingsError(
            "This home reads the imported market, which the built-in exchange plays day by day.",
            hint="jennie sim serve --tape PATH, or another --home for the generated market.",
        )
    days = GeneratedDays(house.world.seed, house.calendar, folder=generated_folder(house) / "days")

    kept = _KeptClock(house)

    class HomePlay(Play):
        """A play whose clock is that of the home."""

        def advance(self, to: datetime) -> list[PlayEvent]:
            events = super().advance(to)
            kept.keep(self.now)
            return events

        def close(self) -> None:
            super().close()
            kept.flush()

    return HomePlay(
        days, start=house.world.now, brokerage=Brokerage(), folder=house.folder.exchange
    )


class _KeptClock:
    """The home's own note of where the world stands, for those who ask without its process.

    A session moves the clock hundreds of times a second, and each note is a file: they are kept a
    quarter of a real second apart, the last one too. What the world itself needs to go on after a
    crash is kept by its play.
    """

    def __init__(self, house: "House") -> None:
        self._house = house
        self._now: datetime | None = None
        self._kept_at = -_APART_S
        self._due: asyncio.TimerHandle | None = None

    def keep(self, now: datetime) -> None:
        self._now = now
        left = self._kept_at + _APART_S - self._house.wall_clock.monotonic()
        if left <= 0:
            self.flush()
        elif self._due is None:
            self._later(left)

    def flush(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._kept_at = self._house.wall_clock.monotonic()
        if self._now is not None:
            _keep_clock(self._house, self._now)

    def _later(self, seconds: float) -> None:
        self._due = asyncio.get_running_loop().call_later(seconds, self._turn)

    def _turn(self) -> None:
        """Keep it now; where that fails, as while somebody reads the file, a little later."""
        try:
            self.flush()
        except JennieError as error:
            LOG.warning("the world's clock is not kept: %s", error.message)
            self._later(_APART_S)


def _keep_clock(house: "House", now: datetime) -> None:
    kept = house.world
    if now.replace(microsecond=0) > kept.now:
        house.__dict__["world"] = kept.set(now, house.calendar)


def _started(house: "House") -> WorldAddress:
    """Start the owner as a process of its own and wait until it listens."""
    log = house.folder.log.with_name("world.log")
    with writing(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("ab")
    argv = [sys.executable, "-m", "jennie_cli", "--home", str(house.home), "--profile", "sim"]
    with output, house.watch("opening the exchange") as step:
        child = subprocess.Popen(  # noqa: S603  # our own program
            [*argv, "sim", "host"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=dict(environment()),
        )
        return _awaited(house, child, step)


def _awaited(
    house: "House", child: "subprocess.Popen[bytes]", step: Callable[..., None]
) -> WorldAddress:
    begun = house.wall_clock.monotonic()
    looks = 0
    while house.wall_clock.monotonic() - begun < _PATIENCE_S:
        with suppress(subprocess.TimeoutExpired):
            status = child.wait(timeout=_LOOK_S)
            raise OutsideError(
                f"The built-in exchange of this home could not start (exit {status}).",
                hint=f"It says why in {house.folder.log.with_name('world.log')}",
            )
        looks += 1
        step(looks)
        found = running_world(house) if _address_file(house).exists() else None
        if found is not None:
            return found
    raise OutsideError(
        f"The built-in exchange did not start within {_PATIENCE_S:.0f} seconds.",
        hint="Run it in the foreground to see why: jennie sim host",
    )


def _announced(house: "House") -> WorldAddress | None:
    """Return where the holder of the owner's lock listens.

    Who only looks holds it too, for a moment, while the address of a killed owner may still stand.
    """
    try:
        told = json.loads(_address_file(house).read_text(encoding="ascii"))
        found = WorldAddress(url=str(told["url"]), pid=int(told["pid"]))
        holder = int(house.folder.lock(_OWNER).read_text(encoding="ascii"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.pid == holder else None


def _announce(house: "House", url: str) -> None:
    import os

    path = _address_file(house)
    told: dict[str, Any] = {"url": url, "pid": os.getpid()}
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(told))


@contextmanager
def _cleared(path: Path) -> Iterator[None]:
    """Make sure that no address stands before and after."""
    path.unlink(missing_ok=True)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _address_file(house: "House") -> Path:
    return house.folder.exchange / "server.json"
