"""The library's log lasts as long as the process, whatever Python collects."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("llama_cpp", reason="needs the extra [llm]")

CHILD = """
import asyncio, gc, logging, sys
from jennie_cli.adapters.llama_cpp import LocalModel
from jennie_cli.adapters.llama_cpp.native import EAR
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import Call, Message, Role
from jennie_cli.settings.local_model import LocalOptions
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
for _ in range(3):
    model = LocalModel.open(sys.argv[1], LocalOptions(n_ctx=1024), steady=SystemClock())
    gc.collect()
    call = Call(messages=(Message(role=Role.USER, text="a"),), max_tokens=4)
    print(asyncio.run(model.reply(call)).tokens_out)
    if sys.argv[2] == "closed":
        asyncio.run(model.close())
print("lines", EAR.lines > 10)
"""


@pytest.mark.parametrize("way", ["closed", "left open"])
def test_process_lives_through_collections_and_ends_cleanly(tiny: Path, way: str) -> None:
    """Callbacks survive the collector, and a process that never closed its model still ends."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tiny), way],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert 0 == done.returncode, done.stderr[-2000:]
    assert ["4", "4", "4", "lines True"] == done.stdout.splitlines()
    assert "jennie_cli.llama" in done.stderr
