"""Check everything a trading day needs, line by line, with what to do."""

import typer
from rich.text import Text

from jennie_cli.commands.session import current, family
from jennie_cli.engine.errors import ExitCode
from jennie_cli.wiring import Finding, Level, examine

app = family("doctor")

_STYLE = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@app.command()
def doctor(ctx: typer.Context) -> None:
    """Check what a day needs; exit code 3 when something fails."""
    session = current(ctx)
    with session.out.progress("checking") as step:
        findings = []
        for finding in examine(session.house):
            findings.append(finding)
            step(len(findings))
    worst = Level.FAIL if any(f.level is Level.FAIL for f in findings) else Level.OK
    session.out.answer(
        {"ok": worst is not Level.FAIL, "checks": findings}, lambda: _drawn(findings)
    )
    if worst is Level.FAIL:
        raise typer.Exit(ExitCode.SETTINGS)


def _drawn(findings: list[Finding]) -> Text:
    drawn = Text()
    for index, finding in enumerate(findings):
        drawn.append("\n" if index else "")
        drawn.append(f"{finding.level:<5}", style=_STYLE[finding.level])
        drawn.append(f"{finding.name:<14} {finding.detail}")
        if finding.todo:
            drawn.append(f"\n{'':<20}-> {finding.todo}")
    return drawn
