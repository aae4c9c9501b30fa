"""ruff stops code that reads the clock, the environment or free dice, except where it may."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def banned(path: str, text: str) -> set[str]:
    """Return the codes of ruff for a planted module that would stand at `path`."""
    command = [sys.executable, "-m", "ruff", "check", "--output-format=json", "--select=TID251,DTZ"]
    done = subprocess.run(
        [*command, "--no-cache", "--stdin-filename", path, "-"],
        cwd=TOP,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return {finding["code"] for finding in json.loads(done.stdout)}


CLOCK = [
    "from datetime import UTC, datetime\nx = datetime.now(UTC)",
    "import datetime as d\nx = d.datetime.now(tz=d.UTC)",
    "import time\nx = time.time()",
    "from time import monotonic\nx = monotonic()",
    "import time\ntime.sleep(1)",
    "import asyncio\nasync def f():\n    await asyncio.sleep(1)",
    "import pandas as pd\nx = pd.Timestamp.now('UTC')",
]
DICE = ["import random\nx = random.random()", "import uuid\nx = uuid.uuid4()"]
SURROUNDINGS = ["import os\nx = os.environ['A']", "from os import getenv\nx = getenv('A')"]


@pytest.mark.parametrize("text", [*CLOCK, *DICE, *SURROUNDINGS])
@pytest.mark.parametrize("folder", ["engine/scout", "simulator", "commands", "adapters/sql"])
def test_ban_fires(folder: str, text: str) -> None:
    """Reading the clock, free dice or the environment is found, even with an aware now."""
    assert "TID251" in banned(f"src/jennie_cli/{folder}/planted.py", text)


@pytest.mark.parametrize("text", CLOCK)
def test_system_may_read_the_clock(text: str) -> None:
    """The system adapter holds the one reader of the wall clock."""
    assert set() == banned("src/jennie_cli/adapters/system/planted.py", text)


@pytest.mark.parametrize("text", SURROUNDINGS)
def test_settings_may_read_the_environment(text: str) -> None:
    """Settings are the one reader of the environment."""
    assert set() == banned("src/jennie_cli/settings/planted.py", text)


@pytest.mark.parametrize("folder", ["engine/scout", "settings", "adapters/system"])
def test_naive_now_is_found_everywhere(folder: str) -> None:
    """A time without its zone is found, even where the clock may be read."""
    naive = "from datetime import datetime\nx = datetime.now()"
    assert "DTZ005" in banned(f"src/jennie_cli/{folder}/planted.py", naive)
