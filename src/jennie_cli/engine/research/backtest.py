"""One backtest from the first session to the last, and what is kept of it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Protocol

import numpy as np

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.research.loading import PastMarket, past_sessions
from jennie_cli.engine.research.past import PastSession, SessionResult, Trip
from jennie_cli.engine.research.report import BacktestReport
from jennie_cli.engine.research.report_building import backtest_report
from jennie_cli.engine.research.walk import trade_session
from jennie_cli.engine.research.walk_account import open_account, open_trips
from jennie_cli.engine.research.walk_stage import WalkPolicies
from jennie_cli.engine.signals import NO_GUESTS, Guests

_DIGEST = 8
_CHOSEN = frozenset({"own", "momentum_pct"})
"""What of the candidates comes from settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A backtest as it is kept. `capital` is won, `asked` what the caller set other than the home.

    The hashes are of what was read of the stocks that traded, of capital and all settings of the
    rooms, and of the engine. `watchlists` says for how many sessions which list stood. `trips` are
    all sales, then what is still held.
    """

    backtest_id: str
    made_at: datetime
    market: str
    first: date
    last: date
    capital: int
    asked: Mapping[str, str]
    watchlists: Mapping[str, int]
    assumed_regimes: int
    data_hash: str
    settings_hash: str
    code_hash: str
    slippage_bp: float
    report: BacktestReport
    trips: tuple[Trip, ...]


class BacktestStore(Protocol):
    """Keeps backtests and their pages."""

    def save(self, made: Backtest, page: str) -> str:
        """Keep one and the page that shows it; return where the page lies."""
        ...

    def load(self, backtest_id: str | None) -> Backtest:
        """Return one, the newest by default. Raises InputError when it is not there."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Return what is kept, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk over sessions came to; `data_hash` is of what was read of stocks that traded."""

    results: tuple[SessionResult, ...]
    held: tuple[Trip, ...]
    watchlists: Mapping[str, int]
    assumed_regimes: int
    data_hash: str

    def report(self, capital: int) -> BacktestReport:
        """Return the report of an account that began with `capital` won."""
        return backtest_report(self.results, capital=capital, held=self.held)


def walk_sessions(
    market: PastMarket,
    policies: WalkPolicies,
    *,
    first: date,
    last: date,
    capital: int,
    watch: Callable[[date], None],
    guests: Guests = NO_GUESTS,
) -> Walked:
    """Trade the recorded sessions from `first` to `last` with `capital` won.

    `watch` is told of each session that is done. Raises InputError where no session was recorded
    or a regime is not known.
    """
    account, results, lists, assumed = open_account(capital), [], dict[str, int](), 0
    digest = hashlib.blake2b(digest_size=_DIGEST)

    def held() -> tuple[str, ...]:
        return account.held

    for past in past_sessions(market, first=first, last=last, held=held):
        result, account = trade_session(
            past, account, policies, calendar=market.calendar, guests=guests
        )
        results.append(result)
        lists[past.watchlist] = lists.get(past.watchlist, 0) + 1
        assumed += not past.regime_known
        for part in _read(past):
            digest.update(part)
        last_close = past.hours.close
        watch(past.day)
    if not results:
        raise InputError(
            f"No session between {first} and {last} has minute bars of a known stock.",
            hint="Import minute and daily bars of those days: jennie data import PATH",
        )
    return Walked(
        results=tuple(results),
        held=open_trips(account, last_close),
        watchlists=lists,
        assumed_regimes=assumed,
        data_hash=digest.hexdigest(),
    )


def _read(past: PastSession) -> Iterator[bytes]:
    """Yield what was read of a session: of stocks with a bar, and nothing that a setting chose."""
    there = past.bars.known.any(axis=0)
    for group in (past.bars, past.days, past.candidates):
        for name in (f.name for f in fields(group)):
            value = getattr(group, name)
            if name not in _CHOSEN and isinstance(value, np.ndarray):
                kept = value[..., there]
                yield f"{name} {kept.dtype} {kept.shape} ".encode()
                yield np.ascontiguousarray(kept).tobytes()
    codes = [past.candidates.codes[column] for column in np.flatnonzero(there)]
    yield repr((past.day, codes, past.days.days, past.regime, past.context)).encode()
