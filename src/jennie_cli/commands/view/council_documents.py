"""What the council ruled and said, as JSON."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from jennie_cli.engine.council import Consulted, cost_rows, overruled
from jennie_cli.engine.store import CouncilRecord

_WORLD = frozenset({"profile", "market"})
_WHOLE = frozenset({"raw_message", "raw_council_output"})


def insight_document(record: CouncilRecord, *, everything: bool) -> dict[str, Any]:
    """Return a record by the names of its fields; what was said word for word with `everything`."""
    hidden = _WORLD if everything else _WORLD | _WHOLE
    doc = {f.name: getattr(record, f.name) for f in fields(record) if f.name not in hidden}
    doc["council_cost_usd"] = doc.pop("council_cost_usd_micro") / 1_000_000
    doc["overruled"] = overruled(record)
    if everything:
        said = record.raw_council_output.items()
        doc["raw_council_output"] = {role: json.loads(raw) for role, raw in said}
    return doc


def consulted_document(told: Consulted, path: Path, rate: float) -> dict[str, Any]:
    """Return verdicts, plan, dissent, cost and where the report is; `rate` is won a dollar."""
    names = ("role", "model", "tokens_in", "tokens_out", "cost_usd", "cost_krw")
    plan = told.plan.value.reply if told.plan else None
    return {
        "asked_at": told.at,
        "query": told.question.query,
        "file": told.question.file_name or None,
        "answers": {s.value: json.loads(a.value.raw) for s, a in told.answers.items()},
        "plan": {"title": plan.title, "steps": told.steps} if plan else None,
        "dissent": {
            "verdicts": {sage.value: decision for sage, decision in told.dissent},
            "notes": plan.dissent if plan else [],
        },
        "failures": {role: failure.message for role, failure in told.failures.items()},
        "cost": [dict(zip(names, row, strict=True)) for row in cost_rows(told, rate)],
        "report": path,
    }
