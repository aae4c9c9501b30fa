"""Planted secrets are searched for in every byte that real processes leave behind or say."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import numpy as np
import pytest
from tests.contract.echoing import echoing
from tests.contract.served import CODES, serving

from jennie_cli.adapters.system import SystemClock

_LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_DICE = np.random.default_rng(20251122)


def _planted(count: int) -> str:
    return "".join(_DICE.choice(_LETTERS, count).tolist())


KEY, SECRET, TOKEN = f"PS{_planted(34)}", f"{_planted(179)}=", f"eyJ{_planted(300)}"
ACCOUNT, HTS_ID = "73194628", "plantedHts9"
KRX_ID, KRX_PW = "plantedMember7", _planted(24)
FRAGMENT = 16
"""So much of a long secret must not be read anywhere either."""

JENNIE = """
import json, sys
from datetime import timedelta
from jennie_cli.__main__ import run
from jennie_cli.adapters.kis import KisAccount
from jennie_cli.adapters.system import SystemClock

ahead, crash, lines = timedelta(seconds=float(sys.argv[1])), sys.argv[2], json.loads(sys.argv[3])
honest = SystemClock.now
SystemClock.now = lambda clock: honest(clock) + ahead

async def careless(account):
    access, number = account._caller.access, account._account.number
    token = await account._caller.tokens.token()
    try:
        raise ValueError(f"{number} {access.app_secret}")
    except ValueError as error:
        raise RuntimeError(f"{access.app_key!r} Bearer {token}") from error

if crash:
    KisAccount.state = careless
for words in lines:
    print("EXIT", run(words), flush=True)
"""
"""Runs command lines one after the other, with a wall clock that is `ahead` of the true one."""


class Home:
    """A home of planted secrets, and all that was said in it."""

    def __init__(self, folder: Path, profile: str) -> None:
        """`folder` holds the home and every other folder a user has."""
        self.folder = folder
        self.profile = profile
        self.ahead = 0.0
        self.said = ""

    def jennie(self, *lines: str, crash: bool = False) -> list[int]:
        """Run command lines in one child with all the talk there is; return their exit codes."""
        globals_ = ("--home", str(self.folder / "home"), "--profile", self.profile, "-vv")
        words = json.dumps([[*globals_, *line.split()] for line in lines])
        done = subprocess.run(
            [sys.executable, "-c", JENNIE, str(self.ahead), "crash" if crash else "", words],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        self.said += done.stdout + done.stderr
        return [int(code) for code in re.findall(r"^EXIT (\d+)$", done.stdout, re.MULTILINE)]

    def at(self, url: str) -> str:
        """Return the command that points the profile at a host."""
        name = "paper" if self.profile == "paper" else "real"
        return f"config set kis.{name}_url {url}"

    def tokens(self) -> list[Path]:
        """Return the files that may hold a token."""
        return sorted(self.folder.rglob("token.json"))

    def files(self) -> Iterator[Path]:
        """Yield every file that is there."""
        return (path for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture(params=["live", "paper"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Plant key, secret, account, HTS id and KRX's login in the environment."""
    names = ("KIS", "KIS_VIRTUAL") if request.param == "paper" else ("KIS", "KIS")
    monkeypatch.setenv(f"{names[1]}_APP_KEY", KEY)
    monkeypatch.setenv(f"{names[1]}_APP_SECRET", SECRET)
    monkeypatch.setenv(f"{names[1]}_ACCOUNT_NO", f"{ACCOUNT}-01")
    monkeypatch.setenv(f"{names[0]}_HTS_ID", HTS_ID)
    monkeypatch.setenv("KRX_ID", KRX_ID)
    monkeypatch.setenv("KRX_PW", KRX_PW)
    return Home(tmp_path, request.param)


