"""Over sixty run days of the generated market no rule that has its input stays silent."""

from collections import Counter
from datetime import date, datetime, time

import pytest

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.rules import RULES, RuleCount, dead_rules
from jennie_cli.engine.scoring.market import read_market
from jennie_cli.engine.scout import ScoutPolicies, ScoutRequest, run_scout
from jennie_cli.engine.store import FactStore, ScoutRun
from jennie_cli.engine.store.memory import MemoryFacts
from jennie_cli.engine.venue import Calendar, default_calendar
from jennie_cli.settings import SimOptions
from jennie_cli.simulator import WORLD_START, GeneratedMarket

pytestmark = pytest.mark.slow

RUN_DAYS = 60
NARROW = 60
"""Every tenth day asks for a universe this small, whose sector caps leave slots free."""

NEVER_SUPPLIED = {"model", "council", "holdings", "competitor", "macro", "exclusions", "stability"}


def scouted(facts: FactStore, day: date, universe: int | None) -> ScoutRun:
    """Run the scout at 08:30 of a trading day."""
    at = datetime.combine(day, time(8, 30), KST)
    request = ScoutRequest(run_id=day.isoformat(), trade_date=day, universe=universe)
    result, _ = run_scout(
        read_market(facts, as_of=at),
        request,
        ScoutPolicies(),
        ManualClock(at),
        profile="sim",
        market="generated",
    )
    return result


def last_run_days(calendar: Calendar) -> list[date]:
    """Return the trading days that end with the world's first morning."""
    first = WORLD_START.date()
    return [calendar.offset(first, -back) for back in range(RUN_DAYS)]


@pytest.fixture(scope="module")
def runs() -> list[ScoutRun]:
    """Return sixty runs over one generated market, without their stocks."""
    calendar = default_calendar()
    facts = MemoryFacts()
    market = GeneratedMarket(SimOptions().seed, calendar)
    facts.write(market.batches(through=WORLD_START.date()))
    days = last_run_days(calendar)
    return [scouted(facts, d, NARROW if i % 10 == 9 else None) for i, d in enumerate(days)]


def totals(runs: list[ScoutRun]) -> list[RuleCount]:
    """Return askings and firings summed over runs."""
    asked: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    for result in runs:
        for count in result.rules:
            asked[count.rule] += count.asked
            fired[count.rule] += count.fired
    return [RuleCount(rule=r, asked=n, fired=fired[r]) for r, n in asked.items()]


def test_every_rule_whose_input_exists_fires(runs: list[ScoutRun]) -> None:
    """Nothing is silent; what did not fire waits for an input that nothing supplies yet."""
    had = {name for result in runs for name in result.settings["inputs"]}
    found = dead_rules(totals(runs), had)
    assert () == found.never_fired
    assert all(set(w.inputs) & NEVER_SUPPLIED for w in found.waiting)


def test_a_rule_disconnected_on_purpose_is_named(runs: list[ScoutRun]) -> None:
    """Taking one rule's answers away puts exactly that rule on the list."""
    had = {name for result in runs for name in result.settings["inputs"]}
    for cut_off in ("veto.distribution", "skip.rsi", "eligible.liquidity"):
        left = [c for c in totals(runs) if c.rule != cut_off]
        assert (RULES[cut_off],) == dead_rules(left, had).never_fired


def test_no_run_breaks_a_cap_or_calls_a_blocked_stock_tradable(runs: list[ScoutRun]) -> None:
    """At most twenty stocks, at most one over a group's cap and only when backfilled."""
    for result in runs:
        listed = [s for s in result.stocks if s.rank is not None]
        assert 1 <= len(listed) <= 20
        taken = Counter(s.sector_group for s in listed)
        late = Counter(s.sector_group for s in listed if s.backfilled)
        for row in result.sectors:
            assert taken[row.group] - late[row.group] <= row.effective_cap
            assert taken[row.group] <= row.effective_cap + 1
        assert not any(s.is_tradable for s in listed if s.trade_tier == "BLOCKED")


def test_kosdaq_is_scored_and_hardly_anything_is_unclassified(runs: list[ScoutRun]) -> None:
    """KOSDAQ names are scored on every day, and at most a tenth of the universe is 기타."""
    for result in runs:
        assert any(s.market == "KOSDAQ" and s.quant_score is not None for s in result.stocks)
        if result.settings["request"]["universe"] == ScoutPolicies().scout.universe_size:
            other = sum(s.sector_group == "기타" for s in result.stocks)
            assert other <= 0.1 * len(result.stocks)
