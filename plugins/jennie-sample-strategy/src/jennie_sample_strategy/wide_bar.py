"""Keeps out of stocks whose last minute was wild."""

from jennie_cli.api import Condition, Rule, View, at_most

MOST_PCT = 3.0

SPAN = Rule(id="span", unit="pct")


def wide_bar(view: View) -> tuple[Condition, ...]:
    """Want a bar whose high is at most 3 % above its low."""
    return (at_most(SPAN, (view.high - view.low) * 100.0 / view.low, MOST_PCT),)
