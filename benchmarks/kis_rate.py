"""Whether two processes of one app key together keep the rate limit, as a server counts arrivals.

    python -m benchmarks.kis_rate [--quick]              # a server that only counts
    python -m benchmarks.kis_rate --exchange [--tape T]  # `jennie sim serve`, as it counts

Each line: calls queued at once in two processes, the most arrivals in any sliding second, and how
many market data calls arrived between a sell's asking and its arrival (at the exchange: its
answer).
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from benchmarks.exchange_process import counted_calls, exchange
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from jennie_cli.adapters.kis import Access, KisSession, Pace, Patience
from jennie_cli.adapters.system import SystemClock
from jennie_cli.kis_wire import TRS
from jennie_cli.settings import Masker
from jennie_cli.simulator.driving import SimControl

GOALS = {"real": (15.0, 18.0), "paper": (1.0, 1.0)}
QUOTE = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}
ORDER = {"PDNO": "005930", "ORD_QTY": "1"}


class Counter:
    """A host that answers every call and notes when it came and what it was."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.arrivals: list[tuple[float, str]] = []
        self.app = Starlette(
            routes=[
                Route("/oauth2/tokenP", self.token, methods=["POST"]),
                Route("/{path:path}", self.call, methods=["GET", "POST"]),
            ]
        )

    async def token(self, _: Request) -> JSONResponse:
        """Issue a token."""
        self.arrivals.append((time.monotonic(), "token"))
        return JSONResponse({"access_token": "benchmark-token", "expires_in": 86_400})

    async def call(self, request: Request) -> JSONResponse:
        """Note the arrival."""
        self.arrivals.append((time.monotonic(), request.headers["tr_id"]))
        return JSONResponse({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "", "output": {}})

    def busiest_second(self) -> int:
        """Return the most arrivals in any second that begins with one of them."""
        at = np.sort([moment for moment, _ in self.arrivals])
        return int(np.max(np.searchsorted(at, at + 1.0, side="left") - np.arange(len(at))))


def session_at(url: str, folder: Path, pace: Pace, *, paper: bool = False) -> KisSession:
    """Return a session of the one key of this benchmark."""
    clock = SystemClock()
    return KisSession(
        Access(app_key="k" * 36, app_secret="s" * 180, rest_url=url, socket_url="", paper=paper),
        runtime=folder,
        clock=clock,
        steady=clock,
        veil=Masker(),
        rng=np.random.default_rng(os.getpid()),
        pace=pace,
        patience=Patience(data_wait_s=3600.0, order_wait_s=3600.0),
    )


async def work(asked: argparse.Namespace) -> dict[str, Any]:
    """Queue quotes at once, and perhaps a sell after a moment; return when that was asked."""
    pace = Pace(per_second=asked.rate, limit=asked.limit)
    async with session_at(asked.url, Path(asked.folder), pace, paper=asked.paper) as session:
        price = TRS["price"]
        await session.call(price, query=QUOTE)  # log in and connect
        calls = [asyncio.create_task(session.call(price, query=QUOTE)) for _ in range(asked.calls)]
        at, others = 0.0, 0
        if asked.sell_after:
            await asyncio.sleep(asked.sell_after)
            control = SimControl(asked.url) if asked.exchange else None
            others -= counted_calls(control) + 1 if control else 0
            at = time.monotonic()
            await session.call(TRS["order_sell"], body=ORDER)
            others += counted_calls(control) if control else 0
        await asyncio.gather(*calls)
    return {"asked_at": at, "others": others}


