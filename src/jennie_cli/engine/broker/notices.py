"""What the broker tells without being asked: orders taken, filled, changed, refused.

Notices may come twice, late, out of order, before the answer to the call, or never.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from jennie_cli.engine.model import Notice


class Notices(Protocol):
    """Pushes the notices of the account."""

    def notices(self) -> AsyncIterator[Notice]:
        """Yield notices for as long as the connection is kept; a gap raises nothing.

        The owner reads the broker's records after every reconnection.
        """
        ...
