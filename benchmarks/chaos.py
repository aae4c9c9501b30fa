"""Kills a trading process again and again under faults, and compares its ledger with the exchange.

    python -m benchmarks.chaos                      # 1,000 kills, then 10,000 calls without a kill
    python -m benchmarks.chaos --kills 50 --calls 500
    python -m benchmarks.chaos --kills 30 --calls 0 --defect resend    # must fail

The exchange is `jennie sim serve` in a process of its own at 20 times real time; the trader speaks
KIS to it over HTTP with an order timeout of 0.3 s. Half of the kills strike at an instrumented
step of an order (before and after each journal append, call and read), half at a random moment.
Nothing else trades in the account, so an order at the exchange that no order of ours owns is one
sent twice. Exit status 3 when anything differs; 1 stays for a run that broke down.
"""

import argparse
import asyncio
import multiprocessing
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

import httpx
import numpy as np
from benchmarks.chaos_trader import Room, Scene, Tripwire, opened, persistently, trade
from benchmarks.exchange_process import counted_calls, exchange

from jennie_cli.adapters.kis import KisAccount, KisOrders
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Execution
from jennie_cli.engine.model import BrokerOrder, Market, Order, OrderState, Stock
from jennie_cli.engine.portfolio import Costs, fills_of, fold
from jennie_cli.engine.store import Lost, NeverSent, Sending
from jennie_cli.simulator.driving import SimControl

SPEED = 20
FAULTS = (
    "timeout-after:p=0.06:path=order-cash:ms=900",
    "timeout-after:p=0.06:path=order-rvsecncl:ms=900",
    "error-after:p=0.05:path=order-cash",
    "error-after:p=0.05:path=order-rvsecncl",
    "egw00301-after:p=0.04:path=order-cash",
    "error-before:p=0.04",
    "rate:p=0.03",
    "token-expired:p=0.005",
    "slow:p=0.03:ms=200",
    "late-orders:p=0.1:ms=2000",
    "empty-holdings:p=0.02",
    "double-notice:p=0.1",
    "late-notice:p=0.1:ms=4000",
    "shuffled-notice:p=0.2",
    "lost-notice:p=0.05",
    "drop-socket:p=0.01",
)
# a planted defect must meet its fault many times also in a short run
FOR_DEFECT = ("timeout-after:p=0.5:path=order-cash:ms=900",)
DIFFERS = 3
STOCKS = 8
LAST_STEP = 40
LONGEST_S = 2.0
PATIENCE_S = 8.0
SETTLES_S = 400
OPENS = timedelta(minutes=2)
CLOSES = timedelta(minutes=12)


