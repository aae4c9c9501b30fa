"""Facts that hold from a date on."""

from datetime import date

import pytest

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.venue.dated import Timeline, table

TIMELINE = Timeline.of("the rate", [(date(2020, 1, 1), 2), (date(2010, 1, 1), 1)])


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2010, 1, 1), 1),
        (date(2019, 12, 31), 1),
        (date(2020, 1, 1), 2),
        (date(2030, 1, 1), 2),
    ],
)
def test_a_value_holds_from_its_day_until_the_next(day: date, value: int) -> None:
    """The order in which rows are given does not matter; the last one has no end."""
    assert value == TIMELINE.on(day)


def test_a_day_before_the_first_row_is_a_named_error() -> None:
    """The message names the fact and the hint the first day on record."""
    with pytest.raises(InputError, match="the rate is not on record") as caught:
        TIMELINE.on(date(2009, 12, 31))
    assert "Use a day from 2010-01-01 on." == caught.value.hint


@pytest.mark.parametrize("name", ["hours.toml", "prices.toml", "costs.toml", "days.toml"])
def test_every_shipped_fact_names_its_source(name: str) -> None:
    """No figure of a market table stands without the place it came from."""
    groups = table(name).values()
    entries = [row for group in groups for row in (group if isinstance(group, list) else [group])]
    assert [] == [entry for entry in entries if not entry["source"]]
