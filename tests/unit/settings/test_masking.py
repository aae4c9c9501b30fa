"""No form of a secret survives the mask."""

import json
from string import ascii_letters, digits
from urllib.parse import quote, quote_plus

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.settings import Masker
from jennie_cli.settings.masking import FRAGMENT

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


def test_a_text_made_to_be_slow_is_not() -> None:
    """Half a million characters that begin a URL again and again are looked through once."""
    masker = Masker()
    slow = "://a:" * 100_000
    assert slow == masker(slow)
    assert f"{slow} x@" == masker(f"{slow} x@")
    assert "://a:***@" == masker(f"{slow}@")
    assert "://a:@ ://:@" == masker("://a:@ ://:@")


def test_a_secret_that_is_no_utf8_is_hidden() -> None:
    """The environment may hold any bytes."""
    assert "***" == Masker(["key\udcff\udcfe"])("key\udcff\udcfe")


LONG = "".join(np.random.default_rng(7).choice(list(ascii_letters + digits), 180).tolist())


INNOCENT = st.text(st.characters(exclude_characters="*"), max_size=20)


@given(st.integers(0, 164), st.integers(0, 180), INNOCENT, INNOCENT)
def test_a_part_of_a_long_secret_is_hidden(
    start: int, length: int, before: str, after: str
) -> None:
    """A host cuts what it echoes: sixteen characters in a row are too many, wherever they stand."""
    part = LONG[start : start + length]
    masked = Masker([LONG])(f"{before} {part} {after}")
    left = [n for n in range(164) if LONG[n : n + FRAGMENT] in masked]
    assert [] == left
    assert (len(part) >= FRAGMENT) is ("***" in masked)


def test_parts_of_two_secrets_are_both_hidden() -> None:
    """Also where one follows the other, as in an echoed request."""
    first, second = LONG[:90], LONG[90:]
    masked = Masker([first, second])(f"a {first[:40]}{second[50:]} b {second[:17]}")
    assert "a ****** b ***" == masked


def test_innocent_text_is_left_alone() -> None:
    """A few common characters are no part of a secret, nor is a part of a short one."""
    assert f"x{LONG[:15]}y" == Masker([LONG])(f"x{LONG[:15]}y")
    assert "planted-key-012" == Masker(["planted-key-0123"])("planted-key-012")
