"""Budgets: a hard stop by the worst case, in the middle of a run and among many at once."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from tests.unit.engine.llm.desk_bench import GOOD, NOW, QUESTION, SCHEMA, Gate, bench, flat, member

from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.llm import (
    BudgetSpent,
    LlmPolicy,
    Member,
    Message,
    Reply,
    Role,
    Service,
)

CENT = LlmPolicy(scout_budget_usd=0.01)
"""Ten thousand millionths of a dollar."""


def dear(tokens: int) -> Reply:
    """Return an answer of so many tokens."""
    return Reply(text=GOOD, model="m", tokens_in=tokens, tokens_out=0)


def test_the_budget_stops_a_run() -> None:
    """At a dollar a million, worst cases of 1,100 tokens fit until 9,000 of 10,000 are spent."""
    desk = bench(member("one", *[dear(3_000)] * 9), policy=CENT, prices=flat("1"))
    for _ in range(3):
        desk.ask()
    with pytest.raises(BudgetSpent) as stopped:
        desk.ask()
    assert ExitCode.REFUSED is stopped.value.exit_code
    for told in ("scout", "0.01 USD", "2026-11-23", "0.009 are spent"):
        assert told in stopped.value.message
    assert "llm.scout_budget_usd" in stopped.value.hint
    assert (3, "llm_budget") == (len(desk.book.used), desk.log.exchanges[-1].failure)


def test_each_day_has_its_own_money() -> None:
    """The next Korean day starts anew."""
    desk = bench(member("one", *[dear(9_500)] * 2), policy=CENT, prices=flat("1"))
    desk.ask()
    with pytest.raises(BudgetSpent):
        desk.ask()
    desk.clock.advance(timedelta(days=1).total_seconds())
    assert 72 == desk.ask().value


@pytest.mark.parametrize(
    ("service", "setting"),
    [
        (Service.COUNCIL, "llm.council_budget_usd"),
        (Service.NEWS, "llm.news_budget_usd"),
        (Service.PERSON, "llm.other_budget_usd"),
    ],
)
def test_each_service_has_its_own_money(service: Service, setting: str) -> None:
    """What the scout spends is not missing to others, and the hint names whose limit it is."""
    policy = LlmPolicy(council_budget_usd=0.0, news_budget_usd=0.0, other_budget_usd=0.0)
    desk = bench(member("one", GOOD), policy=policy, prices=flat("1"))
    assert 72 == desk.ask().value
    with pytest.raises(BudgetSpent) as stopped:
        desk.ask(service=service)
    assert setting in stopped.value.hint


def test_what_costs_nothing_needs_no_money() -> None:
    """A budget of nothing still lets a free model answer."""
    assert 72 == bench(member("one", GOOD), policy=LlmPolicy(scout_budget_usd=0.0)).ask().value


@pytest.mark.parametrize(("thoughts", "worst"), [(0, "0.003345"), (655, "0.004")])
def test_the_worst_case_counts_words_schema_and_thoughts(thoughts: int, worst: str) -> None:
    """1,500 of Hangul and 106 of schema are 2,321 tokens; 1,024 of answer and thoughts follow."""
    question = replace(QUESTION, messages=(Message(role=Role.USER, text="가" * 1_500),))
    assert 106 == len(orjson.dumps(SCHEMA))
    poor = LlmPolicy(scout_budget_usd=float(worst) - 0.000001)
    desk = bench(member("one", GOOD, thought_tokens=thoughts), policy=poor, prices=flat("1"))
    with pytest.raises(BudgetSpent, match=re.escape(f"may cost {worst}.")):
        asyncio.run(desk.desk.ask(question))
    enough = LlmPolicy(scout_budget_usd=float(worst))
    desk = bench(member("one", GOOD, thought_tokens=thoughts), policy=enough, prices=flat("1"))
    assert 72 == asyncio.run(desk.desk.ask(question)).value


def test_those_at_once_cannot_spend_the_same_dollar() -> None:
    """Of fifty at once only as many begin as fit by their worst cases."""

    async def crowd() -> tuple[int, int, int]:
        gate = Gate(dear(100))
        desk = bench(Member(name="one", provider=gate), policy=CENT, prices=flat("1"))
        asked = [asyncio.ensure_future(desk.desk.ask(QUESTION)) for _ in range(50)]
        await gate.entered.wait()
        gate.opened.set()
        ended = await asyncio.gather(*asked, return_exceptions=True)
        refused = sum(isinstance(each, BudgetSpent) for each in ended)
        # what was set aside is free again
        await desk.desk.ask(QUESTION)
        return gate.calls, refused, desk.book.spent(NOW.date(), Service.SCOUT)

    assert (10, 41, 1_000) == asyncio.run(crowd())


def test_money_is_counted_even_when_the_book_is_not() -> None:
    """A book that forgets does not lift the budget."""
    desk = bench(member("one", *[dear(9_500)] * 2), policy=CENT, prices=flat("1"))
    desk.ask()
    desk.book.used.clear()
    with pytest.raises(BudgetSpent):
        desk.ask()
