"""What the council said to a person as one Markdown page; their words can end no part of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from jennie_cli.engine.clock import KST
from jennie_cli.engine.council.asking import LONGEST_QUERY, PLAN, Consulted, SageAnswer
from jennie_cli.engine.council.chain import Sage
from jennie_cli.engine.council.record import NAMES, won
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm import Answer, Used, used_by
from jennie_cli.engine.llm.fences import cleaned
from jennie_cli.engine.messages import text

_MARKUP = re.compile(r"([\\`*_\[\]#|<>~])")


def report(told: Consulted, lang: str, *, rate: float) -> str:
    """Return the page: query, target, plan, verdicts, cost, raw answers; `rate` is won a dollar."""
    return "\n".join(_lines(told, lang, rate)) + "\n"


def who(role: str) -> str:
    """Return what a role is called: the sage's name, or the role itself."""
    return NAMES[Sage(role)].capitalize() if role in NAMES else role


def cost_rows(told: Consulted, rate: float) -> Iterator[tuple[str, str, int, int, float, int]]:
    """Yield role, model, tokens in, tokens out, US dollars and won of each answer.

    A silence that cost something has a row too, of no model.
    """
    silent = {r: f for r, f in told.failures.items() if used_by([f]) != Used()}
    outcomes: dict[str, Answer[Any] | JennieError] = {**told.spoken, **silent}
    for role, said in outcomes.items():
        used, model = used_by([said]), said.model if isinstance(said, Answer) else ""
        spent = used.usd_micro / 1_000_000, won(used.usd_micro, rate)
        yield role, model, used.tokens_in, used.tokens_out, *spent


def _lines(told: Consulted, lang: str, rate: float) -> Iterator[str]:
    def say(key: str, **values: object) -> str:
        return text(f"council.report.{key}", lang, **values)

    yield f"# {say('title', at=f'{told.at.astimezone(KST):%Y-%m-%d %H:%M}')}"
    yield from ("", f"## {say('query')}", "")
    yield from _quoted(cleaned(told.question.query, LONGEST_QUERY))
    if told.question.file_name:
        yield from ("", f"{say('target')}: {_plain(told.question.file_name)}")
    yield from ("", f"## {say('plan')}", "")
    yield from _plan(told, say("no_plan"))
    dissent = [f"{who(s)}: {d}" for s, d in told.dissent]
    dissent += told.plan.value.reply.dissent if told.plan else []
    if dissent:
        yield from ("", f"### {say('dissent')}", "", *_listed(dissent))
    if told.failures:
        silent = [f"{who(role)}: {f.message}" for role, f in told.failures.items()]
        yield from ("", f"### {say('silent')}", "", *_listed(silent))
    for sage, answer in told.answers.items():
        yield from ("", f"## {who(sage)}", "", *_verdict(answer, lang))
    yield from ("", f"## {say('cost')}", "", *_cost(told, lang, rate))
    yield from ("", f"## {say('raw')}")
    for role, spoken in told.spoken.items():
        yield from ("", f"### {who(role)}", "", "```json", *_raw(spoken.value.raw), "```")


def _plan(told: Consulted, none: str) -> Iterator[str]:
    if told.plan is None:
        yield none
        return
    yield f"**{_plain(told.plan.value.reply.title)}**"
    yield ""
    yield from (f"{number}. {_plain(step)}" for number, step in enumerate(told.steps, 1))


def _verdict(answer: Answer[Any], lang: str) -> Iterator[str]:
    said: SageAnswer = answer.value.reply
    scope = f" · {_plain(said.verdict.scope)}" if said.verdict.scope else ""
    yield f"**{said.verdict.decision}** {said.verdict.confidence}/100{scope}"
    parts: tuple[tuple[str, Sequence[str]], ...] = (
        ("findings", said.key_findings),
        ("references", said.evidence.references),
        ("missing", said.evidence.missing_data),
        ("risks", said.risks.risks),
        ("veto_if", said.risks.veto_if),
        ("actions", said.recommendations.immediate_actions),
        ("experiments", said.recommendations.experiments),
        ("questions", said.questions),
    )
    for name, lines in parts:
        if lines:
            yield from ("", f"*{text(f'council.report.{name}', lang)}*", "", *_listed(lines))
    if said.recommendations.if_code_change_needed:
        title = text("council.report.change", lang)
        yield from ("", f"*{title}*", "", _plain(said.recommendations.if_code_change_needed))


def _cost(told: Consulted, lang: str, rate: float) -> Iterator[str]:
    names = ("role", "model", "tokens_in", "tokens_out", "usd", "krw")
    yield "| " + " | ".join(text(f"council.report.{name}", lang) for name in names) + " |"
    yield "|---|---|---:|---:|---:|---:|"
    rows = tuple(cost_rows(told, rate))
    for role, model, tokens_in, tokens_out, usd, krw in rows:
        name = who(role) if role != PLAN else text("council.report.plan", lang)
        yield f"| {name} | {_plain(model)} | {tokens_in:,} | {tokens_out:,} | {usd:.6f} | {krw:,} |"
    micro = used_by((*told.spoken.values(), *told.failures.values())).usd_micro
    tokens = f"{sum(r[2] for r in rows):,} | {sum(r[3] for r in rows):,}"
    total = text("council.report.total", lang)
    yield f"| {total} | | {tokens} | {micro / 1_000_000:.6f} | {won(micro, rate):,} |"


def _raw(raw: str) -> list[str]:
    # JSON text holds no bare newline, so no line of it can close the block
    return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode().splitlines()


def _quoted(words: str) -> Iterator[str]:
    return (f"> {_plain(line)}" for line in words.splitlines())


def _listed(lines: Iterable[str]) -> Iterator[str]:
    return (f"- {_plain(line)}" for line in lines)


def _plain(words: str) -> str:
    """Return words on one line that Markdown and HTML leave as they are."""
    return _MARKUP.sub(r"\\\1", " ".join(words.split()))
