"""The board of slots that the processes of a key share."""

import fcntl
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.adapters.kis import Pace
from jennie_cli.adapters.kis.folder import KeyFolder
from jennie_cli.adapters.kis.slots import BOARD, BoardHeld, Slots
from jennie_cli.engine.broker import BrokerBusy
from jennie_cli.engine.errors import HomeNotWritable, StorageFull

GAP = 0.1
BOARD_TEXT = {"next_at": 0.0, "factor": 1.0, "slowed_at": 0.0}
WAITS: dict[str, Any] = {"pid": os.getpid(), "rank": 0, "since": 0.0, "due": 5.0}
BAD: tuple[dict[str, Any], ...] = (
    {"due": None},
    {"due": 1e300},
    {"rank": "first"},
    {"since": []},
    {"pid": 2**60},
    {"pid": -1},
)


def folder_at(path: Path) -> KeyFolder:
    return KeyFolder(path, app_key="key", host="host")


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return folder_at(tmp_path / "run")


def test_the_spacing_leaves_room_for_calls_that_arrive_unevenly() -> None:
    """15 a second under a limit of 18 are 67 ms apart; 1 a second under 1 are 1.1 s apart."""
    assert pytest.approx(1 / 15) == Pace(per_second=15.0, limit=18.0).spacing_s
    assert pytest.approx(1.1) == Pace(per_second=1.0, limit=1.0).spacing_s
    assert pytest.approx(1.1 / 3) == Pace(per_second=3.0, limit=3.0).spacing_s


def test_the_first_call_leaves_at_once_and_the_next_one_slot_later(folder: KeyFolder) -> None:
    """An idle hour saves up no burst."""
    slots = Slots(folder, spacing_s=GAP)
    assert 0.0 == slots.ask(rank=4, since=3600.0, now=3600.0)
    assert pytest.approx(GAP) == slots.ask(rank=4, since=3600.0, now=3600.0)
    assert 0.0 == slots.ask(rank=4, since=3600.0, now=3600.0 + GAP)


def test_the_more_urgent_process_gets_the_slot(folder: KeyFolder) -> None:
    """A quote that came first yields to a sell of another process, then has its turn."""
    quotes, orders = Slots(folder, spacing_s=GAP), Slots(folder, spacing_s=GAP)
    assert 0.0 == quotes.ask(rank=4, since=0.0, now=0.0)
    quotes.ask(rank=4, since=0.0, now=0.01)
    orders.announce(rank=0, since=0.05, now=0.05)
    assert quotes.ask(rank=4, since=0.0, now=GAP) > 0
    assert 0.0 == orders.ask(rank=0, since=0.05, now=GAP)
    assert 0.0 == quotes.ask(rank=4, since=0.0, now=2 * GAP)


def test_within_a_kind_who_came_first_goes_first(folder: KeyFolder) -> None:
    """Two processes with quotes take turns by the time their next call has waited."""
    early, late = Slots(folder, spacing_s=GAP), Slots(folder, spacing_s=GAP)
    assert 0.0 == early.ask(rank=4, since=0.0, now=0.0)
    late.ask(rank=4, since=0.02, now=0.02)
    early.ask(rank=4, since=0.01, now=0.03)
    assert late.ask(rank=4, since=0.02, now=GAP) > 0
    assert 0.0 == early.ask(rank=4, since=0.01, now=GAP)


def test_a_process_that_hangs_is_passed_over(folder: KeyFolder) -> None:
    """A sell that does not look when its slot comes holds the others up a quarter second."""
    hung, other = Slots(folder, spacing_s=GAP), Slots(folder, spacing_s=GAP)
    hung.announce(rank=0, since=0.0, now=0.0)
    assert other.ask(rank=4, since=0.0, now=0.2) > 0
    assert 0.0 == other.ask(rank=4, since=0.0, now=0.3)


def test_a_killed_process_holds_nobody_up(folder: KeyFolder, tmp_path: Path) -> None:
    """Its place on the board goes with it, and its lock too."""
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from jennie_cli.adapters.kis.folder import KeyFolder\n"
        "from jennie_cli.adapters.kis.slots import Slots\n"
        "folder = KeyFolder(Path(sys.argv[1]), app_key='key', host='host')\n"
        "Slots(folder, spacing_s=0.1).announce(rank=0, since=0.0, now=5.0)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path / "run")], check=False)
    assert -9 == killed.returncode
    assert b'"rank":0' in (folder.path / BOARD).read_bytes()
    assert 0.0 == Slots(folder, spacing_s=GAP).ask(rank=4, since=5.0, now=5.0)


def test_a_call_too_many_halves_the_rate_which_comes_back_slowly(folder: KeyFolder) -> None:
    """Of one burst of refusals one counts; after minutes the rate is whole again."""
    slots = Slots(folder, spacing_s=GAP)
    for moment in (0.5, 0.6, 0.7):
        slots.slow_down(moment)
    assert pytest.approx(5.0) == slots.rate(1.0)
    slots.slow_down(2.0)
    assert pytest.approx(2.5) == slots.rate(2.0)
    assert 2.5 < slots.rate(30.0) < 5.0
    assert pytest.approx(10.0) == slots.rate(300.0)


def test_however_often_it_is_refused_a_key_keeps_an_eighth_of_its_rate(folder: KeyFolder) -> None:
    """The floor is an eighth."""
    slots = Slots(folder, spacing_s=GAP)
    for second in range(2, 40, 2):
        slots.slow_down(float(second))
    assert pytest.approx(10.0 / 8) == slots.rate(38.0)


