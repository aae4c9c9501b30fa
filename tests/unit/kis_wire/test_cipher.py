"""Notices are encrypted as KIS does it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.kis_wire import BadCipher, StreamKey

KEY = StreamKey(key="0123456789abcdef0123456789abcdef", iv="fedcba9876543210")


@given(st.text(max_size=200))
def test_what_was_encrypted_is_decrypted(text: str) -> None:
    """Any text comes back, in whole blocks of 16 bytes."""
    payload = KEY.encrypt(text)
    assert 0 == len(base64.b64decode(payload)) % 16
    assert text == KEY.decrypt(payload)


def test_a_known_value_holds() -> None:
    """AES-256-CBC with PKCS#7 of a fixed text gives what OpenSSL gives."""
    assert "ITpru1Ale0PeI9Im8r+Kfg==" == KEY.encrypt("user^1234567801")


@pytest.mark.parametrize("payload", ["", "###", "aGVsbG8=", "AAAAAAAAAAAAAAAAAAAAAA=="])
def test_a_cut_or_foreign_payload_is_named(payload: str) -> None:
    """What does not decrypt to a padded text is BadCipher."""
    with pytest.raises(BadCipher):
        KEY.decrypt(payload)


def test_a_key_of_another_length_is_refused_and_none_is_shown() -> None:
    """Keys have 32 and 16 characters, and no repr holds them."""
    with pytest.raises(ValueError, match="32 characters"):
        StreamKey(key="short", iv=KEY.iv)
    assert KEY.key not in repr(KEY)
    assert KEY.iv not in repr(KEY)
