"""What the bot commands do once their arguments are known."""

import asyncio
import signal
from contextlib import suppress

from jennie_cli.commands.session import Session
from jennie_cli.engine.messages import text
from jennie_cli.wiring.bot import run_bot


def run(session: Session) -> None:
    """Run the bot of this home until it is told to end; who may command is said on stderr."""
    lang, out = session.options.lang, session.out

    def begun(ids: tuple[int, ...]) -> None:
        out.talk(text("bot.run.begun", lang, profile=session.options.profile, count=len(ids)))
        if not ids:
            out.talk(text("bot.run.nobody", lang, jennie=session.called))

    async def work() -> None:
        running = asyncio.ensure_future(run_bot(session.house, lang=lang, begun=begun))
        # whoever keeps programs running ends them so: what was begun is closed in order
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        with suppress(asyncio.CancelledError):
            await running

    asyncio.run(work())
