"""Who asks KIS, where, and how hard: values that wiring makes of secrets and settings."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from jennie_cli.engine.errors import SettingsError

_VISIBLE = re.compile(r"[!-~]{1,512}")
_JITTER_S = 0.1
"""How unevenly calls that leave evenly may arrive."""


class Veil(Protocol):
    """Hides secrets in texts."""

    def learn(self, value: str) -> None:
        """Hide this value from now on."""
        ...

    def __call__(self, text: str) -> str:
        """Return the text without the secrets known so far."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One app key on one host. Nothing secret is ever in its repr."""

    app_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    rest_url: str
    socket_url: str
    paper: bool

    def __post_init__(self) -> None:
        """Refuse a key that no header can carry; SettingsError does not show it."""
        for name, value in (("app key", self.app_key), ("app secret", self.app_secret)):
            if not _VISIBLE.fullmatch(value):
                raise SettingsError(
                    f"The KIS {name} has blanks or characters that no key has, or is empty.",
                    hint="Store it again: jennie secrets set",
                )

    def insist_on_privacy(self) -> None:
        """Refuse a host that key and secret would reach in clear text. Raises SettingsError."""
        parts = urlsplit(self.rest_url)
        if parts.scheme != "https" and not _is_here(parts.hostname or ""):
            raise SettingsError(
                f"The key would go to {parts.hostname} in clear text; nothing was sent.",
                hint="Use an https:// address; http:// is for this machine alone.",
            )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Calls a second that we make, and that the host allows in any second."""

    per_second: float
    limit: float

    @property
    def spacing_s(self) -> float:
        """Seconds between two calls, so that none is one too many when they arrive unevenly."""
        return max(1 / self.per_second, (1 + _JITTER_S) / self.limit)


REAL_PACE = Pace(per_second=15.0, limit=18.0)
PAPER_PACE = Pace(per_second=1.0, limit=1.0)
NEW_KEY_PACE = Pace(per_second=3.0, limit=3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: for an answer, real time; for a place under the rate limit.

    `order_age_s` is the market's time: an older order is not sent any more.
    """

    order_timeout_s: float = 10.0
    data_timeout_s: float = 5.0
    order_wait_s: float = 4.5
    data_wait_s: float = 2.0
    order_age_s: float = 14.0
