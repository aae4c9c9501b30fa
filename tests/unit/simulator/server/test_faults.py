"""Rules of faults: read from text, struck by seeded dice."""

import pytest

from jennie_cli.engine.errors import InputError
from jennie_cli.simulator.server.faults import TABLE, Fault, Faults


def test_every_fault_has_one_sentence() -> None:
    """The table that the help prints is complete."""
    assert set(Fault) == set(TABLE)
    assert all(meaning.text and "\n" not in meaning.text for meaning in TABLE.values())


def test_a_rule_strikes_as_often_as_it_may_and_where_it_may() -> None:
    """`n` counts strikes, `path` is an end of the path."""
    faults = Faults(1, ["rate:n=2:path=order-cash"])
    paths = ["/x/order-cash", "/x/inquire-balance", "/x/order-cash", "/x/order-cash"]
    assert [True, False, True, False] == [faults.strike(Fault.RATE, p) is not None for p in paths]
    assert 2 == faults.rules[0].struck


def test_the_same_seed_throws_the_same_dice() -> None:
    """Two runs with the same calls meet the same faults; another seed meets others."""

    def thrown(seed: int) -> list[bool]:
        faults = Faults(seed, ["slow:p=0.5"])
        return [faults.strike(Fault.SLOW) is not None for _ in range(64)]

    assert thrown(7) == thrown(7)
    assert thrown(7) != thrown(8)


def test_milliseconds_have_a_usual_value() -> None:
    """A rule without ms takes that of the table."""
    faults = Faults(1, ["late-notice", "slow:ms=5"])
    assert [3_000, 5] == [rule.ms for rule in faults.rules]


def test_a_notice_comes_first_now_and_then_without_any_rule() -> None:
    """KIS does so every day; a rule with p=0 forbids it."""
    usual = Faults(3)
    happened = sum(usual.strike(Fault.NOTICE_FIRST) is not None for _ in range(300))
    assert 60 < happened < 120
    never = Faults(3, ["notice-first:p=0"])
    assert not any(never.strike(Fault.NOTICE_FIRST) for _ in range(50))


def test_faults_are_switched_off_by_name_or_all_at_once() -> None:
    """Clearing one leaves the others."""
    faults = Faults(1, ["rate", "slow"])
    faults.clear(["rate"])
    assert [Fault.SLOW] == [rule.fault for rule in faults.rules]
    faults.clear()
    assert [] == faults.rules


@pytest.mark.parametrize(
    "text", ["nonsense", "rate:p=2", "rate:n=-1", "rate:ms=soon", "rate:q=1", "rate:p"]
)
def test_a_rule_that_cannot_be_read_switches_nothing_on(text: str) -> None:
    """The good ones beside it are not switched on either."""
    faults = Faults(1)
    with pytest.raises(InputError, match=text.partition(":")[0]):
        faults.add(["slow", text])
    assert [] == faults.rules
