"""Tokens and approval keys: who may call, and for how long.

Any app key of 36 characters with any secret of 180 opens the door. A token lives a day of gateway
time; its printed expiry is the later of the exchange's and the machine's tomorrow, so that a
client on either clock believes in it for that long.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from jennie_cli.engine.clock import KST

KEY_LENGTH = 36
SECRET_LENGTH = 180
LIFE_S = 86_400
SAME_TOKEN_S = 6 * 3_600
ISSUE_GAP_S = 60.0
_LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz0123456789"))


class Denied(Exception):
    """No token or key is given out: `code` and words in the shape of the OAuth paths."""

    def __init__(self, code: str, text: str) -> None:
        """`code` is KIS's, `text` its sentence."""
        super().__init__(code)
        self.code = code
        self.text = text


@dataclass(slots=True, kw_only=True)
class Token:
    """A token of one app key; `issued` and `asked` are gateway seconds."""

    text: str = field(repr=False)
    key: str = field(repr=False)
    issued: float
    asked: float
    expires: str
    dead: bool = False


class KeyDesk:
    """Gives out tokens and approval keys and knows them again."""

    def __init__(
        self, seed: int, *, seconds: Callable[[], float], present: Callable[[], datetime]
    ) -> None:
        """`seconds` is the gateway's time, `present` the later of both clocks."""
        self._dice = np.random.default_rng((seed, 0x70C3))
        self._seconds = seconds
        self._present = present
        self._tokens: dict[str, Token] = {}
        self._newest: dict[str, Token] = {}
        self._approvals: dict[str, tuple[str, float]] = {}

    def issue(self, key: str, secret: str, grant: str) -> Token:
        """Return the token of `key`, the same one for six hours. Raises Denied."""
        _check(key, secret, grant)
        now = self._seconds()
        kept = self._newest.get(key)
        if kept and now - kept.asked < ISSUE_GAP_S:
            raise Denied("EGW00133", "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)")
        if kept and not kept.dead and now - kept.issued < SAME_TOKEN_S:
            kept.asked = now
            return kept
        expires = (self._present() + timedelta(seconds=LIFE_S)).astimezone(KST)
        token = Token(
            text=self._token_text(),
            key=key,
            issued=now,
            asked=now,
            expires=f"{expires:%Y-%m-%d %H:%M:%S}",
        )
        self._tokens[token.text] = self._newest[key] = token
        return token

    def revoke(self, key: str, secret: str, text: str) -> bool:
        """Kill a token of `key`; False when it is not one. Raises Denied."""
        _check(key, secret, "client_credentials")
        token = self._tokens.get(text)
        if token is None or token.key != key or token.dead:
            return False
        token.dead = True
        return True

    def approve(self, key: str, secret: str, grant: str) -> str:
        """Return a fresh approval key for the socket. Raises Denied."""
        _check(key, secret, grant)
        text = "-".join(self._letters(n) for n in (8, 4, 4, 4, 12))
        self._approvals[text] = (key, self._seconds())
        return text

    def key_of(self, approval: str) -> str | None:
        """Return whose approval key this is, None for an unknown or a day-old one."""
        key, given = self._approvals.get(approval, (None, 0.0))
        return key if key is not None and self._seconds() - given < LIFE_S else None

    def token(self, text: str, key: str) -> Token | None:
        """Return the token of that text and key, dead or alive."""
        token = self._tokens.get(text)
        return token if token is not None and token.key == key else None

    def expired(self, token: Token) -> bool:
        """Whether a day has gone by since it was issued."""
        return self._seconds() - token.issued >= LIFE_S

    def kill(self, token: Token, *, late: bool) -> None:
        """Make a token useless at once: expired when `late`, else revoked."""
        token.dead = not late
        token.issued -= LIFE_S if late else 0
        token.asked -= ISSUE_GAP_S  # the owner may ask for another at once

    def secret_text(self, letters: int) -> str:
        """Return random lower-case letters and digits, such as a cipher key."""
        return self._letters(letters)

    def _letters(self, count: int) -> str:
        return "".join(self._dice.choice(_LETTERS, count))

    def _token_text(self) -> str:
        parts = (b'{"typ":"JWT","alg":"HS512"}', self._dice.bytes(150), self._dice.bytes(64))
        return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts)


def _check(key: str, secret: str, grant: str) -> None:
    """Raise Denied for what no key pair looks like."""
    if not grant:
        raise Denied("EGW00115", "grant_type이 입력되지 않았습니다.")
    if grant != "client_credentials":
        raise Denied("EGW00116", "유효하지 않은 grant_type입니다.")
    if not key:
        raise Denied("EGW00102", "AppKey는 필수입니다.")
    if len(key) != KEY_LENGTH:
        raise Denied("EGW00103", "유효하지 않은 AppKey입니다.")
    if not secret:
        raise Denied("EGW00104", "AppSecret은 필수입니다.")
    if len(secret) != SECRET_LENGTH:
        raise Denied("EGW00105", "유효하지 않은 AppSecret입니다.")
