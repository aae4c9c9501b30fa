"""How KIS may be asked."""

from datetime import date

import pytest

from jennie_cli.engine.errors import SettingsError
from jennie_cli.settings import KisOptions, Settings, declared


def test_the_rates_are_those_of_the_notices() -> None:
    """15 a second real, 1 paper, 3 for a new key."""
    options = Settings(environ={}, file={}).slice(KisOptions)
    assert (15.0, 1.0, 3.0) == (options.real_rate, options.paper_rate, options.new_key_rate)


def test_an_address_is_set_in_the_file() -> None:
    """Like every URL, so that it is there before the store is open."""
    assert declared("kis.real_url").in_file
    assert declared("kis.paper_socket_url").in_file
    assert not declared("kis.real_rate").in_file


def test_no_more_can_be_asked_than_kis_allows() -> None:
    """19 a second is refused by the setting."""
    with pytest.raises(SettingsError, match=r"kis\.real_rate"):
        Settings(environ={}, file={"kis": {"real_rate": 19}}).slice(KisOptions)


@pytest.mark.parametrize(
    ("day", "new"),
    [
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), True),
        (date(2026, 11, 25), True),
        (date(2026, 11, 26), False),
    ],
)
def test_a_key_is_new_for_three_days(day: date, new: bool) -> None:
    """From the day it was first used."""
    assert new is KisOptions(key_first_used="2026-11-23").is_new_key(day)
    assert not KisOptions().is_new_key(day)


def test_a_key_without_a_set_day_is_as_new_as_we_know_it() -> None:
    """A day that is set rules over the one that was seen."""
    monday, thursday = date(2026, 11, 23), date(2026, 11, 26)
    assert KisOptions().is_new_key(monday, since=monday)
    assert not KisOptions().is_new_key(thursday, since=monday)
    assert not KisOptions(key_first_used="2020-01-01").is_new_key(monday, since=monday)


def test_a_date_that_is_none_is_named() -> None:
    """With the command that corrects it."""
    with pytest.raises(SettingsError, match=r"kis\.key_first_used is no date: 'soon'"):
        KisOptions(key_first_used="soon").is_new_key(date(2026, 11, 23))
