"""Every rule of the macro side has words, and every level a name."""

import pytest

from jennie_cli.engine.messages import LANGS, known
from jennie_cli.engine.model import ThrottleLevel
from jennie_cli.engine.rules import MACRO_RULES, ORDER_RULES, RULES


@pytest.mark.parametrize("lang", LANGS)
def test_all_that_macro_says_has_words(lang: str) -> None:
    """Rules have a sentence for each answer, levels a name."""
    wanted = [f"check.{rule}.{end}" for rule in MACRO_RULES for end in ("pass", "fail")]
    wanted += [f"macro.level.{level}" for level in ThrottleLevel]
    assert [] == [key for key in wanted if not known(key, lang)]


def test_macro_rules_are_their_own() -> None:
    """No id of another list is used twice."""
    assert set() == MACRO_RULES.keys() & (RULES.keys() | ORDER_RULES.keys())
