"""What the backtest commands do once their arguments are known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from jennie_cli.commands.session import Session
from jennie_cli.commands.view.backtest import (
    backtest_document,
    backtest_head,
    backtest_page,
    comparison_page,
    list_page,
    told_lines,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.exits import ExitPolicy
from jennie_cli.engine.macro import MacroPolicy
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Regime, RiskTag, Strategy
from jennie_cli.engine.research import (
    Backtest,
    FillPolicy,
    PastMarket,
    SpanPolicy,
    StandIn,
    Walked,
    WalkPolicies,
    render_html,
    walk_sessions,
)
from jennie_cli.engine.risk import AutoPolicy
from jennie_cli.engine.rules.guests import PREFIX
from jennie_cli.engine.scout import ScoutPolicy
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.signals import Guests, SignalPolicy, StrategyPolicy
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.store.codec import to_json
from jennie_cli.engine.trading.session import NO_WATCHLIST, Watchlists
from jennie_cli.engine.trading.session.known import BEFORE_THE_OPEN
from jennie_cli.engine.trading.session.lists import LIST_DAYS
from jennie_cli.settings import Settings
from jennie_cli.wiring import House
from jennie_cli.wiring.backtests import hash_of, kept_backtests, program_hash
from jennie_cli.wiring.guests import guests_of
from jennie_cli.wiring.markets import GENERATED
from jennie_cli.wiring.minutes import Span, generated_span
from jennie_cli.wiring.mornings import sources_of

_READ = frozenset({"exits", "macro", "regime", "research", "risk", "sectors", "signals"})
"""The sections of settings that a backtest trades by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked of one backtest; None leaves it to what is recorded."""

    first: date | None
    last: date | None
    capital: int
    strategies: tuple[str, ...]
    settings: tuple[str, ...]
    assume_score: float | None
    assume_regime: str | None

    @property
    def asked(self) -> dict[str, str]:
        """Whatever differs from the home's own settings, as words."""
        told = {"strategies": ", ".join(self.strategies)} if self.strategies else {}
        if self.assume_score is not None:
            told["assume_score"] = f"{self.assume_score:g}"
        if self.assume_regime is not None:
            told["assume_regime"] = self.assume_regime
        return {**told, **_pairs(self.settings)}

    @property
    def overrides(self) -> Mapping[str, str]:
        """The settings that differ; strategies that are named leave no other one on."""
        guests = [name.removeprefix(PREFIX) for name in self.strategies if name.startswith(PREFIX)]
        named = {"signals.plugin_strategies": ",".join(guests)} if self.strategies else {}
        return {**named, **_pairs(self.settings)}


def run(session: Session, wish: Wish) -> None:
    """Walk through the sessions, keep what came of it and print it."""
    house = session.house
    house.ready()
    settings = house.settings.overridden(wish.overrides)
    first, last = _span(house, wish, settings)
    market, policies = _market(house, settings, wish), _policies(settings, wish)
    guests = guests_of(settings, lambda error: session.out.talk(f"!! {error.message}"))
    days = house.calendar.days(first, last)
    with session.out.progress("backtest") as progress:
        walked = walk_sessions(
            market,
            policies,
            first=first,
            last=last,
            capital=wish.capital,
            watch=lambda day: progress(days.index(day) + 1, len(days)),
            guests=guests,
        )
    lang, made = session.options.lang, _made(house, wish, walked, policies, guests)
    with house.lock("backtest", doing="keeping a backtest"):
        made = replace(made, backtest_id=_named(house, made))
        shown = kept_backtests(house.folder).save(made, _page(made, lang))
    _answer(session, made)
    session.out.talk(text("backtest.page", lang, path=shown))
    day = _list_day(house, made)
    if day is not None:
        count = min(LIST_DAYS, made.watchlists[NO_WATCHLIST])
        session.out.talk(text("backtest.make_list", lang, day=day, count=count))


def show(session: Session, backtest_id: str | None) -> None:
    """Print a kept backtest."""
    _answer(session, kept_backtests(session.house.folder).load(backtest_id))


def list_all(session: Session) -> None:
    """Print one line a backtest, newest first."""
    store, lang = kept_backtests(session.house.folder), session.options.lang
    kept, unreadable = [], []
    for name in store.ids():
        try:
            kept.append(store.load(name))
        except InputError:
            unreadable.append(name)
    doc = {"backtests": [backtest_head(made) for made in kept], "unreadable": unreadable}
    session.out.answer(doc, lambda: list_page(kept, unreadable, lang))


def compare(session: Session, one: str, other: str | None) -> None:
    """Print two backtests side by side."""
    store, lang = kept_backtests(session.house.folder), session.options.lang
    left, right = store.load(one), store.load(other)
    doc = {"one": backtest_document(left), "other": backtest_document(right)}
    session.out.answer(doc, lambda: comparison_page(left, right, lang))


def _answer(session: Session, made: Backtest) -> None:
    lang = session.options.lang
    session.out.answer(backtest_document(made), lambda: backtest_page(made, lang))


def _page(made: Backtest, lang: str) -> str:
    return render_html(
        made.report,
        title=f"jennie backtest {made.backtest_id}",
        told=tuple(told_lines(made, lang)),
        settings_hash=made.settings_hash,
        data_hash=made.data_hash,
        code_hash=made.code_hash,
        lang=lang,
    )


