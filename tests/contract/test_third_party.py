"""python-kis from the package index trades against our exchange; only its addresses are changed.

It takes stream records of the widths of 2024 and no others, hence `old-frames`.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.contract.served import CODES, serving

CLIENT = """
import json, sys, time
from datetime import date
import pykis.client.websocket, pykis.kis
rest, socket, code = sys.argv[1:]
pykis.kis.REAL_DOMAIN = rest
pykis.client.websocket.WEBSOCKET_REAL_DOMAIN = socket

kis = pykis.PyKis(id="trader", account="12345678-01", appkey="k" * 36, secretkey="s" * 180)
stock, account = kis.stock(code), kis.account()
heard = {"prices": [], "books": [], "own": []}
tickets = [
    stock.on("price", lambda _, e: heard["prices"].append(int(e.response.price))),
    stock.on("orderbook", lambda _, e: heard["books"].append(len(e.response.asks))),
    account.on("execution", lambda _, e: heard["own"].append(
        [str(e.response.type), int(e.response.quantity), int(e.response.executed_quantity)])),
]

def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited in vain; heard {heard}")
        time.sleep(0.05)

until(lambda: heard["prices"] and heard["books"])
quote, book = stock.quote(), stock.orderbook()
before = account.balance(country="KR")
stock.buy(qty=3)
until(lambda: account.balance(country="KR").stock(code) is not None)
resting = stock.buy(price=int(quote.low_limit), qty=2)
waiting = [o.order_number.number for o in account.pending_orders(country="KR")]
resting.cancel()
until(lambda: not account.pending_orders(country="KR"))
held = account.balance(country="KR").stock(code)
stock.sell(qty=1)
until(lambda: int(account.balance(country="KR").stock(code).qty) == 2)
until(lambda: sum(own[2] for own in heard["own"] if own[2]) >= 4)
print(json.dumps({
    "name": stock.name, "price": int(quote.price), "limit": int(quote.high_limit),
    "asks": len(book.asks), "cash": int(before.deposits["KRW"].amount),
    "held": int(held.qty), "cost": int(held.purchase_amount), "waiting": waiting,
    "resting": resting.number, "left": int(account.balance(country="KR").stock(code).qty),
    "orders": len(account.daily_orders(start=date(2025, 6, 30), country="KR").orders),
    "prices": len(heard["prices"]), "own": heard["own"],
}))
"""


def test_a_client_from_the_package_index_logs_in_and_trades(tmp_path: Path) -> None:
    """It quotes, subscribes, buys, cancels, sells and reads its balance without a change."""
    code = CODES[0]
    with serving(tmp_path, "--speed", "30", "--at", "09:10", "--fault", "old-frames") as served:
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, served["url"], served["ws_url"], code],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert 0 == done.returncode, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (100_000_000, 10, 3, 2) == (told["cash"], told["asks"], told["held"], told["left"])
    assert told["waiting"] == [told["resting"]]
    assert 3 * 69_900 < told["cost"] < 3 * 71_500
    assert told["price"] < told["limit"]
    assert told["prices"] > 1
