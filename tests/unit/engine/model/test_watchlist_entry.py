"""A watchlist entry refuses contradictions at birth, so that no reader ever meets one."""

from dataclasses import replace

import pytest

from jennie_cli.engine.model import RiskTag, TradeTier
from jennie_cli.testing import make_watchlist

(BUYABLE,) = make_watchlist()


def test_a_blocked_stock_cannot_be_tradable() -> None:
    """BLOCKED and tradable exclude each other."""
    with pytest.raises(ValueError, match="BLOCKED stock cannot be tradable"):
        replace(BUYABLE, trade_tier=TradeTier.BLOCKED)


def test_distribution_risk_demands_the_veto() -> None:
    """The tag alone, without the veto, is refused."""
    with pytest.raises(ValueError, match="DISTRIBUTION_RISK demands the veto"):
        replace(BUYABLE, risk_tag=RiskTag.DISTRIBUTION_RISK)


def test_a_vetoed_stock_must_be_blocked() -> None:
    """A veto beside a tier that buys is refused, tradable or not."""
    with pytest.raises(ValueError, match="vetoed stock must be BLOCKED"):
        replace(BUYABLE, veto_applied=True, is_tradable=False)
