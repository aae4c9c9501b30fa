"""Where orders go: the broker host of a profile, the key for it, and whose clock tells the time.

The three profiles differ only here.
"""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jennie_cli.engine.clock import Clock, ManualClock
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.execution import Execution, ExecutionPolicy
from jennie_cli.engine.feed import Ticks
from jennie_cli.settings import KisOptions, Profile
from jennie_cli.wiring.home import writing
from jennie_cli.wiring.worldhost import attach_world

if TYPE_CHECKING:
    from jennie_cli.adapters.kis import (
        Access,
        AccountNumber,
        KisSession,
        KisStream,
        Pace,
        Patience,
    )
    from jennie_cli.wiring.house import House

_SIM_ACCOUNT = ("50000142", "01")
_KEY_CHARS, _SECRET_CHARS = 36, 180
_MARGIN_S = 1.0

Wake = Callable[[bool], Awaitable[None]]
"""Makes the market take orders where that is in our power; True = an order that cannot rest."""


async def _stay(at: datetime) -> None:
    """Leave time to itself."""
    del at


@asynccontextmanager
async def _real_time(speed: float | None) -> AsyncIterator[None]:
    """Leave an exchange to its own time. Raises SettingsError for another speed."""
    if speed is not None:
        raise SettingsError(
            "A real exchange goes at its own speed.", hint="--speed is for the sim profile."
        )
    yield


def _unheard(stream: "KisStream") -> None:
    """Let time go on, whatever is read."""
    del stream


def _as_they_come(ticks: Ticks) -> Ticks:
    """Pass ticks on at once."""
    return ticks


Unravel = Callable[[Execution], Awaitable[None]]
"""Gives lost calls the time they need to be explained, where time is in our power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One broker host as a profile reaches it: key, account, whose time it is, where files lie."""

    access: "Access"
    account: "AccountNumber"
    pace: "Pace"
    runtime: Path
    clock: Clock
    judged_by: Clock
    wake: Wake
    unravel: Unravel
    hts_id: str = field(default="", repr=False)
    new_key: bool = False
    transport: Any = None
    notices: bool = True
    wake_at: Callable[[datetime], Awaitable[None]] = _stay
    heard_by: Callable[["KisStream"], None] = _unheard
    passed_on: Callable[[Ticks], Ticks] = _as_they_come
    holding: Callable[[], AbstractContextManager[None]] = nullcontext
    paced: Callable[[float | None], AbstractAsyncContextManager[None]] = _real_time

    @property
    def tells_notices(self) -> bool:
        """Whether notices of our orders can be asked for.

        A host of one's own is spoken to over its own socket: nothing of it is told to that of KIS.
        """
        return bool(self.hts_id) and self.notices


async def open_site(house: "House", stack: AsyncExitStack, *, ticks: bool = False) -> Site:
    """Return the site of the home's profile; `stack` closes what it opens. See kis_site.

    The world of a home tells notices to a session, which listens to its `ticks`, and to nobody
    else: one order is followed without a socket.
    """
    if house.profile is Profile.SIM:
        return await _sim_site(house, stack, ticks=ticks)
    return kis_site(house)


def kis_site(house: "House") -> Site:
    """Return the site of a real or a paper key. Raises SecretMissing, BadSecret."""
    from jennie_cli.adapters.kis import Access, AccountNumber
    from jennie_cli.kis_wire.hosts import PAPER_HOSTS, REAL_HOSTS

    options = house.settings.slice(KisOptions)
    paper = house.profile is Profile.PAPER
    named = "kis_paper" if paper else "kis"
    host = PAPER_HOSTS if paper else REAL_HOSTS
    clock = house.wall_clock
    secret = house.vault.get
    number, product = house.vault.account(f"{named}_account_no", f"{named}_account_suffix")
    access = Access(
        app_key=secret(f"{named}_app_key"),
        app_secret=secret(f"{named}_app_secret"),
        rest_url=(options.paper_url if paper else options.real_url) or host.rest,
        socket_url=(options.paper_socket_url if paper else options.real_socket_url) or host.stream,
        paper=paper,
    )
    runtime = _key_folders()
    own_host = options.paper_url if paper else options.real_url
    own_socket = options.paper_socket_url if paper else options.real_socket_url
    new = not paper and _is_new(access, options, runtime, clock.now().date())
    return Site(
        access=access,
        account=AccountNumber(number=number, product=product),
        pace=_pace(options, paper=paper, new=new),
        runtime=runtime,
        clock=clock,
        judged_by=clock,
        wake=_let_be,
        unravel=_wait_for_records,
        hts_id=house.vault.find("kis_hts_id") or "",
        new_key=new,
        notices=bool(own_socket) or not own_host,
    )