def test_a_call_that_left_late_moves_the_next_one(folder: KeyFolder) -> None:
    """The distance is kept from when it left, not from when it might have."""
    slots = Slots(folder, spacing_s=GAP)
    slots.ask(rank=4, since=0.0, now=0.0)
    slots.left_late(0.09)
    assert pytest.approx(0.09) == slots.ask(rank=4, since=0.1, now=0.1)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'{"next_at": "soon"}',
        orjson.dumps({"next_at": 9e9, "factor": 1.0, "slowed_at": 0.0, "waiting": {}}),
        orjson.dumps({"next_at": 1.0, "factor": 8.0, "slowed_at": 9e9, "waiting": {}}),
        *(orjson.dumps(BOARD_TEXT | {"waiting": {"1-a": WAITS | bad}}) for bad in BAD),
    ],
)
def test_a_board_that_makes_no_sense_is_begun_anew(folder: KeyFolder, text: bytes) -> None:
    """Damage, or a board from before the machine was started, stops nobody."""
    slots = Slots(folder, spacing_s=GAP)
    (folder.path / BOARD).write_bytes(text)
    assert 0.0 == slots.ask(rank=4, since=5.0, now=5.0)
    assert pytest.approx(10.0) == slots.rate(5.0)


def test_a_board_swept_away_is_made_again(folder: KeyFolder) -> None:
    """A runtime folder is emptied at logout; both processes meet on the new board."""
    one, other = Slots(folder, spacing_s=GAP), Slots(folder, spacing_s=GAP)
    one.ask(rank=4, since=0.0, now=0.0)
    (folder.path / BOARD).unlink()
    assert 0.0 == one.ask(rank=4, since=5.0, now=5.0)
    assert other.ask(rank=4, since=5.0, now=5.0) > 0


def test_a_folder_that_cannot_be_made_again_costs_no_other_file(tmp_path: Path) -> None:
    """The number of the old board goes to no file opened later: the ledger is left whole."""
    slots = Slots(folder_at(tmp_path / "run"), spacing_s=GAP)
    slots.ask(rank=0, since=0.0, now=1.0)
    shutil.rmtree(tmp_path / "run")
    (tmp_path / "run").write_text("in the way")
    with pytest.raises(HomeNotWritable):
        slots.ask(rank=0, since=0.0, now=2.0)
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(b"evidence\n" * 1000)
    handle = os.open(ledger, os.O_RDWR)
    with pytest.raises(HomeNotWritable):
        slots.ask(rank=0, since=0.0, now=3.0)
    slots.close()
    os.close(handle)
    assert b"evidence\n" * 1000 == ledger.read_bytes()


def test_a_closed_board_is_touched_no_more(folder: KeyFolder, tmp_path: Path) -> None:
    """A late word about the rate goes nowhere, though another file has the number by now."""
    slots = Slots(folder, spacing_s=GAP)
    slots.close()
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(b"evidence\n" * 1000)
    handle = os.open(ledger, os.O_RDWR)
    with pytest.raises(BrokerBusy, match="is closed"):
        slots.slow_down(1.0)
    slots.close()
    os.write(handle, b"E")
    os.close(handle)
    assert b"Evidence\n" + b"evidence\n" * 999 == ledger.read_bytes()


def test_a_board_that_somebody_holds_is_told_at_once(folder: KeyFolder) -> None:
    """Nobody waits for a lock with the event loop in hand."""
    slots = Slots(folder, spacing_s=GAP)
    other = os.open(folder.path / BOARD, os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(BoardHeld):
        slots.ask(rank=0, since=0.0, now=0.0)
    os.close(other)
    assert 0.0 == slots.ask(rank=0, since=0.0, now=0.0)


def test_a_disk_that_takes_half_a_page_is_full(
    folder: KeyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Board and documents alike: a short write is named and never taken for a whole one."""
    slots = Slots(folder, spacing_s=GAP)
    monkeypatch.setattr(os, "pwrite", lambda *_: 1)
    with pytest.raises(StorageFull):
        slots.ask(rank=0, since=0.0, now=0.0)
    with pytest.raises(StorageFull):
        folder.write("token.json", {"token": "x"})
    assert {} == folder.read("token.json")


def test_the_board_is_private(folder: KeyFolder) -> None:
    """Folder 0700, file 0600, and neither tells the key."""
    Slots(folder, spacing_s=GAP)
    assert 0o700 == folder.path.stat().st_mode & 0o777
    assert 0o600 == (folder.path / BOARD).stat().st_mode & 0o777
    assert os.getuid() == folder.path.stat().st_uid
    assert "key" not in str(folder.path.name)


@settings(max_examples=40)
@given(
    asks=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 4), st.floats(0.0, 0.3, allow_nan=False)),
        min_size=1,
        max_size=60,
    )
)
def test_no_two_slots_are_ever_closer_than_the_spacing(
    tmp_path_factory: pytest.TempPathFactory, asks: list[tuple[int, int, float]]
) -> None:
    """Whoever asks, however urgently and whenever."""
    folder = folder_at(tmp_path_factory.mktemp("run"))
    doors = [Slots(folder, spacing_s=GAP) for _ in range(3)]
    now, granted = 100.0, []
    for door, rank, pause in asks:
        now += pause
        if doors[door].ask(rank=rank, since=now, now=now) == 0:
            granted.append(now)
    for one in doors:
        one.close()
    assert all(later - earlier >= GAP - 1e-9 for earlier, later in pairwise(granted))
