"""Secrets by name, never by value."""

import io
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie

from jennie_cli.engine.errors import ExitCode

PLANTED = "PSplantedkey0123456789"


@pytest.fixture(autouse=True)
def _passphrase(quick_cryptfile: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the encrypted file its passphrase."""
    del quick_cryptfile
    monkeypatch.setenv("JENNIE_KEYRING_PASSPHRASE", "open sesame")


def places(jennie: Jennie) -> dict[str, str]:
    """Return the stored secrets and where they are."""
    rows = jennie("secrets", "list", "--json").document["secrets"]
    return {r["name"]: r["stored_in"] for r in rows if r["stored_in"]}


def test_set_list_remove(jennie: Jennie) -> None:
    """A value from stdin is kept, listed by name and place, and forgotten."""
    kept = jennie("secrets", "set", "KIS_APP_KEY", "--stdin", stdin=f"{PLANTED}\n")
    assert (0, "kis_app_key stored: encrypted file\n") == (kept.code, kept.out)
    assert "this machine has no keyring" in kept.err
    assert {"kis_app_key": "encrypted file"} == places(jennie)
    gone = jennie("secrets", "remove", "kis_app_key", "--json")
    assert {"name": "kis_app_key", "removed_from": "encrypted file"} == gone.document
    assert {} == places(jennie)


def test_the_environment_is_listed_as_such(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable needs no store."""
    monkeypatch.setenv("KIS_APP_KEY", PLANTED)
    assert {"kis_app_key": "environment"} == places(jennie)
    answer = jennie("secrets", "remove", "kis_app_key")
    assert ExitCode.SETTINGS == answer.code
    assert "unset JENNIE_KIS_APP_KEY or KIS_APP_KEY" in answer.err


def test_a_value_is_never_taken_from_the_command_line(jennie: Jennie) -> None:
    """Arguments end up in shell history and process lists."""
    answer = jennie("secrets", "set", "kis_app_key", PLANTED)
    assert ExitCode.USAGE == answer.code
    assert {} == places(jennie)


def test_without_a_terminal_nothing_is_asked(jennie: Jennie) -> None:
    """A script that forgot --stdin is told so and does not hang."""
    answer = jennie("secrets", "set", "kis_app_key")
    assert ExitCode.USAGE == answer.code
    assert "jennie secrets set kis_app_key --stdin" in answer.err


def test_an_empty_value_is_refused(jennie: Jennie) -> None:
    """Nothing is stored for nothing."""
    assert ExitCode.INPUT == jennie("secrets", "set", "kis_app_key", "--stdin", stdin="\n").code
    assert {} == places(jennie)


def test_a_name_nobody_knows_is_refused(jennie: Jennie) -> None:
    """The nearest names are suggested."""
    answer = jennie("secrets", "set", "kis_app_kye", "--stdin", stdin="x\n")
    assert ExitCode.SETTINGS == answer.code
    assert "Did you mean kis_app_key" in answer.err


def test_a_wrong_passphrase_is_a_settings_error(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is not touched by one who cannot open it."""
    jennie("secrets", "set", "kis_app_key", "--stdin", stdin=PLANTED)
    monkeypatch.setenv("JENNIE_KEYRING_PASSPHRASE", "something else")
    answer = jennie("secrets", "set", "kis_app_secret", "--stdin", stdin=PLANTED)
    assert ExitCode.SETTINGS == answer.code
    assert "passphrase does not open" in answer.err
    assert {"kis_app_key": "encrypted file"} == places(jennie)


def test_no_passphrase_without_a_terminal_is_a_settings_error(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint names the variable."""
    monkeypatch.delenv("JENNIE_KEYRING_PASSPHRASE")
    answer = jennie(
        "secrets",
        "set",
        "kis_app_key",
        "--stdin",
        stdin=PLANTED,
    )
    assert ExitCode.SETTINGS == answer.code
    assert "Set JENNIE_KEYRING_PASSPHRASE" in answer.err


def test_a_home_that_cannot_be_written_keeps_no_secret(jennie: Jennie, tmp_path: Path) -> None:
    """A file in the home's place is a settings error."""
    (tmp_path / "home").write_text("")
    answer = jennie("secrets", "set", "kis_app_key", "--stdin", stdin=PLANTED)
    assert ExitCode.SETTINGS == answer.code
    assert "is not a folder" in answer.err


def test_in_a_terminal_the_value_is_typed_unseen(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The prompt is hidden, and what was typed is not echoed."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("jennie_cli.wiring.vault.getpass", lambda _: PLANTED)
    answer = jennie("secrets", "set", "kis_app_key", stdin=Terminal())
    assert 0 == answer.code
    assert PLANTED not in answer.out + answer.err
    assert {"kis_app_key": "encrypted file"} == places(jennie)
