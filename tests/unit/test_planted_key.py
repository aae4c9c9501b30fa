"""A planted key is searched for in everything the program says and writes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from tests.unit.adapters.system.test_secrets import MemoryRing
from tests.unit.conftest import Jennie

from jennie_cli.commands import config as config_commands
from jennie_cli.wiring.vault import Vault

PLANTED = 'PSpl"anted+key/01=é비밀'
SPELLINGS = ("PSpl", "anted+key", "anted%2Bkey", "key/01", "비밀", "\\ube44")
PASSPHRASE = "open sesame, planted"  # noqa: S105  # planted on purpose


@pytest.fixture(params=["environment", "keyring", "encrypted file"])
def place(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, quick_cryptfile: None
) -> Iterator[str]:
    """Choose where the key is planted, and give the machine what that place needs."""
    del quick_cryptfile
    before = keyring.get_keyring()
    if request.param == "environment":
        monkeypatch.setenv("KIS_APP_KEY", PLANTED)
    elif request.param == "keyring":
        keyring.set_keyring(MemoryRing())
    else:
        monkeypatch.setenv("JENNIE_KEYRING_PASSPHRASE", PASSPHRASE)
    yield str(request.param)
    keyring.set_keyring(before)


def leaking(*_: object, **__: object) -> None:
    """Fail the way careless code does: with the key in the exception."""
    secret = PLANTED
    raise RuntimeError(f"POST /oauth2/tokenP appkey={secret!r} body={{'appkey': {secret}}}")


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("--version",),
    ("--help",),
    ("config", "show"),
    ("config", "get", "live.enabled"),
    ("config", "set", "scout.universe_size", "150"),
    ("config", "get", PLANTED),
    ("config", "set", "lang", PLANTED),
    ("secrets", "list"),
    ("secrets", "set", PLANTED),
    ("secrets", "set", "kis_app_secret", PLANTED),
    ("calendar", "show", "--year", "2026"),
    ("calendar", "add", "2026-07-06", "closed", "--reason", "x"),
    ("sim", "status"),
    ("data", "status"),
    ("data", "import", PLANTED),
    ("doctor",),
    ("--profile", "live", "doctor"),
    ("--profile", "live", "data", "status"),
    ("init",),
    (PLANTED,),
)


def test_a_planted_key_is_nowhere(
    place: str, jennie: Jennie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in stdout, stderr, JSON, tracebacks, logs, the database or any file of the home."""
    said: list[str] = []

    def collect(*words: str, stdin: str = "") -> None:
        answer = jennie(*words, stdin=stdin)
        said.extend((answer.out, answer.err))

    if place != "environment":
        collect("secrets", "set", "kis_app_key", "--stdin", stdin=PLANTED)
    assert place == _place_of(jennie)
    monkeypatch.setattr(Vault, "admit_live", _reading(Vault.admit_live))
    for words in COMMANDS:
        if place == "environment" or PLANTED not in words:
            collect(*words)
            collect("--json", "-vv", *words)
    monkeypatch.setattr(config_commands, "change_setting", _reading_first(leaking))
    collect("config", "set", "lang", "en", "-vv")
    collect("config", "set", "lang", "en", "--json")
    assert "Unexpected RuntimeError: POST /oauth2/tokenP appkey='***'" in said[-2]
    assert "Traceback" in said[-3]
    text = "".join(said)
    assert "***" in text
    for spelling in (*SPELLINGS, PASSPHRASE):
        assert spelling not in text
        for file in (f for f in (tmp_path / "home").rglob("*") if f.is_file()):
            assert spelling.encode() not in file.read_bytes(), file


ACCOUNT = "73194628"


@pytest.mark.parametrize("written", [ACCOUNT, f"{ACCOUNT}-01", f"{ACCOUNT}01"])
def test_an_account_number_is_nowhere(
    written: str, jennie: Jennie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the environment writes it, the program does not say its eight digits."""
    monkeypatch.setenv("KIS_VIRTUAL_ACCOUNT_NO", written)
    said = ""
    for words in (
        ("secrets", "list"),
        ("config", "get", ACCOUNT),
        ("config", "set", "lang", f"{ACCOUNT}-01"),
        ("--profile", "paper", "doctor"),
        ("--profile", "paper", "trade", "buy", ACCOUNT, "--yes"),
        (ACCOUNT,),
    ):
        answer = jennie("-vv", *words)
        said += answer.out + answer.err
    assert "***" in said
    assert ACCOUNT not in said
    for file in (f for f in (tmp_path / "home").rglob("*") if f.is_file()):
        assert ACCOUNT.encode() not in file.read_bytes(), file


def _place_of(jennie: Jennie) -> str:
    rows = jennie("secrets", "list", "--json").document["secrets"]
    return next(str(r["stored_in"]) for r in rows if r["name"] == "kis_app_key")


def _reading(admit: Callable[..., None]) -> Callable[..., None]:
    """Read the key before the gate, as a broker adapter will."""

    def read_and_admit(vault: Vault, settings: object) -> None:
        assert PLANTED == vault.get("kis_app_key")
        admit(vault, settings)

    return read_and_admit


def _reading_first(fail: Callable[..., None]) -> Callable[..., None]:
    """Read the key, then fail with it."""

    def read_and_fail(house: object, *_: object, **__: object) -> None:
        assert PLANTED == house.vault.get("kis_app_key")  # type: ignore[attr-defined]
        fail()

    return read_and_fail
