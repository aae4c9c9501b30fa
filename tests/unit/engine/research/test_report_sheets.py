"""The words of a report: every figure named, what is unknown a dash, in both languages."""

from datetime import timedelta

import pytest
from tests.unit.engine.research.report_past import CAPITAL, FIRST, blocked, past, trip

from jennie_cli.engine.messages import LANGS, rule_name
from jennie_cli.engine.model import ExitReason, Regime, Strategy
from jennie_cli.engine.research.report import BacktestReport
from jennie_cli.engine.research.report_building import backtest_report
from jennie_cli.engine.research.report_sheets import Cell, Sheet, percent, sheets
from jennie_cli.engine.rules import BUYING_RULES, EXIT_RULES, GATE_RULES, ORDER_RULES, RuleCount
from jennie_cli.engine.rules.strategies import STRATEGY_RULES
from jennie_cli.engine.signals.confirmation import CONFIRMATION


def figures(report: BacktestReport, lang: str = "ko") -> dict[str, Cell]:
    """Return the figures of the first sheet by name."""
    return {row[0].text: row[1] for row in sheets(report, lang)[0].rows}


def titled(report: BacktestReport, title: str) -> Sheet:
    """Return the sheet of a title."""
    (found,) = [sheet for sheet in sheets(report, "ko") if sheet.title == title]
    return found


def test_the_figures_a_trader_reads() -> None:
    """Money in full, rates to the hundredth, the fall with its days."""
    days = [[trip(50_000)], [trip(-150_000, day=FIRST + timedelta(days=1), code="000002")]]
    told = figures(backtest_report(past(days), capital=CAPITAL))
    assert Cell("10,000,000원") == told["시작 자금"]
    assert Cell("-100,000원", -1) == told["순손익"]
    assert Cell("-1.00%", -1) == told["수익률"]
    assert Cell("50.0% (1/2)") == told["승률 (매도 한 번을 하나로)"]
    assert Cell("+50,000원", 1) == told["수익 매매 평균"]
    assert Cell("0.33") == told["프로핏 팩터 (번 돈 ÷ 잃은 돈)"]
    assert Cell("-1.49% (-150,000원)", -1) == told["최대 낙폭"]
    assert Cell("2025-07-01 → 2025-07-02 (1거래일) → 아직 회복하지 못함") == told["최대 낙폭 기간"]
    assert Cell("—") == told["그 평균의 95% 구간"]
    assert Cell("—") == told["샤프 지수"]
    assert "설명되지 않는 차이" not in told


def test_a_difference_that_nobody_explains_is_shown() -> None:
    """Won that the trips do not add up to get a line of their own."""
    told = figures(backtest_report(past([[trip()]], held_won=-77), capital=CAPITAL))
    assert Cell("-77원", -1) == told["설명되지 않는 차이"]


def test_a_change_that_rounds_to_nothing_has_no_sign() -> None:
    """Nothing is -0.00 %, and what nobody knows is a dash."""
    expected = ("0.00%", "-0.01%", "+12.30%", "—")
    assert expected == tuple(percent(value, "ko") for value in (-0.001, -0.01, 12.3, None))


def test_rows_of_trips() -> None:
    """A row has trips, days, wins, mean, interval and sum; gains and losses are marked."""
    days = [
        [trip(won, day=FIRST + timedelta(days=n), paid=99_980)]
        for n, won in enumerate([1_000, -3_000, 1_000, 1_000, 1_000])
    ]
    (row,) = titled(backtest_report(past(days), capital=CAPITAL), "전략별").rows
    assert ("골든크로스", "5", "5", "4") == tuple(cell.text for cell in row[:4])
    assert (Cell("+0.20%", 1), Cell("+1,000원", 1)) == (row[4], row[6])
    low, _, high = row[5].text.partition(" … ")
    assert float(low.rstrip("%")) < 0.2 < float(high.rstrip("%"))


def test_rows_of_what_was_blocked() -> None:
    """A blocked rule is named, its changes are told, an unknown one is a dash."""
    report = backtest_report(
        past([[]], blocks=[blocked("gate.rsi", soon=-0.254, late=float("nan"))]), capital=CAPITAL
    )
    (row,) = titled(report, "막은 규칙별: 막고 나서 가격은").rows
    assert ("RSI 과열", "1", "1", "-0.25%", "—", "—", "—") == tuple(cell.text for cell in row)
    assert (-1, 0) == (row[3].sign, row[5].sign)


def test_silent_rules_say_why() -> None:
    """Asked in vain, never asked, and asleep at the defaults read differently."""
    counts = [RuleCount(rule="gate.rsi", asked=1_234, fired=0)]
    report = backtest_report(past([[]], counts=counts), capital=CAPITAL)
    rows = {row[0].text: row[1:] for row in titled(report, "한 번도 발동하지 않은 규칙").rows}
    assert ("1,234", "물었지만 발동하지 않음") == tuple(c.text for c in rows["RSI 과열"])
    assert ("0", "물은 적이 없음") == tuple(c.text for c in rows["데드크로스"])
    asleep = "기본 설정에서는 발동하지 않음 (exits.trailing)"
    assert ("0", asleep) == tuple(c.text for c in rows["목표 수익"])


def test_tables_without_rows_are_left_out() -> None:
    """A past without trips has its result and its silent rules, and no empty table."""
    told = sheets(backtest_report([], capital=CAPITAL), "en")
    assert ["Result", "Rules that never fired"] == [sheet.title for sheet in told]


@pytest.mark.parametrize("lang", LANGS)
def test_whatever_may_be_reported_has_a_name(lang: str) -> None:
    """Strategies, reasons and every rule that is reported have words, no id stands for them."""
    rules = [*GATE_RULES, *EXIT_RULES]
    rules += [rule.id for rule in (*STRATEGY_RULES.values(), *CONFIRMATION)]
    assert [] == [rule for rule in rules if rule_name(rule, lang) == rule]
    named = {rule: rule_name(rule, lang) for rule in (*rules, *BUYING_RULES, *ORDER_RULES)}
    assert len(named) == len(set(named.values()))
    assert "guest.rule" == rule_name("guest.rule", lang)
    trips = [trip(strategy=s) for s in Strategy] + [trip(reason=r) for r in ExitReason]
    trips += [trip(regime=r) for r in Regime]
    told = sheets(backtest_report(past([trips]), capital=CAPITAL), lang)
    assert [len(Strategy), len(ExitReason), len(Regime)] == [len(s.rows) for s in told[1:4]]


@pytest.mark.parametrize("lang", LANGS)
def test_every_row_fills_its_columns(lang: str) -> None:
    """No sheet has a row that is shorter or longer than its head."""
    report = backtest_report(past([[trip()]], blocks=[blocked("gate.rsi")]), capital=CAPITAL)
    told = sheets(report, lang)
    assert 6 == len(told)
    for sheet in told:
        assert {len(sheet.columns)} == {len(row) for row in sheet.rows}
