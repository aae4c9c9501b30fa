"""What a person is told of the model: its line below a watchlist, its part of an explanation."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from jennie_cli.engine.messages import amount, text
from jennie_cli.engine.store import ScoutRun

_SETTING = "scout.use_unified_analyst = false"
_HASH_LETTERS = 12

STOOD_IN = "FB"
"""Stands in a table for FALLBACK, which a line below it explains."""


def has_model(run: ScoutRun) -> bool:
    """Tell whether a model was there to be asked in this run."""
    return bool(run.llm.get("provider") or run.llm.get("failures"))


def model_lines(run: ScoutRun, lang: str) -> Iterator[str]:
    """Yield who judged the stocks of a run, at what cost, and what went wrong."""
    llm = run.llm
    if not has_model(run) and llm.get("stop") in {None, "no_model"}:
        yield _without(run, lang)
        return
    yield _used(llm, lang)
    if llm.get("fallbacks"):
        yield text("model.fallback", lang, mark=STOOD_IN)
    if llm.get("fact_check_failed"):
        yield text("model.facts", lang, count=llm["fact_check_failed"])
    if llm.get("stop"):
        yield text(f"model.stop.{llm['stop']}", lang, said=llm.get("said") or "")


def analyst_part(record: Mapping[str, Any], lang: str) -> Iterator[Text]:
    """Yield the analyst's part of an explanation: from the raw score to the hybrid, and why."""
    if record["reason"] is None:
        if record["failure"] is not None:
            yield Text(text("explain.ai.failed", lang, kind=record["failure"]))
        return
    yield Text(text("explain.ai.title", lang), style="bold")
    yield Text(f"  {_way(record, lang)}")
    yield Text(f"  {record['reason']}")
    yield Text(f"  {_facts(record, lang)}")
    yield Text(f"  {_source(record, lang)}")


def _without(run: ScoutRun, lang: str) -> str:
    if run.llm.get("asked", True):
        said = run.llm.get("said")
        return text("model.nobody", lang, said=said) if said else text("model.absent", lang)
    wanted = run.settings.get("request", {}).get("use_llm", False)
    return text("model.off", lang, by=_SETTING if wanted else "--no-llm")


def _used(llm: Mapping[str, Any], lang: str) -> str:
    told = {
        "provider": llm["provider"],
        "model": llm.get("model") or llm["provider"],
        "calls": llm["calls"],
        "cached": llm.get("cached", 0),
        "fallbacks": llm["fallbacks"],
        "cost": cost(llm["cost_usd"]),
        "again": text("model.reused", lang, cached=llm["cached"]) if llm.get("cached") else "",
    }
    if not llm["provider"]:
        line = text("model.failed", lang, **told)
    else:
        line = text("model.simulated" if llm.get("simulated") else "model.used", lang, **told)
    kinds = " · ".join(f"{kind} {count}" for kind, count in llm.get("failures", {}).items())
    return line + (text("model.kinds", lang, kinds=kinds) if kinds else "")


def cost(usd: float) -> str:
    """Return an amount of US dollars, to the millionth where it is that small."""
    if not usd:
        return "0"
    return f"${usd:.6f}" if usd < 0.01 else f"${usd:.4f}"


def _way(record: Mapping[str, Any], lang: str) -> str:
    if record["status"] == "FALLBACK":
        return text("explain.ai.unused", lang, raw=amount(record["raw_score"], "points", lang))
    share = record["quant_ratio"]
    bonus = record["bonus_points"]
    added = text("explain.ai.bonus", lang, points=amount(bonus, "change", lang)) if bonus else ""
    return text(
        "explain.ai.way",
        lang,
        status=record["status"],
        raw=amount(record["raw_score"], "points", lang),
        bonus=added,
        clamped=amount(record["clamped_score"], "points2", lang),
        hybrid=amount(record["hybrid_score"], "points2", lang),
        quant=amount(share, "ratio", lang),
        rest=amount(1.0 - share, "ratio", lang),
    )


def _facts(record: Mapping[str, Any], lang: str) -> str:
    what = " · ".join(record["unsupported"])
    return text(f"explain.ai.facts.{record['fact_check']}", lang, what=what)


def _source(record: Mapping[str, Any], lang: str) -> str:
    return text(
        "explain.ai.source",
        lang,
        model=record["model"],
        provider=record["provider"],
        prompt=record["prompt"],
        sha=record["prompt_sha256"][:_HASH_LETTERS],
        tokens=record["tokens_in"] + record["tokens_out"],
        cost=cost(record["cost_usd"]),
    )
