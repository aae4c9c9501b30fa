"""Tokens and approval keys."""

from datetime import datetime, timedelta

import pytest

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.simulator.server.oauth import Denied, KeyDesk

KEY, SECRET, GRANT = "k" * 36, "s" * 180, "client_credentials"
START = datetime(2025, 6, 30, 9, 0, tzinfo=KST)


def _desk() -> tuple[KeyDesk, ManualClock]:
    clock = ManualClock(START)
    return KeyDesk(1, seconds=clock.monotonic, present=clock.now), clock


def test_a_token_fits_its_header_and_says_when_it_ends_in_korea() -> None:
    """At most 350 characters with the prefix; the expiry is a day later, KST."""
    desk, _ = _desk()
    token = desk.issue(KEY, SECRET, GRANT)
    assert len(f"Bearer {token.text}") <= 350
    assert "2025-07-01 09:00:00" == token.expires
    assert token.text not in repr(token)


def test_a_second_token_within_a_minute_is_denied() -> None:
    """As the gateway does: one a minute and key."""
    desk, clock = _desk()
    desk.issue(KEY, SECRET, GRANT)
    clock.advance(59)
    with pytest.raises(Denied) as denied:
        desk.issue(KEY, SECRET, GRANT)
    assert "EGW00133" == denied.value.code


def test_the_token_stays_the_same_for_six_hours() -> None:
    """Then another is given out, and the first one lives on to its end."""
    desk, clock = _desk()
    first = desk.issue(KEY, SECRET, GRANT)
    clock.advance(timedelta(hours=5).total_seconds())
    assert first is desk.issue(KEY, SECRET, GRANT)
    clock.advance(timedelta(hours=2).total_seconds())
    assert first is not desk.issue(KEY, SECRET, GRANT)
    assert not desk.expired(first)
    clock.advance(timedelta(hours=18).total_seconds())
    assert desk.expired(first)


def test_a_revoked_token_is_dead_and_another_key_cannot_revoke_it() -> None:
    """Only its own key ends it."""
    desk, _ = _desk()
    token = desk.issue(KEY, SECRET, GRANT)
    assert not desk.revoke("x" * 36, SECRET, token.text)
    assert desk.revoke(KEY, SECRET, token.text)
    assert token.dead
    assert desk.token(token.text, "x" * 36) is None


def test_an_approval_key_names_its_owner_for_a_day() -> None:
    """It has the shape of a uuid."""
    desk, clock = _desk()
    text = desk.approve(KEY, SECRET, GRANT)
    assert (36, KEY) == (len(text), desk.key_of(text))
    clock.advance(86_400)
    assert desk.key_of(text) is None
    assert desk.key_of("unknown") is None


@pytest.mark.parametrize(
    ("key", "secret", "grant", "code"),
    [
        (KEY, SECRET, "", "EGW00115"),
        (KEY, SECRET, "password", "EGW00116"),
        ("", SECRET, GRANT, "EGW00102"),
        ("k" * 35, SECRET, GRANT, "EGW00103"),
        (KEY, "", GRANT, "EGW00104"),
        (KEY, "s" * 179, GRANT, "EGW00105"),
    ],
)
def test_what_is_no_key_pair_gets_nothing(key: str, secret: str, grant: str, code: str) -> None:
    """Each way of being wrong has its own code."""
    desk, _ = _desk()
    with pytest.raises(Denied) as denied:
        desk.issue(key, secret, grant)
    assert code == denied.value.code
