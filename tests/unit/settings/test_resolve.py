"""Home, profile and language before anything is opened."""

from pathlib import Path

import pytest

from jennie_cli.engine.errors import SettingsError
from jennie_cli.settings import Lang, Profile, default_home, resolve_options, write_key


def config(home: Path, key: str, value: str) -> None:
    """Write one key into a home's file."""
    home.mkdir(parents=True, exist_ok=True)
    write_key(home / "config.toml", key, value)


def test_the_home_is_the_flag_then_the_variable_then_the_default(tmp_path: Path) -> None:
    """--home rules over JENNIE_HOME, which rules over the platform's folder."""
    environ = {"JENNIE_HOME": str(tmp_path / "b")}
    assert tmp_path / "a" == resolve_options(environ, home=str(tmp_path / "a")).home
    assert tmp_path / "b" == resolve_options(environ).home
    assert default_home() == resolve_options({}).home


def test_the_default_home_may_point_elsewhere(tmp_path: Path) -> None:
    """A remembered home is used when none is named."""
    config(default_home(), "home", str(tmp_path / "mine"))
    assert tmp_path / "mine" == resolve_options({}).home
    assert tmp_path / "x" == resolve_options({"JENNIE_HOME": str(tmp_path / "x")}).home


def test_profile_and_language_come_from_flag_variable_or_file(tmp_path: Path) -> None:
    """Each layer rules over the next; sim and Korean are the defaults."""
    home = str(tmp_path / "h")
    bare = resolve_options({}, home=home)
    assert (Profile.SIM, Lang.KO) == (bare.profile, bare.lang)
    config(tmp_path / "h", "profile", "paper")
    config(tmp_path / "h", "lang", "en")
    filed = resolve_options({}, home=home)
    assert (Profile.PAPER, Lang.EN) == (filed.profile, filed.lang)
    environ = {"JENNIE_PROFILE": "live", "JENNIE_LANG": "ko"}
    named = resolve_options(environ, home=home)
    assert (Profile.LIVE, Lang.KO) == (named.profile, named.lang)
    flagged = resolve_options(environ, home=home, profile="sim", lang="en")
    assert (Profile.SIM, Lang.EN) == (flagged.profile, flagged.lang)
    assert {"home": home, "profile": "sim", "lang": "en"} == flagged.given


def test_a_wrong_variable_is_a_settings_error(tmp_path: Path) -> None:
    """A profile nobody knows is not taken for sim."""
    with pytest.raises(SettingsError, match=r"environment JENNIE_PROFILE.*one of sim, paper, live"):
        resolve_options({"JENNIE_PROFILE": "demo"}, home=str(tmp_path))
