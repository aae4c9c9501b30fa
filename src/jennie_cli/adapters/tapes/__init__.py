"""Tapes of sessions: what each heard and said, in compressed files."""

from jennie_cli.adapters.tapes.file import FileTape, TapeBehind
from jennie_cli.adapters.tapes.folder import TapeFolder

__all__ = ["FileTape", "TapeBehind", "TapeFolder"]
