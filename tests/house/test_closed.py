"""The fixtures that close home, environment and network do close them, and CI refuses skips."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import keyring
import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

SKIPPING = """
import pytest
def test_silent():
    pytest.skip("no reason to be quiet")
@pytest.mark.data
def test_data():
    pytest.skip("no data here")
@pytest.mark.gpu
def test_gpu():
    pytest.skip("no card here")
"""


def run_planted(folder: Path, source: str, *, ci: str) -> subprocess.CompletedProcess[str]:
    """Run pytest over one planted test file beside our conftest."""
    (folder / "conftest.py").write_text(CONFTEST.read_text("utf-8"), "utf-8")
    (folder / "test_planted.py").write_text(source, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n data\n gpu\n live\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", str(folder)]
    environment = {"PATH": os.defpath, "CI": ci}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_outside_is_closed() -> None:
    """A test that connects or looks up a name outside this machine fails."""
    with pytest.raises(AssertionError, match="loopback only"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(AssertionError, match="loopback only"):
        socket.getaddrinfo("example.invalid", 80)


def test_loopback_is_open() -> None:
    """A test may talk to a server it started on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5) as client:
            assert port == client.getpeername()[1]


def test_environment_is_closed(tmp_path: Path) -> None:
    """Nothing of the caller's settings reaches a test, and each test has its own home."""
    allowed = {"HOME", "JENNIE_HOME", "JENNIE_TEST_DATA"}
    ours = {n for n in os.environ if n.startswith(("JENNIE_", "SCOUT_", "QUANT_", "HOME"))}  # noqa: TID251  # what is looked at is the environment
    assert set() == ours - allowed
    assert str(tmp_path / "home") == os.environ["JENNIE_HOME"]  # noqa: TID251  # see above
    assert tmp_path / "user" == Path.home()


def test_keyring_is_null() -> None:
    """No test can reach the keyring of the person who runs it."""
    assert "keyring.backends.null" == type(keyring.get_keyring()).__module__


def test_ci_refuses_a_skip(tmp_path: Path) -> None:
    """With CI set, a skip fails unless the test is marked data, gpu or live."""
    done = run_planted(tmp_path, SKIPPING, ci="true")
    assert "1 failed, 2 skipped" in done.stdout
    assert "FAILED test_planted.py::test_silent" in done.stdout


def test_ci_refuses_a_skipped_file(tmp_path: Path) -> None:
    """With CI set, a file that skips itself whole fails."""
    done = run_planted(tmp_path, 'import pytest\npytest.importorskip("no_such_package")\n', ci="1")
    assert "1 error" in done.stdout
    assert 0 != done.returncode


def test_a_skip_is_allowed_at_home(tmp_path: Path) -> None:
    """Without CI a skip stays a skip."""
    done = run_planted(tmp_path, SKIPPING, ci="")
    assert "3 skipped" in done.stdout
    assert 0 == done.returncode
