"""Why there is no answer; the kind says whether another provider may be asked.

ModelFailed (OutsideError, 6)       one provider failed; `kind` says how
├── BadRequest                      the request was wrong: nobody else is asked
NoAnswer (OutsideError, 6)          nobody answered
NoModel (SettingsError, 3)          no provider is set up
NotInLog (InputError, 4)            replay asked for what was never answered
BudgetSpent (Refused, 5)            the day's money of a service is used up
WrongShape (ValueError)             parsed JSON that is not what was asked for
"""

from collections.abc import Sequence
from enum import StrEnum

from jennie_cli.engine.errors import InputError, OutsideError, Refused, SettingsError


class FailureKind(StrEnum):
    """How a call to a provider failed; BUSY: its time was over before its turn came."""

    CONNECT = "connect"
    TIMEOUT = "timeout"
    UNAUTHORISED = "unauthorised"
    PAYMENT = "payment"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    EMPTY = "empty"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    REFUSED_REQUEST = "refused_request"
    CANCELLED = "cancelled"
    CONTEXT_FULL = "context_full"
    OUT_OF_MEMORY = "out_of_memory"
    BUSY = "busy"
    NO_SECRET = "no_secret"  # noqa: S105  # the name of a failure


class Spending:
    """What a question that ended in an error used all the same, over every call made for it.

    `usd_micro` are millionths of a US dollar.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    usd_micro: int = 0

    def spent(self, tokens_in: int, tokens_out: int, usd_micro: int) -> None:
        """Say what all calls used together."""
        self.tokens_in, self.tokens_out, self.usd_micro = tokens_in, tokens_out, usd_micro


class ModelFailed(Spending, OutsideError):
    """One provider gave no answer that can be used.

    `retry_after_s` is what the provider asked to wait, None when it said nothing. The text may
    quote a provider and holds no secret.
    """

    code = "model_failed"

    def __init__(
        self,
        message: str,
        *,
        kind: FailureKind,
        hint: str = "",
        retry_after_s: float | None = None,
        tokens_in: int = 0,
        tokens_out: int = 0,
    ) -> None:
        """`tokens_in` and `tokens_out` are what the failed call used all the same.

        The desk replaces them with the sums of all calls that the question took.
        """
        super().__init__(message, hint=hint)
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.tokens_in = tokens_in
        self.tokens_out = tokens_out

    @property
    def ours(self) -> bool:
        """Whether the request itself was at fault, so that nobody else need be asked."""
        return self.kind is FailureKind.REFUSED_REQUEST


class NoAnswer(Spending, OutsideError):
    """Every provider of a tier failed; the text names each and how."""

    code = "no_answer"


class NoModel(Spending, SettingsError):
    """Nobody is set up to be asked."""

    code = "no_model"


class NotInLog(Spending, InputError):
    """A replay met a question that the log has no answer to."""

    code = "not_in_log"


class BudgetSpent(Spending, Refused):
    """The day's money of a service is used up; the text names service, limit and figure."""

    code = "llm_budget"


class WrongShape(ValueError):
    """Parsed JSON that does not fit the shape; `complaints` says each place and why."""

    def __init__(self, complaints: Sequence[str]) -> None:
        """`complaints` are short English sentences, first things first."""
        super().__init__("; ".join(complaints))
        self.complaints = tuple(complaints)
