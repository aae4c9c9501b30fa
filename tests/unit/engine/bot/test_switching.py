"""The flags as a chat moves them: who, why, and with which word."""

import asyncio

from tests.unit.engine.bot.talking import ME, Talking

from jennie_cli.engine.model import (
    Flag,
)


def up(talking: Talking) -> set[Flag]:
    """Return the flags that are up."""
    return {flag for flag, state in talking.home.room.flags.all().items() if state.up}


def test_a_stop_takes_its_word_and_says_what_it_holds_back() -> None:
    """Automatic stop-losses are held back too, and whoever stops must know."""
    talking = Talking()
    assert "손절까지" in talking.said("/stop")
    assert set() == up(talking)
    assert "자동 손절 매도도 나가지 않습니다" in talking.said("/stop 확인 급락")
    assert {Flag.STOP, Flag.PAUSE} == up(talking)
    kept = talking.home.room.flags.all()[Flag.STOP]
    assert (f"telegram:{ME}", "급락") == (kept.who, kept.reason)


def test_a_stop_outlives_start_flush_and_midnight() -> None:
    """It is kept where no lifetime lifts it."""
    talking = Talking()
    talking.said("/stop 긴급")
    asyncio.run(talking.home.bus.keys.delete(*()))
    talking.home.bus = type(talking.home.bus)(talking.home.wall)
    talking.pass_s(3 * 86_400)
    assert "켜짐 정지" in talking.said("/status")
    assert {Flag.STOP, Flag.PAUSE} == up(talking)


def test_only_the_word_lifts_a_stop() -> None:
    """Without it the pause alone is lifted, and the answer says what stands."""
    talking = Talking()
    talking.said("/stop 확인")
    assert "/resume 확인" in talking.said("/resume")
    assert {Flag.STOP} == up(talking)
    assert "다시" in talking.said("/resume 확인")
    assert set() == up(talking)


def test_a_pause_is_lifted_without_a_word() -> None:
    """It holds back less."""
    talking = Talking()
    assert "멈췄습니다" in talking.said("/pause 점심 시간")
    assert "점심 시간" == talking.home.room.flags.all()[Flag.PAUSE].reason
    talking.said("/resume")
    assert set() == up(talking)


def test_sending_orders_again_takes_the_word() -> None:
    """Writing them down only does not."""
    talking = Talking()
    talking.said("/dryrun on")
    assert {Flag.DRY_RUN} == up(talking)
    assert "/dryrun off 확인" in talking.said("/dryrun off")
    assert "/dryrun on" in talking.said("/dryrun")
    assert {Flag.DRY_RUN} == up(talking)
    assert "나갑니다" in talking.said("/dryrun off 확인")
    assert set() == up(talking)
