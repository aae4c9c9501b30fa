"""No form of a secret survives the mask."""

import json
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.settings import Masker

SECRETS = st.text(min_size=4, max_size=30).filter(lambda s: len(s.strip()) >= 4 and "*" not in s)


@given(SECRETS, st.text(max_size=10))
def test_every_spelling_is_hidden(secret: str, around: str) -> None:
    """As it is, as JSON, as Python and as a URL would write it."""
    masker = Masker([secret])
    for spelled in (
        secret,
        json.dumps(secret),
        json.dumps(secret, ensure_ascii=False),
        repr(secret),
        quote(secret),
        quote_plus(secret),
    ):
        masked = masker(f"{around}{spelled}{around}")
        assert "***" in masked
        assert secret not in masked.replace(around, "") or secret in around


def test_the_longest_secret_goes_first() -> None:
    """A secret that contains another leaves no tail behind."""
    assert "*** ***" == Masker(["abcd", "abcdefgh"])("abcdefgh abcd")


def test_short_values_are_no_secrets() -> None:
    """A product code such as 01 would blot out every figure."""
    assert "01 and 1" == Masker(["01", "", "abc"])("01 and 1")


def test_a_value_learned_later_is_hidden_from_then_on() -> None:
    """Secrets become known as they are read."""
    masker = Masker()
    assert "topsecret" == masker("topsecret")
    masker.learn(" topsecret\n")
    assert "***" == masker("topsecret")


def test_a_password_in_any_url_is_hidden() -> None:
    """Also one that nobody has told us."""
    masker = Masker()
    assert "at mariadb://user:***@host/db" == masker("at mariadb://user:pw%21x@host/db")
    assert "at mysql://u:***@h/db" == masker("at mysql://u:pa/secretword@h/db")
    assert "at mysql://u:***@h" == masker("at mysql://u:p@ss/w0rd@h")
    assert "pg://h/d?user=u&password=***&x=1" == masker("pg://h/d?user=u&password=secret&x=1")
    assert "http://host:8080/a 12:30 a@b" == masker("http://host:8080/a 12:30 a@b")


def test_a_secret_that_is_no_utf8_is_hidden() -> None:
    """The environment may hold any bytes."""
    assert "***" == Masker(["key\udcff\udcfe"])("key\udcff\udcfe")
