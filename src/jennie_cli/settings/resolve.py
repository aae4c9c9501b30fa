"""Home, profile and language are known before anything is opened: flags, environment, file."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from jennie_cli.settings.file import CONFIG_FILE, read_toml
from jennie_cli.settings.options import Lang, Options, Profile
from jennie_cli.settings.tree import Settings


def default_home() -> Path:
    """Return the platform's user-data folder for jennie."""
    return user_data_path("jennie", appauthor=False)


def resolve_options(
    environ: Mapping[str, str],
    *,
    home: str | None = None,
    profile: str | None = None,
    lang: str | None = None,
    json: bool = False,
    verbosity: int = 0,
    clock: datetime | None = None,
) -> Options:
    """Return the global options; None = not given on the command line. Raises SettingsError."""
    folder = resolve_home(environ, home)
    asked = {"home": home, "profile": profile, "lang": lang}
    given = {key: value for key, value in asked.items() if value is not None}
    early = Settings(environ=environ, file=read_toml(folder / CONFIG_FILE), given=given)
    return Options(
        home=folder,
        profile=Profile(early.entry("profile").value),
        lang=Lang(early.entry("lang").value),
        given=given,
        json=json,
        verbosity=verbosity,
        clock=clock,
    )


def resolve_home(environ: Mapping[str, str], given: str | None) -> Path:
    """Return the home folder: flag, JENNIE_HOME, the `home` key of the default home's file, or
    the default home itself.
    """
    chosen: Any = given or environ.get("JENNIE_HOME")
    if not chosen:
        chosen = read_toml(default_home() / CONFIG_FILE).get("home")
    return Path(str(chosen)).expanduser().absolute() if chosen else default_home()
