"""The folder of a home: what lies where, and its creation."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path

from jennie_cli.engine.errors import HomeNotWritable, StorageFull

LOG_FILE = "jennie.log"


@dataclass(frozen=True, slots=True)
class HomeFolder:
    """The paths inside one home."""

    root: Path

    @property
    def config(self) -> Path:
        """Settings a person may edit."""
        return self.root / "config.toml"

    @property
    def calendar(self) -> Path:
        """Trading days a person added."""
        return self.root / "calendar.toml"

    @property
    def world(self) -> Path:
        """Seed and clock of the sim world."""
        return self.root / "world.json"

    @property
    def exchange(self) -> Path:
        """What the built-in exchange keeps of this world, and where it listens."""
        return self.root / "exchange"

    @property
    def masters(self) -> Path:
        """Today's copy of the stock masters of KIS."""
        return self.root / "masters"

    def ledger(self, profile: str) -> Path:
        """The journal of orders and fills of one profile."""
        return self.root / "ledger" / profile / "journal.jsonl"

    def tapes(self, profile: str) -> Path:
        """What the sessions of one profile heard and said."""
        return self.root / "tapes" / profile

    def bus(self, profile: str) -> Path:
        """What the bundled server of one profile keeps, and where it listens."""
        return self.root / "bus" / profile

    @property
    def database(self) -> Path:
        """Records, CONFIG and imported facts, unless store.url says otherwise."""
        return self.root / "jennie.sqlite"

    @property
    def reports(self) -> Path:
        """What the council said to a person, a page a question."""
        return self.root / "reports"

    @property
    def fetched(self) -> Path:
        """What hosts were asked, how often, and pages that they may say are unchanged."""
        return self.root / "fetched"

    @property
    def backtests(self) -> Path:
        """What backtests came to, and their pages."""
        return self.root / "backtests"

    @property
    def imported(self) -> Path:
        """Arrays and minute bars of the imported market."""
        return self.root / "imported"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.root / "logs" / LOG_FILE

    @property
    def models_log(self) -> Path:
        """Questions to models and their answers, when a setting asks for them."""
        return self.root / "logs" / "llm.jsonl"

    @property
    def prompts(self) -> Path:
        """A person's own texts to models."""
        return self.root / "prompts"

    @property
    def prices(self) -> Path:
        """A person's own prices of models."""
        return self.root / "prices.toml"

    def generated(self, seed: int, edition: int) -> Path:
        """Facts of the market that an edition of the generator made from a seed."""
        return self.root / "generated" / f"{seed}-{edition}"

    def lock(self, name: str) -> Path:
        """The lock file of one kind of work."""
        return self.root / "locks" / f"{name}.lock"

    def create(self) -> None:
        """Create the folder, for its owner only, and prove that it can be written.

        Raises HomeNotWritable, StorageFull.
        """
        with writing(self.root):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.root / f".writable.{os.getpid()}"
            probe.touch()
            probe.unlink(missing_ok=True)


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Read, change and write a file of the home that nobody else changes meanwhile.

    Raises HomeNotWritable, StorageFull.
    """
    from jennie_cli.adapters.system import hold_lock  # noqa: PLC0415  # only when writing

    lock = HomeFolder(path.parent).lock("settings")
    with hold_lock(lock, doing="changing settings", wait=True), writing(path):
        yield


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's refusals to write `path` into HomeNotWritable or StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno == ENOSPC:
            raise StorageFull(
                f"The disk is full: {path} was not written.", hint="Free some space, then retry."
            ) from None
        raise HomeNotWritable(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Choose another folder with --home or JENNIE_HOME, or change its rights.",
        ) from None
