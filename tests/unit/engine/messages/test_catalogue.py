"""The two languages say the same things, and every rule has words."""

from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.messages import LANGS, amount, known, text, value_and_limit
from jennie_cli.engine.messages.catalogue import catalogue
from jennie_cli.engine.model import Phase, Regime, TradeTier
from jennie_cli.engine.rules import RULES
from jennie_cli.engine.scoring import SCORERS
from jennie_cli.engine.sectors import GROUPS

KO, EN = (catalogue(lang) for lang in ("ko", "en"))


def placeholders(words: str) -> set[str | None]:
    """Return the names a message wants filled."""
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    """No message exists in one language only."""
    assert set(KO) == set(EN)


@pytest.mark.parametrize("key", sorted(KO))
def test_both_languages_take_the_same_values(key: str) -> None:
    """A message wants the same placeholders in both languages, and is not empty."""
    assert placeholders(KO[key]) == placeholders(EN[key])
    assert KO[key]
    assert EN[key]


@pytest.mark.parametrize("lang", LANGS)
def test_everything_that_can_be_named_has_a_name(lang: str) -> None:
    """Rules, their inputs, groups, regimes, phases, tiers and factors all have words."""
    wanted = [f"rule.{r}" for r in RULES]
    wanted += [f"input.{n}" for r in RULES.values() for n in r.needs]
    wanted += [f"group.{g}" for g in GROUPS]
    wanted += [f"regime.arrow.{r}" for r in Regime] + [f"regime.advice.{r}" for r in Regime]
    wanted += [f"phase.{p}" for p in Phase] + ["verdict.TIER1", f"verdict.{TradeTier.RECON}"]
    wanted += [f"factor.{f}" for s in SCORERS.values() for f in s.part_max]
    assert [] == [key for key in wanted if not known(key, lang)]


@pytest.mark.parametrize("lang", LANGS)
def test_every_part_of_every_scorer_has_words(lang: str) -> None:
    """A part that can earn points is described, by one text or by three for its sign."""
    parts = [
        f"part.{f}.{p}"
        for s in SCORERS.values()
        for f, ps in s.part_max.items()
        for p, top in ps.items()
        if top > 0
    ]
    signs = ("up", "down", "flat")
    silent = [
        p for p in parts if not known(p, lang) and not all(known(f"{p}.{s}", lang) for s in signs)
    ]
    assert [] == silent


def test_an_unknown_key_is_a_bug() -> None:
    """Asking for words that do not exist raises instead of printing the key."""
    with pytest.raises(KeyError):
        text("no.such.words", "ko")


@pytest.mark.parametrize(
    ("value", "unit", "ko", "en"),
    [
        (None, "pct", "—", "—"),
        ("COMMON", "", "COMMON", "COMMON"),
        (50_000_000_000, "KRW", "500억원", "KRW 50.0bn"),
        (1_000, "KRW", "1,000원", "KRW 1,000"),
        (3.14, "pct", "+3.1%", "+3.1%"),
        (-1.2, "pp", "-1.20%p", "-1.20pp"),
        (0.6, "ratio", "60%", "60%"),
        (1.12, "times", "1.12배", "1.12x"),
        (60.0, "points", "60", "60"),
        (71.25, "points2", "71.25", "71.25"),
        (73.6, "rsi", "74", "74"),
        (59.99, "score", "59.9", "59.9"),
        (64.1, "score", "64.1", "64.1"),
        (60.0, "score", "60.0", "60.0"),
        (79.20791, "unheard of", "79.2079", "79.2079"),
        (0.9, "seconds", "0초", "0 seconds"),
        (-61, "seconds", "-61초", "-61 seconds"),
        (119, "seconds", "119초", "119 seconds"),
        (120, "seconds", "2분", "2 minutes"),
        (601, "seconds", "10분 1초", "10 minutes 1 seconds"),
        (86_399, "seconds", "23시간 59분", "23 hours 59 minutes"),
        (86_400, "seconds", "24시간", "24 hours"),
        (180_000, "seconds", "2일 2시간", "2 days 2 hours"),
        (float("nan"), "seconds", "—", "—"),
    ],
)
def test_figures_are_written_as_a_trader_reads_them(
    value: float | str | None, unit: str, ko: str, en: str
) -> None:
    """Won in eok, percents signed, a missing figure as a dash."""
    assert (ko, en) == (amount(value, unit, "ko"), amount(value, unit, "en"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("unit", ["pct", "pct0", "share_pct", "pp", "ratio", "times", "change"])
def test_a_figure_that_rounds_to_zero_has_no_sign(unit: str, lang: str) -> None:
    """Nothing is -0.0%, and nothing +0.0%."""
    small = {amount(v, unit, lang) for v in (-0.0001, 0.0, 0.0001)}
    assert 1 == len(small)
    assert "0" == small.pop()[0]


@pytest.mark.parametrize(
    ("value", "limit", "unit", "ko", "en"),
    [
        (59.99, 60.0, "points", ("59.99", "60"), ("59.99", "60")),
        (46.10, 46.12, "points", ("46.10", "46.12"), ("46.10", "46.12")),
        (55.0, 60.0, "points", ("55", "60"), ("55", "60")),
        (60.0, 60.0, "points", ("60", "60"), ("60", "60")),
        (986_462_977, 1e9, "KRW", ("9.9억원", "10억원"), ("KRW 0.99bn", "KRW 1bn")),
        (49_996_000_000, 5e10, "KRW", ("499.96억원", "500억원"), ("KRW 49.996bn", "KRW 50bn")),
        (70.3, 70.0, "rsi", ("70.3", "70"), ("70.3", "70")),
        (0.598, 0.6, "ratio", ("59.8%", "60%"), ("59.8%", "60%")),
        (1.496, 1.5, "times", ("1.496배", "1.500배"), ("1.496x", "1.500x")),
        (None, 1.5, "times", ("—", "1.50배"), ("—", "1.50x")),
    ],
)
def test_a_value_and_its_limit_are_told_apart(
    value: float | None, limit: float, unit: str, ko: tuple[str, str], en: tuple[str, str]
) -> None:
    """Figures that differ take more digits until they look different."""
    assert (ko, en) == tuple(value_and_limit(value, limit, unit, lang) for lang in LANGS)


@given(
    limit=st.integers(0, 10_000),
    apart=st.integers(1, 500),
    unit=st.sampled_from(["points", "pct", "times", "rsi"]),
    lang=st.sampled_from(LANGS),
)
def test_scores_a_hundredth_apart_never_look_alike(
    limit: int, apart: int, unit: str, lang: str
) -> None:
    """No sentence can say that a figure is below itself."""
    shown, against = value_and_limit((limit - apart) / 100, limit / 100, unit, lang)
    assert shown != against


@given(value=st.integers(0, 10_000))
def test_a_score_is_never_rounded_up(value: int) -> None:
    """A score under a limit is not shown as having reached it."""
    shown = float(amount(value / 100, "score", "ko"))
    assert value // 10 == round(shown * 10)
