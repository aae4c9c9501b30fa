"""Whether one script of orders has the same fills at every pace of the exchange.

    python -m benchmarks.same_fills [--seconds 60] [--stocks 10] [--paces 1 max leaps]

A script of `--orders` lines is made for the busiest stocks of the generated market, or for
`--codes` of a `--tape`. `jennie sim serve` plays it in a process of its own for each pace: 1 is
real time, max as fast as it can, leaps is moved by hand. The day's orders and the balance are then
read over KIS and compared. Exit status 1 when they differ, or when nothing was filled.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.exchange_process import exchange
from benchmarks.stream_truth import busiest, market

from jennie_cli.adapters.kis import (
    REAL_PACE,
    Access,
    AccountNumber,
    KisAccount,
    KisOrders,
    KisQuotes,
    KisSession,
)
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import BrokerOrder, Market
from jennie_cli.engine.venue import default_calendar, round_down
from jennie_cli.settings import Masker
from jennie_cli.simulator import WORLD_START
from jennie_cli.simulator.driving import Pace, SimControl

ACCOUNT = AccountNumber(number="77777777", product="01")
LEAP_S = 7.3
LOOK_S = 0.1
OVER_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the broker's records say after the script: orders, D+2 cash in won, and of each code
    held the shares and their cost.
    """

    orders: tuple[BrokerOrder, ...]
    cash: int
    held: tuple[tuple[str, int, int], ...]

    @property
    def filled(self) -> int:
        """Return the shares filled."""
        return sum(row.filled_qty for row in self.orders)


@asynccontextmanager
async def session_at(url: str) -> AsyncIterator[KisSession]:
    """Open a client of the script's own account."""
    clock = SystemClock()
    access = Access(
        app_key="F" * 36, app_secret="I" * 180, rest_url=url, socket_url="", paper=False
    )
    with tempfile.TemporaryDirectory() as folder:
        async with KisSession(
            access,
            runtime=Path(folder),
            clock=clock,
            steady=clock,
            veil=Masker(),
            rng=np.random.default_rng(1),
            pace=REAL_PACE,
        ) as session:
            yield session


async def quoted(url: str, codes: Sequence[str]) -> tuple[Quote, ...]:
    """Return the stocks as they stand at the opening."""
    async with session_at(url) as session:
        quotes = KisQuotes(session, clock=SystemClock(), calendar=default_calendar())
        return await quotes.quotes(codes)


def script(quotes: Sequence[Quote], start: datetime, seconds: float) -> list[str]:
    """Return for each stock a market buy, a limit order that is moved and taken back, a sale.

    At the end whatever is open is taken back, so that nothing fills after the window.
    """
    rng = np.random.default_rng(7)
    lines: list[dict[str, Any]] = []
    for number, quote in enumerate(quotes):
        head = {"account": f"{ACCOUNT.number}{ACCOUNT.product}", "code": quote.code}
        shares = max(10, 2_000_000 // quote.base_price)
        bid, better = (_near(quote, start, float(rng.uniform(-2.0, 1.0))) for _ in range(2))
        bought, rests, sold = (f"{word} {number}" for word in ("buy", "rest", "sell"))
        for part, line in (
            (0.1, _order(bought, "buy", shares)),
            (0.3, _order(rests, "buy", shares, bid)),
            (0.5, {"modify": rests, "price": better}),
            (0.7, {"cancel": rests}),
            (0.8, _order(sold, "sell", shares // 3)),
            *((0.9, {"cancel": label}) for label in (bought, rests, sold)),
        ):
            spread = float(rng.uniform(0.0, 0.08))
            at = start + timedelta(milliseconds=round((part + spread) * seconds * 1_000))
            lines.append({"at": at.isoformat(), **head, **line})
    return [json.dumps(line) for line in sorted(lines, key=lambda one: one["at"])]


def _order(label: str, side: str, qty: int, price: int = 0) -> dict[str, Any]:
    kind = "limit" if price else "market"
    return {"label": label, "side": side, "kind": kind, "price": price, "qty": qty}


def _near(quote: Quote, on: datetime, off_pct: float) -> int:
    wished = round(quote.base_price * (1 + off_pct / 100))
    return round_down(wished, market=Market.KOSPI, on=on.date())


def played(words: Sequence[str], pace: str, seconds: float) -> Result:
    """Play the script at a pace and read what became of it."""
    with exchange(*words) as url:
        control = SimControl(url)
        until = control.time().now + timedelta(seconds=seconds + OVER_S)
        if pace == "leaps":
            while control.time().now < until:
                control.pass_time(LEAP_S)
        else:
            control.run(Pace.MAX if pace == Pace.MAX else float(pace))
            while control.time().now < until:
                time.sleep(LOOK_S)
            control.run(0)
        control.close()
        return asyncio.run(_read(url, until))


async def _read(url: str, until: datetime) -> Result:
    async with session_at(url) as session:
        orders = KisOrders(session, ACCOUNT, SystemClock())
        state = await KisAccount(session, ACCOUNT).state()
        return Result(
            orders=await orders.orders(until.date()),
            cash=state.settled_cash,
            held=tuple((h.code, h.qty, h.cost) for h in state.holdings),
        )


def compared(asked: argparse.Namespace, told: Callable[[str], None]) -> bool:
    """Play at every pace; return whether all results are one."""
    words = [
        "--speed",
        "0",
        "--seed",
        str(asked.seed),
        *(["--tape", asked.tape] if asked.tape else []),
    ]
    codes = asked.codes or busiest(market(asked.seed).book(WORLD_START.date()), asked.stocks)
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder, exchange(*words) as url:
        control = SimControl(url)
        start = control.time().now
        control.close()
        path = Path(folder) / "orders.jsonl"
        lines = script(asyncio.run(quoted(url, codes)), start, asked.seconds)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for pace in asked.paces:
            begun = time.perf_counter()
            results.append(played([*words, "--orders", str(path)], pace, asked.seconds))
            found = results[-1]
            parts = sum(0 < r.filled_qty < r.qty for r in found.orders)
            took = time.perf_counter() - begun
            told(
                f"{pace:<8}{len(found.orders):>4} orders, {found.filled:>8,} shares filled, "
                f"{parts} partly, D+2 cash {found.cash:>12,} won, {took:.1f} s"
            )
    same = all(result == results[0] for result in results)
    told("the same fills" if same else "THE FILLS DIFFER")
    return same and results[0].filled > 0


def main() -> int:
    """Compare and print a line for each pace."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of exchange time")
    parser.add_argument("--stocks", type=int, default=10)
    parser.add_argument("--seed", type=int, default=142)
    parser.add_argument("--tape", default="", help="a folder of minute bars")
    parser.add_argument("--codes", nargs="*", help="stocks of the tape")
    parser.add_argument("--paces", nargs="*", default=["1", "max", "leaps"])
    return 0 if compared(parser.parse_args(), print) else 1


if __name__ == "__main__":
    sys.exit(main())
