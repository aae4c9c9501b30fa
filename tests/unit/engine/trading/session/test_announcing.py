"""What people are told of a session besides what the terminal prints."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests.unit.engine.trading.session.running_room import Ears
from tests.unit.engine.trading.test_approving import WAITING

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.macro import Turn, begin
from jennie_cli.engine.messages import LANGS
from jennie_cli.engine.model import Order, OrderState, OrderType, Side, Venue
from jennie_cli.engine.notify import Kind, Notice
from jennie_cli.engine.rules import Check
from jennie_cli.engine.trading.alerts import Rung
from jennie_cli.engine.trading.approving import Waiting
from jennie_cli.engine.trading.entries_ends import EntryAlarm, EntryAlarmKind
from jennie_cli.engine.trading.session.announcing import Announcing
from jennie_cli.engine.trading.session.decisions import Decision, Step
from jennie_cli.engine.trading.session.running_ports import Loop, SessionStatus
from jennie_cli.testing.standing_exam import alert

AT = datetime(2026, 3, 3, 9, 31, 5, tzinfo=KST)
WALL = AT + timedelta(days=200)
CODE, NAME = WAITING.code, "삼성<전자>"
ALERT = Rung(alert=alert(1), price=99_000, at=AT)
STATUS = SessionStatus(
    held=(), entering=frozenset(), selling=frozenset(), cash=None, heard_at=None, failing=()
)
CHECK = Check(rule="odd", value=-2.5, limit=-2.0, unit="", passed=False)


class PersonalEars(Ears):
    """The ears of a terminal."""

    def __init__(self) -> None:
        """Have heard nothing."""
        super().__init__()
        self.rang: list[Rung] = []
        self.waits: list[Waiting] = []

    def rung(self, told: Rung) -> None:
        """Keep it."""
        self.rang.append(told)

    def asked(self, waiting: Waiting) -> None:
        """Keep it."""
        self.waits.append(waiting)


class Desk:
    """Ears of a terminal, and the notices told beside."""

    def __init__(self, lang: str = "ko") -> None:
        """Know one stock by name."""
        self.ears = PersonalEars()
        self.notices: list[Notice] = []
        self.announcing = Announcing(
            self.ears, self.notices.append, wall=ManualClock(WALL), lang=lang, place="paper"
        )
        self.announcing.know({CODE: NAME})


def decision(step: Step, rule: str = "STOP_LOSS", code: str = CODE) -> Decision:
    """Return a step."""
    return Decision(
        at=AT, code=code, step=step, rule=rule, price=70_100, qty=10, value=1.0, limit=2.0
    )


def entry() -> EntryAlarm:
    """Return an alarm of a buy."""
    order = Order(
        order_id="A1",
        code=CODE,
        side=Side.BUY,
        type=OrderType.LIMIT,
        qty=10,
        price=70_100,
        venue=Venue.KRX,
        state=OrderState.UNKNOWN,
        created_at=AT,
    )
    return EntryAlarm(kind=EntryAlarmKind.UNKNOWN, order=order)


def turn(*, alarm: bool) -> Turn:
    """Return a turn of the throttle."""
    return Turn(state=begin(AT), changed=True, alarm=alarm, checks=(CHECK,))


BROKEN = OutsideError("시세 없음", hint="나중에 다시")
SAID: list[tuple[Callable[[Announcing], None], Kind, bool, str, str]] = [
    (lambda a: a.decided(decision(Step.BOUGHT)), Kind.FILL, False, NAME, "70,100"),
    (lambda a: a.decided(decision(Step.SOLD)), Kind.FILL, False, NAME, "09:31:05"),
    (lambda a: a.decided(decision(Step.NOT_SENT)), Kind.REFUSAL, False, NAME, "10"),
    (lambda a: a.decided(decision(Step.REFUSED, "max_buys")), Kind.REFUSAL, False, NAME, "70,100"),
    (lambda a: a.decided(decision(Step.REFUSED, "cash")), Kind.REFUSAL, False, NAME, "70,100"),
    (lambda a: a.decided(decision(Step.SOLD, code="999999")), Kind.FILL, False, "999999", "10"),
    (lambda a: a.entry_alarm(entry()), Kind.ALARM, True, "", NAME),
    (lambda a: a.trouble("quotes", BROKEN), Kind.ALARM, True, "quotes", "시세 없음\n나중에 다시"),
    (lambda a: a.throttled(turn(alarm=True)), Kind.THROTTLE, True, "NORMAL", "-2.5"),
    (lambda a: a.throttled(turn(alarm=False)), Kind.THROTTLE, False, "NORMAL", "-2.5"),
    (lambda a: a.alarm(Loop.TICKS, 61.0), Kind.ALARM, True, "", "61"),
    (lambda a: a.alarm(Loop.SECONDS, 61.0), Kind.ALARM, True, "", "61"),
    (lambda a: a.rung(ALERT), Kind.ALERT, False, ALERT.alert.name, "99,000"),
    (lambda a: a.asked(WAITING), Kind.APPROVAL, False, WAITING.name, f"approve {CODE}"),
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("happens", "kind", "loud", "title", "line"), SAID)
def test_it_is_told_once_in_words(
    *,
    happens: Callable[[Announcing], None],
    kind: Kind,
    loud: bool,
    title: str,
    line: str,
    lang: str,
) -> None:  # a case
    """With the profile, the stock and the figures; only risk and failures are loud."""
    desk = Desk(lang)
    happens(desk.announcing)
    (told,) = desk.notices
    assert (kind, loud, WALL) == (told.kind, told.loud, told.at)
    assert told.title.startswith("[paper] ")
    assert title in told.title
    assert line in "\n".join(told.lines)
    assert "{" not in told.title + "".join(told.lines)


@pytest.mark.parametrize("step", [Step.SIGNAL, Step.DROPPED, Step.ORDERED, Step.LAPSED])
def test_steps_on_the_way_are_no_notices(step: Step) -> None:
    """The terminal has them."""
    desk = Desk()
    desk.announcing.decided(decision(step))
    assert ([], [step]) == (desk.notices, [d.step for d in desk.ears.decisions])


def test_the_same_twice_is_two_notices() -> None:
    """Nothing that happens is taken for what happened before."""
    desk = Desk()
    for _ in range(2):
        desk.announcing.decided(decision(Step.SOLD))
    assert 2 == len({notice.key for notice in desk.notices})


def test_the_terminal_hears_all_that_it_heard_before() -> None:
    """Every call is passed on as it came."""
    desk = Desk()
    announcing, ears = desk.announcing, desk.ears
    made, alarm, shift = decision(Step.BOUGHT), entry(), turn(alarm=True)
    announcing.decided(made)
    announcing.entry_alarm(alarm)
    announcing.trouble("quotes", BROKEN)
    announcing.throttled(shift)
    announcing.alarm(Loop.TICKS, 61.0)
    announcing.rung(ALERT)
    announcing.asked(WAITING)
    announcing.beat(AT, STATUS)
    assert ([made], [alarm], [("quotes", BROKEN.code)], [shift]) == (
        ears.decisions,
        ears.entry_alarms,
        ears.troubles,
        ears.turns,
    )
    assert ([(Loop.TICKS, 61.0)], [ALERT], [WAITING], [(AT, STATUS)]) == (
        ears.alarms,
        ears.rang,
        ears.waits,
        ears.status,
    )
    assert 7 == len(desk.notices)
