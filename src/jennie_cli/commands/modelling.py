"""What the llm commands do once their arguments are known."""

from dataclasses import fields

import typer

from jennie_cli.commands.session import Session
from jennie_cli.commands.view.findings import findings_text
from jennie_cli.commands.view.models import (
    answer_text,
    bench_page,
    costs_page,
    models_page,
    pulled_text,
)
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.llm import Tier, UsageTotal
from jennie_cli.wiring import model_asking
from jennie_cli.wiring.findings import Level
from jennie_cli.wiring.model_checks import examine_models
from jennie_cli.wiring.model_costs import model_costs
from jennie_cli.wiring.model_files import machine_of, shelf, wanted_of
from jennie_cli.wiring.model_files import pull as fetch


def models(session: Session) -> None:
    """Print the models worth having."""
    found, machine, lang = shelf(session.house), machine_of(), session.options.lang
    session.out.answer(
        {"machine": machine, "models": found},
        lambda: models_page(found, machine, session.called, lang),
    )


def pull(session: Session, asked: str, *, sha256: str | None, use: bool) -> None:
    """Fetch a model file and say where it is."""
    wanted, lang = wanted_of(asked, sha256), session.options.lang
    with session.out.progress(wanted.file) as progress:
        done = fetch(session.house, wanted, use=use, progress=progress, checking=progress)
    session.out.answer(
        {
            "path": done.path,
            "bytes": done.size,
            "sha256": done.sha256,
            "checked": done.checked or None,
            "already_there": done.already,
            "resumed_bytes": done.resumed,
            "in_use": done.used,
        },
        lambda: pulled_text(done, session.called, lang),
    )


def ask(
    session: Session, question: str, *, tier: str, provider: str | None, max_tokens: int
) -> None:
    """Print a model's answer to a person's question."""
    lang = session.options.lang
    with session.out.progress("asking"):
        answer = model_asking.ask(
            session.house, question, tier=Tier(tier), provider=provider, max_tokens=max_tokens
        )
    document = {f.name: getattr(answer, f.name) for f in fields(answer) if f.name != "value"}
    session.out.answer({"answer": answer.value, **document}, lambda: answer_text(answer, lang))


def bench(session: Session, *, requests: int) -> None:
    """Print what asking at once gives on this machine."""
    lang = session.options.lang
    with session.out.progress("measuring"):
        facts, found = model_asking.measure(session.house, requests=requests)
    rates = {name: getattr(found, name) for name in ("serial_rate", "batched_rate", "ratio")}
    session.out.answer(
        {"model": facts, "measured": found, **rates}, lambda: bench_page(facts, found, lang)
    )


def stats(session: Session, days: int) -> None:
    """Print what models used and cost."""
    costs, lang = model_costs(session.house, days), session.options.lang
    session.out.answer(
        {
            "first": costs.first,
            "last": costs.last,
            "usd_krw": costs.usd_krw,
            "used": [_used(row) for row in costs.rows],
            "today": costs.budgets,
        },
        lambda: costs_page(costs, lang),
    )


def doctor(session: Session) -> None:
    """Print a line for everything that asking a model needs."""
    with session.out.progress("checking") as step:
        findings = []
        for finding in examine_models(session.house):
            findings.append(finding)
            step(len(findings))
    failed = any(finding.level is Level.FAIL for finding in findings)
    session.out.answer({"ok": not failed, "checks": findings}, lambda: findings_text(findings))
    if failed:
        raise typer.Exit(ExitCode.SETTINGS)


def _used(row: UsageTotal) -> dict[str, object]:
    """Return a sum over days; it belongs to no single one."""
    return {f.name: getattr(row, f.name) for f in fields(row) if f.name != "date"}
