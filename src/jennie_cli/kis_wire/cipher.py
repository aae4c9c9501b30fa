"""Notices travel as AES-256-CBC under a key and iv that the server hands out on subscribing."""

import base64
import binascii
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_LENGTH = 32
IV_LENGTH = 16


class BadCipher(ValueError):
    """A payload cannot be decrypted with this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamKey:
    """The key (32 ASCII characters) and iv (16) of one TR, as its acknowledgement told them."""

    key: str = field(repr=False)
    iv: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse other lengths."""
        if (len(self.key.encode()), len(self.iv.encode())) != (KEY_LENGTH, IV_LENGTH):
            raise ValueError("a stream key has 32 characters and its iv 16")

    def encrypt(self, text: str) -> str:
        """Return the payload of a data frame with flag 1."""
        pad = PKCS7(128).padder()
        plain = pad.update(text.encode()) + pad.finalize()
        work = self._cipher().encryptor()
        return base64.b64encode(work.update(plain) + work.finalize()).decode("ascii")

    def decrypt(self, payload: str) -> str:
        """Return the text of a payload; BadCipher for a cut or foreign one."""
        try:
            raw = base64.b64decode(payload, validate=True)
            work = self._cipher().decryptor()
            plain = work.update(raw) + work.finalize()
            pad = PKCS7(128).unpadder()
            return (pad.update(plain) + pad.finalize()).decode()
        except (binascii.Error, ValueError) as error:
            raise BadCipher("the payload does not fit the stream's key") from error

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key.encode()), modes.CBC(self.iv.encode()))
