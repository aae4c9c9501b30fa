"""Golden mornings: what the council writes when all agree, when they do not, and when some fail."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.engine.council.sages import (
    AT,
    DAY,
    DOWN,
    FakeModels,
    agreeing,
    analyst,
    council,
    judge,
    morning,
    strategist,
)

from jennie_cli.engine.council import Evidence, Sage, convene, overruled
from jennie_cli.engine.errors import SecretMissing
from jennie_cli.engine.llm import (
    BudgetSpent,
    FailureKind,
    ModelFailed,
    NoAnswer,
    NotInLog,
    Service,
)
from jennie_cli.engine.macro import (
    MacroPolicy,
    MemoryMacro,
    position_factor,
    read_insight,
    stop_factor,
)
from jennie_cli.engine.model import Outlook, PoliticalRisk, Strategy
from jennie_cli.engine.sectors import FINE, GROUPS
from jennie_cli.engine.store import CouncilRecord
from jennie_cli.engine.store.codec import from_json, to_json
from jennie_cli.engine.venue import default_calendar

WORLD = ("sim", "generated")
NO_KEY = SecretMissing("No key is stored.", hint="jennie secrets set")
SPENT = BudgetSpent("The day's money is spent.")


def sat(models: FakeModels, evidence: Evidence | None = None, **given: Any) -> CouncilRecord:
    """Return the record of one run at 1,450 won a dollar."""
    return asyncio.run(
        convene(
            evidence or morning(),
            council(models),
            world=WORLD,
            now=lambda: AT,
            rate=1450.0,
            **given,
        )
    )


def test_all_three_agree() -> None:
    """The judge's numbers stand, risks are both sages' once, and everything is kept."""
    counted: list[int] = []
    record = sat(FakeModels(agreeing()), spoken=counted.append)
    assert [1, 2, 3] == counted
    assert ("neutral_to_bullish", 61, "RANGE_UP", 110, 95) == (
        record.sentiment,
        record.sentiment_score,
        record.regime_hint,
        record.position_size_pct,
        record.stop_loss_adjust_pct,
    )
    assert ("환율", "미국 고용", "유가") == record.risk_factors
    assert (("BULL_PULLBACK", "MOMENTUM"), ("VCP_BREAKOUT",)) == (
        record.strategies_to_favor,
        record.strategies_to_avoid,
    )
    assert (PoliticalRisk.MEDIUM, "strong_agree", "agree", False, ()) == (
        record.political_risk_level,
        record.council_consensus,
        record.judge_consensus,
        record.degraded,
        record.failed_steps,
    )
    assert {"strategist": "gemini", "risk_analyst": "claude", "chief_judge": "openai"} == (
        record.providers
    )
    assert (17.35, 6512.34, None, 86, "hedgecat0301") == (
        record.vix_value,
        record.kospi_index,
        record.usd_krw,
        record.data_completeness_pct,
        record.source_channel,
    )
    assert Outlook.BULLISH is record.sector_signals["반도체/IT"]
    assert (DAY, AT, AT, False) == (
        record.insight_date,
        record.created_at,
        record.updated_at,
        record.simulated,
    )
    assert record.prompts["strategist"].startswith("strategist.1 ")


def test_a_second_run_remembers_the_first() -> None:
    """The day's record keeps when it was first written."""
    assert (
        AT - timedelta(hours=1)
        == sat(FakeModels(agreeing()), first=AT - timedelta(hours=1)).created_at
    )


def test_they_disagree() -> None:
    """The judge decides, the grade is arithmetic, and the judge's own grade is but a remark."""
    told = agreeing(risk_analyst=analyst(30), chief_judge=judge(45, final_sentiment="neutral"))
    record = sat(FakeModels(told))
    assert ("neutral", 45, "disagree", "agree") == (
        record.sentiment,
        record.sentiment_score,
        record.council_consensus,
        record.judge_consensus,
    )


def test_a_class_is_that_of_its_score() -> None:
    """The word of a sage who says one and scores another is a remark; the score is what counts."""
    told = agreeing(
        strategist=strategist(40, overall_sentiment="bullish"),
        risk_analyst=analyst(38),
        chief_judge=judge(95, final_sentiment="bearish"),
    )
    record = sat(FakeModels(told))
    assert ("bullish", 95, "strong_agree") == (
        record.sentiment,
        record.sentiment_score,
        record.council_consensus,
    )
    assert {"strategist": "bullish", "chief_judge": "bearish"} == overruled(record)
    assert {} == overruled(sat(FakeModels(agreeing())))
    lost = replace(record, raw_council_output={"chief_judge": "{}"})
    assert {} == overruled(lost)


