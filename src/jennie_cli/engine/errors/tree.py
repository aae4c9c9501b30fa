"""One root with a message and a hint; a branch is named for what must happen next.

JennieError
├── SettingsError      3  fix a setting or a secret
│   ├── SecretMissing
│   ├── ExtraMissing
│   └── HomeNotWritable
├── InputError         4  fix what was given; nothing was written
│   ├── BadFile
│   ├── UnknownStock
│   ├── AmbiguousStock
│   └── UnknownRun
├── Refused            5  risk, flags, market hours or the broker said no
├── OutsideError       6  an outside service or resource failed; retry may help
│   ├── HomeBusy
│   └── StorageFull
└── OutcomeUnknown     7  an order may or may not have reached the broker
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The process exit codes users script against."""

    DONE = 0
    BUG = 1
    USAGE = 2
    SETTINGS = 3
    INPUT = 4
    REFUSED = 5
    OUTSIDE = 6
    UNKNOWN = 7


class JennieError(Exception):
    """Root of every failure the program expects."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    code: ClassVar[str] = "bug"

    def __init__(self, message: str, *, hint: str = "") -> None:
        """`message` says what happened, `hint` the next act; neither may hold a secret."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(JennieError):
    """A setting or a secret is missing or wrong."""

    exit_code = ExitCode.SETTINGS
    code = "settings"


class SecretMissing(SettingsError):
    """A secret that this command needs is not stored."""

    code = "secret_missing"


class ExtraMissing(SettingsError):
    """A command needs packages of an extra that is not installed."""

    code = "extra_missing"

    def __init__(self, extra: str, *, needed_for: str) -> None:
        """`extra` is the name in brackets, `needed_for` what the user asked for."""
        super().__init__(
            f"{needed_for} needs the extra [{extra}], which is not installed.",
            hint=f'pip install "jennie-cli[{extra}]"',
        )


class HomeNotWritable(SettingsError):
    """The home folder cannot be created or written."""

    code = "home_not_writable"


class InputError(JennieError):
    """A file, a value or a name is wrong; nothing was written."""

    exit_code = ExitCode.INPUT
    code = "input"


class BadFile(InputError):
    """A file cannot be read as what it claims to be."""

    code = "bad_file"


class UnknownStock(InputError):
    """No stock has this code or name."""

    code = "unknown_stock"


class AmbiguousStock(InputError):
    """A name fits several stocks."""

    code = "ambiguous_stock"

    def __init__(self, asked: str, candidates: Sequence[str]) -> None:
        """`candidates` are readable, such as "005930 삼성전자"."""
        super().__init__(
            f"'{asked}' fits {len(candidates)} stocks: {', '.join(candidates[:10])}",
            hint="Give the six-character code.",
        )
        self.candidates = tuple(candidates)


class UnknownRun(InputError):
    """No scout run has this id, or none has been made yet."""

    code = "unknown_run"


class Refused(JennieError):
    """Rules, flags, market hours or the broker said no; the text names rule, limit and figure."""

    exit_code = ExitCode.REFUSED
    code = "refused"


class OutsideError(JennieError):
    """Something outside the program failed or timed out; a retry may help."""

    exit_code = ExitCode.OUTSIDE
    code = "outside"


class HomeBusy(OutsideError):
    """Another process holds the lock that this command needs."""

    code = "home_busy"


class StorageFull(OutsideError):
    """The disk is full; nothing of the change was kept."""

    code = "storage_full"


class OutcomeUnknown(JennieError):
    """An order may or may not have reached the broker; reconcile before anything else."""

    exit_code = ExitCode.UNKNOWN
    code = "outcome_unknown"
