"""Every command of the bot by its name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from jennie_cli.engine.bot import (
    approving,
    liquidating,
    looking,
    ordering,
    switching,
    tuning,
    wishing,
)
from jennie_cli.engine.bot.home import Lines, Talk
from jennie_cli.engine.bot.policy import BotPolicy
from jennie_cli.engine.messages import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a command does; one that is `urgent` waits for nothing and may be said at any time.

    All that move a flag are: a resume that waited its turn would lift the stop said after it.
    """

    run: Callable[[Talk], Awaitable[Lines]]
    urgent: bool = False


async def _help(talk: Talk) -> Lines:
    lines = [text(f"bot.help.{name}", talk.lang) for name in NAMES]
    return [text("bot.help_head", talk.lang), talk.head, *lines]


def commands_of(policy: BotPolicy) -> Mapping[str, Command]:
    """Return the commands; some names mean the same."""
    table = {
        "help": Command(run=_help),
        "status": Command(run=looking.status),
        "pause": Command(run=switching.pause, urgent=True),
        "stop": Command(run=switching.stop, urgent=True),
        "resume": Command(run=switching.resume, urgent=True),
        "dryrun": Command(run=switching.dry_run, urgent=True),
        "buy": Command(run=ordering.buy),
        "sell": Command(run=ordering.sell),
        "sellall": Command(run=ordering.sell_all),
        "portfolio": Command(run=looking.portfolio),
        "pnl": Command(run=looking.pnl),
        "balance": Command(run=looking.balance),
        "price": Command(run=looking.price),
        "watchlist": Command(run=looking.watchlist),
        "watch": Command(run=wishing.watch),
        "unwatch": Command(run=wishing.unwatch),
        "mute": Command(run=wishing.mute),
        "unmute": Command(run=wishing.unmute),
        "alert": Command(run=wishing.alert),
        "alerts": Command(run=wishing.alerts),
        "approve": Command(run=approving.approve),
        "reject": Command(run=approving.reject),
        "risk": Command(run=tuning.risk),
        "minscore": Command(run=tuning.min_score),
        "maxbuy": Command(run=tuning.max_buy),
        "config": Command(run=tuning.config),
        "diagnose": Command(run=looking.diagnose),
        "liquidate": Command(run=liquidating.Liquidator(policy)),
    }
    return table | {"start": table["help"], "report": table["diagnose"]}


_SAME = frozenset({"start", "report"})
NAMES = tuple(name for name in commands_of(BotPolicy()) if name not in _SAME)
"""Each command once, in the order of the help."""
