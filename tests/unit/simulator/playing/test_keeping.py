"""A world that was killed stands where it was told to stand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import pytest
from tests.unit.simulator.tiny_market import ALPHA, BETA, TinyDays

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.model import Side
from jennie_cli.simulator.brokerage import Change, Ticket
from jennie_cli.simulator.playing import Disturbance, DisturbanceKind, Play, journal, read_script

MINE = "1234567801"
WRITES = "jennie_cli.simulator.playing.journal.write_synced"


def at(text: str, *, day: date = date(2025, 6, 30)) -> datetime:
    """Return a moment."""
    return datetime.combine(day, time.fromisoformat(text), KST)


def buy(qty: int, price: int = 0, *, code: str = ALPHA) -> Ticket:
    """Return a buy, at market without a price."""
    return Ticket(code=code, side=Side.BUY, qty=qty, price=price, division="00" if price else "01")


NEXT = date(2025, 7, 1)
STEPS: tuple[Callable[[Play], object], ...] = (
    lambda p: p.advance(at("08:45")),
    lambda p: p.place(MINE, buy(20, 50_500)),
    lambda p: p.advance(at("09:30")),
    lambda p: p.place(MINE, buy(5, 40_000)),
    lambda p: p.change(MINE, Change(original=2, cancels=False, price=40_100)),
    lambda p: p.change(MINE, Change(original=3, cancels=True, whole=False, qty=2)),
    lambda p: p.place(MINE, buy(300, code=BETA)),
    lambda p: p.disturb(Disturbance(kind=DisturbanceKind.HALT, code=BETA)),
    lambda p: p.advance(at("11:00")),
    lambda p: p.advance(at("10:00", day=NEXT)),
    lambda p: p.place("8765432101", buy(2)),
    lambda p: p.advance(at("10:05", day=NEXT)),
    lambda p: p.close(),
)


def world(folder: Path | None) -> Play:
    """Return the world of a folder, as a new process opens it."""
    return Play(TinyDays(), start=at("08:30"), folder=folder)


def state(play: Play) -> tuple[object, ...]:
    """Return all that a customer could find out."""
    boards = [play.exchange.board(c) for c in (ALPHA, BETA)]
    return play.now, play.day, play.brokerage.keep().dump(), boards, play.next_event()


def expected() -> list[tuple[object, ...]]:
    """Return the state before the first and after each step of a world that nobody killed."""
    play = world(None)
    states = [state(play)]
    for step in STEPS:
        step(play)
        states.append(state(play))
    return states


EXPECTED = expected()


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Killer:
    """Lets so many writes pass, then kills: before the write, in its middle, or after it."""

    spared: int
    part: float
    done: int = 0

    def __call__(self, handle: int, content: bytes) -> None:
        """Write as much as the killer allows."""
        if self.done < self.spared:
            self.done += 1
            self.real(handle, content)
            return
        self.real(handle, content[: int(len(content) * self.part)])
        raise Killed

    real = staticmethod(journal.write_synced)


def test_a_world_killed_at_any_write_stands_where_it_was_told(tmp_path: Path) -> None:
    """After a restart the state is that after the last answered step, or after the one that was
    being written: it is never in between, and what was answered is never lost.
    """
    point, killed = 0, True
    while killed:
        killed = False
        for part in (0.0, 0.5, 1.0):
            folder = tmp_path / f"{point}-{part}"
            answered, killed = _live(folder, Killer(spared=point, part=part))
            again = state(world(folder))
            assert again in EXPECTED[answered : answered + 2], (point, part, answered)
        point += 1
    assert point > len(STEPS)


def _live(folder: Path, killer: Killer) -> tuple[int, bool]:
    """Take the steps until the killer strikes; return how many were answered."""
    answered = 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WRITES, killer)
        try:
            play = world(folder)
            for step in STEPS:
                step(play)
                answered += 1
        except Killed:
            return answered, True
    return answered, False


def test_small_steps_are_written_once_in_a_while(tmp_path: Path) -> None:
    """Second by second the clock is written every five; a crash puts it ahead, never behind."""
    play = world(tmp_path)
    for second in range(12):
        play.advance(at(f"09:00:{second:02}"))
    written = (tmp_path / "journal-20250630.jsonl").read_text().count("clock")
    again = world(tmp_path)
    assert 3 == written
    assert at("09:00:12") == again.now


def test_a_closed_world_stands_exactly_where_it_was_left(tmp_path: Path) -> None:
    """Closing writes the clock to the millisecond."""
    play = world(tmp_path)
    moment = at("09:00:01").replace(microsecond=234_000)
    play.advance(at("09:00:01"))
    play.advance(moment)
    play.close()
    assert moment == world(tmp_path).now


def test_a_world_goes_forward_to_the_start_it_is_given(tmp_path: Path) -> None:
    """A clock that was moved while nobody played is caught up with."""
    world(tmp_path).place(MINE, buy(3, 60_000))
    later = Play(TinyDays(), start=at("10:00"), folder=tmp_path)
    assert at("10:00") == later.now
    assert 3 == later.brokerage.sellable(MINE, ALPHA).held


def test_a_script_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Lines that were carried out are not repeated, lines to come are."""
    script = read_script(
        f'{{"at":"2025-06-30T{h}","account":"{MINE}","side":"buy","code":"{ALPHA}","qty":{q},'
        f'"kind":"market","label":"{h}"}}'
        for h, q in (("09:05", 1), ("09:06", 2), ("09:07", 4))
    )

    def reopened() -> Play:
        return Play(TinyDays(), start=at("08:30"), folder=tmp_path, script=script)

    reopened().advance(at("09:05:30"))
    reopened().advance(at("09:06:30"))
    last = reopened()
    last.advance(at("09:30"))
    assert [1, 2, 4] == [r.qty for r in last.brokerage.orders(MINE, last.day, last.day)]
    assert 7 == last.brokerage.sellable(MINE, ALPHA).held


def test_another_market_is_refused(tmp_path: Path) -> None:
    """The folder of one seed is not played with another."""
    world(tmp_path)
    with pytest.raises(SettingsError, match="another market"):
        Play(TinyDays(seed=4), start=at("08:30"), folder=tmp_path)


def test_a_damaged_morning_is_named(tmp_path: Path) -> None:
    """A file that cannot be read stops the start with its path."""
    world(tmp_path)
    (tmp_path / "morning.json").write_text("{}")
    with pytest.raises(SettingsError, match=r"morning\.json"):
        world(tmp_path)


def test_a_newer_world_is_refused(tmp_path: Path) -> None:
    """A later version's folder is left alone."""
    world(tmp_path)
    path = tmp_path / "morning.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(SettingsError, match="newer"):
        world(tmp_path)


def test_whom_a_key_speaks_for_outlives_a_restart(tmp_path: Path) -> None:
    """On the same day, killed or closed, and on a later one."""
    first = world(tmp_path)
    first.introduce("hash", MINE)
    first.introduce("hash", MINE)
    (day,) = tmp_path.glob("journal-*")
    assert 1 == day.read_bytes().count(b'"do":"key"')
    again = world(tmp_path)
    assert (True, False) == (again.speaks("hash", MINE), again.speaks("another", MINE))
    again.advance(at("10:00", day=NEXT))
    assert world(tmp_path).speaks("hash", MINE)
