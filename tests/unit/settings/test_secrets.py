"""Secrets are known by name."""

import pytest

from jennie_cli.engine.errors import SettingsError
from jennie_cli.settings import (
    ASKED_BY,
    NEEDED_BY,
    SECRETS,
    Profile,
    secret_named,
    secret_values,
    url_passwords,
)


@pytest.mark.parametrize(
    "asked", ["kis_app_key", "KIS_APP_KEY", "JENNIE_KIS_APP_KEY", "kis-app-key", "kis.app.key"]
)
def test_a_secret_answers_to_all_its_names(asked: str) -> None:
    """The name, the seed's variable and ours lead to the same secret."""
    assert "kis_app_key" == secret_named(asked).name


def test_an_unknown_secret_suggests_the_nearest() -> None:
    """A typing error is no new secret."""
    with pytest.raises(SettingsError) as caught:
        secret_named("kis_app_kye")
    assert "kis_app_key" in caught.value.hint
    with pytest.raises(SettingsError) as far:
        secret_named("zzz")
    assert far.value.hint.startswith("Known names: ")


def test_what_a_profile_needs_is_asked_for_and_known() -> None:
    """Each profile asks for at least what it cannot work without; sim asks for nothing."""
    assert set(Profile) == {*NEEDED_BY} == {*ASKED_BY}
    assert () == ASKED_BY["sim"]
    for profile, needed in NEEDED_BY.items():
        assert set(needed) <= set(ASKED_BY[profile]) <= {s.name for s in SECRETS}


def test_the_environments_secrets_are_found_for_masking() -> None:
    """Both spellings of a variable and the passphrase are masked from the start."""
    environ = {
        "KIS_APP_KEY": "seedkey",
        "JENNIE_KIS_APP_SECRET": "ourkey",
        "JENNIE_KEYRING_PASSPHRASE": "words",
        "OTHER": "x",
    }
    assert {"seedkey", "ourkey", "words"} == set(secret_values(environ))


@pytest.mark.parametrize(
    ("url", "passwords"),
    [
        ("mariadb+pymysql://user:pw%21word@host/db", {"pw%21word", "pw!word"}),
        ("mysql+pymysql://u:pa/secretword@h/db", {"pa/secretword"}),
        ("mysql://u:p@ss/w0rd@h", {"p@ss/w0rd", "p", "ss", "w0rd"}),
        ("postgresql://h/db?user=u&password=secret+2&x=1", {"secret+2", "secret 2"}),
        ("mysql://h/db?PASSWD=secret3", {"secret3"}),
        ("sqlite:////path/jennie.sqlite", set()),
        ("http://[broken", set()),
    ],
)
def test_the_password_of_a_url_is_found(url: str, passwords: set[str]) -> None:
    """Before the last @ or in the query; each spelling and each piece a driver might name."""
    assert passwords == set(url_passwords(url))


def test_the_url_of_a_variable_is_looked_into() -> None:
    """A database password in the environment is masked from the start."""
    assert ("secretword",) == secret_values({"JENNIE_STORE_URL": "mysql://u:secretword@h/db"})
