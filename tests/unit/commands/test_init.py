"""Setting up a home, asked or told."""

import io
import re
from pathlib import Path

import pytest
from tests.unit.conftest import Answer, Jennie

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


def asked(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, *typed: str, hidden: tuple[str, ...] = ()
) -> Answer:
    """Run the wizard with these answers, seen and hidden, in the order it asks."""
    keyboard = Keyboard("".join(f"{line}\n" for line in typed))
    answers = iter(hidden)
    monkeypatch.setattr("jennie_cli.wiring.vault.getpass", lambda _: next(answers))
    answer = jennie("init", stdin=keyboard)
    assert 0 == answer.code
    assert None is next(answers, None)
    return answer


def kept(jennie: Jennie) -> set[str]:
    """Return the names of the stored secrets."""
    rows = jennie("secrets", "list", "--json").document["secrets"]
    return {row["name"] for row in rows if row["stored_in"]}


PAPER_KEYS = ("kis_paper_app_key", "kis_paper_app_secret", "kis_paper_account_no")


def test_the_wizard_asks_in_a_terminal(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Home, profile, language, model and the profile's keys; what cannot be is asked again."""
    home = tmp_path / "chosen"
    hidden = ("P" * 36, "planted" * 3, "no account", "50001234", "trader id", "trader")
    typed = (str(home), "demo", "paper", "en", "-", "1", "01")
    answer = asked(jennie, monkeypatch, *typed, hidden=hidden)
    assert f"Home      {home}" in answer.out
    assert "kis_paper_app_key: encrypted file" in answer.out
    assert "The KIS account number has 8 digits" in answer.err
    assert "The KIS product code has 2 digits" in answer.err
    assert "The HTS id has blanks" in answer.err
    assert "kis_paper_app_secret has 21 characters; KIS gives 180" in answer.err
    assert [] == [v for v in hidden if v in answer.out + answer.err]
    assert 'profile = "paper"\nlang = "en"\n' == (home / "config.toml").read_text()
    monkeypatch.delenv("JENNIE_HOME")
    assert {*PAPER_KEYS, "kis_paper_account_suffix", "kis_hts_id"} == kept(jennie)
    assert f"{home / 'config.toml'}\n" == jennie("config", "path").out


def test_what_the_wizard_need_not_ask_it_does_not(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten digits hold the product code; without an account there is nothing to say of it."""
    typed = ("", "paper", "", "-")
    asked(jennie, monkeypatch, *typed, hidden=("", "", "50001234-01", ""))
    assert {"kis_paper_account_no", "kis_paper_account_suffix"} == kept(jennie)
    jennie("secrets", "remove", "kis_paper_account_no")
    jennie("secrets", "remove", "kis_paper_account_suffix")
    asked(jennie, monkeypatch, *typed, hidden=("", "", "", ""))
    assert set() == kept(jennie)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("KIS_ACCOUNT_NO=1234567", "The KIS account number has 8 digits"),
        ("KIS_ACCOUNT_NO=12345678\nKIS_ACCOUNT_SUFFIX=1", "product code has 2 digits"),
        ("KIS_ACCOUNT_NO=12345678-01\nKIS_ACCOUNT_SUFFIX=22", "another product code"),
        ("KIS_HTS_ID=my id", "The HTS id has blanks"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    lines: str, said: str, jennie: Jennie, tmp_path: Path
) -> None:
    """It is named without showing it, and nothing is written."""
    answer = jennie("--profile", "live", "init", "--keys-from-stdin", "--json", stdin=lines)
    assert (ExitCode.SETTINGS, "bad_secret") == (answer.code, answer.document["error"]["code"])
    assert said in answer.document["error"]["message"]
    assert "1234567" not in answer.out.replace(answer.document["error"]["hint"], "")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("profile", ["sim", "paper", "live"])
def test_the_next_steps_exist(profile: str, jennie: Jennie) -> None:
    """Each command that is named has help; the check-up is always one of them."""
    out = jennie("--profile", profile, "init").out
    steps = re.findall(r"jennie ((?:[a-z]+ ?)+)", out[out.index("Next ") :])
    assert "doctor" in steps
    for words in steps:
        path = [w for w in words.split() if w not in {"live", "true"}]
        assert f"Usage: jennie {' '.join(path)}" in jennie(*path, "--help").out
    page = Path(__file__).parents[3] / "docs" / "kis.md"
    assert (profile != "sim") is ("docs/kis.md" in out)
    assert page.is_file()


def test_the_wizard_takes_defaults_for_empty_answers(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Return, return, return gives the sim home."""
    out = asked(jennie, monkeypatch, "", "", "", "").out
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
