"""One whole session of the simulated exchange, with all that a subscriber of every stock is sent.

    python -m benchmarks.exchange_day [--stocks N] [--seed N] [--step MS] [--orders N]

The stocks are those with the most shares traded in the generated market's first session. Time
moves in steps; after each step every stock that traded is asked for its prints and each print is
written out as one line of text. Some stocks may carry resting orders. At the end every tape is
held against its bar, to the won and the share; a difference fails the run.
"""

import argparse
import resource
import sys
from dataclasses import dataclass
from datetime import date
from time import perf_counter, process_time

import numpy as np

from jennie_cli.engine.feed import DayBar
from jennie_cli.engine.model import Market, Side
from jennie_cli.engine.store import Columns, Dataset
from jennie_cli.engine.venue import Session, default_calendar, round_down
from jennie_cli.simulator import WORLD_START, GeneratedMarket
from jennie_cli.simulator.exchange import Exchange, ExchangeOrder, Executed, Stretch
from jennie_cli.simulator.tapes import Listing, Prints, generated_prints
from jennie_cli.simulator.tapes.marks import marks_of

NAMES = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is played."""

    session: Session
    listings: list[Listing]
    bars: dict[str, DayBar]


def generated_day(seed: int, stocks: int) -> Day:
    """Return the busiest stocks of the generated market's first session."""
    calendar = default_calendar()
    market = GeneratedMarket(seed, calendar)
    day, before = WORLD_START.date(), market.history[-1]
    boards: dict[str, str] = {}
    base: dict[str, int] = {}
    for batch in market.batches(through=before):
        columns = batch.columns
        if batch.dataset is Dataset.STOCK_MASTER:
            boards |= dict(zip(columns["code"].tolist(), columns["market"].tolist(), strict=True))
        elif batch.dataset is Dataset.DAILY_BARS:
            last = columns["date"] == np.datetime64(before)
            closes = zip(columns["code"][last], columns["close"][last], strict=True)
            base |= {str(code): int(close) for code, close in closes}
    bars: dict[str, DayBar] = {}
    for batch in market.batches_after(before, through=day):
        if batch.dataset is Dataset.DAILY_BARS:
            bars |= bars_of(batch.columns, day)
    known = [code for code in bars if code in base]
    busiest = sorted(known, key=lambda code: -bars[code].volume)[:stocks]
    session = calendar.session(day)
    if session is None:
        raise SystemExit(f"{day} is no trading day")
    listings = [Listing(code=c, market=Market(boards[c]), base_price=base[c]) for c in busiest]
    return Day(session=session, listings=listings, bars={c: bars[c] for c in busiest})


def bars_of(columns: Columns, day: date) -> dict[str, DayBar]:
    """Return the bars of one day by code."""
    found = {}
    for i in np.flatnonzero(columns["date"] == np.datetime64(day)).tolist():
        opened, high, low, close, volume = (int(columns[name][i]) for name in NAMES)
        code = str(columns["code"][i])
        found[code] = DayBar(
            code=code, day=day, open=opened, high=high, low=low, close=close, volume=volume
        )
    return found


def lines(stretch: Stretch) -> list[str]:
    """Return one line of text a trade, as a subscriber is sent it."""
    head = f"{stretch.code}^{stretch.open}^"
    return [head + "^".join(map(str, row)) for row in stretch.trades()]


def enter_orders(exchange: Exchange, day: Day, orders: int) -> None:
    """Let one order rest in each of some stocks, halfway between the open and an extreme."""
    for number, listing in enumerate(day.listings[:orders]):
        bar = day.bars[listing.code]
        side, extreme = (Side.BUY, bar.low) if number % 2 else (Side.SELL, bar.high)
        price = round_down((bar.open + extreme) // 2, market=listing.market, on=bar.day)
        exchange.enter(
            ExchangeOrder(
                number=str(number),
                owner="bench",
                code=listing.code,
                side=side,
                qty=100,
                price=price,
            )
        )


def play(exchange: Exchange, day: Day, step: int, orders: int) -> tuple[int, int, int, int]:
    """Run the day; return prints sent, characters sent, happenings and executions."""
    marks = marks_of(day.session)
    exchange.advance(marks.intake)
    enter_orders(exchange, day, orders)
    sent = size = happenings = executions = 0
    while exchange.now < marks.close:
        before, to = exchange.now, min(exchange.now + step, marks.close)
        happened = exchange.advance(to)
        happenings += len(happened)
        executions += sum(isinstance(one, Executed) for one in happened)
        for code in exchange.printed(before, to):
            text = lines(exchange.prints_between(code, before, to))
            sent += len(text)
            size += sum(map(len, text))
    return sent, size, happenings, executions


def differences(day: Day, tapes: dict[str, Prints]) -> int:
    """Return how many tapes do not reproduce their bar."""
    wrong = 0
    for code, bar in day.bars.items():
        tape = tapes[code]
        if not len(tape):
            wrong += int(bar.volume > 0 and bar.open > 0)
            continue
        four = (tape.price[0], tape.price.max(), tape.price.min(), tape.price[-1], tape.qty.sum())
        wrong += tuple(map(int, four)) != (bar.open, bar.high, bar.low, bar.close, bar.volume)
    return wrong


def measured(day: Day, seed: int, step: int, orders: int) -> tuple[dict[str, str], int]:
    """Play the day; return the table's rows and how many tapes differ from their bar."""
    start = perf_counter()
    tapes = {
        listing.code: generated_prints(
            seed=seed, session=day.session, bar=day.bars[listing.code], listing=listing
        )
        for listing in day.listings
    }
    made = perf_counter()
    exchange = Exchange(session=day.session, listings=day.listings, prints=tapes, seed=seed)
    planned, used = perf_counter(), process_time()
    sent, size, happenings, executions = play(exchange, day, step, orders)
    played, used = perf_counter(), process_time() - used
    wrong = differences(day, tapes)
    return {
        "stocks": f"{len(day.listings):,}",
        "prints on the tapes": f"{sum(map(len, tapes.values())):,}",
        "prints sent": f"{sent:,}",
        "characters sent": f"{size:,}",
        "happenings": f"{happenings:,}",
        "executions of orders": f"{executions:,}",
        "tapes unlike their bar": f"{wrong:,}",
        "making the tapes": f"{made - start:.2f} s",
        "laying the day": f"{planned - made:.2f} s",
        f"the session, steps of {step} ms": f"{played - planned:.2f} s",
        "processor time of it": f"{used:.2f} s",
        "peak memory": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MiB",
    }, wrong


def main() -> int:
    """Play the day and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stocks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=142)
    parser.add_argument("--step", type=int, default=1000, help="ms of exchange time a step")
    parser.add_argument("--orders", type=int, default=0, help="stocks with a resting order")
    asked = parser.parse_args()
    day = generated_day(asked.seed, asked.stocks)
    rows, wrong = measured(day, asked.seed, asked.step, asked.orders)
    for name, value in rows.items():
        print(f"{name:32}{value:>14}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
