"""The pipeline end to end, from price and flow arrays to the watchlist."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.scout.builders import (
    Arrays,
    FloatArray,
    random_market,
    reordered,
    run,
    stock,
)

from jennie_cli.engine.model import (
    Market,
    RiskTag,
    SectorTier,
    SecurityKind,
    StockStatus,
    TradeTier,
    WatchlistEntry,
)
from jennie_cli.engine.scout import Previous, ScoutPolicies, ScoutPolicy
from jennie_cli.engine.scout.record import watchlist_entry
from jennie_cli.engine.sectors import SectorPolicy, day_change_pct
from jennie_cli.engine.store import ScoredStock, ScoutRun, Stage

NO_KNIFE = ScoutPolicies(sectors=SectorPolicy(knife_day_pct=-30.0))


def found(result: ScoutRun, code: str) -> ScoredStock:
    """Return one candidate of a run."""
    return next(s for s in result.stocks if s.code == code)


def overbought_path(days: int) -> FloatArray:
    """Return closes that rise calmly and end near their high with an RSI between 70 and 80."""
    steps = np.where(np.arange(days) % 4 == 3, -0.010, 0.010)
    return np.round(20_000 * np.cumprod(1 + steps))


def selling_at_the_top() -> Arrays:
    """Return a market whose stock 0 ends near its high, overbought, with foreigners turned."""
    market = random_market(30)
    market.close[:, 0] = overbought_path(len(market.close))
    market.foreign[:, 0] = 0.0
    market.foreign[-10:-5, 0] = 20_000.0
    market.foreign[-5:, 0] = -20_000.0
    market.roe_pct[0] = 40.0
    market.per[0] = 5.0
    return market


def test_funnel_counts_only_ever_shrink() -> None:
    """Each stage holds no more stocks than the one before, and every candidate is kept."""
    result, entries = run(random_market(120).view())
    stages = ("universe", "eligible", "scored", "passed_quant", "analysed", "watchlist", "tradable")
    counts = [result.counts[s] for s in stages]
    assert sorted(counts, reverse=True) == counts
    assert len(result.stocks) == counts[0]
    assert len(entries) == counts[5]
    assert sum(result.dropped.values()) == counts[0] - counts[5]


def test_the_quant_cut_keeps_two_fifths_rounded_down() -> None:
    """Of n scored stocks int(0.4 n) stay."""
    result, _ = run(random_market(57).view())
    assert int(result.counts["scored"] * 0.4) == result.counts["passed_quant"]


def test_the_quant_cut_keeps_at_least_one() -> None:
    """A single scored stock is never cut."""
    result, _ = run(random_market(1).view())
    assert (1, 1) == (result.counts["scored"], result.counts["passed_quant"])


def test_selling_at_the_top_is_vetoed_end_to_end() -> None:
    """Near the 20-day high, RSI over 70, five days bought then five sold: BLOCKED, not listed."""
    market = selling_at_the_top()
    result, entries = run(market.view(), policies=cut_nothing())
    vetoed = found(result, market.stocks[0].code)
    assert 70 < (vetoed.risk_inputs["rsi14"] or 0) <= 80
    assert -3 < (vetoed.risk_inputs["drawdown_20d_pct"] or -99) <= 0
    assert -1.0 == vetoed.risk_inputs["flow_reversal"]
    assert (RiskTag.DISTRIBUTION_RISK, TradeTier.BLOCKED, True, False) == (
        vetoed.risk_tag,
        vetoed.trade_tier,
        vetoed.veto_applied,
        vetoed.is_tradable,
    )
    assert vetoed.code not in {e.code for e in entries}
    assert vetoed.drop is not None
    assert "veto.distribution" == vetoed.drop.check.rule
    assert sum(s.veto_applied for s in result.stocks) == result.counts["vetoed"]


def test_the_same_stock_is_not_vetoed_while_foreigners_buy() -> None:
    """Without the turn of flows nothing is vetoed."""
    market = selling_at_the_top()
    market.foreign[-5:, 0] = 20_000.0
    result, _ = run(market.view(), policies=cut_nothing())
    assert not found(result, market.stocks[0].code).veto_applied


def cut_nothing() -> ScoutPolicies:
    """Return settings under which every scored stock is analysed."""
    return ScoutPolicies(scout=ScoutPolicy(filter_cutoff_ratio=0.0))


def test_a_stock_with_nothing_but_thirty_bars_is_neutral_and_not_tradable() -> None:
    """Each part without data scores its neutral value; coverage blocks the stock."""
    market = random_market(30)
    market.close[:-30, 0] = np.nan
    market.volume[:-30, 0] = np.nan
    for name in ("foreign", "institution", "foreign_pct"):
        getattr(market, name)[:, 0] = np.nan
    for name in ("roe_pct", "per", "sentiment"):
        getattr(market, name)[0] = np.nan
    result, _ = run(market.view(), policies=cut_nothing())
    bare = found(result, market.stocks[0].code)
    neutral = {
        "six_month_relative": 2.5,
        "base_breakout": 0.0,
        "roe_level": 2.0,
        "roe_trend": 4.0,
        "eps_growth": 2.5,
        "stability": 1.5,
        "pbr": 2.5,
        "per": 2.5,
        "per_vs_history": 2.5,
        "peg": 2.5,
        "accumulation": 0.0,
        "level": 2.0,
        "momentum": 3.0,
        "foreign": 2.5,
        "institution": 1.5,
        "reversal": 0.0,
        "foreign_ratio_trend": 1.0,
        "smart_money_sync": 0.0,
    }
    missing = {n: p.points for f in bare.factors.values() for n, p in f.parts.items() if p.missing}
    assert neutral == missing
    assert 0 < (bare.coverage_ratio or 0.0) < 0.6
    assert not bare.is_tradable
    assert TradeTier.BLOCKED is bare.trade_tier
    assert 1 == result.counts["coverage_blocked"]


def test_twenty_nine_bars_are_not_scored() -> None:
    """Below 30 rows a stock is dropped at the score, with the figure."""
    market = random_market(30)
    market.close[:-29, 0] = np.nan
    market.volume[:-29, 0] = np.nan
    young = found(run(market.view())[0], market.stocks[0].code)
    assert young.drop is not None
    assert (Stage.SCORE, "score.history", 29.0, 30) == (
        young.drop.stage,
        young.drop.check.rule,
        young.drop.check.value,
        young.drop.check.limit,
    )


def falling_sector() -> Arrays:
    """Return a market in which the first fine sector fell like a knife."""
    market = random_market(60)
    members = [
        i for i, s in enumerate(market.stocks) if s.sector_fine == market.stocks[0].sector_fine
    ]
    for day in range(1, 6):
        market.close[-day, members] *= 0.97 ** (6 - day)
    return market


def test_a_falling_knife_loses_exactly_ten_points_before_the_cut() -> None:
    """Members of the sector score ten points less than without the rule; nobody else moves."""
    market = falling_sector()
    with_rule = {s.code: s for s in run(market.view())[0].stocks}
    without = {s.code: s for s in run(market.view(), policies=NO_KNIFE)[0].stocks}
    knives = [c for c, s in with_rule.items() if s.falling_knife]
    assert knives
    for code, other in without.items():
        now, then = with_rule[code].quant_score, other.quant_score
        assert now is not None
        assert then is not None
        expected = max(0.0, then - 10.0) if code in knives else then
        assert pytest.approx(expected, abs=0.011) == now


def test_an_unknown_market_cap_does_not_make_a_stock_junk() -> None:
    """A stock without a market cap stays eligible and is scored."""
    market = random_market(30)
    market.market_cap[0] = np.nan
    market.missing = ((market.stocks[0].code, "market_cap"),)
    market.close[:, 0] = np.round(20_000 * np.cumprod(np.full(len(market.close), 1.004)))
    result, _ = run(market.view())
    unsized = found(result, market.stocks[0].code)
    assert unsized.quant_score is not None
    assert ("momentum",) == unsized.sources
    assert (market.stocks[0].code, "market_cap") in result.data_missing


def test_an_unknown_per_is_neutral_and_a_loss_is_not() -> None:
    """Missing PER gives 2.5 points, a negative one 0."""
    market = random_market(30)
    market.per[0], market.per[1] = np.nan, -4.0
    result, _ = run(market.view())
    points = [
        found(result, market.stocks[i].code).factors["value"].parts["per"].points for i in (0, 1)
    ]
    assert [2.5, 0.0] == points


def test_kosdaq_stocks_are_candidates_measured_against_kosdaq() -> None:
    """A KOSDAQ stock's lead is its return less that of the KOSDAQ index."""
    market = random_market(30)
    result, _ = run(market.view())
    code = market.stocks[3].code
    assert Market.KOSDAQ is market.stocks[3].market
    own = market.close[-1, 3] / market.close[-120, 3] - 1
    index = market.index_close[-1, 1] / market.index_close[-120, 1] - 1
    lead = found(result, code).factors["momentum"].parts["six_month_relative"].input
    assert pytest.approx(100 * (own - index)) == lead