async def at_exchange(
    calls: int, *, paper: bool = False, sell: bool = False, tape: str = ""
) -> dict[str, float]:
    """Do as `measure` does, at an exchange that counts and refuses by itself."""
    rate, limit = GOALS["paper" if paper else "real"]
    words = [*(["--paper"] if paper else []), *(["--tape", tape] if tape else [])]
    with exchange(*words) as url, tempfile.TemporaryDirectory() as folder:
        half = ["--calls", str(calls // 2), "--exchange", *(["--paper"] if paper else [])]
        other = [*half, "--sell-after", str(calls / rate / 4)] if sell else half
        begun = time.monotonic()
        workers = (child(url, folder, rate, limit, *more) for more in (half, other))
        _, told = await asyncio.gather(*workers)
        row = {"calls": calls, "seconds": time.monotonic() - begun, "limit": limit}
        control = SimControl(url)
        (key,) = control.status()["keys"].values()
        control.close()
    row |= {"busiest_second": key["largest_second"], "refused": key["refused"]}
    return row | ({"quotes_before_sell": told["others"]} if sell else {})


async def child(url: str, folder: str, rate: float, limit: float, *more: str) -> dict[str, Any]:
    """Run one worker process and return what it printed."""
    words = [sys.executable, "-m", "benchmarks.kis_rate", "--url", url, "--folder", folder]
    words += ["--rate", str(rate), "--limit", str(limit), *more]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"a worker failed with {process.returncode}")
    found: dict[str, Any] = json.loads(out)
    return found


async def measure(calls: int, rate: float, limit: float, *, sell: bool) -> dict[str, float]:
    """Let two processes queue `calls` quotes in all, and one of them a sell behind those."""
    counter = Counter()
    config = uvicorn.Config(counter.app, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells it by a flag alone
        await asyncio.sleep(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        half = ["--calls", str(calls // 2)]
        other = [*half, "--sell-after", str(calls / rate / 4)] if sell else half
        workers = (child(url, folder, rate, limit, *more) for more in (half, other))
        _, told = await asyncio.gather(*workers)
        row = {"calls": calls, "seconds": time.monotonic() - begun}
    server.should_exit = True
    await serving
    row |= {"limit": limit, "busiest_second": counter.busiest_second()}
    if sell:
        sold = next(at for at, tr in counter.arrivals if tr == TRS["order_sell"].real)
        quotes = (at for at, tr in counter.arrivals if tr == TRS["price"].real)
        row["quotes_before_sell"] = sum(told["asked_at"] < at < sold for at in quotes)
    return row


def main(words: Sequence[str]) -> int:
    """Print the table; exit 1 when a limit was broken or a sell waited behind a second quote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute's worth in seconds")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--exchange", action="store_true", help="count at jennie sim serve")
    parser.add_argument("--tape", default="", help="minute bars for the exchange to play")
    parser.add_argument("--paper", action="store_true", help=argparse.SUPPRESS)
    for name in ("url", "folder"):
        parser.add_argument(f"--{name}", default="", help=argparse.SUPPRESS)
    for name in ("rate", "limit", "sell-after"):
        parser.add_argument(f"--{name}", type=float, default=0.0, help=argparse.SUPPRESS)
    parser.add_argument("--calls", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.url:
        sys.stdout.write(json.dumps(asyncio.run(work(asked))))
        return 0
    rows = asyncio.run(
        exchange_table(asked.tape, quick=asked.quick)
        if asked.exchange
        else table(quick=asked.quick)
    )
    if asked.json:
        sys.stdout.write(json.dumps(rows) + "\n")
    else:
        for name, row in rows.items():
            figures = "  ".join(f"{key} {value:g}" for key, value in row.items())
            sys.stdout.write(f"{name:<24}{figures}\n")
    broken = any(
        r["busiest_second"] > r["limit"]
        or r.get("refused", 0)
        or r.get("quotes_before_sell", 0) > (2 if asked.exchange else 1)
        for r in rows.values()
    )
    return 1 if broken else 0


async def exchange_table(tape: str, *, quick: bool) -> dict[str, dict[str, float]]:
    """Return the figures of every case at the exchange."""
    calls, paper, quotes = (30, 4, 45) if quick else (1000, 60, 200)
    return {
        f"{calls:,} real calls": await at_exchange(calls, tape=tape),
        f"{paper:,} paper calls": await at_exchange(paper, paper=True, tape=tape),
        f"sell behind {quotes} quotes": await at_exchange(quotes, sell=True, tape=tape),
    }


async def table(*, quick: bool) -> dict[str, dict[str, float]]:
    """Return the figures of every case."""
    if quick:
        return {"a sell behind 60 quotes": await measure(60, 30.0, 36.0, sell=True)}
    return {
        "1,000 real calls": await measure(1000, *GOALS["real"], sell=False),
        "60 paper calls": await measure(60, *GOALS["paper"], sell=False),
        "a sell behind 200 quotes": await measure(200, *GOALS["real"], sell=True),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
