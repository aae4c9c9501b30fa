"""What can go wrong, and what the user can do next."""

from jennie_cli.engine.errors.tree import (
    AmbiguousStock,
    BadFile,
    ExitCode,
    ExtraMissing,
    HomeBusy,
    HomeNotWritable,
    InputError,
    JennieError,
    OutcomeUnknown,
    OutsideError,
    Refused,
    SecretMissing,
    SettingsError,
    StorageFull,
    UnknownRun,
    UnknownStock,
)

__all__ = [
    "AmbiguousStock",
    "BadFile",
    "ExitCode",
    "ExtraMissing",
    "HomeBusy",
    "HomeNotWritable",
    "InputError",
    "JennieError",
    "OutcomeUnknown",
    "OutsideError",
    "Refused",
    "SecretMissing",
    "SettingsError",
    "StorageFull",
    "UnknownRun",
    "UnknownStock",
]