@pytest.mark.parametrize(("board", "count"), [(Market.KOSPI, 40), (Market.KOSDAQ, 20)])
def test_one_board_alone_sends_all_candidates(board: Market, count: int) -> None:
    """With a board given, the whole universe comes from it."""
    result, _ = run(random_market(60).view(), board=board, universe=60)
    assert {board.value} == {s.market for s in result.stocks}
    assert count == result.counts["from_market_cap"]


def test_the_universe_is_three_quarters_kospi() -> None:
    """Of 40 by market cap 30 are KOSPI and 10 KOSDAQ."""
    result, _ = run(random_market(60).view(), universe=40)
    ranked = [s.market for s in result.stocks if "market_cap" in s.sources]
    assert (30, 10) == (ranked.count("KOSPI"), ranked.count("KOSDAQ"))


def test_blue_chips_step_in_only_when_no_market_cap_is_known() -> None:
    """The static list is a fallback for an empty ranking."""
    market = random_market(30)
    first = market.stocks[0]
    policies = ScoutPolicies(scout=ScoutPolicy(blue_chips=first.code))
    assert "from_static" not in run(market.view(), policies=policies)[0].counts
    market.market_cap[:] = np.nan
    result, _ = run(market.view(), policies=policies)
    assert "static" in found(result, first.code).sources


