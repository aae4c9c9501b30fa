"""The one table of an order's life: where it stands, what is learnt, where it stands then.

A step is what the evidence says after an event, not the event itself: a notice that comes before
the reply, twice or late leads through the same steps to the same state. A pair that is not in the
table cannot happen; it is kept and told to a person, never guessed at.
"""

from collections.abc import Mapping
from enum import StrEnum

from jennie_cli.engine.execution.failures import ImpossibleStep
from jennie_cli.engine.model import OrderState


class Step(StrEnum):
    """What is learnt about an order.

    The first seven tell of the call that placed it. CANCEL_ASKED: a cancel is on its way or not
    yet seen in the records; CANCEL_DONE: none is. CHANGE_LOST: a modify has an unknown outcome;
    CHANGE_FOUND: none has. The rest tell what the records and notices add up to.
    """

    DRY = "dry"
    SENT = "sent"
    TAKEN = "taken"
    TURNED_DOWN = "turned_down"
    UNREACHED = "unreached"
    LOST = "lost"
    NEVER_SENT = "never_sent"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_DONE = "cancel_done"
    CHANGE_TAKEN = "change_taken"
    CHANGE_LOST = "change_lost"
    CHANGE_FOUND = "change_found"
    PART_FILLED = "part_filled"
    ALL_FILLED = "all_filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    ENDED = "ended"


_S = OrderState
_OPEN = (_S.WORKING, _S.PARTIAL, _S.CANCELLING)
_DONE = (_S.FILLED, _S.CANCELLED, _S.EXPIRED)
_KNOWN = (*_OPEN, *_DONE, _S.UNKNOWN)


def _stay(*states: OrderState) -> dict[OrderState, OrderState]:
    return {s: s for s in states}


def _to(target: OrderState, *states: OrderState) -> dict[OrderState, OrderState]:
    return dict.fromkeys(states, target)


TABLE: Mapping[Step, Mapping[OrderState, OrderState]] = {
    Step.DRY: {_S.NEW: _S.DRY_RUN},
    Step.SENT: {_S.NEW: _S.SENT},
    Step.TAKEN: {
        **_to(_S.WORKING, _S.SENT, _S.UNKNOWN, _S.NOT_SENT),
        **_stay(*_OPEN, *_DONE, _S.REJECTED),
    },
    # its own process may tell of a call that another had given up
    Step.TURNED_DOWN: _to(_S.REJECTED, _S.SENT, _S.UNKNOWN, _S.NOT_SENT),
    Step.UNREACHED: _to(_S.NOT_SENT, _S.SENT, _S.UNKNOWN, _S.NOT_SENT),
    Step.LOST: {**_to(_S.UNKNOWN, _S.SENT, _S.NOT_SENT), **_stay(*_KNOWN)},
    Step.NEVER_SENT: _to(_S.NOT_SENT, _S.NEW, _S.SENT, _S.UNKNOWN),
    Step.CANCEL_ASKED: {
        **_to(_S.CANCELLING, _S.WORKING, _S.PARTIAL),
        **_stay(_S.CANCELLING, _S.UNKNOWN, *_DONE, _S.REJECTED),
    },
    Step.CANCEL_DONE: {
        _S.CANCELLING: _S.WORKING,
        **_stay(_S.WORKING, _S.PARTIAL, _S.UNKNOWN, *_DONE, _S.REJECTED),
    },
    Step.CHANGE_TAKEN: {
        **_to(_S.WORKING, _S.CANCELLED, _S.EXPIRED, _S.UNKNOWN),
        **_stay(*_OPEN, _S.FILLED),
    },
    Step.CHANGE_LOST: {**_to(_S.UNKNOWN, *_OPEN), **_stay(_S.UNKNOWN, *_DONE, _S.REJECTED)},
    Step.CHANGE_FOUND: {_S.UNKNOWN: _S.WORKING, **_stay(*_OPEN, *_DONE, _S.REJECTED)},
    Step.PART_FILLED: {
        _S.WORKING: _S.PARTIAL,
        **_stay(_S.PARTIAL, _S.CANCELLING, _S.UNKNOWN, _S.CANCELLED, _S.EXPIRED),
    },
    Step.ALL_FILLED: _to(_S.FILLED, *_KNOWN),
    Step.CANCELLED: _to(_S.CANCELLED, *_OPEN, _S.UNKNOWN, _S.CANCELLED, _S.EXPIRED),
    Step.REJECTED: _to(_S.REJECTED, *_OPEN, _S.UNKNOWN, _S.EXPIRED, _S.REJECTED),
    Step.ENDED: {**_to(_S.EXPIRED, *_OPEN, _S.UNKNOWN, _S.EXPIRED), **_stay(*_DONE)},
}
"""Every step that may be learnt in a state, and the state after it."""


def advance(state: OrderState, step: Step) -> OrderState:
    """Return the state after `step`; raises ImpossibleStep for a pair that is not in the table."""
    after = TABLE[step].get(state)
    if after is None:
        raise ImpossibleStep(
            f"'{step}' cannot be learnt of an order that is {state}.",
            hint="Compare the order with the broker's own records.",
        )
    return after