def _is_new(access: "Access", options: KisOptions, runtime: Path, today: date) -> bool:
    """Whether a real key is in its first days: as the setting says, else as far as we know."""
    from jennie_cli.adapters.kis import KeyFolder

    if options.key_first_used:
        return options.is_new_key(today)
    folder = KeyFolder(runtime, app_key=access.app_key, host=access.rest_url)
    return options.is_new_key(today, since=folder.first_used(today))


def _pace(options: KisOptions, *, paper: bool, new: bool) -> "Pace":
    from jennie_cli.adapters.kis import NEW_KEY_PACE, PAPER_PACE, REAL_PACE, Pace

    if paper:
        return Pace(per_second=options.paper_rate, limit=PAPER_PACE.limit)
    if new:
        return Pace(per_second=options.new_key_rate, limit=NEW_KEY_PACE.limit)
    return Pace(per_second=options.real_rate, limit=REAL_PACE.limit)


def _key_folders() -> Path:
    """Return the one place of a user where keys are shared, made private; it outlives a login."""
    import platformdirs

    folder = platformdirs.user_state_path("jennie-cli", appauthor=False) / "kis"
    with writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    return folder


async def _let_be(urgent: bool) -> None:
    del urgent


async def _wait_for_records(execution: Execution) -> None:
    """Leave time to itself: orders, timers and `trade reconcile` look again."""
    del execution


async def _sim_site(house: "House", stack: AsyncExitStack, *, ticks: bool) -> Site:
    """Return the site of this home's own exchange, whose clock moves only as we go on."""
    from jennie_cli.adapters.kis import REAL_PACE, Access, AccountNumber
    from jennie_cli.simulator.driving import SimClock, SimControl
    from jennie_cli.simulator.server.asked import named
    from jennie_cli.wiring.lockstep import Counted, Whole, pacing, reacher, unraveller, waker

    # before the exchange is looked for: it leaves when nobody asks it anything for a while, and the
    # market of a new home takes that long on a slow machine
    house.ready()
    address = attach_world(house)
    control = SimControl(address.url)
    stack.callback(control.close)
    clock = SimClock(address.url, told=control.time(), wall=house.wall_clock)
    stack.push_async_callback(clock.close)
    key = hashlib.sha256(str(house.home).encode()).hexdigest()
    given = house.options.clock
    return Site(
        access=Access(
            app_key=key[:_KEY_CHARS],
            app_secret=(key * 3)[:_SECRET_CHARS],
            rest_url=address.url,
            socket_url=address.url.replace("http://", "ws://", 1),
            paper=False,
        ),
        account=AccountNumber(number=_SIM_ACCOUNT[0], product=_SIM_ACCOUNT[1]),
        pace=REAL_PACE,
        runtime=house.folder.exchange / "key",
        clock=clock,
        judged_by=ManualClock(given) if given is not None else clock,
        wake=_let_be if given is not None else waker(clock, house.calendar),
        unravel=unraveller(clock, house.wall_clock, house.settings.slice(ExecutionPolicy)),
        transport=Counted(clock),
        hts_id="jennie" if ticks else "",
        wake_at=reacher(clock),
        passed_on=lambda ticks: Whole(ticks, clock),
        holding=clock.calling,
        paced=lambda speed: pacing(control, clock, speed),
        heard_by=lambda stream: clock.listen(
            named(key[:_KEY_CHARS]), lambda: stream.frames, stream.heard
        ),
    )


def open_session(house: "House", site: Site) -> "KisSession":
    """Return the session with a site; nothing is sent before its first call."""
    from jennie_cli.adapters.kis import KisSession

    return KisSession(
        site.access,
        runtime=site.runtime,
        clock=site.clock,
        steady=house.wall_clock,
        veil=house.masker,
        rng=np.random.default_rng(int.from_bytes(origin().encode())),
        pace=site.pace,
        patience=_patience(house),
        transport=site.transport,
        during=site.holding,
    )


def _patience(house: "House") -> "Patience":
    """Return how long calls wait; an order has left or failed before others take it for lost."""
    from jennie_cli.adapters.kis import Patience

    options = house.settings.slice(KisOptions)
    lost_after = house.settings.slice(ExecutionPolicy).call_seconds
    if options.order_wait_s + options.order_timeout_s >= lost_after:
        raise SettingsError(
            f"kis.order_wait_s and kis.order_timeout_s together are "
            f"{options.order_wait_s + options.order_timeout_s:g} s; after "
            f"execution.call_seconds = {lost_after} an order is taken for lost.",
            hint="jennie config set one of the first two to less, or the last to more",
        )
    return Patience(
        order_timeout_s=options.order_timeout_s,
        data_timeout_s=options.data_timeout_s,
        order_wait_s=options.order_wait_s,
        data_wait_s=options.data_wait_s,
        order_age_s=max(options.order_wait_s, lost_after - _MARGIN_S),
    )


def origin() -> str:
    """Return a short name that no other process of the home has at this moment."""
    import os

    return f"{os.getpid():x}"
