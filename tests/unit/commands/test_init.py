"""Setting up a home, asked or told."""

import io
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie

from jennie_cli.engine.errors import ExitCode


class Keyboard(io.StringIO):
    """A terminal whose owner has typed ahead."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def _passphrase(quick_cryptfile: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the encrypted file its passphrase."""
    del quick_cryptfile
    monkeypatch.setenv("JENNIE_KEYRING_PASSPHRASE", "open sesame")


def test_without_a_terminal_nothing_is_asked(jennie: Jennie, tmp_path: Path) -> None:
    """Flags and defaults make a home; the answer says where everything is."""
    home = tmp_path / "home"
    answer = jennie("--profile", "paper", "--lang", "en", "init", "--json")
    assert 0 == answer.code
    made = answer.document
    assert (str(home), "paper", "en") == (made["home"], made["profile"], made["lang"])
    assert "encrypted file" in made["secrets_kept_in"]
    assert 'profile = "paper"\nlang = "en"\n' == (home / "config.toml").read_text()
    assert "paper" == jennie("config", "get", "profile").out.strip()


def test_a_second_init_changes_only_what_it_is_told(jennie: Jennie, tmp_path: Path) -> None:
    """Running it again is safe."""
    jennie("--profile", "paper", "init")
    before = (tmp_path / "home" / "config.toml").read_text()
    jennie("init")
    assert before == (tmp_path / "home" / "config.toml").read_text()


def test_keys_come_from_stdin(jennie: Jennie) -> None:
    """One NAME=VALUE a line, both names of a secret accepted; values are not printed."""
    answer = jennie(
        "init",
        "--keys-from-stdin",
        stdin="KIS_APP_KEY=PSkey=with=equals\n\nkis_app_secret=verysecret\n",
    )
    assert 0 == answer.code
    assert "kis_app_key: encrypted file" in answer.out
    assert "verysecret" not in answer.out + answer.err
    listed = jennie("secrets", "list", "--json").document["secrets"]
    assert {"kis_app_key", "kis_app_secret"} == {s["name"] for s in listed if s["stored_in"]}


@pytest.mark.parametrize(
    ("stdin", "code"), [("kis_app_key=\n", ExitCode.INPUT), ("nonsense=x\n", ExitCode.SETTINGS)]
)
def test_wrong_keys_change_nothing(
    stdin: str, code: ExitCode, jennie: Jennie, tmp_path: Path
) -> None:
    """An empty value or an unknown name stops before anything is written."""
    assert code == jennie("init", "--keys-from-stdin", stdin=stdin).code
    assert not (tmp_path / "home").exists()


def test_a_model_file_is_remembered_or_refused(jennie: Jennie, tmp_path: Path) -> None:
    """A path that is no file stops before anything is written."""
    refused = jennie("init", "--model", str(tmp_path / "no.gguf"))
    assert ExitCode.INPUT == refused.code
    assert not (tmp_path / "home").exists()
    model = tmp_path / "tiny.gguf"
    model.write_bytes(b"GGUF")
    assert 0 == jennie("init", "--model", str(model)).code
    assert f"{model}\n" == jennie("config", "get", "llm.model_file").out


def asked(jennie: Jennie, monkeypatch: pytest.MonkeyPatch, *typed: str, hidden: str = "") -> str:
    """Run the wizard with these answers and return what it printed on stdout."""
    keyboard = Keyboard("".join(f"{line}\n" for line in typed))
    monkeypatch.setattr("jennie_cli.wiring.vault.getpass", lambda _: hidden)
    answer = jennie("init", stdin=keyboard)
    assert 0 == answer.code
    return answer.out


def test_the_wizard_asks_in_a_terminal(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Home, profile, language, model and the profile's keys; a wrong word is asked again."""
    home = tmp_path / "chosen"
    out = asked(jennie, monkeypatch, str(home), "demo", "paper", "en", "-", hidden="PSplantedkey")
    assert f"Home      {home}" in out
    assert "kis_paper_app_key: encrypted file" in out
    assert "PSplantedkey" not in out
    assert 'profile = "paper"\nlang = "en"\n' == (home / "config.toml").read_text()
    monkeypatch.delenv("JENNIE_HOME")
    assert f"{home / 'config.toml'}\n" == jennie("config", "path").out


def test_the_wizard_takes_defaults_for_empty_answers(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Return, return, return gives the sim home."""
    out = asked(jennie, monkeypatch, "", "", "", "")
    assert f"Home      {tmp_path / 'home'}" in out
    assert "Profile   sim" in out


def test_an_interrupted_wizard_changes_nothing(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The home is remembered only when every question has its answer."""

    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("jennie_cli.wiring.vault.getpass", ended)
    typed = f"{tmp_path / 'chosen'}\npaper\nen\n-\n"
    answer = jennie("init", stdin=Keyboard(typed))
    assert (130, True) == (answer.code, "Interrupted." in answer.err)
    monkeypatch.delenv("JENNIE_HOME")
    assert str(tmp_path / "chosen") not in jennie("config", "path").out
    assert not (tmp_path / "chosen").exists()
