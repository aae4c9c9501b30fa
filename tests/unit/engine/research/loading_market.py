"""A past small enough to reckon by hand: three stocks, fifty sessions, minutes of some of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from jennie_cli.engine.macro import MacroPolicy, MemoryMacro
from jennie_cli.engine.model import LlmStatus, Regime, RiskTag, TradeTier, WatchlistEntry
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.research.loading import PastMarket, past_sessions
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.signals import StrategyPolicy
from jennie_cli.engine.store import Batch, Dataset, MemoryFacts, MemoryRuns
from jennie_cli.engine.trading.session import NOTHING_ASSUMED, StandIn
from jennie_cli.engine.venue import default_calendar
from jennie_cli.testing import bars, batch, make_run, make_watchlist, moment

CALENDAR = default_calendar()
DAY = date(2025, 6, 26)
BEFORE = CALENDAR.previous_day(DAY)
SAMSUNG, KB, ALTEOGEN = "005930", "105560", "196170"
STOCKS = {
    SAMSUNG: ("삼성전자", "KOSPI", "반도체와반도체장비"),
    KB: ("KB금융", "KOSPI", "은행"),
    ALTEOGEN: ("알테오젠", "KOSDAQ", "생물공학"),
}
FIRST = {SAMSUNG: 65_000, KB: 45_000, ALTEOGEN: 325_000}
"""Won of the only minute of DAY."""
SESSIONS = CALENDAR.days(DAY - timedelta(days=80), BEFORE)
Minute = tuple[str, date, int, int, int]


def minutes(*rows: Minute, known_at: Any = None) -> Batch:
    """Return minute bars (code, day, HHMM, price, volume) that stand still inside the minute."""
    full = [(code, day, time, p, p + 1, p - 1, p, volume) for code, day, time, p, volume in rows]
    names = ("code", "date", "time", "open", "high", "low", "close", "volume")
    return batch(Dataset.MINUTE_BARS, full, *names, known_at=known_at or _minute_end)


def master(code: str, *, known_at: datetime | None = None, status: str = "NORMAL") -> Batch:
    """Return the row of one stock, known for ever by default."""
    name, market, fine = STOCKS.get(code, (code, "KOSPI", "은행"))
    row = (code, name, market, "COMMON", status, fine, "naver")
    names = ("code", "name", "market", "kind", "status", "sector_fine", "sector_source")
    return batch(
        Dataset.STOCK_MASTER, [row], *names, known_at=lambda _: known_at or moment(date(2000, 1, 1))
    )


def daily(code: str, closes: Sequence[int], days: Sequence[date] = SESSIONS) -> Batch:
    """Return daily bars that span 10 won around each close, known at the close."""
    rows = zip(days, closes, strict=True)
    return bars(*((code, day, c, c + 10, c - 10, c, 1000) for day, c in rows))


def index(code: str, closes: Sequence[float], days: Sequence[date] = SESSIONS) -> Batch:
    """Return index closes, known at the close."""
    rows = [(code, day, close) for day, close in zip(days, closes, strict=True)]
    names = ("index_code", "date", "close")
    return batch(Dataset.INDEX_DAILY, rows, *names, known_at=lambda row: moment(row[1]))


def entry(code: str, rank: int = 1, *, tier: TradeTier = TradeTier.TIER1) -> WatchlistEntry:
    """Return an entry of a list that a model has scored."""
    return replace(
        make_watchlist()[0],
        rank=rank,
        code=code,
        hybrid_score=80.0 - rank,
        llm_score=70.0 + rank,
        llm_status=LlmStatus.OK,
        trade_tier=tier,
        risk_tag=RiskTag.CAUTION,
        is_tradable=tier is not TradeTier.BLOCKED,
    )


@dataclass
class Past:
    """Fifty quiet sessions of three stocks and both indices, and one recorded minute of each."""

    facts: MemoryFacts = field(default_factory=MemoryFacts)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    macro: MemoryMacro = field(default_factory=MemoryMacro)
    assumed_regime: Regime | None = None
    stand_in: StandIn = NOTHING_ASSUMED

    @classmethod
    def quiet(cls, *, indexed: Sequence[date] = SESSIONS) -> "Past":
        """Return the past with everything in it that a session needs; `indexed` have an index."""
        rise = range(len(SESSIONS))
        return (
            cls()
            .told(*(master(code) for code in STOCKS))
            .told(daily(SAMSUNG, [60_000 + 100 * n for n in rise]))
            .told(daily(KB, [50_000 - 100 * n for n in rise]))
            .told(daily(ALTEOGEN, [300_000 + 500 * n for n in rise]))
            .told(index("KOSPI", [2_500.0 + 10 * n for n in range(len(indexed))], indexed))
            .told(index("KOSDAQ", [700.0 + n for n in range(len(indexed))], indexed))
            .told(minutes(*((code, DAY, 900, price, 10) for code, price in FIRST.items())))
        )

    def told(self, *batches: Batch) -> "Past":
        """Add facts."""
        self.facts.write(batches)
        return self

    def listed(self, at: datetime, *entries: WatchlistEntry, **changed: Any) -> "Past":
        """Save a run of the scout that knew all up to `at`, for that day's session."""
        number = f"run-{len(self.runs.recent(1_000))}"
        day = CALENDAR.next_day(at.date() - timedelta(days=1))
        run = replace(
            make_run(number, day=day), as_of=at, generated_at=at, market="imported", **changed
        )
        self.runs.save(run, entries)
        return self

    def market(self) -> PastMarket:
        """Return this past as it is read."""
        return PastMarket(
            facts=self.facts,
            runs=self.runs,
            calendar=CALENDAR,
            market="imported",
            strategies=StrategyPolicy(),
            regimes=RegimePolicy(),
            macro=MacroPolicy(),
            insights=self.macro,
            assumed_regime=self.assumed_regime,
            stand_in=self.stand_in,
        )

    def sessions(
        self, first: date = DAY, last: date = DAY, held: Callable[[], Sequence[str]] = lambda: ()
    ) -> tuple[PastSession, ...]:
        """Return the sessions of a span."""
        return tuple(past_sessions(self.market(), first=first, last=last, held=held))

    def session(self, *held: str) -> PastSession:
        """Return the one session of DAY."""
        (only,) = self.sessions(held=lambda: held)
        return only


def _minute_end(row: Any) -> datetime:
    return moment(row[1], *divmod(row[2], 100)) + timedelta(minutes=1)
