"""The sages as a real server on loopback."""

import gc
import socket
import subprocess
import sys
import threading

import httpx
import pytest
from tests.unit.simulator.sages.bench import MACRO, SHAPES, question

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.errors import InputError, OutsideError
from jennie_cli.simulator.sages import serve_sages

BODY = question(MACRO, SHAPES["strategist"], "strategist")

_CHILD = """
import httpx, json, sys
from jennie_cli.adapters.system import SystemClock
from jennie_cli.simulator.sages import serve_sages
with serve_sages(7, clock=SystemClock()) as url:
    answer = httpx.post(url + "/chat/completions", content=sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer.content)
"""


def _asked(url: str) -> bytes:
    return httpx.post(f"{url}/chat/completions", json=BODY).raise_for_status().content


def test_a_server_comes_and_goes_without_a_trace() -> None:
    """No thread and no socket is left, and the address answers nobody."""
    before = threading.active_count()
    with serve_sages(7, clock=SystemClock()) as url:
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/v1")
        assert _asked(url)
        assert before < threading.active_count()
    gc.collect()
    assert before == threading.active_count()
    with pytest.raises(httpx.ConnectError):
        _asked(url)


def test_another_process_gets_the_same_bytes() -> None:
    """An answer depends on nothing but seed and question."""
    with serve_sages(7, clock=SystemClock()) as url:
        request = httpx.Request("POST", f"{url}/chat/completions", json=BODY)
        here = _asked(url)
    child = subprocess.run(
        [sys.executable, "-c", _CHILD], input=request.content, capture_output=True, check=True
    )
    assert here == child.stdout


def test_it_leaves_though_a_client_holds_on() -> None:
    """A connection that is kept, and an answer that takes too long, do not keep it."""
    with (
        httpx.Client(timeout=30) as kept,
        serve_sages(7, clock=SystemClock(), faults=["slow:60000:p=1"]) as url,
    ):
        assert 200 == kept.get(f"{url}/models").status_code
        port = int(url.split(":")[2].split("/")[0])
        request = b'{"model":"sim-sage-1","messages":[{"role":"user","content":"x"}]}'
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(request)}"
        asking = socket.create_connection(("127.0.0.1", port), timeout=10)
        asking.sendall(head.encode() + b"\r\n\r\n" + request)
        assert 200 == kept.get(f"{url}/models").status_code
    with asking:
        assert "200 OK" not in asking.recv(1_000).decode()
    gc.collect()


def test_a_failure_inside_leaves_no_server() -> None:
    """The thread ends with the block, however that ends."""
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="ours"), serve_sages(7, clock=SystemClock()):
        raise RuntimeError("ours")
    assert before == threading.active_count()


def test_a_taken_port_and_a_wrong_fault_are_named() -> None:
    """Nothing is started for either."""
    with serve_sages(7, clock=SystemClock()) as url:
        taken = int(url.split(":")[2].split("/")[0])
        with pytest.raises(OutsideError), serve_sages(7, clock=SystemClock(), port=taken):
            pass
    with pytest.raises(InputError), serve_sages(7, clock=SystemClock(), faults=["nonsense"]):
        pass
