"""What a run can say of one candidate, and of what moved since another run."""

import re
from dataclasses import replace

import pytest
from tests.unit.engine.scout.builders import random_market, run

from jennie_cli.engine.errors import AmbiguousStock, UnknownStock
from jennie_cli.engine.scout import (
    ScoutPolicies,
    ScoutPolicy,
    compare,
    compare_scorers,
    explain,
    not_tradable_reason,
    silence,
    stock_of,
    why,
)
from jennie_cli.engine.store import ScoredStock, ScoutRun, Stage
from jennie_cli.engine.store.memory import MemoryRuns


@pytest.fixture(scope="module")
def result() -> ScoutRun:
    """Return one run over a hundred stocks."""
    return run(random_market(100).view())[0]


def at_stage(result: ScoutRun, stage: Stage) -> ScoredStock:
    """Return a candidate that left the run at this stage."""
    return next(s for s in result.stocks if s.stage is stage)


def test_every_sub_score_is_there_with_input_unit_points_and_maximum(result: ScoutRun) -> None:
    """All 22 parts of quant v2 are explained, and their maxima sum to 100."""
    doc = explain(result, result.stocks[0].code, "ko")
    parts = [p for f in doc["quant"]["factors"].values() for p in f["parts"].values()]
    assert 22 == len(parts)
    assert 100 == sum(p["max"] for p in parts)
    assert all({"points", "max", "input", "unit", "missing"} <= p.keys() for p in parts)


def test_the_factors_phase_and_penalty_add_up_to_the_total(result: ScoutRun) -> None:
    """What explain shows is what the total is made of."""
    for scored in (s for s in result.stocks if s.quant_score):
        raw = sum(f.points for f in scored.factors.values()) + (scored.phase_points or 0.0)
        raw -= 10.0 * bool(scored.falling_knife)
        assert pytest.approx(min(100.0, max(0.0, raw)), abs=0.02) == scored.quant_score


def test_a_name_finds_the_stock_as_well_as_a_code(result: ScoutRun) -> None:
    """Code and whole name lead to the same candidate."""
    first = result.stocks[0]
    assert first == stock_of(result, first.name) == stock_of(result, first.code)


def test_part_of_a_name_lists_its_candidates(result: ScoutRun) -> None:
    """An ambiguous name raises with candidates to choose from."""
    with pytest.raises(AmbiguousStock) as caught:
        stock_of(result, "가온")
    assert len(caught.value.candidates) > 1


def test_a_stock_outside_the_run_is_said_to_be_no_candidate(result: ScoutRun) -> None:
    """The error names the run and says how to widen it."""
    with pytest.raises(UnknownStock, match=r"not among the \d+ candidates") as caught:
        stock_of(result, "999999")
    assert "--universe" in caught.value.hint


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_reasons_are_sentences_with_the_figures_of_the_checks(result: ScoutRun, lang: str) -> None:
    """A listed stock's reasons end with its rank; each carries a figure or a plain statement."""
    doc = explain(result, result.stocks[0].code, lang)
    assert len(doc["tier_reasons"]) >= 9
    assert "75" in " ".join(doc["tier_reasons"])
    assert "1" in doc["tier_reasons"][-1]


