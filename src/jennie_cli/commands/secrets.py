"""Keys and account numbers: stored by name, shown never."""

import sys
from typing import Annotated

import typer

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.output import table
from jennie_cli.commands.session import current, family
from jennie_cli.engine.errors import InputError, SecretMissing
from jennie_cli.settings import secret_named
from jennie_cli.wiring import ask_hidden

app = family("secrets")


@app.command("set")
def set_secret(
    ctx: typer.Context,
    name: str,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the value from stdin")] = False,
) -> None:
    """Store a secret. The value is asked for, or read from stdin; never from the command line."""
    session = current(ctx)
    secret = secret_named(name)
    value = _read_value(secret.name, stdin=stdin)
    session.masker.learn(value)
    vault = session.house.vault
    session.out.talk(f"Keeping {secret.name} in {vault.where_kept()}.")
    place = vault.keep(secret, value)
    session.out.answer(
        {"name": secret.name, "stored_in": place}, lambda: f"{secret.name} stored: {place}"
    )


@app.command("list")
def list_secrets(ctx: typer.Context) -> None:
    """List the known secrets and where each is stored; values are never printed."""
    session = current(ctx)
    places = session.house.vault.places()
    session.out.answer(
        {"secrets": [{"name": s.name, "stored_in": p, "doc": s.doc} for s, p in places]},
        lambda: table(
            ("name", "stored in", "what it is"), [(s.name, p or "-", s.doc) for s, p in places]
        ),
    )


@app.command()
def remove(ctx: typer.Context, name: str) -> None:
    """Forget a secret."""
    session = current(ctx)
    secret = secret_named(name)
    place = session.house.vault.remove(secret)
    if place is None:
        raise SecretMissing(
            f"The secret {secret.name} is not stored in this home.",
            hint=f"If it is set in the environment, unset {' or '.join(secret.envs)}.",
        )
    session.out.answer(
        {"name": secret.name, "removed_from": place}, lambda: f"{secret.name} removed: {place}"
    )


def _read_value(name: str, *, stdin: bool) -> str:
    if stdin:
        value = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        value = ask_hidden(f"{name}: ").strip()
    else:
        raise UsageError(
            "There is no terminal to ask for the value.", hint=f"jennie secrets set {name} --stdin"
        )
    if not value:
        raise InputError(f"The value of {name} is empty.", hint="Nothing was stored.")
    return value