def _span(house: House, wish: Wish, settings: Settings) -> tuple[date, date]:
    """Return the first and last day to walk through.

    By default all with minute bars; of a generated past the newest, whose minutes are then made.
    """
    if house.market == GENERATED:
        sessions = settings.slice(SpanPolicy).sessions
        stocks = settings.slice(ScoutPolicy).universe_size
        span = Span(first=wish.first, last=wish.last, sessions=sessions, stocks=stocks)
        return generated_span(house, span)
    held = [c for c in house.facts.coverage() if c.dataset is Dataset.MINUTE_BARS]
    known = [(c.first, c.last) for c in held if c.first and c.last]
    if not known:
        raise InputError(
            "No minute bars are known here, and a backtest trades minutes.",
            hint="jennie data import PATH",
        )
    first, last = wish.first or known[0][0], wish.last or known[0][1]
    if first > last:
        raise InputError(
            f"{first} is after {last}.",
            hint=f"Minutes are known from {known[0][0]} to {known[0][1]}.",
        )
    return first, last


def _list_day(house: House, made: Backtest) -> date | None:
    """Return the day whose list would stand on the first session without one, if it can be made."""
    if NO_WATCHLIST not in made.watchlists:
        return None
    lists, calendar = Watchlists(house.runs, house.market), house.calendar
    for day in calendar.days(made.first, made.last):
        hours = calendar.session(day)
        before = hours and hours.open - BEFORE_THE_OPEN
        if before and lists.on(day, before=before, calendar=calendar) is None:
            evening = calendar.previous_day(day)
            return evening if house.facts.last_day(as_of=before) == evening else None
    return None


def _market(house: House, settings: Settings, wish: Wish) -> PastMarket:
    score = np.nan if wish.assume_score is None else wish.assume_score
    tag = None if wish.assume_score is None else RiskTag.NEUTRAL
    return PastMarket.of(
        sources_of(house, settings),
        _regime(wish.assume_regime),
        StandIn(hybrid_score=score, tag=tag),
    )


def _policies(settings: Settings, wish: Wish) -> WalkPolicies:
    return WalkPolicies(
        signals=settings.slice(SignalPolicy),
        strategies=_only(settings.slice(StrategyPolicy), wish.strategies),
        risk=settings.slice(AutoPolicy),
        exits=settings.slice(ExitPolicy),
        fills=settings.slice(FillPolicy),
        sectors=settings.slice(SectorPolicy),
        macro=settings.slice(MacroPolicy),
    )


def _pairs(settings: tuple[str, ...]) -> Mapping[str, str]:
    """Return KEY=VALUE texts as a mapping. Raises InputError for another text."""
    found = {}
    for given in settings:
        key, equals, value = given.partition("=")
        if not equals or not key.strip():
            raise InputError(
                f"--set takes KEY=VALUE, not '{given}'.", hint="--set signals.rsi_max=70"
            )
        if key.strip().partition(".")[0] not in _READ:
            raise InputError(
                f"A backtest does not read {key.strip()}.",
                hint=f"It reads {', '.join(sorted(_READ))}.",
            )
        found[key.strip()] = value.strip()
    return found


def _only(policy: StrategyPolicy, names: tuple[str, ...]) -> StrategyPolicy:
    """Return the policy with these strategies switched on and all others off."""
    if not names:
        return policy
    known = {s.value: s for s in Strategy}
    for name in (each for each in names if not each.startswith(PREFIX)):
        if name.upper() not in known:
            raise InputError(f"There is no strategy {name}.", hint=", ".join(known))
    wanted = {name.upper() for name in names}
    return replace(policy, **{s.value.lower(): s.value in wanted for s in Strategy})


def _regime(name: str | None) -> Regime | None:
    if name is None:
        return None
    try:
        return Regime(name.upper())
    except ValueError:
        raise InputError(f"There is no regime {name}.", hint=", ".join(Regime)) from None


def _made(
    house: House, wish: Wish, walked: Walked, policies: WalkPolicies, guests: Guests
) -> Backtest:
    return Backtest(
        backtest_id=f"{house.wall_clock.now().astimezone(KST):%Y%m%d-%H%M%S}",
        made_at=house.wall_clock.now(),
        market=house.market,
        first=walked.results[0].day,
        last=walked.results[-1].day,
        capital=wish.capital,
        asked=wish.asked | ({"plugins": guests.told} if guests.told else {}),
        watchlists=walked.watchlists,
        assumed_regimes=walked.assumed_regimes,
        data_hash=walked.data_hash,
        settings_hash=_settings_hash(wish, policies, guests),
        code_hash=program_hash(),
        slippage_bp=policies.fills.slippage_bp,
        report=walked.report(wish.capital),
        trips=(*(trip for result in walked.results for trip in result.trips), *walked.held),
    )


def _settings_hash(wish: Wish, policies: WalkPolicies, guests: Guests) -> str:
    told = f"{wish.capital} {to_json(policies)} {guests.told}"
    return hash_of(told.rstrip().encode())


def _named(house: House, made: Backtest) -> str:
    """Return a name after the moment, with a number for those of one second."""
    kept = kept_backtests(house.folder).ids()
    # the highest of them, not their count: some may have been deleted
    newest = max((int(n[-3:]) for n in kept if n.startswith(made.backtest_id)), default=0)
    return f"{made.backtest_id}-{newest + 1:03d}"
