"""What kind of security a listing is, told from its code and name.

The exchange gives every common share a code ending in 0; the name alone misleads (연우 is common).
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import SecurityKind

_FUND_BRANDS = (
    "KODEX|TIGER|ACE|RISE|SOL|PLUS|KIWOOM|HANARO|KOSEF|KBSTAR|ARIRANG|TIMEFOLIO|히어로즈|마이티"
)
_BY_NAME: tuple[tuple[SecurityKind, re.Pattern[str]], ...] = (
    (SecurityKind.SPAC, re.compile(r"스팩|기업인수목적")),
    (SecurityKind.ETN, re.compile(r"\bETN\b|ETN$")),
    (SecurityKind.ETF, re.compile(rf"^(?:{_FUND_BRANDS}) |\bETF\b")),
    # listed infrastructure funds pay out their rents as trusts do, and are no companies either
    (SecurityKind.REIT, re.compile(r"리츠$|^이리츠|부동산투자회사|^(?:맥쿼리|KB발해)인프라$")),
)


def kinds_of(codes: NDArray[Any], names: NDArray[Any]) -> NDArray[Any]:
    """Return the SecurityKind of each listing as text."""
    found = [_kind(code, name or "").value for code, name in zip(codes, names, strict=True)]
    return np.array(found, dtype=object)


def _kind(code: str, name: str) -> SecurityKind:
    for kind, pattern in _BY_NAME:
        if pattern.search(name):
            return kind
    return SecurityKind.COMMON if code.endswith("0") else SecurityKind.PREFERRED
