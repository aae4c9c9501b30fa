"""The daily briefing as a value: every figure of it, and what is not known as None.

Won and shares are whole. Nothing here was written by a model but the comments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from jennie_cli.engine.model import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A figure of the market, when it was true, and its change in percent against the last close
    where that is known.
    """

    value: float
    as_of: datetime
    change_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The market of the day. `sentiment_score` is the council's, 0..100; `regime` the scout's, of
    the session `regime_day`.
    """

    kospi: Level | None = None
    kosdaq: Level | None = None
    vix: Level | None = None
    usd_krw: Level | None = None
    sentiment: str | None = None
    sentiment_score: int | None = None
    regime: str | None = None
    regime_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the account is worth, won; `previous_total` is that of the newest earlier snapshot."""

    at: datetime
    total: int
    settled_cash: int
    orderable_cash: int | None
    stock_value: int
    unrealised: int
    previous_total: int | None = None
    previous_day: date | None = None

    @property
    def change(self) -> int | None:
        """Won that the total moved between the two snapshots; None without the earlier one."""
        return None if self.previous_total is None else self.total - self.previous_total

    @property
    def change_pct(self) -> float | None:
        """The same in percent of the earlier total; None also where that was nothing."""
        if self.change is None or not self.previous_total:
            return None
        return self.change / self.previous_total * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Shares held, as the broker tells them; `cost` and `value` are won."""

    code: str
    name: str
    qty: int
    cost: int
    price: int
    value: int

    @property
    def pnl(self) -> int:
        """Won above the cost."""
        return self.value - self.cost

    @property
    def pnl_pct(self) -> float | None:
        """The same in percent of the cost."""
        return self.pnl / self.cost * 100 if self.cost else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """All fills of a day under one broker number; `profit` is a sale's before fees and tax."""

    at: datetime
    code: str
    name: str
    side: Side
    qty: int
    amount: int
    fee: int
    tax: int
    profit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trades:
    """The day's trades: the newest, how many more there were, and the sums of all, won.

    Sales of unknown cost are counted in `costless_sales` (fills) and are not in `realised`.
    """

    shown: tuple[Trade, ...]
    rest: int
    bought: int
    sold: int
    realised: int
    fees: int
    taxes: int
    costless_sales: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A stock bought as second tier: whether it is still held, and what it came to."""

    code: str
    name: str
    held: bool
    pnl_pct: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondTier:
    """The second tier since a day: buys, stocks, how many are still held, how they did.

    Averages and winners are of the `judged` stocks whose result is known; `best` and `worst` hold
    at most three each and share none.
    """

    since: date
    buys: int
    stocks: int
    held: int
    judged: int
    winners: int
    average_pct: float | None
    best: tuple[Bought, ...]
    worst: tuple[Bought, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A stock of the watchlist; scores are 0..100, `llm_score` None where no model gave one."""

    rank: int
    code: str
    name: str
    tier: str
    score: float
    llm_score: float | None
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The active watchlist: the session it is for, its first stocks, and how many more it has."""

    day: date
    listed: tuple[Listed, ...]
    rest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A judged text of the last day; `title` and `name` are a stranger's words, tamed."""

    at: datetime
    code: str
    name: str
    title: str
    score: int
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """What the model says beside the figures; empty where it said what it must not.

    `dropped` names the parts that were left out.
    """

    market: str
    portfolio: str
    tomorrow: str
    closing: str
    model: str
    provider: str
    simulated: bool = False
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """One day of one account. A section that could not be read is None, and `gaps` says why.

    `differs` counts the codes of which broker and ledger hold different numbers of shares, None
    where the broker was not heard. `silence` is why there are no comments.
    """

    day: date
    at: datetime
    profile: str
    source: str
    weather: Weather
    worth: Worth | None
    positions: tuple[Held, ...] | None
    differs: int | None
    trades: Trades
    second_tier: SecondTier | None
    watch: Watch | None
    news: tuple[Story, ...] | None
    gaps: Mapping[str, str] = field(default_factory=dict)
    comments: Comments | None = None
    silence: str | None = None

    def silenced(self, why: str) -> "Briefing":
        """Return the briefing without comments, and why nobody made any."""
        return replace(self, comments=None, silence=why)
