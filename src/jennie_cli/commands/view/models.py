"""Models worth having, what a fetched one is, an answer, and what models cost."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import GAP, Column, Page, fitted, grid, remaining
from jennie_cli.engine.llm import Answer
from jennie_cli.engine.messages import known, text
from jennie_cli.wiring.model_costs import ModelCosts
from jennie_cli.wiring.model_files import MODEL_FILE, Machine, Pulled, ShelfModel

if TYPE_CHECKING:
    from jennie_cli.wiring.model_asking import BenchResult, LocalFacts

_GB, _MB = 1e9, 1e6
_SIZE_CELLS = 10
_NAME_CELLS = 14
_MODEL_CELLS = 60
_MICRO = 1_000_000


def models_page(models: Sequence[ShelfModel], machine: Machine, called: str, lang: str) -> Page:
    """Return the catalogue by the memory a model needs, embeddings last."""
    widest = max(cell_len(model.name) for model in models)

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        yield Text(_machine_line(machine, lang))
        for group, members in groupby(models, key=lambda m: (m.kind, m.memory_gb)):
            yield Text("")
            yield Text(_heading(*group, lang), style="bold")
            for model in members:
                yield _model_line(model, widest, lang)
                yield Text(f"      {model.words[lang]}")
        yield Text("")
        for name in ("main", "about", "licence", "how", "again"):
            yield Text(text(f"llm.models.{name}", lang, jennie=called))

    return Page(draw)


def pulled_text(done: Pulled, called: str, lang: str) -> Text:
    """Return where a model file is, who vouched for it, and what to do next."""
    state = "already" if done.already else "resumed" if done.resumed else "fetched"
    kept = gigabytes(done.resumed)
    lines = [
        text(f"llm.pull.{state}", lang, path=done.path, size=gigabytes(done.size), kept=kept),
        f"sha256 {done.sha256}",
        text(f"llm.pull.checked_{done.checked or 'nobody'}", lang),
    ]
    if done.used:
        lines.append(text("llm.pull.used", lang, setting=MODEL_FILE))
    else:
        lines.append(text("llm.pull.use", lang, jennie=called, setting=MODEL_FILE, path=done.path))
    return Text("\n".join(lines))


def answer_text(answer: Answer[str], lang: str) -> Page:
    """Return an answer, and below it who gave it and what it took."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        for line in answer.value.splitlines():
            yield Text(line)
        yield Text("")
        who = f"{answer.provider} {answer.model}"
        told = text(
            "llm.ask.took",
            lang,
            who=who,
            tokens_in=f"{answer.tokens_in:,}",
            tokens_out=f"{answer.tokens_out:,}",
            seconds=f"{answer.latency_s:.1f}",
            usd=usd(answer.usd_micro),
        )
        yield Text(told, style="dim")
        for name in ("simulated", "replayed"):
            if getattr(answer, name):
                yield Text(text(f"llm.ask.{name}", lang), style="yellow")

    return Page(draw)


def bench_page(facts: "LocalFacts", found: "BenchResult", lang: str) -> Page:
    """Return how fast the model is one question after another and all at once."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        place = text("llm.bench.gpu" if facts.gpu_layers else "llm.bench.cpu", lang)
        size = gigabytes(facts.file_bytes)
        yield Text(f"{facts.model} · {facts.architecture} · {size} · {place}", style="bold")
        yield Text(
            text(
                "llm.bench.how",
                lang,
                requests=found.requests,
                threads=facts.threads,
                slots=facts.slots,
                n_ctx=f"{facts.n_ctx:,}",
            )
        )
        for note in facts.notes:
            yield Text(note, style="yellow")
        rows = (
            ("serial", found.serial_tokens, found.serial_s, found.serial_rate),
            ("batched", found.batched_tokens, found.batched_s, found.batched_rate),
        )
        cells = [
            (
                text(f"llm.bench.{name}", lang),
                f"{tokens:,}",
                f"{seconds:.1f}",
                f"{rate:,.1f}",
                f"{found.requests / seconds * 60:,.1f}" if seconds else "-",
            )
            for name, tokens, seconds, rate in rows
        ]
        names = ("mode", "tokens", "seconds", "rate", "a_minute")
        yield grid(
            [
                fitted(
                    text(f"llm.bench.{name}", lang), [r[at] for r in cells], most=24, right=at > 0
                )
                for at, name in enumerate(names)
            ],
            cells,
        )
        yield Text(text("llm.bench.ratio", lang, ratio=f"{found.ratio:.1f}"))
        share = f"{found.reused_tokens:,} / {found.prompt_tokens:,}"
        yield Text(text("llm.bench.reused", lang, share=share))

    return Page(draw)


def costs_page(costs: ModelCosts, lang: str) -> Page:
    """Return what models used, a row for each service and model, and today's money."""

    def draw(width: int) -> Iterator[RenderableType]:
        title = text("llm.stats.title", lang, first=costs.first, last=costs.last)
        yield Text(title, style="bold")
        if costs.rows:
            yield _usage_table(costs, width, lang)
            yield Text(_sum_line(costs, lang))
        else:
            yield Text(text("llm.stats.nothing", lang))
        yield Text("")
        yield Text(text("llm.stats.today", lang), style="bold")
        for budget in costs.budgets:
            spent, limit = usd(budget.spent_micro), usd(budget.limit_micro)
            name = set_cell_size(service_name(budget.service, lang), _NAME_CELLS)
            style = "red" if budget.spent_micro >= budget.limit_micro else ""
            yield Text(f"{name} {spent} / {limit}   {budget.setting}", style=style)

    return Page(draw)