def market(home: Home) -> str:
    """Return the command that gives the home the two stocks of the tape."""
    bars = ["code,date,open,high,low,close,volume"]
    bars += [f"{c},2025-06-{d},70000,70500,69500,70000,900000" for c in CODES for d in (26, 27)]
    master = ["code,name,market", *(f"{c},name{c},KOSPI" for c in CODES)]
    for name, lines in (("daily_ohlcv", bars), ("stock_master", master)):
        (home.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"data import {home.folder / 'daily_ohlcv.csv'} {home.folder / 'stock_master.csv'}"


def in_base64(text: str) -> Iterator[bytes]:
    """Yield what base64 makes of a text wherever in a longer one it stands."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode())
        yield coded[4 if before else 0 : -4]


def spellings(secret: str) -> set[bytes]:
    """Return the ways in which a secret could stand somewhere."""
    parts = {secret}
    if len(secret) > FRAGMENT:
        parts |= {secret[at : at + FRAGMENT] for at in range(len(secret) - FRAGMENT + 1)}
    texts = {spelled for p in parts for spelled in (p, quote(p, safe=""), quote_plus(p))}
    escaped = {
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        secret.encode("utf-16-le").decode("latin-1"),
    }
    return {t.encode("latin-1") for t in texts | escaped} | set(in_base64(secret))


def search(home: Home, secret: str, *, allowed: tuple[Path, ...] = ()) -> None:
    """Fail for the first place that holds a secret."""
    forms = spellings(secret)
    for path in (*home.files(), None):
        if path not in allowed:
            raw = path.read_bytes() if path else home.said.encode()
            found = [form for form in forms if form in raw]
            assert [] == found, path or "stdout or stderr"


def listening(pid: int) -> set[str]:
    """Return the addresses, in the kernel's hexadecimal, that a process listens on."""
    links = (fd.readlink() for fd in Path(f"/proc/{pid}/fd").iterdir())
    inodes = {found[1] for link in links if (found := re.match(r"socket:\[(\d+)\]", str(link)))}
    rows: list[list[str]] = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]
        rows += [fields for line in lines if (fields := line.split())[9] in inodes]
    # 0A is LISTEN; 07 is what an open UDP socket shows
    return {fields[1].split(":")[0] for fields in rows if fields[3] in {"0A", "07"}}


def trade(home: Home, served: dict[str, Any]) -> None:
    """Check up, buy, leave an order, take it back, sell, read."""
    home.ahead = (datetime.fromisoformat(served["now"]) - SystemClock().now()).total_seconds()
    buy = f"--json trade buy {CODES[0]}"
    begun = ("config set live.enabled true", market(home), home.at(served["url"]))
    # the check-up finds that the clock of 2025 is not the one of the host's headers
    assert [0, 0, 0, 3, 0] == home.jennie(*begun, "doctor", f"{buy} 3 --yes")
    if home.profile == "live":
        assert [0] == home.jennie(f"{buy} 1 --limit 60000 --yes")
        resting = re.findall(r'"order": \{"id": "([^"]+)"', home.said)[-1]
        rest = (f"trade cancel {resting} --yes", f"trade sell {CODES[0]} 1 --yes", "trade orders")
        assert [0, 0, 0, 0] == home.jennie(*rest, "trade balance")


def fail(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meet a bug of our own, a wrong secret and a wrong key."""
    assert [1] == home.jennie("trade balance", crash=True)
    if home.profile == "live":
        with monkeypatch.context() as patch:
            patch.setenv("KIS_APP_SECRET", SECRET[:-1])
            assert [3, 6] == home.jennie("doctor", "trade balance")
            patch.setenv("KIS_APP_KEY", KEY[:-1])
            assert [3] == home.jennie("doctor")


def echo(home: Home) -> None:
    """Meet a host that lets nobody in, and one that lets in and refuses, with all it was sent."""
    with echoing() as url:
        assert [0, 3] == home.jennie(home.at(url), "trade balance")
        krx = (f"config set macro_sources.krx_url {url}", "macro collect --sources krx")
        assert [0, 6] == home.jennie(*krx)
        assert "refused the login (CD005)" in home.said
    with echoing(TOKEN) as url:
        buy = f"--json trade buy {CODES[0]} 1 --limit 60000 --yes"
        lines = (home.at(url), "--json doctor", "trade balance", buy)
        assert [0, 3, 6, 6] == home.jennie(*lines)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="reads the kernel's tables")
def test_planted_secrets_are_nowhere(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, table, ledger, log, output or crash report holds one; a token is in its own file."""
    mode = ("--paper",) if home.profile == "paper" else ()
    (home.folder / "exchange").mkdir()
    with serving(home.folder / "exchange", "--at", "10:00", *mode) as served:
        assert {"0100007F"} == listening(served["pid"])
        trade(home, served)
        (issued,) = home.tokens()
        token = json.loads(issued.read_bytes())["token"]
        fail(home, monkeypatch)
    echo(home)
    kept = [path for path in home.tokens() if TOKEN.encode() in path.read_bytes()]
    assert 1 == len(kept)
    assert {0o600} == {path.stat().st_mode & 0o777 for path in home.tokens()}
    assert {0o700} == {path.parent.stat().st_mode & 0o777 for path in home.tokens()}
    assert "***" in home.said
    assert "Traceback" in home.said
    for secret in (KEY, SECRET, ACCOUNT, HTS_ID, KRX_ID, KRX_PW):
        search(home, secret)
    search(home, token, allowed=(issued,))
    search(home, TOKEN, allowed=tuple(kept))