def test_a_stock_that_was_cut_is_told_its_score_and_the_cut(result: ScoutRun) -> None:
    """The drop reason names value and limit."""
    cut = next(s for s in result.stocks if s.drop and s.drop.check.rule == "cut.quant")
    reason = not_tradable_reason(cut, "ko")
    assert reason is not None
    score, line = (float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", reason))
    assert pytest.approx(score, abs=0.05) == cut.quant_score
    assert score < line
    assert "컷" in reason


def test_every_listed_stock_is_tradable_or_told_why_not(result: ScoutRun) -> None:
    """Exactly the untradable ones have a reason."""
    listed = [s for s in result.stocks if s.rank is not None]
    assert any(s.is_tradable for s in listed)
    assert any(not s.is_tradable for s in listed)
    for lang in ("ko", "en"):
        assert all(s.is_tradable == (not_tradable_reason(s, lang) is None) for s in listed)


def test_why_names_two_strong_parts_and_a_weak_one(result: ScoutRun) -> None:
    """The strongest parts by points of the maximum come first, then the weakest."""
    first = result.stocks[0]
    said = why(first, "ko")
    assert ["▲", "▲", "▼"] == [s[0] for s in said]
    shares = [p.points / p.max for f in first.factors.values() for p in f.parts.values()]
    best = said[0].rsplit(" ", 1)[1].split("/")
    assert pytest.approx(max(shares), abs=0.02) == float(best[0]) / float(best[1])


def test_a_stock_that_was_never_scored_has_its_rule_for_a_reason() -> None:
    """An ineligible stock's reason is the rule that dropped it."""
    market = random_market(30)
    market.market_cap[0] = 1e9
    dropped = stock_of(run(market.view())[0], market.stocks[0].code)
    assert ("시가총액 10억원: 하한 500억원 미만",) == why(dropped, "ko")


def test_the_sector_budget_of_the_stock_is_shown(result: ScoutRun) -> None:
    """Tier and effective cap come from the run's own budget."""
    doc = explain(result, result.stocks[0].code, "ko")
    row = next(r for r in result.sectors if r.group == doc["sector_group"])
    assert (row.tier, row.effective_cap) == (
        doc["sector_budget"]["tier"],
        doc["sector_budget"]["effective_cap"],
    )


def test_a_run_compared_with_itself_shows_no_change(result: ScoutRun) -> None:
    """Nothing enters, leaves or moves."""
    doc = compare(result, result, "ko")
    assert ([], [], []) == (doc["entered"], doc["left"], doc["moved"])
    assert result.counts["watchlist"] == doc["unchanged"]


def test_a_comparison_says_what_moved_and_which_factor_moved_most() -> None:
    """Worse accounts of one listed stock show as quality or value losing most."""
    market = random_market(100)
    before, _ = run(market.view())
    code = before.stocks[0].code
    place = [s.code for s in market.stocks].index(code)
    market.roe_pct[place] -= 30.0
    after, _ = run(market.view())
    doc = compare(before, after, "ko")
    row = next(r for r in (*doc["moved"], *doc["left"]) if r["code"] == code)
    assert row["score_delta"] < 0
    assert row["moved_most"]["factor"] in {"quality", "value"}
    total = after_score(after, code) - after_score(before, code)
    assert pytest.approx(total, abs=0.05) == sum(row["factor_deltas"].values())


def after_score(result: ScoutRun, code: str) -> float:
    """Return a candidate's quant score."""
    return stock_of(result, code).quant_score or 0.0


def test_who_left_is_told_the_rule_of_the_later_run() -> None:
    """A stock that became too small leaves with that reason."""
    market = random_market(100)
    before, _ = run(market.view())
    code = before.stocks[0].code
    market.market_cap[[s.code for s in market.stocks].index(code)] = 1e9
    doc = compare(before, run(market.view())[0], "en")
    row = next(r for r in doc["left"] if r["code"] == code)
    assert "market cap KRW 1.0bn: below KRW 50.0bn" == row["reason"]


def test_a_newcomer_that_was_no_candidate_before_is_said_to_be_one() -> None:
    """A wider universe brings stocks the narrow run never looked at."""
    view = random_market(100).view()
    narrow, wide = run(view, universe=2)[0], run(view)[0]
    doc = compare(narrow, wide, "ko")
    assert "후보가 아니었음" in {row["reason"] for row in doc["entered"]}


def test_scorers_of_fewer_than_two_stocks_have_no_correlation() -> None:
    """One stock cannot agree or disagree with itself."""
    view = random_market(10).view()
    doc = compare_scorers(view, view.bars.codes[:1], ("v1", "v2"), ScoutPolicies())
    assert (1, None) == (doc["stocks"], doc["rank_correlation"])


def test_a_run_without_a_budget_explains_none(result: ScoutRun) -> None:
    """A stored run without sector rows has no budget to show."""
    bare = replace(result, sectors=())
    assert explain(bare, result.stocks[0].code, "ko")["sector_budget"] is None


def test_two_scorers_are_compared_on_one_market() -> None:
    """The comparison ranks the same stocks twice; a scorer agrees with itself wholly."""
    view = random_market(60).view()
    codes = view.bars.codes
    doc = compare_scorers(view, codes, ("v1", "v2"), ScoutPolicies())
    assert 60 == doc["stocks"]
    assert -1 <= doc["rank_correlation"] <= 1
    same = compare_scorers(view, codes, ("v2", "v2"), ScoutPolicies())
    assert (1.0, 20) == (same["rank_correlation"], same["overlap"])


def test_silence_is_told_over_the_stored_runs() -> None:
    """A rule that never fired in any stored run is named; one that waits is listed apart."""
    runs = MemoryRuns()
    for number in (1, 2):
        runs.save(*run(random_market(60, seed=number).view(), run_id=f"run-{number}"))
    found = silence(runs)
    assert 2 == found.runs
    assert "eligible.liquidation" in {r.id for r in found.dead.never_fired}
    assert "model.guardrail" in {w.rule.id for w in found.dead.waiting}
    assert "cut.quant" not in {r.id for r in found.dead.never_fired}


def test_a_rule_that_is_switched_off_is_named_by_silence() -> None:
    """Disconnecting the quant cut makes it the rule that never fires."""
    runs = MemoryRuns()
    no_cut = ScoutPolicies(scout=ScoutPolicy(filter_cutoff_ratio=0.0))
    runs.save(*run(random_market(60).view(), policies=no_cut))
    assert "cut.quant" in {r.id for r in silence(runs).dead.never_fired}
