"""Buys that the session asks about are listed, approved and declined from another terminal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.commands.trading.test_standing import AskingCounter
from tests.unit.engine.risk.cases import at
from tests.unit.wiring.short_home import short_home

from jennie_cli.engine.bus.names import APPROVAL_ANSWER, APPROVAL_WAITING
from jennie_cli.engine.trading.approving import Waiting

SAMSUNG = Waiting(
    order_id="0630-100000-a-1",
    code="005930",
    name="삼성전자",
    qty=7,
    limit=71_000,
    strategy="RECON_ENTRY",
    at=at(10, 0),
)
HYNIX = replace(
    SAMSUNG,
    order_id="0630-100000-a-2",
    code="000660",
    name="SK하이닉스",
    at=SAMSUNG.at + timedelta(seconds=1),
)


@pytest.fixture(scope="module")
def counter() -> Iterator[AskingCounter]:
    """Return a counter over a home with a bus."""
    with short_home() as home:
        found = AskingCounter(home)
        yield found
        found.house.close()


@pytest.fixture(autouse=True)
def waiting(counter: AskingCounter) -> None:
    """Let two buys wait, unanswered."""
    for one in (SAMSUNG, HYNIX):
        counter.tell(APPROVAL_WAITING.of(one.order_id), one.text())
        counter.tell(APPROVAL_ANSWER.of(one.order_id).lasting(0.001), "")


def answers(counter: AskingCounter) -> list[str | None]:
    """Return what was said to the two."""
    return [counter.told(APPROVAL_ANSWER.of(one.order_id)) for one in (SAMSUNG, HYNIX)]


def test_alone_it_lists_what_waits(counter: AskingCounter) -> None:
    """The oldest first, with what it costs at most, and how to answer; nothing is answered."""
    told = counter.page("approve", lang="en")
    assert 0 == told.code
    first, second = (line for line in told.out.splitlines() if "waits" in line)
    assert "삼성전자" in first
    assert "497,000" in first
    assert "SK하이닉스" in second
    assert "trade approve STOCK" in told.out
    assert [None, None] == answers(counter)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["005930"], ["yes", None]),
        (["삼성전자", "--no"], ["no", None]),
        (["0630-100000-a-2"], [None, "yes"]),
        (["삼성전자", "000660"], ["yes", "yes"]),
        (["--all"], ["yes", "yes"]),
        (["--all", "--no"], ["no", "no"]),
    ],
)
def test_an_answer_is_for_those_that_are_named(
    counter: AskingCounter, words: list[str], said: list[str | None]
) -> None:
    """By code, name or order id, or for all that wait."""
    told = counter.call("approve", *words).document["waiting"]
    assert said == [row["answer"] for row in told]
    assert said == answers(counter)


def test_a_second_answer_comes_too_late(counter: AskingCounter) -> None:
    """The first one counts."""
    counter.call("approve", "005930", "--no")
    told = counter.page("approve", "005930", lang="en")
    assert "too late" in told.out
    assert ["no", None] == answers(counter)


def test_a_stock_that_does_not_wait_is_named(counter: AskingCounter) -> None:
    """Nothing else is answered for it."""
    told = counter.call("approve", "005930", "카카오")
    assert told.code
    assert "카카오" in told.error["message"]
    assert [None, None] == answers(counter)


def test_nothing_waits(counter: AskingCounter) -> None:
    """Said in a line; --all answers nothing."""
    for one in (SAMSUNG, HYNIX):
        counter.tell(APPROVAL_WAITING.of(one.order_id).lasting(0.001), "")
    told = counter.page("approve", "--all", lang="en")
    assert (0, True) == (told.code, "Nothing waits" in told.out)