def usd(micro: int) -> str:
    """Return millionths of a US dollar as dollars; a figure that is not nothing is not 0."""
    digits = 2 if micro >= _MICRO or not micro else 4
    return f"${micro / _MICRO:,.{digits}f}" if micro >= 50 or not micro else "<$0.0001"


def service_name(service: str, lang: str) -> str:
    """Return who asked, in words; a service we have no word for by its name."""
    key = f"llm.service.{service}"
    return text(key, lang) if known(key, lang) else service


def _usage_table(costs: ModelCosts, width: int, lang: str) -> RenderableType:
    cells = [
        (
            service_name(row.service, lang),
            f"{row.provider} {row.model}",
            f"{row.calls:,}",
            f"{row.errors:,}",
            _compact(row.tokens_in),
            _compact(row.tokens_out),
            f"{row.latency_ms_sum / row.calls / 1000:.1f}" if row.calls else "-",
            usd(row.usd_micro),
        )
        for row in costs.rows
    ]
    names = ("service", "model", "calls", "errors", "tokens_in", "tokens_out", "latency", "usd")
    columns = [
        fitted(
            text(f"llm.stats.{name}", lang),
            [row[at] for row in cells],
            most=_MODEL_CELLS if at == 1 else 24,
            right=at > 1,
        )
        for at, name in enumerate(names)
    ]
    others = [column for at, column in enumerate(columns) if at != 1]
    room = min(columns[1].width, max(12, remaining(others, width) - GAP))
    columns[1] = Column(title=columns[1].title, width=room)
    return grid(columns, cells)


def _sum_line(costs: ModelCosts, lang: str) -> str:
    total = sum(row.usd_micro for row in costs.rows)
    won = f"{total / _MICRO * costs.usd_krw:,.0f}"
    calls = f"{sum(row.calls for row in costs.rows):,}"
    moved = f"{sum(row.failovers for row in costs.rows):,}"
    return text("llm.stats.sum", lang, usd=usd(total), won=won, calls=calls, moved=moved)


def _compact(count: int) -> str:
    """Return a count of tokens in at most five cells."""
    for unit, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= unit:
            return f"{count / unit:.1f}{name}"
    return str(count)


def gigabytes(size: int) -> str:
    """Return bytes as GB with one digit, few of them as MB."""
    return f"{size / _GB:.1f} GB" if size >= _GB / 10 else f"{size / _MB:.1f} MB"


def _machine_line(machine: Machine, lang: str) -> str:
    gpus = ", ".join(f"{gpu.name} {gigabytes(gpu.total_bytes)}" for gpu in machine.gpus)
    free = gigabytes(machine.free_memory) if machine.free_memory is not None else "?"
    return text("llm.models.title", lang, memory=free, gpu=gpus or text("llm.models.no_gpu", lang))


def _heading(kind: str, memory_gb: int, lang: str) -> str:
    if kind == "embedding":
        return text("llm.memory.embedding", lang)
    return f"{memory_gb} GB · {text(f'llm.memory.gb{memory_gb}', lang)}"


def _model_line(model: ShelfModel, widest: int, lang: str) -> Text:
    line = Text()
    line.append("* " if model.main else "  ")
    line.append(set_cell_size(model.name, widest + 2), style="bold" if model.main else "")
    about = "" if model.size else "~"
    line.append(f"{about + gigabytes(model.about):>{_SIZE_CELLS}}  ")
    line.append(model.licence)
    if not model.commercial:
        line.append(f" {text('llm.models.not_commercial', lang)}", style="yellow")
    if model.in_use or model.here:
        state = "in_use" if model.in_use else "here"
        line.append(f"  {text(f'llm.models.{state}', lang)}", style="green")
    return line
