"""Whether the machine that trades live decides as the backtest does, on the days of a home.

    jennie --home HOME data import ...               # once
    python -m benchmarks.parity --home HOME          # the last 20 recorded sessions
    python -m benchmarks.parity --home HOME --days 2
    python -m benchmarks.parity                      # 5 sessions of a fresh generated market

Each session is walked through as whole-day arrays and rehearsed second by second on the same price
path, from the account that the sessions before it left. Every time, stock, step, rule, price,
quantity, figure and limit is compared. Exit status 1 when a decision differs; where a function of
the signals reads a later bar it is told by name.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from jennie_cli.engine.model import Regime, RiskTag
from jennie_cli.engine.research import PastMarket, StandIn, WalkPolicies
from jennie_cli.engine.research.ahead import reading_ahead
from jennie_cli.engine.research.loading import past_sessions
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.rehearsal import rehearse
from jennie_cli.engine.research.walk import trade_session
from jennie_cli.engine.research.walk_account import PastAccount, open_account
from jennie_cli.engine.scout import ScoutPolicy
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.trading.session import Decision
from jennie_cli.settings import Masker, Options
from jennie_cli.wiring import House, open_house
from jennie_cli.wiring.minutes import Span, generated_span
from jennie_cli.wiring.mornings import sources_of

CAPITAL = 100_000_000
POLICIES = WalkPolicies()
RECORDED, GENERATED = 20, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One session both ways: what was decided, what differs, and the seconds each way took."""

    day: date
    stocks: int
    decided: Counter[str]
    only_walked: Sequence[Decision]
    only_rehearsed: Sequence[Decision]
    ahead: tuple[str, ...]
    walk_s: float
    rehearsal_s: float

    @property
    def alike(self) -> bool:
        """Whether both decided the same."""
        return not self.only_walked and not self.only_rehearsed


def compared(home: House, past: PastSession, account: PastAccount) -> tuple[Compared, PastAccount]:
    """Trade a session both ways from the same account; return the account of the walk."""
    begun = time.perf_counter()
    result, after = trade_session(past, account, POLICIES, calendar=home.calendar)
    walked = time.perf_counter()
    decisions, _ = rehearse(past, account, POLICIES, calendar=home.calendar)
    ended = time.perf_counter()
    ours, theirs = Counter(result.decisions), Counter(decisions)
    only_walked, only_rehearsed = [*(ours - theirs)], [*(theirs - ours)]
    first = min((d.at for d in (*only_walked, *only_rehearsed)), default=None)
    minute = None if first is None else first.hour * 60 + first.minute
    return (
        Compared(
            day=past.day,
            stocks=len(past.candidates.codes),
            decided=Counter(d.step.value for d in result.decisions),
            only_walked=only_walked,
            only_rehearsed=only_rehearsed,
            ahead=() if minute is None else reading_ahead(past, POLICIES, minute=minute),
            walk_s=walked - begun,
            rehearsal_s=ended - walked,
        ),
        after,
    )


def market_of(home: House, regime: Regime, score: float) -> PastMarket:
    """Return the home's past; the regime and the score stand in where nothing else is known."""
    stand_in = StandIn(hybrid_score=score, tag=RiskTag.NEUTRAL)
    return PastMarket.of(sources_of(home, home.settings), regime, stand_in)


def generated_days(home: House, count: int) -> tuple[date, date]:
    """Make the minutes of the last sessions of a generated market; return first and last."""
    home.ready()
    stocks = home.settings.slice(ScoutPolicy).universe_size
    return generated_span(home, Span(first=None, last=None, sessions=count, stocks=stocks))


def recorded_days(home: House, count: int) -> tuple[date, date]:
    """Return the first and last of the newest recorded sessions. Raises SystemExit without any."""
    for held in home.facts.coverage():
        if held.dataset is Dataset.MINUTE_BARS and held.first and held.last:
            return home.calendar.days(held.first, held.last)[-count:][0], held.last
    raise SystemExit("No minute bars are known in this home: jennie data import PATH")


def show(found: Compared) -> None:
    """Print one session, and of what differs the first decisions of each side."""
    word = "alike" if found.alike else "DIFFERENT"
    print(f"{found.day} {found.stocks:>4} stocks  {word}  {_told(found.decided)}")
    for side, only in (("walk", found.only_walked), ("live", found.only_rehearsed)):
        for decision in only[:3]:
            print(f"    only {side}: {decision}")
    if found.ahead:
        print(f"    reads ahead: {', '.join(found.ahead)}")


def _told(decided: Counter[str]) -> str:
    return ", ".join(f"{step} {count:,}" for step, count in sorted(decided.items()))


def main() -> int:
    """Compare session after session; 1 if any decision differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="one with recorded minutes")
    parser.add_argument("--days", type=int, help=f"{RECORDED} recorded, {GENERATED} generated")
    parser.add_argument("--regime", default="BULL", help="assumed where it is not known")
    parser.add_argument("--score", type=float, default=75.0, help="assumed where there is no list")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = asked.home or stack.enter_context(TemporaryDirectory(prefix="jennie-p-"))
        home = open_house(Options(home=Path(folder)), Masker())
        stack.callback(home.close)
        if asked.home:
            span = recorded_days(home, asked.days or RECORDED)
        else:
            span = generated_days(home, asked.days or GENERATED)
        return compare(home, span, Regime(asked.regime), asked.score)


def compare(home: House, span: tuple[date, date], regime: Regime, score: float) -> int:
    """Compare the sessions of a span; 1 if any decision differs."""
    first, last = span
    market = market_of(home, regime, score)
    account, every = open_account(CAPITAL), list[Compared]()
    for past in past_sessions(market, first=first, last=last, held=lambda: account.held):  # noqa: B023  # asked at once
        found, account = compared(home, past, account)
        every.append(found)
        show(found)
    decided = sum((found.decided for found in every), Counter[str]())
    alike = sum(found.alike for found in every)
    count = sum(decided.values())
    print(f"{len(every)} sessions, {alike} alike; {count:,} decisions: {_told(decided)}")
    walk_s, live_s = (sum(getattr(f, name) for f in every) for name in ("walk_s", "rehearsal_s"))
    print(f"walk {walk_s:.1f} s, rehearsal {live_s:.1f} s")
    return 0 if every and alike == len(every) else 1


if __name__ == "__main__":
    sys.exit(main())
