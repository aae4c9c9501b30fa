"""The two languages say the same things, and every rule has words."""

from string import Formatter

import pytest

from jennie_cli.engine.messages import LANGS, amount, known, text
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
    ],
)
def test_figures_are_written_as_a_trader_reads_them(
    value: float | str | None, unit: str, ko: str, en: str
) -> None:
    """Won in eok, percents signed, a missing figure as a dash."""
    assert (ko, en) == (amount(value, unit, "ko"), amount(value, unit, "en"))
