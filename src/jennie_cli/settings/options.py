"""What one call of the program was told before its command: the global options, resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Profile(StrEnum):
    """Which world a command acts in; live is real money."""

    SIM = "sim"
    PAPER = "paper"
    LIVE = "live"


class Lang(StrEnum):
    """The language of what a trader reads."""

    KO = "ko"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The global options of one call. `clock` moves now for this call only, sim profile only.

    `given` holds the settings among them that stood on the command line, by key.
    """

    home: Path
    profile: Profile = Profile.SIM
    lang: Lang = Lang.KO
    json: bool = False
    verbosity: int = 0
    clock: datetime | None = None
    given: Mapping[str, str] = field(default_factory=dict)
