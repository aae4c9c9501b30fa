"""A setting is changed: checked first, then written where it belongs, with who and when."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jennie_cli.settings import (
    Declared,
    declared,
    default_home,
    read_value,
    write_key,
    write_value,
)
from jennie_cli.wiring.home import HomeFolder, changing
from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a setting, and where it was written: "file" or "table"."""

    key: str
    old: Any
    new: Any
    where: str


def change_setting(house: House, key: str, text: str, *, who: str) -> Change:
    """Set a key of the home. Raises SettingsError for an unknown key or a value out of range."""
    house.masker.learn_url(text)
    item = declared(key)
    new = read_value(item.key, item.kind, item.spec, text, origin="command line")
    old = house.settings.entry(key).value
    house.create()
    if item.in_file:
        _into_file(house, item, new)
    else:
        house.config.set(key, write_value(new), who=who, at=house.wall_clock.now())
    LOG.info("%s set %s from %s to %s", who, key, old, new)
    return Change(key=key, old=old, new=new, where="file" if item.in_file else "table")


def remember_home(home: Path) -> None:
    """Make calls without --home and JENNIE_HOME use `home`; kept in the default home's file."""
    folder = HomeFolder(default_home())
    folder.create()
    with changing(folder.config):
        write_key(folder.config, "home", str(home))


def _into_file(house: House, item: Declared, new: Any) -> None:
    if item.key == "home":
        remember_home(Path(new).expanduser().absolute())
        return
    with changing(house.folder.config):
        write_key(house.folder.config, item.key, new)
