"""The page a trader reads: golden text at three widths and in both languages."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType
from tests.unit.commands.view.samples import sample_run, tier_checks

from jennie_cli.commands.families import FAMILIES
from jennie_cli.commands.view import rules_page, watchlist_page
from jennie_cli.commands.view.documents import run_document
from jennie_cli.commands.view.watchlist import next_commands
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Regime, TradeTier
from jennie_cli.engine.rules import RuleCount, dead_rules, session_silence
from jennie_cli.engine.rules.exits import ASLEEP
from jennie_cli.engine.scout import Silence
from jennie_cli.engine.store import ScoutRun

GOLDEN = Path(__file__).parent / "golden"
PAGES = [(lang, width) for lang in ("ko", "en") for width in (80, 100, 200)]


def drawn(page: RenderableType, width: int) -> str:
    """Return a page as the terminal of this width shows it, without trailing blanks."""
    out = StringIO()
    Console(
        file=out, width=width, soft_wrap=True, highlight=False, emoji=False, markup=False
    ).print(page)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize(("lang", "width"), PAGES)
def test_the_page_is_the_golden_one(lang: str, width: int) -> None:
    """The page is, to the letter, what the golden file holds."""
    expected = (GOLDEN / f"watchlist_{lang}_{width}.txt").read_text(encoding="utf-8")
    assert expected == drawn(watchlist_page(sample_run(), lang), width)


@pytest.mark.parametrize(("lang", "width"), [*PAGES, ("ko", 60), ("en", 60)])
def test_no_line_is_wider_than_the_terminal(lang: str, width: int) -> None:
    """Korean letters count as two cells, and still nothing runs over."""
    pages = (
        watchlist_page(sample_run(), lang, show=None),
        rules_page(
            Silence(dead=dead_rules((), ("bars",)), runs=3),
            session_silence((), sessions=12_345, switched_on=set(ASLEEP.values())),
            lang,
        ),
    )
    for page in pages:
        assert max(cell_len(line) for line in drawn(page, width).splitlines()) <= width


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_columns_stand_under_each_other_whatever_the_names(lang: str) -> None:
    """Every row's verdict starts in the same cell, with long and short Korean names."""
    page = drawn(watchlist_page(sample_run(), lang, show=None), 100)
    rows = [r for r in page.splitlines() if r.startswith(" ") and r[:3].strip().isdigit()]
    scores = {
        cell_len(row[: row.index(f"{s.hybrid_score:.1f}")])
        for row, s in zip(rows, sample_run().stocks, strict=False)
    }
    assert 12 == len(rows)
    assert 1 == len(scores)


def test_ten_rows_are_shown_and_the_rest_is_counted() -> None:
    """Top 10 and one line for the others; asked for all, there is no such line."""
    short = drawn(watchlist_page(sample_run(), "ko"), 100)
    assert "… 외 2종목" in short
    assert "마루식품" not in short
    whole = drawn(watchlist_page(sample_run(), "ko", show=None), 100)
    assert "… 외" not in whole
    assert "마루식품12" in whole


def test_there_is_no_model_column_without_a_model() -> None:
    """The page says in words that no model analysed anything."""
    page = drawn(watchlist_page(sample_run(), "ko"), 100)
    assert "AI 분석 없음(모델 미설치)" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (False, "AI 분석 끔(--no-llm): LLM 점수 = 퀀트 점수."),
        (True, "AI 분석 끔(scout.use_unified_analyst = false): LLM 점수 = 퀀트 점수."),
    ],
)
def test_the_model_line_says_what_switched_the_analyst_off(asked: bool, said: str) -> None:
    """The option and the setting are told apart."""
    off = replace(
        sample_run(),
        llm={"provider": None, "asked": False},
        settings={"request": {"use_llm": asked}, "scout": {"use_unified_analyst": not asked}},
    )
    assert said in drawn(watchlist_page(off, "ko"), 100)


def test_the_worth_of_the_score_is_said_to_be_unmeasured() -> None:
    """The evidence line promises nothing."""
    assert "아직 재지 않았습니다" in drawn(watchlist_page(sample_run(), "ko"), 200)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ko", "위험 회피 2단계라 관심목록을 20종목이 아니라 10종목까지만 담음"),
        ("en", "risk-off level 2: the watchlist holds 10 stocks at most, not 20"),
    ],
)
def test_a_list_that_risk_off_cuts_says_so(lang: str, said: str) -> None:
    """One line names the level and both sizes; without the cut, or before it was kept, none."""
    settings = {
        **sample_run().settings,
        "scout": {"max_watchlist_size": 20},
        "request": {"risk_off_level": 2},
    }

    def page(**given: Any) -> str:
        return drawn(watchlist_page(replace(sample_run(), **given), lang), 80)

    cut = (RuleCount(rule="select.risk_off", asked=1, fired=1),)
    kept = (RuleCount(rule="select.risk_off", asked=1, fired=0),)
    line = page(settings=settings, rules=cut).splitlines()
    assert [said] == [row for row in line if "20" in row and "10" in row and "→" not in row]
    for old in (page(settings=settings, rules=kept), page(rules=cut)):
        assert said not in old


def test_an_empty_watchlist_says_why_and_still_leads_on() -> None:
    """Without any stock the limit is named and a dropped candidate can be explained."""
    page = drawn(watchlist_page(sample_run(empty=True), "ko"), 100)
    assert "합계 50 이상인 종목이 없습니다" in page
    assert "jennie scout explain 미르모터스" in page