def test_before_the_opening_zero_changes_are_replaced_by_the_last_closes() -> None:
    """At 08:30 every live change is 0.00; the hot sectors are those of the stored closes."""
    view = random_market(60).view()
    policy = SectorPolicy()
    zeros = np.zeros(60)
    stored = day_change_pct(view.bars.close, policy)
    assert np.array_equal(stored, day_change_pct(view.bars.close, policy, zeros))
    assert 15 == run(view)[0].counts["from_hot_sector"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kind": SecurityKind.ETF}, "eligible.kind"),
        ({"kind": SecurityKind.PREFERRED}, "eligible.kind"),
        ({"status": StockStatus.HALTED}, "eligible.halted"),
        ({"status": StockStatus.ADMINISTRATIVE}, "eligible.administrative"),
        ({"status": StockStatus.LIQUIDATION}, "eligible.liquidation"),
        ({"status": StockStatus.WARNING}, "eligible.warning"),
        ({"status": StockStatus.RISK}, "eligible.risk"),
        ({"status": StockStatus.OVERHEATED}, "eligible.overheated"),
    ],
)
def test_what_the_master_says_ends_eligibility(change: dict[str, object], rule: str) -> None:
    """Kind and designations drop a candidate before it is scored, whichever source named it."""
    market = random_market(30)
    market.stocks[0] = replace(market.stocks[0], **change)  # type: ignore[arg-type]
    dropped = found(run(market.view())[0], market.stocks[0].code)
    assert dropped.drop is not None
    assert (Stage.ELIGIBILITY, rule) == (dropped.drop.stage, dropped.drop.check.rule)
    assert dropped.quant_score is None