def test_the_risk_analyst_is_down() -> None:
    """Politics is the feed's, agreement is unknown, and the record names the step."""
    record = sat(FakeModels(agreeing(risk_analyst=DOWN)))
    assert (True, ("risk_analyst",), PoliticalRisk.HIGH, "", None, 110) == (
        record.degraded,
        record.failed_steps,
        record.political_risk_level,
        record.political_risk_summary,
        record.council_consensus,
        record.position_size_pct,
    )
    assert ("환율", "미국 고용") == record.risk_factors
    assert {"strategist", "chief_judge"} == set(record.models)
    assert "jennie, junho" == record.source_analyst


def test_the_judge_is_told_that_an_analyst_is_missing() -> None:
    """Nothing is put into the mouth of one who did not speak."""
    models = FakeModels(agreeing(risk_analyst=DOWN))
    sat(models)
    words = models.words("chief_judge")
    assert "리스크 분석가의 답: 없음" in words
    assert "정치 위험 high" in words
    silent = FakeModels(agreeing(risk_analyst=DOWN))
    sat(silent, morning(political=None))
    assert "정치 위험 모름" in silent.words("chief_judge")


def test_the_judge_is_down() -> None:
    """The analyst's score and percentages hold, no list is made, agreement is at best partial."""
    told = agreeing(
        risk_analyst=analyst(20, position_size_pct=75, stop_loss_adjust_pct=130), chief_judge=DOWN
    )
    record = sat(FakeModels(told))
    assert ("neutral_to_bearish", 42, 75, 130) == (
        record.sentiment,
        record.sentiment_score,  # 62 may be moved by 20
        record.position_size_pct,
        record.stop_loss_adjust_pct,
    )
    assert ((), (), (), (), "") == (
        record.strategies_to_favor,
        record.strategies_to_avoid,
        record.sectors_to_favor,
        record.sectors_to_avoid,
        record.trading_reasoning,
    )
    assert ("disagree", None, ("chief_judge",)) == (
        record.council_consensus,
        record.judge_consensus,
        record.failed_steps,
    )
    assert "partial_disagree" == sat(FakeModels(agreeing(chief_judge=DOWN))).council_consensus


def test_two_are_down() -> None:
    """The strategist's word stands alone at the usual size and stop, and is marked."""
    record = sat(FakeModels(agreeing(risk_analyst=DOWN, chief_judge=DOWN)), morning(political=None))
    assert (62, 100, 100, None, "partial_disagree", ("risk_analyst", "chief_judge")) == (
        record.sentiment_score,
        record.position_size_pct,
        record.stop_loss_adjust_pct,
        record.political_risk_level,
        record.council_consensus,
        record.failed_steps,
    )


def test_the_strategist_is_down() -> None:
    """Without the first word there is no run; the failure names everybody who was asked."""
    models = FakeModels(agreeing(strategist=DOWN))
    with pytest.raises(NoAnswer, match=r"gemini: .* cloud: ") as caught:
        sat(models)
    assert "council.strategist" in caught.value.hint
    assert ["gemini", "cloud"] == [r.provider for r in models.asked]


@pytest.mark.parametrize(
    ("failure", "asked", "raised"),
    [
        (ModelFailed("Bad.", kind=FailureKind.REFUSED_REQUEST), 1, NoAnswer),
        (NO_KEY, 2, SecretMissing),
        (SPENT, 1, BudgetSpent),
        (NotInLog("Never asked."), 1, NotInLog),
        (NoAnswer("Nobody."), 2, NoAnswer),
    ],
)
def test_how_the_first_step_fails(failure: Any, asked: int, raised: type[Exception]) -> None:
    """Only what another provider might answer is asked again."""
    models = FakeModels(agreeing(strategist=failure))
    with pytest.raises(raised):
        sat(models)
    assert asked == len(models.asked)


def test_the_chain_stands_in_and_is_named() -> None:
    """A provider that is down is replaced, and the record says who really spoke."""
    models = FakeModels(agreeing(), down=frozenset({"gemini", "openai"}))
    record = sat(models)
    assert {"strategist": "cloud", "risk_analyst": "claude", "chief_judge": "cloud"} == (
        record.providers
    )
    assert ("cloud-1", False) == (record.models["strategist"], record.degraded)


def test_a_sage_without_a_provider_has_the_tiers() -> None:
    """No name is sent, so that settings of the tier decide."""
    models = FakeModels(agreeing())
    bare = council(models)
    asyncio.run(
        convene(
            morning(),
            type(bare)(models=models, prompts=bare.prompts),
            world=WORLD,
            now=lambda: AT,
            rate=1.0,
        )
    )
    assert [None, None, None] == [r.provider for r in models.asked]
    assert {Service.COUNCIL} == {r.service for r in models.asked}


