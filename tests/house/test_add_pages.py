"""The pages that tell how to add a thing are followed, on a copy of the sources."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.house.test_docs import TOP, blocks

DOCS = TOP / "docs"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the sources that a page may change."""
    top = tmp_path / "copy"
    shutil.copytree(TOP / "src", top / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", top)
    return top


def follow(page: str, top: Path) -> None:
    """Apply every change that a page shows, wherever its lines stand now."""
    patch = "".join(blocks(DOCS / page, "diff"))
    command = ["git", "apply", "--unidiff-zero", "-"]
    done = subprocess.run(
        command, cwd=top, input=patch, capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)


def run(top: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program on the changed copy."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=top,
        env={
            "PYTHONPATH": str(top / "src"),
            "JENNIE_HOME": str(top / "home"),
            "HOME": str(top),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def answer(top: Path, *words: str) -> Any:
    """Return the JSON document of one jennie command."""
    done = run(top, "-m", "jennie_cli", *words, "--json")
    assert 0 == done.returncode, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_command_is_added_by_its_page(copy: Path) -> None:
    """The command that the page adds answers what the page shows, and keeps the style."""
    follow("add-a-command.md", copy)
    (shown,) = blocks(DOCS / "add-a-command.md", "json")
    assert json.loads(shown) == answer(copy, "days", "between", "2025-06-02", "2025-06-30")
    assert "Count trading days" in run(copy, "-m", "jennie_cli", "--help").stdout
    style = run(copy, "-m", "ruff", "check", "--no-cache", "src/jennie_cli/commands/days.py")
    assert 0 == style.returncode, style.stdout


PROBE = """
import json
from datetime import date
import numpy as np
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Market, Stock
from jennie_cli.engine.rules import Tally
from jennie_cli.engine.scout.eligibility import screen
from jennie_cli.engine.scout.policy import ScoutPolicy
from jennie_cli.engine.store import DailyPanel

days = tuple(date(2025, 6, day) for day in range(1, 26))
price = np.tile([100_000.0, 100_100.0], (25, 1))
bars = DailyPanel(
    days=days, codes=("900010", "900020"), open=price, high=price, low=price, close=price,
    volume=np.full((25, 2), 1e6), halted=np.zeros((25, 2), bool),
)
stocks = [Stock(code=code, name=code, market=Market.KOSPI) for code in bars.codes]
tally = Tally()
found = screen(bars, stocks, np.full(2, 1e12), policy=ScoutPolicy(), tally=tally)
check = found.first_fired(1)
(count,) = [c for c in tally.counts() if c.rule == check.rule]
words = [text(f"check.{check.rule}.fail", lang, value=1, limit=2) for lang in ("ko", "en")]
figures = [check.rule, check.limit, count.asked, count.fired]
print(json.dumps([found.eligible.tolist(), *figures, words]))
"""


def test_a_rule_is_added_by_its_page(copy: Path) -> None:
    """The rule that the page adds is a setting, turns a stock away, is counted and has words."""
    follow("add-a-rule.md", copy)
    assert 100_000 == answer(copy, "config", "get", "scout.max_price")["value"]
    probe = run(copy, "-c", PROBE)
    assert "" == probe.stderr
    words = ["주가 1: 상한 2 초과", "price 1: above 2"]
    expected = [[True, False], "eligible.ceiling", 100_000.0, 2, 1, words]
    assert expected == json.loads(probe.stdout)
