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


def test_a_lock_that_takes_no_process_id_is_named(tmp_path: Path) -> None:
    """A file system that opens the file and refuses the write is told, not traced."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from jennie_cli.adapters.system import hold_lock\n"
        "from jennie_cli.engine.errors import HomeNotWritable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "try:\n"
        "    with hold_lock(Path(sys.argv[1]), doing='x'): print('held')\n"
        "except HomeNotWritable as error: print(error.message)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "x.lock")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{tmp_path / 'x.lock'} cannot be written: File too large.\n" == run.stdout


def test_work_of_a_moment_waits_for_its_turn(tmp_path: Path) -> None:
    """A waiting holder gets the lock when the other process lets go."""
    path = tmp_path / "settings.lock"
    script = (
        "import sys; from pathlib import Path\n"
        "from jennie_cli.adapters.system import hold_lock\n"
        "with hold_lock(Path(sys.argv[1]), doing='x'):\n"
        "    print('held', flush=True); sys.stdin.read(1); print('done', flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin
        assert other.stdout
        assert "held\n" == other.stdout.readline()
        other.stdin.write("x")
        other.stdin.flush()
        with hold_lock(path, doing="changing settings", wait=True):
            assert "done\n" == other.stdout.readline()
