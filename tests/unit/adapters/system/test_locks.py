"""One process at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jennie_cli.adapters.system import hold_lock
from jennie_cli.engine.errors import HomeBusy, HomeNotWritable


def test_a_second_holder_is_told_who_holds(tmp_path: Path) -> None:
    """The message names the work and the process id; afterwards the lock is free again."""
    path = tmp_path / "locks" / "import.lock"
    with (
        hold_lock(path, doing="importing data"),
        pytest.raises(HomeBusy, match=rf"pid {os.getpid()}\) is importing data"),
        hold_lock(path, doing="importing data"),
    ):
        pytest.fail("held twice")
    with hold_lock(path, doing="importing data"):
        assert str(os.getpid()) == path.read_text()


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    """The system frees the lock of a dead process."""
    path = tmp_path / "import.lock"
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from jennie_cli.adapters.system import hold_lock\n"
        "with hold_lock(Path(sys.argv[1]), doing='x'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert -9 == killed.returncode
    assert path.read_text()
    with hold_lock(path, doing="importing data"):
        assert str(os.getpid()) == path.read_text()


def test_a_lock_that_cannot_be_written_is_a_home_that_cannot(tmp_path: Path) -> None:
    """A file in the folder's place is a settings error."""
    (tmp_path / "locks").write_text("")
    with (
        pytest.raises(HomeNotWritable),
        hold_lock(tmp_path / "locks" / "import.lock", doing="importing data"),
    ):
        pytest.fail("held")
