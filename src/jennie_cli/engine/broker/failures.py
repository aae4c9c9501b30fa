"""How a call to the broker can fail, named for what may be done next.

A placing, modifying or cancelling call raises BrokerRefused (it is not working and will not be),
BrokerUnavailable (it surely never reached the broker's books) or OutcomeUnknown (it may have; only
the broker's own records tell, and nothing is sent again). A reading call raises BrokerUnavailable
for every failure: it never answers with an empty list instead.
"""

from jennie_cli.engine.errors import OutsideError, Refused


class BrokerRefused(Refused):
    """The broker said no for a business reason; `broker_code` is its own code."""

    code = "broker_refused"

    def __init__(self, message: str, *, broker_code: str, hint: str = "") -> None:
        """`message` holds the broker's words, masked and on one line."""
        super().__init__(message, hint=hint)
        self.broker_code = broker_code


class BrokerUnavailable(OutsideError):
    """The broker could not be asked, or its answer could not be read; nothing was changed."""

    code = "broker_unavailable"


class BrokerBusy(BrokerUnavailable):
    """The call waited too long for its place under the broker's rate limit, or was turned away."""

    code = "broker_busy"
