"""Set up a home: asked step by step in a terminal, or told everything by flags.

Without a terminal nothing is asked: what was not given keeps its default.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from jennie_cli.commands.session import Session, current, family
from jennie_cli.engine.errors import InputError
from jennie_cli.settings import (
    ASKED_BY,
    GENERAL_PRODUCT,
    BadSecret,
    Lang,
    LiveOptions,
    Profile,
    Secret,
    doubts,
    secret_named,
    shaped,
)
from jennie_cli.wiring import ask_hidden, change_setting, remember_home

app = family("init")

Answers = Mapping[Secret, str]


@app.command()
def init(
    ctx: typer.Context,
    model: Annotated[Path | None, typer.Option(help="GGUF model file for this machine")] = None,
    keys_from_stdin: Annotated[
        bool, typer.Option("--keys-from-stdin", help="Read secrets from stdin, NAME=VALUE a line")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, take defaults")] = False,
) -> None:
    """Set up a home: profile, keys, model file. Without a terminal nothing is asked.

    paper and live need app key and secret of KIS, the account number, its product code (01) and,
    to hear of fills at once, the HTS id. A 모의투자 account has a key of its own.
    """
    session = current(ctx)
    before = session.options.home
    answers: Answers = {}
    if keys_from_stdin:
        answers = _answers_from_stdin(session)
    elif sys.stdin.isatty() and not yes:
        model, answers = _ask(session, model)
    if model is not None and not model.expanduser().is_file():
        raise InputError(f"There is no file {model}.", hint="--model PATH of a .gguf file")
    for doubt in doubts(answers):
        session.out.talk(f"warning: {doubt}")
    house = session.house
    if house.home != before:
        remember_home(house.home)
    change_setting(house, "profile", session.options.profile, who="init")
    change_setting(house, "lang", session.options.lang, who="init")
    if model is not None:
        path = str(model.expanduser().absolute())
        change_setting(house, "llm.model_file", path, who="init")
    _tell(session, {s.name: house.vault.keep(s, value) for s, value in answers.items()})


def _tell(session: Session, kept: Mapping[str, str]) -> None:
    house = session.house
    where = house.vault.where_kept()
    text = [
        f"Home      {house.home}",
        f"Profile   {session.options.profile}",
        f"Settings  {house.folder.config}",
        f"Secrets   {where}",
        *(f"          {name}: {place}" for name, place in kept.items()),
        *_next_steps(session),
    ]
    session.out.answer(
        {
            "home": house.home,
            "profile": session.options.profile,
            "lang": session.options.lang,
            "config": house.folder.config,
            "secrets": kept,
            "secrets_kept_in": where,
        },
        lambda: "\n".join(text),
    )


def _next_steps(session: Session) -> Iterator[str]:
    """Yield what to do next: commands that exist, in their order."""
    profile = session.options.profile
    if profile is Profile.LIVE and not session.house.settings.slice(LiveOptions).enabled:
        yield "Next      jennie config set live.enabled true   (real money)"
        yield "          jennie doctor"
    else:
        yield "Next      jennie doctor"
    if profile is Profile.SIM:
        yield "          jennie scout run"
    else:
        yield "          jennie data import PATH...   (bars and stock master of the real market)"
        yield "          docs/kis.md, from the account to the first order"


def _ask(session: Session, model: Path | None) -> tuple[Path | None, Answers]:
    options = session.options
    home = Path(_prompt("Home folder", str(options.home))).expanduser().absolute()
    profile = Profile(_prompt("Profile (sim, paper, live)", options.profile.value, tuple(Profile)))
    lang = Lang(_prompt("Language (ko, en)", options.lang.value, tuple(Lang)))
    session.options = replace(options, home=home, profile=profile, lang=lang)
    if model is None:
        answer = _prompt("GGUF model file (- = none)", "-")
        model = None if answer == "-" else Path(answer)
    return model, _ask_secrets(session)


def _ask_secrets(session: Session) -> Answers:
    wanted = [secret_named(name) for name in ASKED_BY[session.options.profile]]
    if wanted:
        session.out.talk(f"Keys go into {session.house.vault.where_kept()}. Empty = later.")
    typed: dict[Secret, str] = {}
    for secret in wanted:
        product = secret.name.endswith("_account_suffix")
        if product and (secret in typed or not any(s.name.endswith("_no") for s in typed)):
            continue  # typed with the account number, or of no use without one
        if value := _ask_secret(secret):
            typed = _learned(session, {**typed, secret: value})
    return typed


def _ask_secret(secret: Secret) -> str:
    """Ask for one value until it has the right shape; the product code may be seen."""
    label = f"{secret.name} ({secret.doc})"
    while True:
        if secret.name.endswith("_account_suffix"):
            value = str(typer.prompt(label, default=GENERAL_PRODUCT, err=True)).strip()
        else:
            value = ask_hidden(f"{label}: ").strip()
        try:
            shaped({secret: value} if value else {})
        except BadSecret as error:
            typer.echo(f"{error.message} {error.hint}", err=True)
        else:
            return value


def _answers_from_stdin(session: Session) -> Answers:
    pairs = (line.partition("=") for line in sys.stdin if line.strip())
    given = {secret_named(name): value.strip() for name, _, value in pairs}
    empty = [secret.name for secret, value in given.items() if not value]
    if empty:
        raise InputError(
            f"No value for {', '.join(empty)}.", hint="stdin takes NAME=VALUE, one a line."
        )
    return _learned(session, given)


def _learned(session: Session, answers: Answers) -> dict[Secret, str]:
    """Return the answers as they are kept, once they are masked. Raises BadSecret."""
    for value in answers.values():
        session.masker.learn(value)
    kept = shaped(answers)
    for value in kept.values():
        session.masker.learn(value)
    return kept


def _prompt(label: str, default: str, choices: tuple[str, ...] = ()) -> str:
    while True:
        answer = str(typer.prompt(label, default=default, err=True)).strip()
        if not choices or answer in choices:
            return answer
        typer.echo(f"One of: {', '.join(choices)}", err=True)
