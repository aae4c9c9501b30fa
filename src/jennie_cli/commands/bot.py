"""The chat bot in the foreground."""

import typer

from jennie_cli.commands.session import current, family

app = family("bot")


@app.callback()
def bot() -> None:
    """The chat bot: commands and notices in Telegram."""


@app.command()
def run(ctx: typer.Context) -> None:
    """Hear commands and tell notices until Ctrl-C; nobody may command until a chat is allowed."""
    from jennie_cli.commands import chatting  # noqa: PLC0415  # --help imports no engine

    chatting.run(current(ctx))
