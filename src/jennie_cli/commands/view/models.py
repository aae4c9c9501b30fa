"""Models worth having, what a fetched one is, an answer, and what models cost."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Page
from jennie_cli.engine.messages import text
from jennie_cli.wiring.model_files import MODEL_FILE, Machine, Pulled, ShelfModel

_GB = 1e9
_SIZE_CELLS = 10


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


def gigabytes(size: int) -> str:
    """Return bytes as GB with one digit."""
    return f"{size / _GB:.1f} GB"


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
