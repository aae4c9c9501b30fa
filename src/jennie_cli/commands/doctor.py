"""Check everything a trading day needs, line by line, with what to do."""

import typer

from jennie_cli.commands.session import current, family
from jennie_cli.engine.errors import ExitCode
from jennie_cli.wiring import Level, examine

app = family("doctor")


@app.command()
def doctor(ctx: typer.Context) -> None:
    """Check what a day needs; exit code 3 when something fails."""
    from jennie_cli.commands.view.findings import findings_text  # noqa: PLC0415  # only now

    session = current(ctx)
    with session.out.progress("checking") as step:
        findings = []
        for finding in examine(session.house):
            findings.append(finding)
            step(len(findings))
    failed = any(finding.level is Level.FAIL for finding in findings)
    session.out.answer({"ok": not failed, "checks": findings}, lambda: findings_text(findings))
    if failed:
        raise typer.Exit(ExitCode.SETTINGS)
