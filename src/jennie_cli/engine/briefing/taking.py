"""Takes the snapshot of a day: after the close, and what was earned once more when it settled."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from jennie_cli.engine.briefing.assets import Assets, AssetSnapshot
from jennie_cli.engine.briefing.ledgered import realised_of
from jennie_cli.engine.broker import Account, AccountState
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import InputError, OutsideError
from jennie_cli.engine.portfolio import Portfolio
from jennie_cli.engine.venue import Calendar

_ASK_AGAIN_SECONDS = 30.0
"""How long after an account that looks sold out is asked about once more (operations 7.1)."""


class HoldingsDoubted(OutsideError):
    """The broker tells of no holdings, twice, while the ledger has some; nothing was written."""

    code = "holdings_doubted"


class Outcome(Enum):
    """What became of a snapshot: TAKEN whole, SETTLED in what was earned, or neither and why."""

    TAKEN = "taken"
    SETTLED = "settled"
    HOLIDAY = "holiday"
    NO_SNAPSHOT = "no_snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was done for a day, with what is kept of it and of the newest day before.

    `state` is the account that was read for it, None where nobody was asked.
    """

    day: date
    outcome: Outcome
    snapshot: AssetSnapshot | None = None
    previous: AssetSnapshot | None = None
    state: AccountState | None = None

    @property
    def change(self) -> int | None:
        """Won that the total moved between the two snapshots; None without both."""
        if self.snapshot is None or self.previous is None:
            return None
        return self.snapshot.total_asset - self.previous.total_asset


class Taker:
    """Reads broker and ledger, and writes snapshots only: no position is ever changed."""

    def __init__(
        self,
        *,
        account: Account,
        portfolio: Callable[[], Portfolio],
        orderable: Callable[[AccountState], Awaitable[int | None]],
        assets: Assets,
        calendar: Calendar,
        clock: Clock,
    ) -> None:
        """`portfolio` is the ledger's tale of now, `orderable` the won that buy now."""
        self._account = account
        self._portfolio = portfolio
        self._orderable = orderable
        self._assets = assets
        self._calendar = calendar
        self._clock = clock

    async def take(self, day: date | None = None, *, settle: bool = False) -> Taken:
        """Take the snapshot of today; of a past day, or with `settle`, correct what was earned.

        Raises BrokerUnavailable, HoldingsDoubted, InputError for a day to come.
        """
        today = self._clock.now().astimezone(KST).date()
        wanted = day or today
        if wanted > today:
            raise InputError(f"{wanted} is yet to come.", hint="Leave out --date for today.")
        if not self._calendar.is_open(wanted):
            return Taken(day=wanted, outcome=Outcome.HOLIDAY)
        if settle or wanted < today:
            return self._settled(wanted)
        state = await self._believed()
        self._assets.put(await self._snapshot(wanted, state))
        return self._kept(wanted, Outcome.TAKEN, state)

    def _settled(self, day: date) -> Taken:
        earned = realised_of(self._portfolio(), day, at=self._clock.now())
        found = self._assets.settle(day, earned)
        return self._kept(day, Outcome.SETTLED if found else Outcome.NO_SNAPSHOT)

    def _kept(self, day: date, outcome: Outcome, state: AccountState | None = None) -> Taken:
        kept, previous = self._assets.on(day), self._assets.before(day)
        return Taken(day=day, outcome=outcome, snapshot=kept, previous=previous, state=state)

    async def _snapshot(self, day: date, state: AccountState) -> AssetSnapshot:
        value = sum(h.value for h in state.holdings)
        return AssetSnapshot(
            day=day,
            taken_at=self._clock.now(),
            total_asset=state.total or state.settled_cash + value,
            settled_cash=state.settled_cash,
            orderable_cash=await self._orderable(state),
            stock_value=value,
            unrealised_pnl=value - sum(h.cost for h in state.holdings),
            position_count=len(state.holdings),
            realised=realised_of(self._portfolio(), day, at=self._clock.now()),
        )

    async def _believed(self) -> AccountState:
        """Return the account; one that looks sold out must say so again and agree with us."""
        state = await self._account.state()
        if not state.holdings and self._portfolio().held:
            await self._clock.sleep(_ASK_AGAIN_SECONDS)
            state = await self._account.state()
            if not state.holdings and (held := self._portfolio().held):
                raise HoldingsDoubted(
                    f"The broker tells of no holdings, twice; the ledger has {len(held)}.",
                    hint="jennie trade reconcile, then take the snapshot again.",
                )
        return state
