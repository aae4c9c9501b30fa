"""What several questions used together, whether they were answered or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm.answered import Answer
from jennie_cli.engine.llm.failures import Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Tokens, and millionths of a US dollar."""

    tokens_in: int = 0
    tokens_out: int = 0
    usd_micro: int = 0


def used_by(outcomes: Iterable[Answer[Any] | JennieError]) -> Used:
    """Return the sums over answers and failures; an error that asked nobody used nothing."""
    paid = [each for each in outcomes if isinstance(each, (Answer, Spending))]
    return Used(
        tokens_in=sum(each.tokens_in for each in paid),
        tokens_out=sum(each.tokens_out for each in paid),
        usd_micro=sum(each.usd_micro for each in paid),
    )
