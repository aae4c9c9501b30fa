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


ASKING = """
import asyncio, json, threading
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from jennie_cli.adapters.cloud_llm import open_member
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.llm import Call, Message, Role
from jennie_cli.settings import CLOUD_SECTIONS

class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        words = [asked["model"], self.headers["authorization"]]
        choice = {"message": {"content": json.dumps(words)}, "finish_reason": "stop"}
        body = json.dumps({"choices": [choice], "usage": {}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

async def ask(url):
    options = replace(dict(CLOUD_SECTIONS)["mistral"](), url=url)
    clock = ManualClock(datetime(2026, 1, 2, tzinfo=KST))
    member = open_member("mistral", options, "key", steady=clock)
    reply = await member.reply(Call(messages=(Message(role=Role.USER, text="?"),)))
    await member.close()
    return reply.text

with HTTPServer(("127.0.0.1", 0), Server) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(asyncio.run(ask(f"http://127.0.0.1:{server.server_port}/v1")))
    server.shutdown()
"""


def test_a_model_provider_is_added_by_its_page(copy: Path) -> None:
    """It has settings and a secret, and answers over the network with its key and model."""
    follow("add-a-model-provider.md", copy)
    model = answer(copy, "config", "get", "mistral.model")["value"]
    assert "mistral_api_key" in {s["name"] for s in answer(copy, "secrets", "list")["secrets"]}
    asked = run(copy, "-c", ASKING)
    assert [model, "Bearer key"] == json.loads(asked.stdout), asked.stderr
    files = ("settings/cloud.py", "settings/secrets.py", "adapters/cloud_llm/providers.py")
    style = run(copy, "-m", "ruff", "check", "--no-cache", *(f"src/jennie_cli/{f}" for f in files))
    assert 0 == style.returncode, style.stdout