@dataclass(slots=True)
class Tally:
    """What a run did and found."""

    kills: int = 0
    stepped: int = 0
    crashes: list[int | None] = field(default_factory=list)
    calls: int = 0
    days: int = 0
    orders: int = 0
    changes: int = 0
    lost: int = 0
    resolved: int = 0
    not_sent: int = 0
    reported: int = 0
    unreported: int = 0
    duplicates: int = 0
    lost_fills: int = 0
    fills: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether ledger and exchange tell the same story."""
        bad = self.duplicates or self.lost_fills or self.unreported or self.crashes
        return not (bad or self.differences)


def liquid_stocks(url: str) -> tuple[Stock, ...]:
    """Return the stocks traded most so far today, as the exchange ranks them."""
    key, secret = "R" * 36, "S" * 180
    with httpx.Client(base_url=url, trust_env=False, timeout=90) as http:
        told = {"grant_type": "client_credentials", "appkey": key, "appsecret": secret}
        token = http.post("/oauth2/tokenP", json=told).json()["access_token"]
        head = {"authorization": f"Bearer {token}", "appkey": key, "appsecret": secret}
        query = {
            "FID_COND_MRKT_DIV_CODE": "J",
            "FID_COND_SCR_DIV_CODE": "20171",
            "FID_INPUT_ISCD": "0000",
            "FID_DIV_CLS_CODE": "1",
            "FID_BLNG_CLS_CODE": "3",
            "FID_TRGT_CLS_CODE": "111111111",
            "FID_TRGT_EXLS_CLS_CODE": "0000000000",
            "FID_INPUT_PRICE_1": "",
            "FID_INPUT_PRICE_2": "",
            "FID_VOL_CNT": "",
            "FID_INPUT_DATE_1": "",
        }
        for _ in range(20):
            reply = http.get(
                "/uapi/domestic-stock/v1/quotations/volume-rank",
                params=query,
                headers={**head, "tr_id": "FHPST01710000", "custtype": "P"},
            )
            # the faults are on already: an answer may have no JSON in it
            answer = reply.json() if reply.is_success else {}
            if answer.get("rt_cd") == "0" and len(answer["output"]) >= STOCKS:
                rows = answer["output"][:STOCKS]
                return tuple(_stock(row) for row in rows)
            time.sleep(0.2)
    raise SystemExit(f"the exchange ranks no stocks: {answer}")


def _stock(row: dict[str, str]) -> Stock:
    return Stock(code=row["mksc_shrn_iscd"], name=row["hts_kor_isnm"], market=Market.KOSPI)


def child(
    scene: Scene, seed: int, fatal: int | None, until: float, ready: Event | None = None
) -> None:
    """Trade in a forked process until it is killed or its time is up; `ready` once recovered."""
    control = SimControl(scene.url)
    told = control.time()
    control.close()
    ends = time.monotonic() + until
    asyncio.run(
        trade(
            scene,
            told,
            seed=seed,
            fatal=fatal,
            enough=lambda: time.monotonic() >= ends,
            recovered=ready.set if ready else lambda: None,
        )
    )


def kill_one(scene: Scene, rng: np.random.Generator, tally: Tally) -> None:
    """Start one trader, see it killed at a step or kill it at a random moment.

    Half of the random moments are counted from its start, half from when it has recovered.
    """
    forking = multiprocessing.get_context("fork")
    ready = forking.Event()
    by_step, early = rng.random(2) < 0.5  # even chances
    fatal = int(rng.integers(1, LAST_STEP)) if by_step else None
    seed, delay = int(rng.integers(1, 2**31)), float(rng.uniform(0.0, LONGEST_S))
    trader = forking.Process(target=child, args=(scene, seed, fatal, PATIENCE_S * 2, ready))
    trader.start()
    if not (by_step or early):
        ready.wait(PATIENCE_S)
    trader.join(PATIENCE_S if by_step else delay)
    if trader.is_alive():
        trader.kill()
    else:
        tally.stepped += 1
    trader.join()
    tally.kills += 1
    if trader.exitcode != -signal.SIGKILL:
        tally.crashes.append(trader.exitcode)


def keep_open(url: str, tally: Tally) -> None:
    """Take the exchange to its next session when this one ends; its night is not the subject."""
    control = SimControl(url)
    told = control.status()
    now, close = (datetime.fromisoformat(told[name]) for name in ("now", "close"))
    if now > close - CLOSES:
        control.advance(to=max(now, close + timedelta(minutes=5)))
        control.next_morning()
        opens = datetime.fromisoformat(control.status()["open"])
        control.advance(to=opens + OPENS)
        control.run(SPEED)
        tally.days += 1
    control.close()


async def settle(scene: Scene, tally: Tally) -> None:
    """Let a healthy trader settle everything, then compare ledger and exchange."""
    control = SimControl(scene.url)
    control.faults(clear=True)
    told = control.time()
    tally.calls = counted_calls(control)
    control.close()
    async with opened(scene, told, Tripwire(None), 0) as room:
        # the last fault may have taken the token, and KIS issues one a minute
        await persistently(room, room.execution.recover)
        ends = room.clock.monotonic() + SETTLES_S
        while room.clock.monotonic() < ends and _unsettled(room):
            await _quieten(room)
        await room.execution.reconcile()
        await compare(
            Books(
                execution=room.execution,
                orders=room.broker,
                account=room.account,
                costs=room.costs,
            ),
            tally,
        )


def _unsettled(room: Room) -> list[Order]:
    return [o for o in room.execution.book().values() if not o.state.final]


async def _quieten(room: Room) -> None:
    await room.execution.resolve()
    for order in _unsettled(room):
        if order.open_qty and order.broker_ids:
            try:
                await room.execution.cancel(order.order_id)
            except JennieError as error:
                print(f"cancel of {order.order_id}: {error.message}", file=sys.stderr)
    await room.clock.sleep(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A ledger, and the exchange that must tell the same story."""

    execution: Execution
    orders: KisOrders
    account: KisAccount
    costs: Costs


async def compare(books: Books, tally: Tally) -> None:
    """Compare every order, fill, won and share of a ledger with the exchange's own records."""
    events = books.execution.events()
    book = books.execution.book()
    fills = fills_of(events)
    told = Counter[tuple[date, str]]()
    for fill in fills:
        told[fill.at.date(), fill.broker_id] += fill.qty
    owned = {(o.created_at.date(), number) for o in book.values() for number in o.broker_ids}
    days = sorted({e.at.date() for e in events})
    rows: list[BrokerOrder] = []
    for day in days:
        rows += await books.orders.orders(day)
    placed = [r for r in rows if not r.cancels and r.original_id is None]
    tally.orders = len(placed)
    tally.changes = len(rows) - len(placed)
    tally.fills = len(fills)
    unowned = [r for r in placed if (r.day, r.broker_id) not in owned]
    tally.duplicates = len(unowned)
    for row in unowned:
        _tell_about(row, book.values())
    tally.lost_fills = sum(
        abs(r.filled_qty - told[r.day, r.broker_id]) for r in rows if not r.cancels
    )
    tally.lost = sum(isinstance(e, Lost) for e in events)
    sent, never = (
        {e.call_id for e in events if isinstance(e, kind)} for kind in (Sending, NeverSent)
    )
    tally.not_sent, tally.resolved = len(never), len(sent) - len(never)
    unknown = [o for o in book.values() if o.state in {OrderState.UNKNOWN, OrderState.SENT}]
    tally.reported = sum(bool(o.note) for o in unknown)
    tally.unreported = len(unknown) - tally.reported
    await _compare_money(books, tally)


