"""The settings of the scorers."""

from jennie_cli.engine.model import settings_of
from jennie_cli.engine.scoring import SCORERS, ScoringPolicy

SETTINGS = {setting.name: setting for setting in settings_of(ScoringPolicy)}


def test_seed_names() -> None:
    """The settings the seed names keep its environment names and defaults."""
    got = {s.env: s.default for s in SETTINGS.values() if s.env != "BASE_RANGE_MAX_PCT"}
    assert {
        "QUANT_SCORER_VERSION": "v2",
        "CHART_PHASE_ENABLED": True,
        "FALLING_KNIFE_PENALTY": -10.0,
        "BUY_RSI_OVERSOLD_THRESHOLD": 30.0,
    } == got


def test_every_version_has_a_scorer() -> None:
    """The versions a user may choose are the scorers there are."""
    assert sorted(SCORERS) == sorted(SETTINGS["version"].choices)


def test_defaults_are_in_range() -> None:
    """Every default lies within the range it declares."""
    ranged = [s for s in SETTINGS.values() if s.low is not None and s.high is not None]
    assert len(ranged) == 3
    assert all(s.low <= s.default <= s.high for s in ranged if s.low is not None)