def junk(market: Arrays, rule: str) -> None:
    """Make stock 0 fail one figure rule."""
    if rule == "eligible.market_cap":
        market.market_cap[0] = 4.99e10
    elif rule == "eligible.price":
        market.close[:, 0] = np.round(market.close[:, 0] * 900 / market.close[-1, 0])
        market.volume[:, 0] *= 100
    elif rule == "eligible.liquidity":
        market.volume[:, 0] = 10.0
    else:
        market.close[-1, 0] = np.nan


@pytest.mark.parametrize(
    "rule", ["eligible.market_cap", "eligible.price", "eligible.liquidity", "eligible.listed"]
)
def test_small_cheap_thin_and_gone_stocks_are_dropped(rule: str) -> None:
    """Each floor drops its stock and says so."""
    market = random_market(30)
    junk(market, rule)
    dropped = found(run(market.view())[0], market.stocks[0].code)
    assert dropped.drop is not None
    assert rule == dropped.drop.check.rule


def test_an_excluded_code_is_dropped() -> None:
    """The user's list of exclusions holds."""
    market = random_market(30)
    code = market.stocks[0].code
    policies = ScoutPolicies(scout=ScoutPolicy(excluded=f" {code} ,000000"))
    dropped = found(run(market.view(), policies=policies)[0], code)
    assert dropped.drop is not None
    assert "eligible.excluded" == dropped.drop.check.rule


def test_bad_news_skips_the_analysis() -> None:
    """Sentiment below 20 stops a stock above the cut."""
    market = random_market(30)
    market.sentiment[:] = 19.0
    result, entries = run(market.view())
    assert () == entries
    assert result.counts["passed_quant"] == result.dropped["skip.sentiment"]


def test_held_and_just_sold_stocks_leave_their_place_to_the_next() -> None:
    """Neither appears on the watchlist; the rule that removed each is on record."""
    market = random_market(60)
    _, before = run(market.view())
    held, sold = before[0].code, before[1].code
    result, after = run(market.view(), held=frozenset({held}), sold_24h=frozenset({sold}))
    assert not {held, sold} & {e.code for e in after}
    assert ("held.held", "held.sold_24h") == tuple(
        s.drop.check.rule for s in (found(result, held), found(result, sold)) if s.drop
    )


def test_held_stocks_outside_the_candidates_count_in_their_own_group() -> None:
    """The budget finds the group of a held stock in the master, not among the candidates."""
    market = random_market(60)
    held = frozenset(s.code for s in market.stocks[:24:12])
    result, _ = run(market.view(), universe=1, held=held)
    rows = {r.group: r.held_count for r in result.sectors}
    assert 2 == rows[market.stocks[0].sector_group]


def test_the_council_cools_what_it_avoids_and_lifts_what_it_favours() -> None:
    """An avoided group is COOL, a favoured COOL group WARM; both rules count their groups."""
    view = random_market(60).view()
    before = {r.group: r for r in run(view)[0].sectors}
    cool = next(g for g, r in before.items() if r.tier is SectorTier.COOL)
    hot = next(g for g, r in before.items() if r.tier is SectorTier.HOT)
    result, _ = run(view, council_avoid=frozenset({hot}), council_favour=frozenset({cool}))
    after = {r.group: r.tier for r in result.sectors}
    assert (SectorTier.COOL, SectorTier.WARM) == (after[hot], after[cool])
    fired = {c.rule: c.fired for c in result.rules}
    assert (1, 1) == (fired["council.avoid"], fired["council.favour"])
    assert "council" in result.settings["inputs"]


@pytest.mark.parametrize(
    "lost", ["rank", "quant_score", "hybrid_score", "llm_score", "grade", "trade_tier", "risk_tag"]
)
def test_an_unfinished_stock_makes_no_watchlist_entry(lost: str) -> None:
    """A record that lacks a verdict is refused instead of being filled in."""
    whole = run(random_market(30).view())[0].stocks[0]
    with pytest.raises(ValueError, match=whole.code):
        watchlist_entry(replace(whole, **{lost: None}))  # type: ignore[arg-type]


