"""The exchange calendar of a home: the shipped one, with the days its user added."""

from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.errors import BadFile, SettingsError
from jennie_cli.engine.venue import (
    Calendar,
    DayOverride,
    default_calendar,
    format_overrides,
    parse_overrides,
)
from jennie_cli.settings import replace_text
from jennie_cli.wiring.home import changing

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House


def home_calendar(path: Path) -> Calendar:
    """Return the calendar with the days of `path`. Raises SettingsError for a broken file."""
    try:
        return default_calendar().with_overrides(parse_overrides(_read(path)))
    except BadFile as error:
        raise SettingsError(f"{path}: {error.message}", hint=error.hint) from None


def add_day(house: "House", day: DayOverride) -> None:
    """Add a day to the calendar of a home. Raises SettingsError, HomeNotWritable."""
    house.create()
    append_day(house.folder.calendar, day)
    house.__dict__.pop("calendar", None)


def append_day(path: Path, day: DayOverride) -> None:
    """Append one day to the file, keeping what a person wrote there.

    Raises SettingsError when the file is broken, HomeNotWritable.
    """
    with changing(path):
        home_calendar(path)
        text = _read(path)
        gap = "\n" if text else ""
        replace_text(path, text + gap + format_overrides([day]))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not UTF-8: {error.reason} at byte {error.start}.",
            hint="Save it as UTF-8.",
        ) from None
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.", hint=f"Check the rights of {path}."
        ) from None
