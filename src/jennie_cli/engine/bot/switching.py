"""The trading flags from a chat. No broker is needed to stop."""

from jennie_cli.engine.bot.calls import URGENT, YES
from jennie_cli.engine.bot.home import Lines, Talk
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Flag
from jennie_cli.engine.trading.telling import flag_lines


async def pause(talk: Talk) -> Lines:
    """Buy nothing automatically; the words are why."""
    flags = talk.home.switches().put(
        Flag.PAUSE, up=True, who=talk.call.who, reason=" ".join(talk.call.words)
    )
    return [text("bot.paused", talk.lang), *flag_lines(flags, talk.lang)]


async def stop(talk: Talk) -> Lines:
    """Let nothing automatic out, sales too, once the word was said."""
    words = [word for word in talk.call.words if word not in {YES, URGENT}]
    if len(words) == len(talk.call.words):
        return [text("bot.stop_word", talk.lang)]
    switches, told = talk.home.switches(), {"who": talk.call.who, "reason": " ".join(words)}
    switches.put(Flag.STOP, up=True, **told)
    flags = switches.put(Flag.PAUSE, up=True, **told)
    return [text("bot.stopped", talk.lang), *flag_lines(flags, talk.lang)]


async def resume(talk: Talk) -> Lines:
    """Lift the pause, and the stop where the word was said."""
    switches, who = talk.home.switches(), talk.call.who
    if talk.call.sure:
        flags = switches.resume(who=who, reason=talk.call.rest)
    else:
        flags = switches.put(Flag.PAUSE, up=False, who=who, reason=talk.call.rest)
    stands = Flag.STOP in flags and flags[Flag.STOP].up
    key = "bot.stop_stays" if stands else "bot.resumed"
    return [text(key, talk.lang), *flag_lines(flags, talk.lang)]


async def dry_run(talk: Talk) -> Lines:
    """Send orders, or only write them down; sending them takes the word."""
    call, switches = talk.call, talk.home.switches()
    if call.plain not in {("on",), ("off",)}:
        return [text("bot.dryrun_how", talk.lang)]
    up = call.plain == ("on",)
    if not up and not call.sure:
        return [text("bot.dryrun_word", talk.lang, head=talk.head)]
    flags = switches.put(Flag.DRY_RUN, up=up, who=call.who, reason="")
    key = "bot.dryrun_on" if up else "bot.dryrun_off"
    return [text(key, talk.lang), *flag_lines(flags, talk.lang)]
