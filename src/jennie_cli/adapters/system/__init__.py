"""The machine itself: its clock, its locks, its keyring and its log files."""

from jennie_cli.adapters.system.clock import SystemClock
from jennie_cli.adapters.system.locks import hold_lock
from jennie_cli.adapters.system.logs import close_log, open_lines, open_log
from jennie_cli.adapters.system.secrets import Place, SecretStore, real_keyring

__all__ = [
    "Place",
    "SecretStore",
    "SystemClock",
    "close_log",
    "hold_lock",
    "open_lines",
    "open_log",
    "real_keyring",
]
