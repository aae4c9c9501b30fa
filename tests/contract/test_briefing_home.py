"""A day on the built-in exchange from an empty home, on one page: its figures are the ledger's."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.wiring.short_home import short_home

_ENOUGH_S = 240


def jennie(home: Path, *words: str) -> str:
    """Return what a command prints that must succeed."""
    argv = [sys.executable, "-m", "jennie_cli", "--home", str(home), *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=_ENOUGH_S, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def told(home: Path, *words: str) -> Any:
    """Return the document of a command."""
    return json.loads(jennie(home, *words, "--json"))


@pytest.mark.slow
def test_a_day_with_trades_is_told_to_the_won() -> None:
    """Briefing, snapshot, export, fills and broker tell the same; the sages comment."""
    with short_home() as home:
        empty = told(home, "briefing", "run")
        assert (100_000_000, [], {}) == (
            empty["account"]["total"],
            empty["positions"],
            empty["gaps"],
        )
        assert ("sages", True, []) == tuple(
            empty["comments"][name] for name in ("provider", "simulated", "dropped")
        )
        listed = told(home, "scout", "run", "--no-llm")["stocks"]
        one, other = (stock["code"] for stock in listed[:2])
        for words in (("buy", one, "30"), ("buy", other, "20"), ("sell", one, "10")):
            jennie(home, "trade", *words, "-y")
        made = told(home, "briefing", "run")
        trades, account = made["trades"], made["account"]
        fills = told(home, "trade", "fills")["fills"]
        profit = sum(f["profit"] or 0 for f in fills)
        sums = [sum(f["fee"] for f in fills), sum(f["tax"] for f in fills), profit]
        assert sums == [trades["fees"], trades["taxes"], trades["realised"]]
        assert (3, 0, 0) == (len(trades["shown"]), trades["costless_sales"], made["differs"])
        there = told(home, "trade", "positions")
        assert there["total"] == account["total"]
        assert account["settled_cash"] + account["stock_value"] == account["total"]
        flow = trades["sold"] - trades["bought"] - trades["fees"] - trades["taxes"]
        assert 100_000_000 + flow == account["settled_cash"]
        kept = told(home, "briefing", "snapshot", "--settle")["snapshot"]
        assert (account["total"], profit) == (kept["total_asset"], kept["realised"]["realised_pnl"])
        table = jennie(home, "briefing", "export", "--month", made["day"][:7])
        rows = list(csv.DictReader(table.splitlines()))
        assert [*sums[:2], profit] == [
            sum(int(r[name] or 0) for r in rows) for name in ("fee", "tax", "realised_profit")
        ]
