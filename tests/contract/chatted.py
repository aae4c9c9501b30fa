"""`jennie bot run` as a real process, asked through a server that speaks Telegram's protocol."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tests.contract.bot_server import BotServer

ME, FRIEND, STRANGER, GROUP = 77, 78, 79, -1_009
JENNIE = (sys.executable, "-m", "jennie_cli")
_GAP_S = 0.1
_QUIET = Event()


def called(home: Path, *words: str, code: int | None = 0) -> str:
    """Run one command in a home and return what it printed; a code of None is any."""
    done = subprocess.run(
        [*JENNIE, "--home", str(home), *words], capture_output=True, text=True, check=False
    )
    assert code in {None, done.returncode}, done.stderr
    return done.stdout


def set_up(home: Path, server: BotServer, *, gap_s: float = _GAP_S) -> None:
    """Let a person and a group command the bot of a home."""
    home.joinpath("config.toml").write_text(
        f"""
[telegram_bot]
url = "{server.url}"
timeout_s = 2.0

[bot]
allowed_chats = "{ME},{GROUP}"
min_gap_s = {gap_s}
pause_s = 0.1
""",
        encoding="utf-8",
    )


class Chatter:
    """One running bot and those who write to it."""

    def __init__(self, server: BotServer, process: "subprocess.Popen[str]") -> None:
        """Nothing is said yet."""
        self.server, self.process = server, process

    def ask(self, text: str, *, chat: int = ME, user: int | None = ME) -> str:
        """Write as somebody and return the next message to that chat."""
        _QUIET.wait(_GAP_S * 1.5)
        before = len(self.server.sent)
        self.server.say(chat, user, text)
        self.server.wait(lambda bot: any(to == chat for to, _ in bot.sent[before:]))
        return next(html for to, html in self.server.sent[before:] if to == chat)

    def kill(self) -> None:
        """End the bot as a power cut does."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)


@contextmanager
def chatting(home: Path, server: BotServer) -> Iterator[Chatter]:
    """Run the bot of a home until the block ends; its words are in bot.log beside the home."""
    log = home.with_suffix(".log")
    with log.open("a", encoding="utf-8") as said:
        process = subprocess.Popen(
            [*JENNIE, "--home", str(home), "bot", "run"],
            stdout=said,
            stderr=said,
            text=True,
        )
        polls = server.polls
        try:
            server.wait(lambda bot: bot.polls > polls or process.poll() is not None)
            assert None is process.poll(), log.read_text(encoding="utf-8")
            yield Chatter(server, process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert 0 == process.wait(timeout=20)
