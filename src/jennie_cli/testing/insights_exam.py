"""The exam of InsightStore: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Outlook, PoliticalRisk
from jennie_cli.engine.store import CouncilRecord, InsightStore

WROTE = datetime(2026, 3, 4, 7, 30, 0, 123_456, tzinfo=KST)
FULL = CouncilRecord(
    profile="sim",
    market="generated",
    insight_date=date(2026, 3, 4),
    created_at=WROTE,
    updated_at=WROTE,
    source_channel="hedgecat0301",
    source_analyst="jennie, minji, junho",
    sentiment="neutral_to_bullish",
    sentiment_score=63,
    regime_hint="금리 안도 · RANGE",
    position_size_pct=110,
    stop_loss_adjust_pct=95,
    sector_signals={"반도체/IT": Outlook.BULLISH, "건설/부동산": Outlook.BEARISH},
    key_themes=("HBM",),
    risk_factors=("환율 1,450원", "미국 고용"),
    opportunity_factors=("외국인 순매수",),
    key_stocks=("삼성전자",),
    risk_stocks=("가나건설",),
    opportunity_stocks=("SK하이닉스",),
    strategies_to_favor=("BULL_PULLBACK",),
    strategies_to_avoid=("VCP_BREAKOUT", "MOMENTUM"),
    sectors_to_favor=("반도체/IT",),
    sectors_to_avoid=("건설/부동산",),
    trading_reasoning="외국인 수급이 먼저다.\n'따옴표'도 그대로.",
    political_risk_level=PoliticalRisk.MEDIUM,
    political_risk_summary="관세 협상",
    investor_flow_analysis="외국인 3일 연속 순매수",
    council_consensus="agree",
    judge_consensus="strong_agree",
    vix_value=17.35,
    vix_regime="normal",
    usd_krw=1387.2,
    kospi_index=6512.34,
    kosdaq_index=901.5,
    kospi_change_pct=-1.23,
    kosdaq_change_pct=0.4,
    kospi_foreign_net=3120.0,
    kosdaq_foreign_net=-210.5,
    kospi_institutional_net=0.0,
    kospi_retail_net=-2900.1,
    data_completeness_pct=86,
    raw_message="07:02 밤사이 미국장은…",
    raw_council_output={"strategist": '{"sentiment_score":63,"x":"' + "가" * 12_000 + '"}'},
    council_cost_usd_micro=184_210,
    council_cost_krw=267,
    tokens_in=9_120,
    tokens_out=2_044,
    models={"strategist": "gemini-2.5-flash", "chief_judge": "gpt-4o"},
    providers={"strategist": "gemini", "chief_judge": "openai"},
    prompts={"strategist": "strategist.1 0a1b"},
    degraded=True,
    failed_steps=("risk_analyst",),
    dropped_names=("HODL",),
    simulated=True,
)
"""A record with something in every field."""

BARE = CouncilRecord(
    profile="sim",
    market="generated",
    insight_date=date(2026, 3, 4),
    created_at=WROTE,
    updated_at=WROTE,
    source_channel="",
    source_analyst="jennie",
    sentiment="neutral",
    sentiment_score=50,
    regime_hint="",
    position_size_pct=100,
    stop_loss_adjust_pct=100,
)
"""A record that knows as little as it may."""


def later(record: CouncilRecord, minutes: int, **given: Any) -> CouncilRecord:
    """Return a record written some minutes later, with some of its fields given."""
    at = record.updated_at + timedelta(minutes=minutes)
    return replace(record, updated_at=at, **given)


class InsightsExam(ABC):
    """Numbered questions about what the council wrote. Each test starts empty."""

    @abstractmethod
    def make(self) -> InsightStore:
        """Return the store of one profile and market; every call reaches the same rows."""

    def test_01_nothing_written_nothing_known(self) -> None:
        """Asking is no failure."""
        store = self.make()
        assert (None, None, ()) == (
            store.on(FULL.insight_date),
            store.newest(WROTE),
            store.runs(FULL.insight_date),
        )

    def test_02_a_record_comes_back_equal(self) -> None:
        """Every field, to the microsecond and the last bit, whole or bare."""
        for record in (FULL, BARE):
            self.make().save(record)
            assert record == self.make().on(record.insight_date)
            assert record == self.make().newest(record.updated_at)
            assert record.insight == self.make().runs(record.insight_date)[-1].insight

    def test_03_the_last_run_stands_for_its_day(self) -> None:
        """A second run takes the first one's place, and both are kept."""
        noon = later(FULL, 270, sentiment_score=40)
        self.make().save(FULL)
        self.make().save(noon)
        assert noon == self.make().on(FULL.insight_date)
        assert (FULL, noon) == self.make().runs(FULL.insight_date)

    def test_04_what_stood_at_a_moment(self) -> None:
        """Before the second run the first one stood; before the first, that of the day before."""
        before = later(FULL, -1_440, insight_date=date(2026, 3, 3))
        noon = later(FULL, 270)
        for record in (before, FULL, noon):
            self.make().save(record)
        asked = [WROTE - timedelta(microseconds=1), WROTE, noon.updated_at]
        assert [before, FULL, noon] == [self.make().newest(at) for at in asked]

    def test_05_a_run_for_another_day_does_not_stand_for_today(self) -> None:
        """Neither a past day judged again nor a day still to come."""
        self.make().save(FULL)
        self.make().save(later(FULL, 60, insight_date=date(2026, 2, 27)))
        self.make().save(later(FULL, 90, insight_date=date(2026, 3, 5)))
        assert FULL == self.make().newest(WROTE + timedelta(hours=8))