def test_money_that_runs_out_midway_degrades_the_run() -> None:
    """What was paid for is kept."""
    assert ("risk_analyst", "chief_judge") == sat(
        FakeModels(agreeing(risk_analyst=SPENT, chief_judge=SPENT))
    ).failed_steps


GARBAGE = [
    strategist(9999),
    strategist("-5"),  # type: ignore[arg-type]
    strategist("칠십"),  # type: ignore[arg-type]
    strategist("七十"),  # type: ignore[arg-type]
    strategist(True),
    strategist(62.5),  # type: ignore[arg-type]
    '{"sentiment_score": NaN}',
    strategist(overall_sentiment="moon"),
    strategist(regime_hint="가" * 51),
    strategist(sector_signals={"반도체/IT": "to the moon"}),
    {k: v for k, v in strategist().items() if k != "sentiment_score"},
    "[]",
    "null",
    "no json at all",
]


@pytest.mark.parametrize("said", GARBAGE)
def test_garbage_is_no_answer(said: Any) -> None:
    """Nothing is bent into shape: the stand-in says the same, so there is no run."""
    with pytest.raises(NoAnswer):
        sat(FakeModels(agreeing(strategist=said)))


@pytest.mark.parametrize(
    ("shape", "said", "failed"),
    [
        ("risk_analyst", analyst(position_size_pct=500), "risk_analyst"),
        ("risk_analyst", analyst(position_size_pct=49), "risk_analyst"),
        ("risk_analyst", analyst(stop_loss_adjust_pct=0), "risk_analyst"),
        ("risk_analyst", analyst(political_risk_level="apocalypse"), "risk_analyst"),
        ("chief_judge", judge(final_position_size_pct=131), "chief_judge"),
        ("chief_judge", judge(final_stop_loss_adjust_pct="wide"), "chief_judge"),
    ],
)
def test_percentages_out_of_range_move_no_money(shape: str, said: Any, failed: str) -> None:
    """A sage who leaves the range has not spoken."""
    record = sat(FakeModels(agreeing(**{shape: said})))
    assert (failed,) == record.failed_steps
    assert 50 <= record.position_size_pct <= 130
    assert 80 <= record.stop_loss_adjust_pct <= 150


def test_a_number_in_a_text_is_a_number() -> None:
    """A numeric string is read as what it says."""
    assert (
        62
        == sat(
            FakeModels(agreeing(strategist=strategist("62"), chief_judge=DOWN, risk_analyst=DOWN))  # type: ignore[arg-type]
        ).sentiment_score
    )


def test_names_that_do_not_exist_are_dropped_and_counted() -> None:
    """Aliases are understood, strangers go, and what is in both lists is to be avoided."""
    told = agreeing(
        strategist=strategist(sector_signals={"반도체/IT": "bearish", "암호화폐": "bullish"}),
        chief_judge=judge(
            strategies_to_favor=["hodl", "MOMENTUM_CONTINUATION_BULL", "MOMENTUM", "DIP_BUY"],
            strategies_to_avoid=["MOMENTUM", "momentum"],
            sectors_to_favor=["금융", "반도체", "금융"],
            sectors_to_avoid=["금융", "기타"],
        ),
    )
    record = sat(FakeModels(told))
    assert ("암호화폐", "hodl", "DIP_BUY", "반도체") == record.dropped_names
    assert (("MOMENTUM_CONTINUATION",), ("MOMENTUM",), (), ("금융", "기타")) == (
        record.strategies_to_favor,
        record.strategies_to_avoid,
        record.sectors_to_favor,
        record.sectors_to_avoid,
    )
    assert {"반도체/IT": Outlook.BEARISH} == record.sector_signals


def test_words_for_no_terminal_are_cleaned_and_kept_whole_beside() -> None:
    """Escapes and direction marks leave the record's words; the raw answer keeps what was said."""
    long = "가" * 5_000
    told = agreeing(
        chief_judge=judge(trading_reasoning="\x1b[31m붉은\u202e 글\r\n둘째 줄" + long),
        strategist=strategist(risk_factors=["줄\n바꿈", "", "줄 바꿈"]),
    )
    record = sat(FakeModels(told))
    assert record.trading_reasoning.startswith("[31m붉은 글\n둘째 줄가")
    assert (1_500, True) == (
        len(record.trading_reasoning),
        long in record.raw_council_output["chief_judge"],
    )
    assert ("줄 바꿈", "환율", "유가") == record.risk_factors


