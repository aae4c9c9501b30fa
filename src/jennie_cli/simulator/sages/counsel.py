"""Answers to a person's question: what it says, given back in order, and marked SIMULATED."""

import re
from collections.abc import Mapping
from typing import Any

from jennie_cli.simulator.sages.reading import Case, table

_FIGURE = re.compile(r"[+-]?\d[\d,]{0,20}(?:\.\d{1,10})?%?")
_LETTERS, _FIGURES, _STEPS = 60, 6, 7


def answer(case: Case) -> Mapping[str, Any]:
    """Return one text."""
    return {"answer": plain_answer(case)}


def briefing_comments(case: Case) -> Mapping[str, Any]:
    """Return what stands beside the figures of a briefing: words without a figure."""
    words = table()["briefing"]
    return {part: case.pick(words[part]) for part in ("market", "portfolio", "tomorrow", "closing")}


def plain_answer(case: Case) -> str:
    """Return the notice, the question and the figures in it."""
    words = table()["counsel"]
    return f"{words['notice']} {_question(case, 'asked')} {_figures(case)}."


def sage_answer(case: Case) -> Mapping[str, Any]:
    """Return the report of one sage; it never approves without changes, for it knows nothing."""
    words = table()["counsel"]
    return {
        "verdict": {
            "decision": "approve_with_changes",
            "confidence": 50 + case.spread(10),
            "scope": _question(case, "asked"),
        },
        "key_findings": [_figures(case), *words["findings"]],
        "evidence": {"references": [_figures(case)], "missing_data": words["missing"]},
        "risks": {"risks": words["risks"], "veto_if": words["vetoes"]},
        "recommendations": {
            "immediate_actions": [case.pick(words["actions"])],
            "experiments": words["experiments"],
            "if_code_change_needed": words["change"],
        },
        "questions": words["questions"],
    }


def sage_plan(case: Case) -> Mapping[str, Any]:
    """Return the actions that the answers in the prompt name, and which of them were vetoes."""
    words = table()["counsel"]
    answers = [_inner(doc, "verdict", doc) for doc in case.documents()]
    steps = [step for doc in case.documents() for step in _actions(doc)]
    vetoes = [n for n, verdict in enumerate(answers, 1) if verdict.get("decision") == "veto"]
    return {
        "title": _question(case, "title"),
        "steps": (list(dict.fromkeys(steps)) or list(words["actions"]))[:_STEPS],
        "dissent": [words["dissent"].format(n=n) for n in vetoes],
    }


def _inner(told: Mapping[str, Any], key: str, otherwise: Mapping[str, Any]) -> Mapping[str, Any]:
    found = told.get(key)
    return found if isinstance(found, Mapping) else otherwise


def _actions(told: Mapping[str, Any]) -> list[str]:
    found = _inner(told, "recommendations", {}).get("immediate_actions")
    return [step for step in found if isinstance(step, str)] if isinstance(found, list) else []


def _question(case: Case, sentence: str) -> str:
    first = next((line.strip() for line in case.question.splitlines() if line.strip()), "")
    cut = "".join(letter for letter in first[:_LETTERS] if letter.isprintable())
    return str(table()["counsel"][sentence].format(question=cut))


def _figures(case: Case) -> str:
    words = table()["counsel"]
    found = list(dict.fromkeys(_FIGURE.findall(case.question)))[:_FIGURES]
    return str(words["figures"].format(figures=", ".join(found)) if found else words["no_figures"])