@pytest.mark.parametrize("market", ["generated", "imported"])
def test_three_next_commands_exist_in_this_build(market: str) -> None:
    """Each command begins with a family of the command table."""
    known = {f.name for f in FAMILIES}
    commands = [args for args, _ in next_commands(sample_run(market=market), "ko")]
    assert 3 == len(commands)
    assert {args[0] for args in commands} <= known
    assert ("scout", "explain", "가온칩스텍") == commands[0]


@pytest.mark.parametrize("profile", ["sim", "paper", "live"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_best_stock_that_may_be_bought_is_offered(profile: str, lang: str) -> None:
    """The line names the first tradable stock and says what buying means in this profile."""
    run = replace(sample_run(), profile=profile)
    best = next(s for s in run.stocks if s.is_tradable)
    words, said = next_commands(run, lang)[1]
    assert ("trade", "buy", best.name) == words
    assert text(f"next.buy_{profile}", lang) == said


def test_nothing_is_offered_where_nothing_may_be_bought() -> None:
    """In a bear market, of an older run, of a list with no tradable stock: sectors instead."""
    kept = [replace(s, is_tradable=False) for s in sample_run().stocks]
    barren = replace(sample_run(), stocks=tuple(kept))
    shown = [
        next_commands(in_regime(Regime.BEAR), "ko"),
        next_commands(sample_run(), "ko", named=True),
        next_commands(barren, "ko"),
    ]
    assert [("sectors", "show")] * 3 == [rows[1][0][:2] for rows in shown]


def test_a_name_with_a_blank_is_quoted() -> None:
    """What the page says can be typed as it stands."""
    first, *rest = sample_run().stocks
    spaced = replace(sample_run(), stocks=(replace(first, name="가온 칩스"), *rest))
    assert "scout explain '가온 칩스'" in drawn(watchlist_page(spaced, "ko"), 100)


def test_the_home_is_repeated_in_the_next_commands() -> None:
    """A call with options of its own suggests commands with the same options."""
    page = drawn(watchlist_page(sample_run(), "ko", jennie="jennie --home h"), 200)
    assert "jennie --home h trade buy 가온칩스텍" in page


def test_a_run_that_is_named_is_named_in_the_next_commands() -> None:
    """What is said of an older run leads to that run, not to the newest."""
    page = drawn(watchlist_page(sample_run(), "ko", named=True), 200)
    assert "jennie scout explain 가온칩스텍 --run 20250630-083000-001   1위" in page
    assert "jennie sectors show --run 20250630-083000-001  " in page
    assert "--run" not in drawn(watchlist_page(sample_run(), "ko"), 200)


def in_regime(regime: Regime) -> ScoutRun:
    """Return the sample run in another regime."""
    run = sample_run()
    return replace(run, regime=replace(run.regime, regime=regime))


@pytest.mark.parametrize("regime", [Regime.BEAR, Regime.STRONG_BEAR])
@pytest.mark.parametrize(
    ("lang", "funnel", "full", "small", "never"),
    [
        (
            "ko",
            "국면이 풀리면 살 수 있음 8 ·",
            " TIER1 보류 ",
            " RECON 보류 ",
            ("지금 살 수", "TIER1 매수", "RECON 0.3"),
        ),
        (
            "en",
            "can be bought once the regime lifts 8 ·",
            " TIER1 wait ",
            " RECON wait ",
            ("bought now", "TIER1 buy", "RECON 0.3"),
        ),
    ],
)
def test_a_regime_that_holds_buying_back_marks_every_verdict(
    *, regime: Regime, lang: str, funnel: str, full: str, small: str, never: tuple[str, ...]
) -> None:
    """Nothing on the page says buy while the regime line says not to."""
    page = drawn(watchlist_page(in_regime(regime), lang), 200)
    assert all(words in page for words in (funnel, full, small))
    assert not any(words in page for words in never)
    assert 8 == sum(s["is_tradable"] for s in run_document(in_regime(regime), lang)["stocks"])


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_page_that_holds_back_fits_too(lang: str, width: int) -> None:
    """The longer words of a bear market and of a named run stay within the terminal."""
    page = drawn(watchlist_page(in_regime(Regime.BEAR), lang, named=True), width)
    assert max(cell_len(line) for line in page.splitlines()) <= width


def test_a_score_just_below_a_limit_is_not_shown_as_reaching_it() -> None:
    """59.99 is below 60 in the column as it is in the reason."""
    first, *rest = sample_run().stocks
    near = replace(
        first,
        hybrid_score=59.99,
        trade_tier=TradeTier.BLOCKED,
        is_tradable=False,
        checks=tier_checks(59.99),
    )
    page = drawn(watchlist_page(replace(sample_run(), stocks=(near, *rest)), "ko"), 100)
    assert "59.9 관찰 살 수 없음: 합계 60 미만" in " ".join(page.split())


def test_the_document_has_the_shape_that_scripts_rely_on() -> None:
    """Every key of the contract is there, and `top` limits the stocks."""
    doc = run_document(sample_run(), "ko", top=2)
    keys = {"run_id", "generated_at", "trade_date", "profile", "market", "regime", "universe"}
    keys |= {"eligible", "scored", "passed_quant", "llm", "data_missing", "elapsed_s", "stocks"}
    assert keys <= doc.keys()
    assert [1, 2] == [s["rank"] for s in doc["stocks"]]
    assert {"code", "why", "reason", "is_tradable", "coverage"} <= doc["stocks"][0].keys()
    assert [{"code": "900010", "what": "market_cap"}] == doc["data_missing"]
    assert ["미르모터스"] == [s["name"] for s in doc["vetoed"]]
