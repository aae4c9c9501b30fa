"""Hidden regimes and stories: they change, they last, and they push."""

import numpy as np

from jennie_cli.simulator.drivers import MARKDOWN, MARKUP, Drivers
from jennie_cli.simulator.dynamics import regime_table, story_table
from jennie_cli.simulator.roster import build_roster

CRASH = 3


def test_regimes_change_and_last() -> None:
    """Over some years every regime is seen, and a regime usually holds the next day."""
    roster = build_roster(5)
    drivers = Drivers(5, roster)
    calm = np.zeros(roster.size)
    seen, shared = [], []
    for day in range(2_500):
        push = drivers.step(day, calm)
        seen.append(drivers.regime)
        shared.append(float(push.shared.mean()))
    regimes, moves = np.array(seen), np.array(shared)
    assert set(range(len(regime_table().drift))) == set(seen)
    assert float(np.mean(regimes[1:] == regimes[:-1])) > 0.9
    assert moves[regimes == CRASH].std() > 1.5 * moves[regimes == 1].std()
    assert moves[regimes == CRASH].mean() < moves[regimes == 0].mean()


def test_a_rise_is_expected_above_a_fall() -> None:
    """Stocks in a rise are pushed above stocks in a fall, and growth lifts both."""
    roster = build_roster(5)
    drivers = Drivers(5, roster)
    push = drivers.step(0, np.zeros(roster.size)).expected
    lively = roster.sigma > 0.01
    rising, falling = (lively & (drivers.story == s) for s in (MARKUP, MARKDOWN))
    assert push[rising].mean() > 0 > push[falling].mean()


def test_story_chances_are_whole() -> None:
    """The chances of the next story sum to one in each row, as do those of the next regime."""
    assert np.allclose(story_table().next[:, -1], 1.0)
    assert np.allclose(regime_table().next.sum(axis=1), 1.0)