def test_cost_is_tokens_times_price() -> None:
    """Two priced answers of 1,000 tokens in and 200 out, one at a provider that costs nothing."""
    record = sat(FakeModels(agreeing()))
    gemini, claude = 300 + 500, 3_000 + 3_000
    assert (gemini + claude, 3_000, 600) == (
        record.council_cost_usd_micro,
        record.tokens_in,
        record.tokens_out,
    )
    assert 10 == record.council_cost_krw  # 0.0068 USD x 1,450 = 9.86 won


def test_check_3_of_the_acceptance_list() -> None:
    """100 % stays 1.0, 130 is 1.3, and 50 is 0.7 in use and 50 in the record."""
    for size, factor in ((100, 1.0), (130, 1.3), (50, 0.7)):
        record = sat(FakeModels(agreeing(chief_judge=judge(final_position_size_pct=size))))
        told = read_insight(
            MemoryMacro(insights=[record.insight]), now=AT, calendar=default_calendar()
        )
        assert (size, factor) == (record.position_size_pct, position_factor(told, MacroPolicy()))
        assert 0.95 == stop_factor(told, MacroPolicy(), volatile=True)


def test_check_5_of_the_acceptance_list() -> None:
    """Plain strings become the outlook of the group; all 79 members map into the prompt's 14."""
    models = FakeModels(agreeing())
    record = sat(models)
    assert Outlook.BULLISH is record.insight.sector_outlook["반도체/IT"]
    assert (79, 14) == (len(FINE), len(GROUPS))
    for shape in ("strategist", "chief_judge"):
        assert all(group in models.words(shape) for group in FINE.values())
        properties = next(r for r in models.asked if r.shape.name == shape).shape.schema
        assert all(group in str(properties) for group in GROUPS)


def test_the_record_survives_the_bus() -> None:
    """Its JSON reads back equal, and so does what the rooms read of it."""
    record = sat(FakeModels(agreeing(risk_analyst=DOWN)))
    told = from_json(CouncilRecord, to_json(record))
    assert record == told
    assert record.insight == told.insight
    assert frozenset({Strategy.BULL_PULLBACK, Strategy.MOMENTUM}) == told.insight.favour


def test_without_a_briefing_the_run_is_of_macro_figures_alone() -> None:
    """The sages are told, and so is the record."""
    models = FakeModels(agreeing())
    record = sat(models, morning(briefing=()))
    assert ("macro", "") == (record.source_channel, record.raw_message)
    assert "텔레그램 브리핑: 없음" in models.words("strategist")


def test_the_judge_sees_no_raw_figures() -> None:
    """Only the two answers, each behind its fence."""
    models = FakeModels(agreeing())
    sat(models)
    assert "KOSPI 변화율" not in models.words("chief_judge")
    assert "<<<DATA strategist " in models.words("chief_judge")
    assert "<<<DATA risk_analyst " in models.words("chief_judge")
    assert set(Sage) == {r.shape.name for r in models.asked}


def paid(tokens_in: int, tokens_out: int, usd_micro: int) -> ModelFailed:
    """Return a failure that was paid for."""
    lost = ModelFailed("It said nothing of use.", kind=FailureKind.NOT_JSON)
    lost.spent(tokens_in, tokens_out, usd_micro)
    return lost


def test_a_sage_that_failed_is_paid_for() -> None:
    """Both asked in vain are in the sums of the record, beside the two that answered."""
    whole = sat(FakeModels(agreeing()))
    record = sat(FakeModels(agreeing(risk_analyst=paid(5_000, 300, 9_000))))
    assert (("risk_analyst",), 12_000, 1_000) == (
        record.failed_steps,
        record.tokens_in,
        record.tokens_out,
    )
    claude = (1_000 * 3_000_000 + 200 * 15_000_000) // 1_000_000
    assert whole.council_cost_usd_micro - claude + 18_000 == record.council_cost_usd_micro


def test_a_stand_in_tells_what_was_paid_before_it() -> None:
    """The answer's figures hold the failed seat's, and so does a refusal for want of money."""
    lost = paid(5_000, 300, 9_000)
    record = sat(FakeModels(agreeing(risk_analyst=[lost, analyst()])))
    assert ((), 8_000, 900) == (record.failed_steps, record.tokens_in, record.tokens_out)
    refused = BudgetSpent("spent", hint="tomorrow")
    record = sat(FakeModels(agreeing(risk_analyst=[lost, refused])))
    assert (("risk_analyst",), 7_000, 700) == (
        record.failed_steps,
        record.tokens_in,
        record.tokens_out,
    )
