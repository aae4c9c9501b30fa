"""The one place where the process environment is read."""

import os
from collections.abc import Mapping


def environment() -> Mapping[str, str]:
    """Return the variables of this process."""
    return os.environ
