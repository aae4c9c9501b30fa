"""What the sages can be told to do wrong."""

import json
from collections import Counter

import pytest
from jsonschema import Draft202012Validator
from tests.unit.simulator.sages.bench import SHAPES, asked_of, desk, question, stock, words_of

from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import InputError
from jennie_cli.simulator.sages import SAGE_FAULTS, SageFault
from jennie_cli.simulator.sages.faults import SageFaults

OPINION = SHAPES["analyst_opinion"]
ASKED = question(stock(), OPINION, "analyst_opinion")


def test_every_fault_of_a_sage_has_one_sentence() -> None:
    """The table that a help can print is complete."""
    assert set(SageFault) == set(SAGE_FAULTS)
    assert all(text and "\n" not in text for text in SAGE_FAULTS.values())


def test_a_slow_sage_takes_its_time() -> None:
    """The clock passes as many milliseconds as were said, and the answer is the usual one."""
    slow = desk("slow:750")
    before = slow._clock.monotonic()
    assert words_of(asked_of(desk(), ASKED)) == words_of(asked_of(slow, ASKED))
    assert isinstance(slow._clock, ManualClock)
    assert 0.75 == slow._clock.monotonic() - before


@pytest.mark.parametrize(
    ("rule", "status", "kind"), [("status", 503, "server_error"), ("status:429", 429, "requests")]
)
def test_a_failing_sage_says_a_status(rule: str, status: int, kind: str) -> None:
    """With an error body, and a second to wait where waiting helps."""
    answer = asked_of(desk(rule), ASKED)
    assert (status, kind) == (answer.status_code, answer.json()["error"]["type"])
    assert "1" == answer.headers["retry-after"]


def test_bad_words_are_no_document() -> None:
    """Garbage and half an answer do not parse, an empty one has no letter."""
    for rule in ("garbage", "truncate"):
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            json.loads(words_of(asked_of(desk(rule), ASKED)))
    half = asked_of(desk("truncate"), ASKED).json()["choices"][0]
    assert "length" == half["finish_reason"]
    assert "" == words_of(asked_of(desk("empty"), ASKED))


def test_injected_words_fit_the_schema_all_the_same() -> None:
    """Only who reads the texts can find what is wrong with them."""
    said = json.loads(words_of(asked_of(desk("inject"), ASKED)))
    assert [] == list(Draft202012Validator(OPINION).iter_errors(said))
    assert "\x1b" in said["reason"]
    assert json.loads(words_of(asked_of(desk(), ASKED)))["score"] == said["score"]


def test_a_fault_strikes_as_often_as_its_rate_in_any_order() -> None:
    """The same questions meet the same faults whoever comes first, and once is enough for n=1."""
    digests = [bytes([i]) * 32 for i in range(200)]
    ahead, back = SageFaults(7, ["empty:p=0.3"]), SageFaults(7, ["empty:p=0.3"])
    met = {digest: bool(ahead.struck(digest)) for digest in digests}
    assert met == {digest: bool(back.struck(digest)) for digest in reversed(digests)}
    assert 30 < sum(met.values()) < 90
    assert sum(met.values()) == ahead.rules[0].struck
    once = SageFaults(7, ["empty:n=1"])
    assert Counter({False: 9, True: 1}) == Counter(bool(once.struck(d)) for d in digests[:10])


def test_asking_again_throws_the_dice_again() -> None:
    """A retry may succeed, and a second run sees the same row of faults."""

    def row() -> list[bool]:
        faults = SageFaults(7, ["status:p=0.5"])
        return [bool(faults.struck(b"x" * 32)) for _ in range(32)]

    assert row() == row()
    assert {True, False} == set(row())


@pytest.mark.parametrize(
    "rule", ["nonsense", "slow:p=2", "slow:n=-1", "slow:soon", "status:200", "empty:3", "slow:x=1"]
)
def test_a_rule_of_a_sage_that_cannot_be_read_is_refused(rule: str) -> None:
    """The error names it."""
    with pytest.raises(InputError, match=rule.partition(":")[0]):
        desk(rule)
