"""Settings changed at run time leave a trail."""

from datetime import date

from sqlalchemy import Engine

from jennie_cli.adapters.sql import ConfigChanged, SqlConfig
from jennie_cli.testing import moment

AT = moment(date(2025, 6, 27))


def test_a_value_set_is_kept_until_it_is_unset(engine: Engine) -> None:
    """The newest value counts; unsetting removes it."""
    config = SqlConfig(engine)
    assert config.get("scout.universe_size") is None
    config.set("scout.universe_size", "100", who="cli", at=AT)
    config.set("scout.universe_size", "150", who="bot", at=AT)
    assert {"scout.universe_size": "150"} == config.all()
    config.set("scout.universe_size", None, who="cli", at=AT)
    assert {} == config.all()


def test_every_change_says_who_when_from_and_to(engine: Engine) -> None:
    """The audit holds old and new value, newest first, of one key or of all."""
    config = SqlConfig(engine)
    config.set("a", "1", who="cli", at=AT)
    config.set("b", "2", who="cli", at=AT)
    last = config.set("a", "3", who="bot", at=AT)
    assert ConfigChanged(key="a", old="1", new="3", at=AT, who="bot") == last
    assert [last, ConfigChanged(key="a", old=None, new="1", at=AT, who="cli")] == list(
        config.changes("a")
    )
    assert ["a", "b", "a"] == [c.key for c in config.changes()]
