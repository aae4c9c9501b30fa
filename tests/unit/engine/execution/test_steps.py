"""The table of an order's life, pair by pair where it matters."""

import pytest

from jennie_cli.engine.execution import TABLE, ImpossibleStep, Step, advance
from jennie_cli.engine.model import OrderState

_S = OrderState


@pytest.mark.parametrize(
    ("state", "step", "after"),
    [
        (_S.NEW, Step.SENT, _S.SENT),
        (_S.SENT, Step.TAKEN, _S.WORKING),
        (_S.SENT, Step.LOST, _S.UNKNOWN),
        (_S.UNKNOWN, Step.TAKEN, _S.WORKING),
        (_S.UNKNOWN, Step.NEVER_SENT, _S.NOT_SENT),
        (_S.NOT_SENT, Step.TAKEN, _S.WORKING),
        (_S.NOT_SENT, Step.LOST, _S.UNKNOWN),
        (_S.NOT_SENT, Step.UNREACHED, _S.NOT_SENT),
        (_S.NOT_SENT, Step.TURNED_DOWN, _S.REJECTED),
        (_S.WORKING, Step.LOST, _S.WORKING),
        (_S.WORKING, Step.PART_FILLED, _S.PARTIAL),
        (_S.CANCELLING, Step.PART_FILLED, _S.CANCELLING),
        (_S.CANCELLING, Step.ALL_FILLED, _S.FILLED),
        (_S.CANCELLING, Step.CANCEL_DONE, _S.WORKING),
        (_S.EXPIRED, Step.ALL_FILLED, _S.FILLED),
        (_S.PARTIAL, Step.ENDED, _S.EXPIRED),
    ],
)
def test_what_is_learnt_leads_on(state: OrderState, step: Step, after: OrderState) -> None:
    """The state after a step is the table's."""
    assert after is advance(state, step)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (_S.SENT, Step.SENT),
        (_S.UNKNOWN, Step.SENT),
        (_S.NOT_SENT, Step.SENT),
        (_S.NEW, Step.TAKEN),
        (_S.DRY_RUN, Step.SENT),
        (_S.FILLED, Step.CANCELLED),
        (_S.REJECTED, Step.PART_FILLED),
        (_S.WORKING, Step.TURNED_DOWN),
        (_S.WORKING, Step.NEVER_SENT),
    ],
)
def test_what_cannot_be_is_an_error_with_a_name(state: OrderState, step: Step) -> None:
    """A second sending, a fill of a rejected order and the like raise ImpossibleStep."""
    with pytest.raises(ImpossibleStep):
        advance(state, step)


def test_every_step_is_in_the_table() -> None:
    """A step without a row could never be learnt."""
    assert set(Step) == set(TABLE)


def test_what_the_broker_was_never_asked_leads_nowhere() -> None:
    """A dry run has no step out of it."""
    assert not any(_S.DRY_RUN in row for row in TABLE.values())


def test_a_fill_is_never_lost_to_a_final_state() -> None:
    """All that is filled ends as FILLED, from every state in which a number is known."""
    known = {_S.WORKING, _S.PARTIAL, _S.CANCELLING, _S.CANCELLED, _S.EXPIRED, _S.UNKNOWN}
    assert {_S.FILLED} == {advance(state, Step.ALL_FILLED) for state in known}