def _tell_about(row: BrokerOrder, orders: Iterable[Order]) -> None:
    """Say on stderr what is known of an order that nobody owns: which of ours it looks like."""
    print(f"unowned: {row}", file=sys.stderr)
    for order in orders:
        if (order.code, order.side, order.qty) == (row.code, row.side, row.qty):
            print(f"  like {order}", file=sys.stderr)


async def _compare_money(books: Books, tally: Tally) -> None:
    portfolio = fold(books.execution.events(), books.costs)
    state = await books.account.state()
    if portfolio.cash != state.settled_cash:
        tally.differences.append(f"cash: ledger {portfolio.cash}, exchange {state.settled_cash}")
    held = {h.code: (h.qty, h.cost) for h in state.holdings}
    ours = {code: (p.qty, p.cost) for code, p in portfolio.positions.items()}
    for code in sorted(held.keys() | ours.keys()):
        if held.get(code) != ours.get(code):
            tally.differences.append(
                f"{code}: ledger {ours.get(code)}, exchange {held.get(code)} (shares, won)"
            )


def kills(scene: Scene, count: int, seed: int) -> Tally:
    """Kill `count` traders and compare."""
    tally, rng = Tally(days=1), np.random.default_rng(seed)
    for number in range(count):
        keep_open(scene.url, tally)
        kill_one(scene, rng, tally)
        if number % 50 == 49:
            print(f"{number + 1} kills", file=sys.stderr)
    asyncio.run(settle(scene, tally))
    return tally


def calls(scene: Scene, count: int, seed: int) -> Tally:
    """Trade without a kill until the exchange has counted `count` calls, then compare."""
    tally, rng = Tally(days=1), np.random.default_rng(seed)
    control = SimControl(scene.url)
    while counted_calls(control) < count:
        keep_open(scene.url, tally)
        trader = multiprocessing.get_context("fork").Process(
            target=child, args=(scene, int(rng.integers(1, 2**31)), None, 10.0)
        )
        trader.start()
        trader.join()
        if trader.exitcode != 0:
            tally.crashes.append(trader.exitcode)
    control.close()
    asyncio.run(settle(scene, tally))
    return tally


def run(kind: str, count: int, seed: int, *, resends: bool) -> Tally:
    """Run one kind of chaos on an exchange of its own and print its table."""
    began = time.monotonic()
    mix = (*FOR_DEFECT, *FAULTS) if resends else FAULTS
    faults = [word for fault in mix for word in ("--fault", fault)]
    serve = ["--seed", str(seed), "--at", "09:05", "--speed", str(SPEED), *faults]
    with exchange(*serve) as url, tempfile.TemporaryDirectory() as folder:
        scene = Scene(url=url, stocks=liquid_stocks(url), folder=Path(folder), resends=resends)
        tally = (kills if kind == "kills" else calls)(scene, count, seed)
    show(kind, tally, time.monotonic() - began)
    return tally


def show(kind: str, tally: Tally, took_s: float) -> None:
    """Print one table."""
    print(f"\n{count_of(kind, tally)} in {took_s:.0f} s, {tally.days} sessions")
    for label, value in (
        ("killed at an instrumented step", tally.stepped),
        ("calls the exchange counted", tally.calls),
        ("orders at the exchange", tally.orders),
        ("modifies and cancels there", tally.changes),
        ("fills in the ledger", tally.fills),
        ("calls without an answer", tally.lost),
        ("calls never sent", tally.not_sent),
        ("UNKNOWN and reported", tally.reported),
        ("UNKNOWN and not reported", tally.unreported),
        ("traders that crashed", len(tally.crashes)),
        ("duplicate orders", tally.duplicates),
        ("lost fills (shares)", tally.lost_fills),
        ("differences in won or shares", len(tally.differences)),
    ):
        print(f"  {label:<32}{value:>10,}")
    for status in tally.crashes:
        print(f"    a trader ended with status {status}")
    for difference in tally.differences:
        print(f"    {difference}")
    print("  ledger = exchange" if tally.clean else "  LEDGER AND EXCHANGE DIFFER")


def count_of(kind: str, tally: Tally) -> str:
    """Say in words what was run."""
    return f"{tally.kills:,} kills" if kind == "kills" else f"{tally.calls:,} calls, no kill"


def main() -> int:
    """Run what was asked for; DIFFERS if ledger and exchange ever differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=142)
    parser.add_argument("--defect", choices=("resend",), help="plant a defect; the run must fail")
    asked = parser.parse_args()
    resends = asked.defect == "resend"
    tallies = [
        run(kind, count, asked.seed, resends=resends)
        for kind, count in (("kills", asked.kills), ("calls", asked.calls))
        if count
    ]
    return 0 if all(tally.clean for tally in tallies) else DIFFERS


if __name__ == "__main__":
    sys.exit(main())
