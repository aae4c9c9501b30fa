"""A folder of backtests, two files each: `<id>.json` and `<id>.html`."""

import os
import re
from pathlib import Path

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.research import Backtest
from jennie_cli.engine.store.codec import from_json, to_bytes

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{3}")


class BacktestFolder:
    """A BacktestStore in a folder, which is made when the first one is kept."""

    def __init__(self, root: Path) -> None:
        """`root` may not exist yet."""
        self._root = root

    def save(self, made: Backtest, page: str) -> str:
        """Keep one; the page first, so that what is listed is whole."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        shown = self._path(made.backtest_id, "html")
        _write(shown, page.encode())
        _write(self._path(made.backtest_id, "json"), to_bytes(made))
        return str(shown)

    def load(self, backtest_id: str | None) -> Backtest:
        """Return one, the newest by default. Raises InputError when it is not there or broken."""
        kept = self.ids()
        wanted = backtest_id or next(iter(kept), None)
        if wanted is None:
            raise InputError("No backtest was kept in this home.", hint="jennie backtest run")
        if wanted not in kept:
            raise InputError(f"There is no backtest {wanted}.", hint="jennie backtest list")
        try:
            return from_json(Backtest, self._path(wanted, "json").read_bytes())
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise InputError(
                f"The file of backtest {wanted} cannot be read: {type(error).__name__}.",
                hint=f"Another program wrote it, or it is cut short: {self._path(wanted, 'json')}",
            ) from None

    def ids(self) -> tuple[str, ...]:
        """Return what is kept, newest first."""
        found = (path.stem for path in self._root.glob("*.json"))
        return tuple(sorted((name for name in found if _ID.fullmatch(name)), reverse=True))

    def _path(self, backtest_id: str, kind: str) -> Path:
        return self._root / f"{backtest_id}.{kind}"


def _write(path: Path, body: bytes) -> None:
    """Write a file that is there whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
