"""A session keeps its tape where the settings want one, and trades on where none can be kept."""

from datetime import date
from pathlib import Path

import pytest
from tests.unit.engine.research.walk_cases import MONEY, POLICIES, at
from tests.unit.engine.trading.session.running_room import Ears
from tests.unit.engine.trading.session.tape_cases import STOP_LOSS
from tests.unit.wiring.short_home import house_at

from jennie_cli._version import __version__
from jennie_cli.engine.errors import HomeNotWritable
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.walk_account import open_account
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.opening import Opening
from jennie_cli.engine.trading.session.replaying import Replayed, replay
from jennie_cli.engine.trading.session.tape import Beginning
from jennie_cli.wiring import House
from jennie_cli.wiring.session_tapes import Taping, kept_tapes

DAY = STOP_LOSS.day


def beginning() -> Beginning:
    """Return a morning with nothing held."""
    opening = Opening(
        book=open_account(MONEY).book,
        last={},
        signalled_until={},
        equity=MONEY,
        cash=MONEY,
        latched=False,
        groups={},
        trades=0,
    )
    return Beginning(
        morning=STOP_LOSS, opening=opening, policies=POLICIES, since=at("09:00"), grace_s=1.0
    )


def begun(taping: Taping) -> TradingDay:
    """Return a session in its first second."""
    day = taping.day(beginning(), Costs())
    day.beat(at("09:00"))
    return day


def again(house: House) -> Replayed:
    """Replay the newest tape."""
    tapes = kept_tapes(house)
    return replay(tapes.read(DAY, tapes.numbers(DAY)[-1]))


def test_a_session_keeps_its_tape_whole(tmp_path: Path) -> None:
    """With the version of the program, and its end."""
    house = house_at(tmp_path)
    with Taping(house, Ears()) as taping:
        begun(taping)
    came = again(house)
    assert (True, None, __version__) == (came.whole, came.difference, came.by)
    assert at("09:00") == came.until


def test_a_session_that_broke_off_leaves_what_it_heard(tmp_path: Path) -> None:
    """Its tape has no end."""
    house = house_at(tmp_path)

    def break_off() -> None:
        with Taping(house, Ears()) as taping:
            begun(taping)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    came = again(house)
    assert (False, None, at("09:00")) == (came.whole, came.difference, came.until)


def test_it_can_be_turned_off(tmp_path: Path) -> None:
    """Then nothing is written."""
    house = house_at(tmp_path, given={"trading.tape": "false"})
    with Taping(house, Ears()) as taping:
        assert begun(taping).codes
    assert () == kept_tapes(house).days()


def test_a_home_that_takes_no_tape_is_told_and_the_session_goes_on(tmp_path: Path) -> None:
    """It is told at the place `tape`."""
    house, ears = house_at(tmp_path), Ears()
    (tmp_path / "tapes").write_text("a file")
    with Taping(house, ears) as taping:
        begun(taping)
    assert ("tape", HomeNotWritable.code) in ears.troubles


def test_old_tapes_go_when_a_session_ends(tmp_path: Path) -> None:
    """As many days stay as the settings say."""
    house = house_at(tmp_path, given={"trading.tape_sessions": "1"})
    kept_tapes(house).begin(date(2024, 1, 2)).close()
    with Taping(house, Ears()) as taping:
        begun(taping)
    assert (DAY,) == kept_tapes(house).days()