def test_the_budget_is_always_written() -> None:
    """Fourteen groups are in the run even when nothing is approved."""
    market = random_market(30)
    market.sentiment[:] = 5.0
    assert 14 == len(run(market.view())[0].sectors)


def test_stability_smooths_over_three_dates_and_keeps_members_longer() -> None:
    """A member stays at 55 where a newcomer would need 62; order is by 5-point bucket, then cap."""
    market = random_market(60)
    _, plain = run(market.view())
    low = [e for e in plain if 55 <= e.hybrid_score < 62]
    member, newcomer = low[0], low[1]
    past = {e.code: e.hybrid_score for e in plain}
    previous = Previous(hybrids=(past, past), watchlist=frozenset({member.code}))
    result, calm = run(market.view(), stability=True, previous=previous)
    codes = [e.code for e in calm]
    assert member.code in codes
    assert newcomer.code not in codes
    dropped = found(result, newcomer.code)
    assert dropped.drop is not None
    assert "stability.enter" == dropped.drop.check.rule
    caps = dict(zip(market.view().bars.codes, market.market_cap, strict=True))
    keys = [(-(e.hybrid_score // 5), -caps[e.code]) for e in calm]
    assert sorted(keys) == keys


def test_shadow_rules_count_and_act_on_nothing() -> None:
    """The former cut lines log what they would have blocked; the listed stocks stay."""
    result, entries = run(random_market(120).view())
    fired = {c.rule: c.fired for c in result.rules}
    below = [e for e in entries if e.hybrid_score < 60]
    assert below
    assert fired["shadow.floor"] >= len(below)


@settings(max_examples=12)
@given(order=st.permutations(range(24)), seed=st.integers(0, 3))
def test_the_order_of_stocks_changes_nothing(order: list[int], seed: int) -> None:
    """A run over permuted stocks has the same stocks, scores, ranks and reasons."""
    market = random_market(24, seed=seed)
    plain, listed = run(market.view())
    mixed, relisted = run(reordered(market, order).view())
    assert listed == relisted
    assert plain.stocks == mixed.stocks
    assert plain.rules == mixed.rules
    assert plain.counts == mixed.counts


@pytest.mark.parametrize("scorer", ["v1", "v2"])
def test_both_scorers_give_scores_on_the_same_scale(scorer: str) -> None:
    """Every score of either scorer lies within 0 and 100, factors within their maximum."""
    result, _ = run(random_market(90).view(), scorer=scorer)
    assert scorer == result.scorer
    for scored in result.stocks:
        if scored.quant_score is not None:
            assert 0 <= scored.quant_score <= 100
            assert all(f.points <= f.max + 1e-9 for f in scored.factors.values())


def test_no_listed_stock_that_is_blocked_is_tradable() -> None:
    """BLOCKED names are on the list to be watched only."""
    _, entries = run(random_market(120).view())
    assert any(e.trade_tier is TradeTier.BLOCKED for e in entries)
    assert not any(e.is_tradable for e in entries if e.trade_tier is TradeTier.BLOCKED)


def test_the_watchlist_model_refuses_a_tradable_blocked_stock() -> None:
    """An entry that contradicts itself cannot be built."""
    _, entries = run(random_market(60).view())
    with pytest.raises(ValueError, match="BLOCKED stock cannot be tradable"):
        replace(entries[0], trade_tier=TradeTier.BLOCKED, is_tradable=True)
    with pytest.raises(ValueError, match="demands the veto"):
        replace(entries[0], risk_tag=RiskTag.DISTRIBUTION_RISK, veto_applied=False)
    assert isinstance(entries[0], WatchlistEntry)


def test_a_run_states_its_inputs_so_that_silent_rules_can_be_told_from_waiting_ones() -> None:
    """Inputs that nothing supplied are not claimed."""
    result, _ = run(random_market(120).view())
    assert ["bars", "master", "market_caps", "flows", "accounts", "news"] == result.settings[
        "inputs"
    ]


def test_stock_names_are_unique_in_the_builder() -> None:
    """Two numbers give two codes, so that tests never mix stocks up."""
    assert stock(1).code != stock(2).code
