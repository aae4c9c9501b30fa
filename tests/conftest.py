"""Closes home, environment and network around every test, and forbids silent skips in CI."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import hypothesis
import pytest

KEPT_NAMES = frozenset({"CI", "LANG", "LD_LIBRARY_PATH", "PATH", "TEMP", "TMP", "TMPDIR"})
KEPT_PREFIXES = ("COVERAGE_", "HYPOTHESIS_", "JENNIE_TEST_", "LC_", "PYTEST_", "PYTHON")
MAY_SKIP = frozenset({"data", "gpu", "live"})
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}  # noqa: TID251  # read before it is closed

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if IN_CI else "local")


class NetworkIsClosed(AssertionError):
    """A test tried to leave this machine."""


def _is_outside(address: Any) -> bool:
    if not isinstance(address, tuple):
        return False  # a unix socket's path
    host = address[0]
    if host in {"", "localhost", None}:
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def _guarded(call: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if _is_outside(address):
            raise NetworkIsClosed(f"a test may connect to loopback only, not to {address}")
        return call(self, address)

    return connect


def _guarded_lookup(call: Any) -> Any:
    def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if _is_outside((name,)):
            raise NetworkIsClosed(f"a test may look up loopback only, not {name}")
        return call(host, *args, **kwargs)

    return lookup


@pytest.fixture(scope="session", autouse=True)
def _closed_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Closes environment, user folders, keyring and network before the first fixture runs."""
    outside = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):  # noqa: TID251  # the fixture that closes it
            if name not in KEPT_NAMES and not name.startswith(KEPT_PREFIXES):
                patch.delenv(name)
        _close_home(patch, outside)
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives each test empty user folders and a jennie home that does not exist yet."""
    _close_home(monkeypatch, tmp_path)


def _close_home(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("HOME", str(folder / "user"))
    patch.setenv("JENNIE_HOME", str(folder / "home"))
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        patch.setenv(f"XDG_{name}_HOME", str(folder / "xdg" / name.lower()))
    patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))


@pytest.fixture(scope="session")
def market_data() -> Path:
    """Return the folder of real market data; only tests marked `data` may ask for it."""
    return Path(os.environ["JENNIE_TEST_DATA"])  # noqa: TID251  # the only door to the test data


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the data folder, or the extra [llm], where there is none."""
    if find_spec("llama_cpp") is None:
        unbuilt = pytest.mark.skip(reason="needs the extra [llm]: apt install g++ cmake")
        for item in items:
            if item.get_closest_marker("llm"):
                item.add_marker(unbuilt)
    if os.environ.get("JENNIE_TEST_DATA"):  # noqa: TID251  # the only door to the test data
        return
    absent = pytest.mark.skip(reason="JENNIE_TEST_DATA does not name a market data folder")
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(absent)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"CI must run this test, but it was skipped. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip into a failure in CI, unless the test is marked data, gpu or live."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    marked = any(item.get_closest_marker(name) for name in MAY_SKIP)
    if IN_CI and report.skipped and not hasattr(report, "wasxfail") and not marked:
        _refuse_skip(report)
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Turn a whole skipped file into a failure in CI."""
    report: pytest.CollectReport = yield  # type: ignore[assignment]
    if IN_CI and report.skipped:
        _refuse_skip(report)
    return report  # type: ignore[return-value]
