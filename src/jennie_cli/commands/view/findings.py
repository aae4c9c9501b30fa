"""The lines of a check-up: how bad, what, and what to do."""

from collections.abc import Sequence

from rich.text import Text

from jennie_cli.wiring.findings import Finding, Level

_STYLE = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


def findings_text(findings: Sequence[Finding]) -> Text:
    """Return the findings; a line is not wrapped, so that a command in it can be copied."""
    drawn = Text()
    for index, finding in enumerate(findings):
        drawn.append("\n" if index else "")
        drawn.append(f"{finding.level:<5}", style=_STYLE[finding.level])
        drawn.append(f"{finding.name:<14} {finding.detail}")
        if finding.todo:
            drawn.append(f"\n{'':<20}-> {finding.todo}")
    return drawn
