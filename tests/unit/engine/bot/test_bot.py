"""Who may command, how often and how late; and that what is asked is done once."""

import asyncio
import logging
from datetime import timedelta

import pytest
from tests.unit.engine.bot.talking import GROUP, ME, OTHER, SECRET, TEN, Talking

from jennie_cli.engine.bot import NAMES, Bot, Update
from jennie_cli.engine.bot.table import commands_of
from jennie_cli.engine.bus.names import BOT_OFFSET
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.messages import LANGS, known
from jennie_cli.engine.model import Flag


def up(talking: Talking) -> set[Flag]:
    """Return the flags that are up."""
    return {flag for flag, state in talking.home.room.flags.all().items() if state.up}


def test_a_stranger_is_not_answered_and_stands_in_the_log_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody learns that somebody listens."""
    talking = Talking()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            talking.line.type("/stop 확인", chat=OTHER, user=OTHER)
        talking.heard()
    assert ([], set()) == (talking.line.sent, up(talking))
    assert 1 == caplog.text.count(f"chat {OTHER}")


@pytest.mark.parametrize(("user", "stopped"), [(ME, True), (OTHER, False), (None, False)])
def test_in_a_group_only_who_is_listed_commands(user: int | None, *, stopped: bool) -> None:
    """That the group is listed is not enough."""
    talking = Talking()
    talking.line.type("/stop 확인", chat=GROUP, user=user)
    talking.heard()
    assert stopped == (Flag.STOP in up(talking))
    assert stopped == bool(talking.line.sent)


def test_nobody_may_command_while_no_id_is_set() -> None:
    """An empty list is closed, not open."""
    talking = Talking()
    talking.ids = ()
    talking.line.type("/stop 확인")
    assert [] == talking.heard()
    assert set() == up(talking)


def test_an_old_update_is_told_and_does_nothing() -> None:
    """Whoever asked for it must know that it was not done."""
    talking = Talking()
    talking.line.type("/stop 확인", age_s=61)
    (answer,) = talking.heard()
    assert "61초" in answer
    assert (set(), 1) == (up(talking), talking.bot.tally.late)


def test_what_was_heard_is_not_done_again_after_a_start() -> None:
    """The number of the last update outlives the bot."""
    talking = Talking()
    talking.line.type("/pause")
    talking.heard()
    talking.home.room.flags.put(Flag.PAUSE, talking.lowered())
    assert [] == talking.heard()
    assert set() == up(talking)
    assert 1 == talking.line.asked[-1]


def test_a_number_of_last_week_is_forgotten() -> None:
    """After a silent week the service numbers from anywhere."""
    talking = Talking()
    talking.line.type("/pause")

    async def case(bot: Bot) -> None:
        running = asyncio.create_task(bot.run())
        await talking.settle()
        talking.pass_s(6 * 86_400)
        talking.line.fail()
        await talking.settle()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(case(talking.started()))
    assert [None, 1, None] == talking.line.asked


def test_a_flood_is_answered_and_not_done() -> None:
    """One command in five seconds."""
    talking = Talking()
    for _ in range(4):
        talking.line.type("/alerts")
    answers = talking.heard()
    assert 4 == len(answers)
    assert (1, 3) == (talking.bot.tally.done, talking.bot.tally.soon)


def test_a_flood_is_held_back_without_a_bus_and_after_a_start() -> None:
    """Either memory is enough."""
    talking = Talking()
    talking.line.type("/alerts")
    talking.heard()
    talking.line.type("/alerts")
    talking.heard()
    assert 1 == talking.bot.tally.soon
    talking.pass_s(11)
    talking.home.bus.switch.down = True
    talking.line.type("/alerts")
    talking.line.type("/alerts")
    talking.heard()
    assert (1, 1) == (talking.bot.tally.done, talking.bot.tally.soon)


def test_stopping_and_pausing_may_be_done_at_any_time() -> None:
    """They wait for nothing, and nor does what lifts them."""
    talking = Talking()
    for text in ("/alerts", "/pause", "/stop 긴급", "/pause"):
        talking.line.type(text)
    talking.heard()
    assert ({Flag.PAUSE, Flag.STOP}, 0) == (up(talking), talking.bot.tally.soon)


def test_a_stop_is_not_lifted_by_a_resume_said_before_it() -> None:
    """Flags move in the order it was said, however long another command takes."""
    talking = Talking()
    gate = asyncio.Event()

    async def hang() -> None:
        await gate.wait()

    talking.home.hang = hang

    async def work() -> None:
        run = asyncio.create_task(talking.bot.run())
        await talking.settle()
        for text in ("/alerts", "/resume 확인", "/stop 긴급"):
            talking.pass_s(6)
            talking.line.type(text)
            await talking.settle()
        gate.set()
        await talking.settle()
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)

    asyncio.run(work())
    assert ({Flag.PAUSE, Flag.STOP}, 3) == (up(talking), talking.bot.tally.done)


def test_another_bot_begins_with_its_own_numbers() -> None:
    """They may be lower than those of the bot before it."""
    talking = Talking()
    asyncio.run(talking.home.bus.keys.put(BOT_OFFSET.of("old_bot"), "900000000 1750000000"))
    talking.line.type("/pause")
    talking.heard()
    assert ({Flag.PAUSE}, None) == (up(talking), talking.line.asked[0])


def test_a_mark_is_as_old_as_what_was_heard() -> None:
    """Five silent days and a start do not make it younger."""
    talking = Talking()
    talking.line.type("/pause")
    talking.heard()
    kept = asyncio.run(talking.home.bus.keys.get(BOT_OFFSET.of(talking.line.name)))
    assert f"1 {TEN.timestamp():.0f}" == kept
    old = TEN - timedelta(days=6)
    mark = BOT_OFFSET.of(talking.line.name)
    asyncio.run(talking.home.bus.keys.put(mark, f"1 {old.timestamp():.0f}"))
    again = len(talking.line.asked)
    talking.heard()
    assert [None] == talking.line.asked[again : again + 1]


def test_talk_and_what_is_no_text_are_passed_over() -> None:
    """Only commands are answered."""
    talking = Talking()
    talking.line.type("오늘 어때?")
    talking.line.typed.append(Update(id=2, said=None))
    assert [] == talking.heard()


def test_an_unknown_command_is_named() -> None:
    """With the way to those there are."""
    assert "/help" in Talking().said("/order 삼성전자")


def test_commands_that_pile_up_are_turned_away() -> None:
    """Only so many wait behind one that hangs, and those that waited too long are not done."""
    talking = Talking()
    hung = asyncio.Event()

    async def hang() -> None:
        await hung.wait()

    talking.home.hang = hang

    async def case(bot: Bot) -> None:
        running = asyncio.create_task(bot.run())
        for _ in range(23):
            talking.pass_s(11)
            talking.line.type("/alerts")
            await talking.settle()
        hung.set()
        await talking.settle()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        talking.bot = bot

    asyncio.run(case(talking.started()))
    tally = talking.bot.tally
    busy = [html for _, html in talking.line.sent if "밀려" in html]
    assert (2, 23) == (len(busy), tally.done + tally.late + len(busy))
    assert tally.late > 10


def test_an_outage_of_the_chats_is_waited_for() -> None:
    """Before the first message, and between two."""
    talking = Talking()
    talking.line.failing = 2
    talking.line.type("/alerts")
    assert 1 == len(talking.heard())


def test_the_bot_waits_until_the_chats_are_there() -> None:
    """Nothing is asked before its own name is known."""
    talking = Talking()
    talking.line.late = 2
    talking.line.type("/alerts")
    assert 1 == len(talking.heard())


def test_an_answer_waits_for_the_chats() -> None:
    """It is sent once they are back, unless that takes too long or nobody wants it."""
    talking = Talking()
    talking.line.deaf = 2
    assert 1 == len(talking.heard("/alerts"))
    talking.line.deaf = 10_000
    assert [] == talking.heard("/alerts")
    talking.line.deaf = 0
    talking.line.refusing = {ME}
    assert [] == talking.heard("/alerts")
    assert 1 == talking.bot.tally.unheard


def test_an_answer_that_nobody_can_get_is_given_up() -> None:
    """After ten minutes it would only confuse."""
    talking = Talking()
    talking.line.deaf = 205
    talking.heard("/alerts", turns=1_000)
    assert (1, []) == (talking.bot.tally.unheard, talking.line.sent)


def test_a_bus_that_is_away_keeps_nobody_from_commanding() -> None:
    """Only the mark of what was heard is missing."""
    talking = Talking()
    talking.home.bus.switch.down = True
    talking.line.type("/pause")
    talking.heard()
    assert {Flag.PAUSE} == up(talking)
    assert [None, 1, 1] == talking.line.asked


def test_without_a_bus_nothing_is_done_before_the_service_forgets_it() -> None:
    """Else a death in between would have it done twice."""
    talking = Talking()
    talking.home.bus.switch.down = True
    talking.line.type("/sell 900010 1")
    talking.line.fails_at = {2}
    talking.heard()
    assert [None, 1, None, 1, 1] == talking.line.asked
    assert 1 == len(talking.home.room.lives.sent)


def test_a_mark_that_is_no_number_is_none() -> None:
    """Somebody else wrote there."""
    talking = Talking()
    asyncio.run(talking.home.bus.keys.put(BOT_OFFSET.of(talking.line.name), "x"))
    talking.line.type("/pause")
    talking.heard()
    assert {Flag.PAUSE} == up(talking)


def test_what_fails_is_told_without_secrets_and_without_markup() -> None:
    """An error may quote anything."""
    talking = Talking()
    talking.home.broken = OutsideError(f"<b>no</b> {SECRET}\nat all", hint="later & later")
    answer = talking.said("/portfolio")
    assert SECRET not in answer
    assert "<b>하지 못했습니다.</b>\n&lt;b&gt;no&lt;/b&gt; ***\nat all\nlater &amp; later" == answer


def test_a_fault_in_one_command_does_not_end_the_bot(caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and the log has it."""
    talking = Talking()
    talking.home.broken = ZeroDivisionError("oops")
    first, second = talking.heard("/portfolio", "/alerts")
    assert "잘못" in first
    assert "oops" not in first
    assert "oops" in caplog.text
    assert "잘못" not in second


@pytest.mark.parametrize("lang", LANGS)
def test_the_help_names_every_command(lang: str) -> None:
    """In both languages."""
    answer = Talking(lang=lang).said("/help")
    assert [] == [name for name in NAMES if f"/{name}" not in answer]


def test_every_name_has_a_line_and_a_command() -> None:
    """Two names are other words for the same."""
    table = commands_of(Talking().policy)
    assert {*table} == {*NAMES, "start", "report"}
    assert [] == [n for n in NAMES for lang in LANGS if not known(f"bot.help.{n}", lang)]
