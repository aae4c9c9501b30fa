"""The passphrase of the encrypted file, asked for or given."""

import io
from pathlib import Path

import pytest

from jennie_cli.engine.errors import SecretMissing, SettingsError
from jennie_cli.settings import BadSecret, Masker, secret_named
from jennie_cli.wiring.vault import Vault

KEY = secret_named("kis_app_key")


class Terminal(io.StringIO):
    """A stdin with somebody in front of it."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, quick_cryptfile: None) -> list[str]:
    """Return the list of passphrases that the person will type, first first."""
    del quick_cryptfile
    answers: list[str] = []
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("jennie_cli.wiring.vault.getpass", lambda _: answers.pop(0))
    return answers


def vault(tmp_path: Path) -> Vault:
    """Return the vault of a home that has no passphrase in the environment."""
    return Vault(tmp_path / "home", {}, Masker())


def test_a_new_file_asks_twice_and_an_old_one_once(tmp_path: Path, typed: list[str]) -> None:
    """A slip at creation would lock the owner out."""
    typed += ["open sesame", "open sesame"]
    assert "encrypted file" == vault(tmp_path).keep(KEY, "kept")
    typed += ["open sesame"]
    assert "kept" == vault(tmp_path).get("kis_app_key")
    assert [] == typed


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["open sesame", "open sesam"], "two passphrases differ"),
        (["  "], "passphrase is empty"),
        (["pass", "pass"], "too short: at least 8"),
    ],
)
def test_a_slip_keeps_nothing(
    answers: list[str], said: str, tmp_path: Path, typed: list[str]
) -> None:
    """Nothing is encrypted with a passphrase that was not meant."""
    typed += answers
    with pytest.raises(SettingsError, match=said):
        vault(tmp_path).keep(KEY, "kept")
    assert not (tmp_path / "home" / "secrets.cfg").exists()


def test_an_absent_secret_names_its_command(tmp_path: Path) -> None:
    """The hint has the command and the variable."""
    with pytest.raises(SecretMissing, match=r"kis_app_key \(KIS app key") as caught:
        vault(tmp_path).get("KIS_APP_KEY")
    assert "jennie secrets set kis_app_key   or set JENNIE_KIS_APP_KEY" == caught.value.hint


def test_an_account_is_kept_in_two_and_read_as_one(tmp_path: Path, typed: list[str]) -> None:
    """Ten digits are split; what is no account is not kept."""
    typed += ["open sesame", "open sesame"]
    opened = vault(tmp_path)
    assert "encrypted file" == opened.keep(secret_named("kis_account_no"), "12345678-22")
    assert ("12345678", "22") == opened.account("kis_account_no", "kis_account_suffix")
    with pytest.raises(BadSecret):
        opened.keep(secret_named("kis_account_no"), "12")
    with pytest.raises(SecretMissing):
        opened.account("kis_paper_account_no", "kis_paper_account_suffix")


def test_the_digits_of_an_account_are_masked_however_it_is_written(tmp_path: Path) -> None:
    """The variable holds a dash, and the program says eight digits."""
    masker = Masker()
    opened = Vault(tmp_path / "home", {"KIS_ACCOUNT_NO": "12345678-01"}, masker)
    assert ("12345678", "01") == opened.account("kis_account_no", "kis_account_suffix")
    assert "account ***" == masker("account 12345678")


def test_stored_secrets_are_recognised_before_anybody_reads_them(
    tmp_path: Path, quick_cryptfile: None
) -> None:
    """With the passphrase at hand the masker knows what the file holds, account digits too."""
    del quick_cryptfile
    environ = {"JENNIE_KEYRING_PASSPHRASE": "open sesame"}
    kept = Vault(tmp_path / "home", environ, Masker())
    kept.keep(KEY, "PSplanted0123456789")
    kept.keep(secret_named("kis_account_no"), "12345678-22")
    masker = Masker()
    assert "PSplanted0123456789" == masker("PSplanted0123456789")
    assert Vault(tmp_path / "home", environ, masker).teach()
    assert "*** of ***" == masker("PSplanted0123456789 of 12345678")


def test_nobody_is_asked_for_a_passphrase_to_mask(
    tmp_path: Path, typed: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What stays shut is named in the log; a file that was opened anyway is read."""
    typed += ["open sesame", "open sesame"]
    opened = vault(tmp_path)
    opened.keep(KEY, "PSplanted0123456789")
    assert opened.teach()
    assert not vault(tmp_path).teach()
    assert "kis_app_key" in caplog.text
    assert [] == typed


def test_a_wrong_passphrase_stops_nobody_from_asking(
    tmp_path: Path, quick_cryptfile: None, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told in the log; a question without secrets needs none."""
    del quick_cryptfile
    Vault(tmp_path / "home", {"JENNIE_KEYRING_PASSPHRASE": "open sesame"}, Masker()).keep(KEY, "x1")
    wrong = {"JENNIE_KEYRING_PASSPHRASE": "open says me"}
    assert not Vault(tmp_path / "home", wrong, Masker()).teach()
    assert "does not open" in caplog.text


def test_a_vault_without_secrets_has_nothing_to_teach(tmp_path: Path) -> None:
    """A new home may ask at once."""
    assert vault(tmp_path).teach()
