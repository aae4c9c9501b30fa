"""Who a person means among names that were shown."""

import pytest

from jennie_cli.engine.errors import AmbiguousStock, UnknownStock
from jennie_cli.engine.trading.stocks import code_among

NAMES = {"900001": "가람전자", "900002": "가람화학"}


@pytest.mark.parametrize("asked", ["900002", "가람화학", " 가람 화학 "])
def test_a_code_or_a_name_will_do(asked: str) -> None:
    """Whatever the market's own list may hold."""
    assert "900002" == code_among(NAMES, asked)


def test_what_is_not_among_them_is_not_guessed() -> None:
    """A part of a name is a hint at most, and a part of two names asks which."""
    with pytest.raises(AmbiguousStock):
        code_among(NAMES, "가람")
    with pytest.raises(UnknownStock):
        code_among(NAMES, "화학")
