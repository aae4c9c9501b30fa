"""Set up a home: asked step by step in a terminal, or told everything by flags.

Without a terminal nothing is asked: what was not given keeps its default.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from jennie_cli.commands.session import Session, current, family
from jennie_cli.engine.errors import InputError
from jennie_cli.settings import ASKED_BY, Lang, Profile, Secret, secret_named
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
    """Set up a home: profile, keys, model file. Without a terminal nothing is asked."""
    session = current(ctx)
    before = session.options.home
    answers: Answers = {}
    if keys_from_stdin:
        answers = _answers_from_stdin(session)
    elif sys.stdin.isatty() and not yes:
        model, answers = _ask(session, model)
    if model is not None and not model.expanduser().is_file():
        raise InputError(f"There is no file {model}.", hint="--model PATH of a .gguf file")
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
        "Next      jennie doctor",
        "          jennie scout run",
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
    typed = {secret: ask_hidden(f"{secret.name} ({secret.doc}): ").strip() for secret in wanted}
    return _learned(session, {secret: value for secret, value in typed.items() if value})


def _answers_from_stdin(session: Session) -> Answers:
    pairs = (line.partition("=") for line in sys.stdin if line.strip())
    given = {secret_named(name): value.strip() for name, _, value in pairs}
    empty = [secret.name for secret, value in given.items() if not value]
    if empty:
        raise InputError(
            f"No value for {', '.join(empty)}.", hint="stdin takes NAME=VALUE, one a line."
        )
    return _learned(session, given)


def _learned(session: Session, answers: Answers) -> Answers:
    for value in answers.values():
        session.masker.learn(value)
    return answers


def _prompt(label: str, default: str, choices: tuple[str, ...] = ()) -> str:
    while True:
        answer = str(typer.prompt(label, default=default, err=True)).strip()
        if not choices or answer in choices:
            return answer
        typer.echo(f"One of: {', '.join(choices)}", err=True)
