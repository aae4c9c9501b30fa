"""Opens the built-in exchange for any client of KIS, without a home; and talks to a home's own.

Such a server forgets its accounts when it stops. The days of a generated market are kept in the
platform's cache, because making them takes longer than playing them.
"""

# ruff: noqa: PLC0415  # each builder imports what it needs inside the function

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile, InputError
from jennie_cli.settings import SimOptions
from jennie_cli.wiring.worldhost import running_world

if TYPE_CHECKING:
    from jennie_cli.engine.venue import Calendar
    from jennie_cli.simulator.driving import SimControl
    from jennie_cli.simulator.playing import Play, PlayedMarket
    from jennie_cli.simulator.server import Server
    from jennie_cli.wiring.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePlan:
    """What `sim serve` was asked for. `at` is HH:MM of the first day, or a whole ISO time; `wall`
    makes the exchange's clock follow the machine's; `tape` is a file or folder of minute bars.
    """

    port: int = 0
    seed: int | None = None
    speed: str = "1"
    tape: str = ""
    faults: tuple[str, ...] = ()
    at: str = "09:00"
    wall: bool = False
    cash: int | None = None
    paper: bool = False
    orders: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedExchange:
    """What a server is and where it listens."""

    url: str
    ws_url: str
    mode: str
    market: str
    seed: int
    now: datetime
    stocks: int
    cash: int


def serve_exchange(
    house: "House", plan: ExchangePlan, *, told: Callable[[OpenedExchange], None]
) -> None:
    """Open an exchange of its own and serve it until SIGINT or SIGTERM.

    `house` lends the machine's clock and the default seed; its files are left alone. Raises
    InputError, BadFile, OutsideError for a port that is taken.
    """
    from jennie_cli.simulator.server import bind, serve

    with closing(bind(plan.port)) as listener:
        opened = _opened(house, plan)
        server = _server(house, plan, opened.play)
        serve(server, listener, ready=lambda url: told(opened.at(url)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A play that is ready, and what is told of it."""

    play: "Play"
    plan: ExchangePlan
    seed: int
    cash: int

    def at(self, url: str) -> OpenedExchange:
        """Return what is told once it listens at a URL."""
        return OpenedExchange(
            url=url,
            ws_url=url.replace("http://", "ws://", 1),
            mode="paper" if self.plan.paper else "real",
            market="recorded" if self.plan.tape else "generated",
            seed=self.seed,
            now=self.play.now,
            stocks=len(self.play.book.codes),
            cash=self.cash,
        )


def _opened(house: "House", plan: ExchangePlan) -> _Opened:
    from jennie_cli.engine.venue import default_calendar
    from jennie_cli.simulator.brokerage import OPENING_CASH

    cash = OPENING_CASH if plan.cash is None else plan.cash
    seed = SimOptions().seed if plan.seed is None else plan.seed
    with house.watch("opening the exchange"):
        play = _play(house, plan, _market(plan, seed, default_calendar()), cash=cash)
    return _Opened(play=play, plan=plan, seed=seed, cash=cash)


def _server(house: "House", plan: ExchangePlan, play: "Play") -> "Server":
    from jennie_cli.simulator.server import Server

    speed = "wall" if plan.wall else _speed(plan.speed)
    return Server(play, wall=house.wall_clock, paper=plan.paper, speed=speed, faults=plan.faults)


@contextmanager
def home_exchange(house: "House") -> "Iterator[SimControl | None]":
    """Give the control of the exchange that runs this home's world, None while nobody runs it."""
    from jennie_cli.simulator.driving import SimControl

    running = running_world(house)
    if running is None:
        yield None
        return
    with closing(SimControl(running.url)) as control:
        yield control


def fault_table() -> Mapping[str, str]:
    """Return every fault that can be switched on, with one sentence each."""
    from jennie_cli.simulator.server.faults import TABLE

    return {fault.value: meaning.text for fault, meaning in TABLE.items()}


def _play(house: "House", plan: ExchangePlan, market: "PlayedMarket", *, cash: int) -> "Play":
    from jennie_cli.simulator.brokerage import Brokerage
    from jennie_cli.simulator.playing import Play, read_script

    script = read_script(_lines(plan.orders), name=plan.orders) if plan.orders else ()
    start = house.wall_clock.now() if plan.wall else _start(plan.at, market)
    return Play(market, start=start, brokerage=Brokerage(cash=cash), script=script)


def _market(plan: ExchangePlan, seed: int, calendar: "Calendar") -> "PlayedMarket":
    if plan.tape:
        from jennie_cli.wiring.tapes import recorded_market

        return recorded_market(plan.tape, seed, calendar)
    import platformdirs

    from jennie_cli.simulator import MARKET_EDITION
    from jennie_cli.simulator.playing import GeneratedDays

    cache = Path(platformdirs.user_cache_dir("jennie-cli", appauthor=False))
    return GeneratedDays(seed, calendar, folder=cache / "exchange" / f"{seed}-{MARKET_EDITION}")


def _start(at: str, market: "PlayedMarket") -> datetime:
    """Return the moment that `at` names; a time of day is that of the market's first day."""
    try:
        if len(at) > len("HH:MM:SS"):
            moment = datetime.fromisoformat(at)
            return moment if moment.tzinfo else moment.replace(tzinfo=KST)
        clock = time.fromisoformat(at)
    except ValueError:
        raise InputError(f"--at {at} is no time.", hint="09:00, or 2025-07-01T09:00") from None
    days = market.days(date.min, date.max)
    if not days:
        raise InputError("The tape holds no trading day.")
    return datetime.combine(days[0], clock, KST)


def _speed(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path} cannot be read: {error}.", hint="Check the path.") from None
