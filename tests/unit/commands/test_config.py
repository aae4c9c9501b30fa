"""Settings as a person meets them."""

import sqlite3
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie

from jennie_cli.engine.errors import ExitCode
from jennie_cli.settings import declarations


def test_show_lists_every_setting_with_value_default_and_source(jennie: Jennie) -> None:
    """Nothing is left out, and the document tells what each takes."""
    rows = jennie("config", "show", "--json").document["settings"]
    assert [d.key for d in declarations()] == [r["key"] for r in rows]
    assert {
        "key": "market.source",
        "value": "auto",
        "default": "auto",
        "source": "default",
        "unit": None,
        "allowed": "one of auto, generated, imported",
        "env": "JENNIE_MARKET_SOURCE",
        "doc": "Market of this home; auto = imported once anything is imported, else generated.",
    } == next(r for r in rows if r["key"] == "market.source")


def test_show_takes_a_prefix(jennie: Jennie) -> None:
    """A section's settings as a table."""
    shown = jennie("config", "show", "live").out.splitlines()
    assert [
        "key           value  default  source",
        "live.enabled  false  false    default",
    ] == shown


def test_reading_settings_creates_nothing(jennie: Jennie, tmp_path: Path) -> None:
    """Asking does not make a home."""
    for words in (("show",), ("get", "lang"), ("path",)):
        assert 0 == jennie("config", *words).code
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("key", "text", "value", "where"),
    [
        ("scout.universe_size", "150", 150, "table"),
        ("sectors.dynamic", "off", False, "table"),
        ("live.enabled", "true", True, "file"),
        ("store.url", "sqlite:////x/y.sqlite", "sqlite:////x/y.sqlite", "file"),
        ("lang", "en", "en", "file"),
    ],
)
def test_set_writes_where_the_key_belongs(
    key: str, text: str, value: object, where: str, jennie: Jennie
) -> None:
    """URLs, the switch and what opens a home go to the file, all else to the table."""
    old = jennie("config", "get", key, "--json").document["value"]
    changed = jennie("config", "set", key, text, "--json").document
    assert {"key": key, "old": old, "value": value, "stored_in": where} == changed
    found = jennie("config", "get", key, "--json").document
    assert (value, where) == (found["value"], found["source"])
    assert jennie("config", "get", key).out.strip() in {text, "false"}


def test_a_change_in_the_table_is_written_down(jennie: Jennie, tmp_path: Path) -> None:
    """Who, old and new are kept for every change."""
    jennie("config", "set", "scout.universe_size", "150")
    jennie("config", "set", "scout.universe_size", "160")
    with sqlite3.connect(tmp_path / "home" / "jennie.sqlite") as database:
        rows = database.execute(
            "SELECT config_key, old_value, new_value, changed_by FROM config_change ORDER BY id"
        ).fetchall()
    database.close()
    assert [
        ("scout.universe_size", None, "150", "cli"),
        ("scout.universe_size", "150", "160", "cli"),
    ] == rows


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "scout.universe_size", "0"), "from 1 to 3000"),
        (("set", "market.source", "both"), "one of auto, generated, imported"),
        (("set", "market.sorce", "auto"), "no setting named 'market.sorce'"),
        (("get", "nonsense"), "no setting named 'nonsense'"),
        (("show", "nonsense"), "no setting named 'nonsense'"),
    ],
)
def test_a_wrong_key_or_value_is_3_and_writes_nothing(
    words: tuple[str, ...], said: str, jennie: Jennie, tmp_path: Path
) -> None:
    """The message names key, value and what is allowed."""
    answer = jennie("config", *words)
    assert (ExitCode.SETTINGS, "") == (answer.code, answer.out)
    assert said in answer.err
    assert not (tmp_path / "home").exists()


def test_a_wrong_value_in_the_environment_is_named(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable to correct stands in the message."""
    monkeypatch.setenv("SCOUT_UNIVERSE_SIZE", "many")
    answer = jennie("config", "get", "scout.universe_size")
    assert ExitCode.SETTINGS == answer.code
    assert "environment SCOUT_UNIVERSE_SIZE" in answer.err


def test_a_broken_file_stops_every_command(jennie: Jennie, tmp_path: Path) -> None:
    """Nothing runs on settings nobody can read."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text("lang = \n")
    answer = jennie("config", "path")
    assert ExitCode.SETTINGS == answer.code
    assert "config.toml is no valid TOML" in answer.err


def test_the_home_key_is_remembered_for_calls_without_one(
    jennie: Jennie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`config set home` moves the home that is used when none is named."""
    jennie("config", "set", "home", str(tmp_path / "mine"))
    monkeypatch.delenv("JENNIE_HOME")
    assert f"{tmp_path / 'mine' / 'config.toml'}\n" == jennie("config", "path").out


def test_a_global_option_is_the_command_line_layer(jennie: Jennie) -> None:
    """--lang shows up as the source of lang."""
    found = jennie("config", "get", "lang", "--lang", "en", "--json").document
    assert ("en", "command line") == (found["value"], found["source"])


def test_a_password_in_a_url_is_masked(jennie: Jennie) -> None:
    """The store's URL may be shown, its password never."""
    url = "mariadb+pymysql://user:s3cretword@host/jennie"
    for answer in (
        jennie("config", "set", "store.url", url),
        jennie("config", "get", "store.url"),
        jennie("config", "show", "store", "--json"),
    ):
        assert 0 == answer.code
        assert "s3cretword" not in answer.out + answer.err
        assert "user:***@host" in answer.out


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("mysql+pymysql://u:pa/secretword@h/db", "secretword"),
        ("mysql+pymysql://u:p@ss/w0rdy@h", "w0rdy"),
        ("postgresql://h/db?user=u&password=secretword2", "secretword2"),
        ("mysql+pymysql://u:two words@h/db", "words"),
    ],
)
def test_no_spelling_of_a_url_shows_its_password(
    url: str, secret: str, jennie: Jennie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither on a stream nor in the log, wherever the URL comes from."""
    said = [jennie("config", *words, "-vv") for words in (("set", "store.url", url), ("set", url))]
    said += [jennie("config", "get", "store.url"), jennie("config", "show", "store", "--json")]
    assert [0, 2, 0, 0] == [answer.code for answer in said]
    said.append(jennie("config", "set", "store.url", "sqlite:////x/y.sqlite"))
    monkeypatch.setenv("JENNIE_STORE_URL", url)
    said += [jennie("config", "get", "store.url"), jennie("doctor", "-vv")]
    assert secret not in "".join(answer.out + answer.err for answer in said)
    assert secret not in (tmp_path / "home" / "logs" / "jennie.log").read_text(encoding="utf-8")
