"""A recorded session is the same again; what differs, and what nobody knows, is told by name."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.research.walk_cases import CALENDAR, MONEY, POLICIES
from tests.unit.engine.research.walk_days import BUSY, RICH, session, until
from tests.unit.engine.trading.session.tape_cases import BY, STOP_LOSS, recorded, words

from jennie_cli.engine.research.rehearsal import rehearse
from jennie_cli.engine.research.walk_account import open_account
from jennie_cli.engine.signals import Guest, Guests
from jennie_cli.engine.trading.session.replaying import replay
from jennie_cli.engine.trading.session.tape import SAID, BadTape

DECISIONS, TAPE = recorded(STOP_LOSS)
SPOKEN = words(TAPE)


@settings(max_examples=2)
@given(seed=st.integers(0, 10_000))
def test_a_busy_day_is_the_same_again(seed: int) -> None:
    """Each decision, wish and judgement of four stocks, byte for byte; taping changed none."""
    day = until(session(seed, stocks=4), 10 * 60 + 10)
    decisions, tape = recorded(day, money=RICH, policies=BUSY)
    assert rehearse(day, open_account(RICH), BUSY, calendar=CALENDAR)[0] == decisions
    came = replay(tape)
    assert (None, True) == (came.difference, came.whole)
    assert len(decisions) == came.decisions
    assert 1 == came.sums


def test_the_short_session_has_every_step() -> None:
    """A signal, an order, a purchase and a sale, so that comparing them means something."""
    assert {"signal", "ordered", "bought", "sold"} <= {d.step for d in DECISIONS}
    assert rehearse(STOP_LOSS, open_account(MONEY), POLICIES, calendar=CALENDAR)[0] == DECISIONS
    came = replay(TAPE)
    assert (len(DECISIONS), None) == (came.decisions, came.difference)
    assert (STOP_LOSS.day, BY, len(TAPE)) == (came.day, came.by, came.lines)


def changed(number: int, change: Any) -> list[bytes]:
    """Return the tape with one line changed; the first line of a tape is number 1."""
    line = json.loads(TAPE[number - 1])
    change(line)
    return [*TAPE[: number - 1], json.dumps(line, separators=(",", ":")).encode(), *TAPE[number:]]


def heard_before(word: str) -> int:
    """Return the number of the last line of ticks before the first line with a word."""
    return max(n for n, told in enumerate(SPOKEN[: SPOKEN.index(word)], start=2) if told == "hear")


@pytest.mark.parametrize("word", ["buy", "sell"])
def test_one_changed_tick_is_found(word: str) -> None:
    """The line, the moment and both sides are told; nothing after it is."""
    number = heard_before(word)

    def cheaper(line: Any) -> None:
        line[2][0][2] -= 10

    came = replay(changed(number, cheaper))
    found = came.difference
    assert found is not None
    assert found.line > number
    assert found.at is not None
    assert found.recorded is not None
    assert found.replayed is not None
    assert found.recorded != found.replayed


@pytest.mark.parametrize("word", sorted(set(SPOKEN) & SAID))
def test_what_is_no_longer_said_or_newly_said_is_found(word: str) -> None:
    """A line that is gone, and one that stands there twice."""
    place = SPOKEN.index(word) + 1
    gone = replay([*TAPE[:place], *TAPE[place + 1 :]]).difference
    twice = replay([*TAPE[: place + 1], TAPE[place], *TAPE[place + 1 :]]).difference
    assert gone is not None
    assert TAPE[place].decode() == gone.replayed
    assert twice is not None
    assert TAPE[place].decode() == twice.recorded


@settings(max_examples=8)
@given(cut=st.integers(1, len(TAPE) - 1))
def test_a_tape_of_a_session_that_was_killed_is_compared_as_far_as_it_goes(cut: int) -> None:
    """What was said in the very last moment may not have been written: that is no difference."""
    came = replay(TAPE[:cut])
    assert (None, False, cut) == (came.difference, came.whole, came.lines)


def newer_head(line: Any) -> None:
    """A field that a later version added deep inside."""
    line["beginning"]["morning"]["candidates"]["moon_phase"] = 1


def newer_form(line: Any) -> None:
    """Another way of writing."""
    line["form"] = 2


def newer_word(line: Any) -> None:
    """Something that is heard only later."""
    line[0] = "telepathy"


def longer_tick(line: Any) -> None:
    """One figure more a tick."""
    line[2][0] += [0, 7]


def newer_trade(line: Any) -> None:
    """A field more of a trade."""
    line[1]["karma"] = 3


@pytest.mark.parametrize(
    ("number", "change", "name"),
    [
        (1, newer_head, "head.beginning.morning.candidates.moon_phase"),
        (1, newer_form, "form 2"),
        (2, newer_word, "telepathy"),
        (SPOKEN.index("hear") + 2, longer_tick, "hear"),
        (SPOKEN.index("traded") + 2, newer_trade, "trade.karma"),
    ],
)
def test_what_a_later_version_wrote_is_refused_by_name(number: int, change: Any, name: str) -> None:
    """With the version that wrote it, and never taken for something else."""
    with pytest.raises(BadTape, match=name) as refused:
        replay(changed(number, change))
    assert BY in refused.value.message


@pytest.mark.parametrize("tape", [[], [b"{}"], [b"no json"], [TAPE[0], b"{"], [TAPE[0], b"{}"]])
def test_what_is_no_tape_is_refused(tape: list[bytes]) -> None:
    """It says so, and does not break off."""
    with pytest.raises(BadTape):
        replay(tape)


def test_a_session_with_plugins_wants_them_again() -> None:
    """Without them other things would be decided."""

    def never(_: Any) -> tuple[Any, ...]:
        raise AssertionError

    with pytest.raises(BadTape, match="gate moon"):
        replay(TAPE, Guests(gates=(Guest(name="moon", ask=never),)))


def test_the_tape_knows_nothing_of_later_bars() -> None:
    """Of a past session it keeps what was known in the morning."""
    head = json.loads(TAPE[0])
    assert "bars" not in head["beginning"]["morning"]
