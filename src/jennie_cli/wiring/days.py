"""The exchange calendar of a home: the shipped one, with the days its user added."""

from pathlib import Path

from jennie_cli.engine.errors import BadFile, SettingsError
from jennie_cli.engine.venue import (
    Calendar,
    DayOverride,
    default_calendar,
    format_overrides,
    parse_overrides,
)
from jennie_cli.settings import replace_text
from jennie_cli.wiring.home import writing


def home_calendar(path: Path) -> Calendar:
    """Return the calendar with the days of `path`. Raises SettingsError for a broken file."""
    try:
        return default_calendar().with_overrides(parse_overrides(_read(path)))
    except BadFile as error:
        raise SettingsError(f"{path}: {error.message}", hint=error.hint) from None


def append_day(path: Path, day: DayOverride) -> None:
    """Append one day to the file, keeping what a person wrote there.

    Raises SettingsError when the file is broken, HomeNotWritable.
    """
    home_calendar(path)
    text = _read(path)
    gap = "\n" if text else ""
    with writing(path):
        replace_text(path, text + gap + format_overrides([day]))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
