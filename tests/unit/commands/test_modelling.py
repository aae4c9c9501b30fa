"""The llm commands: the catalogue, fetching, asking, measuring, what it cost."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.unit.adapters.http.range_server import Manners, serving, sha256
from tests.unit.adapters.llama_cpp.tiny import write_tiny
from tests.unit.conftest import Jennie

from jennie_cli.adapters.sql import SqlUsageBook
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.llm import Usage, recommended
from jennie_cli.settings import Masker, Options
from jennie_cli.wiring import open_house


def _use(jennie: Jennie, path: Path) -> None:
    assert 0 == jennie("config", "set", "llm.model_file", str(path)).code


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights."""
    return write_tiny(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture
def store(tiny: Path) -> Iterator[tuple[str, Manners]]:
    """A server that gives the tiny model, and its manners."""
    manners = Manners(payload=tiny.read_bytes())
    with serving(manners) as url:
        yield url, manners


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_catalogue_fits_a_terminal(jennie: Jennie, lang: str) -> None:
    """Every model is listed with size and licence, in both languages, within a hundred cells."""
    answer = jennie("--lang", lang, "llm", "models")
    for model in recommended():
        assert model.name in answer.out
        assert model.words[lang] in answer.out
    assert 100 >= max(cell_len(line) for line in answer.out.splitlines())
    rows = jennie("llm", "models", "--json").document["models"]
    assert [model.name for model in recommended()] == [row["name"] for row in rows]
    assert {4, 8, 24, 80} <= {row["memory_gb"] for row in rows}
    assert ["exaone-4.0-32b"] == [row["name"] for row in rows if row["main"]]


def test_a_pulled_model_is_marked(jennie: Jennie, tiny: Path, tmp_path: Path) -> None:
    """A file of the catalogue that lies in the home is marked, and the one in use too."""
    model = next(model for model in recommended() if model.size is None)
    folder = open_house(Options(home=tmp_path / "home"), Masker()).home / "models"
    folder.mkdir(parents=True)
    shutil.copy(tiny, folder / model.file)
    states = [(True, False), (True, True)]
    for here, used in states:
        rows = jennie("llm", "models", "--json").document["models"]
        row = next(row for row in rows if row["name"] == model.name)
        assert (here, used) == (row["here"], row["in_use"])
        word = "in use" if used else "here"
        assert word in jennie("--lang", "en", "llm", "models").out
        _use(jennie, folder / model.file)


def test_a_model_is_fetched_and_used(
    jennie: Jennie, store: tuple[str, Manners], tiny: Path
) -> None:
    """A file comes from an address, is checked, and answers from then on."""
    url, _ = store
    told = sha256(tiny.read_bytes())
    answer = jennie("llm", "pull", url, "--sha256", told, "--use", "--json")
    done = answer.document
    assert tiny.read_bytes() == Path(done["path"]).read_bytes()
    assert (told, "given", True, False) == (
        done["sha256"],
        done["checked"],
        done["in_use"],
        done["already_there"],
    )
    setting = jennie("config", "get", "llm.model_file", "--json").document
    assert done["path"] == setting["value"]


def test_a_model_that_is_here_is_not_fetched_again(
    jennie: Jennie, store: tuple[str, Manners]
) -> None:
    """The second time nothing is asked; a checksum that does not fit is a named failure."""
    url, manners = store
    first = jennie("--lang", "en", "llm", "pull", url)
    assert "Fetched:" in first.out
    assert "no checksum to compare" in first.out
    assert "config set llm.model_file" in first.out
    again = jennie("llm", "pull", url, "--json").document
    assert (1, True) == (len(manners.asked), again["already_there"])
    other = jennie("llm", "pull", url, "--sha256", "0" * 64)
    assert ExitCode.INPUT == other.code
    assert "another file" in other.err


def test_a_fetch_that_broke_off_goes_on(jennie: Jennie, store: tuple[str, Manners]) -> None:
    """A broken fetch is an outside failure that says how to go on; the next call does."""
    url, manners = store
    half = len(manners.payload) // 2
    manners.cuts.extend([half, 0, 0, 0])
    broken = jennie("llm", "pull", url)
    assert (ExitCode.OUTSIDE, "") == (broken.code, broken.out)
    assert "run the same command again" in broken.err
    done = jennie("--lang", "en", "llm", "pull", url)
    assert "Fetched the rest" in done.out
    assert f"bytes={half}-" == manners.asked[-1]["range"]


def test_a_page_is_no_model(jennie: Jennie, store: tuple[str, Manners]) -> None:
    """What is no GGUF is not kept."""
    url, manners = store
    manners.payload = b"<html>sign in</html>"
    answer = jennie("llm", "pull", url)
    assert ExitCode.OUTSIDE == answer.code
    assert "perhaps a page" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody"], "exaone-4.0-32b"),
        (["http://example.com/x.gguf"], "only https"),
        (["https://example.com/../.gguf"], "no name of a GGUF"),
        (["https://example.com/%2e%2e%2fx.gguf"], "no name of a GGUF"),
        (["https://[/x.gguf"], "no name of a GGUF"),
        (["https://example.com/model.bin"], "no name of a GGUF"),
        (["qwen3-4b", "--sha256", "short"], "64 hexadecimal"),
        (["bge-m3", "--use"], "embeddings"),
    ],
)
def test_what_cannot_be_pulled_is_refused(jennie: Jennie, words: list[str], said: str) -> None:
    """Unknown names, unsafe addresses, odd file names and a wrong checksum change nothing."""
    answer = jennie("llm", "pull", *words)
    assert (ExitCode.INPUT, "") == (answer.code, answer.out)
    assert said in answer.err


def test_a_question_is_answered_counted_and_logged(jennie: Jennie) -> None:
    """The answer comes with who gave it and what it took; it is in the log and the statistics."""
    answer = jennie("llm", "ask", "PER이 무엇인가요?", "--json").document
    assert "SIMULATED" in answer["answer"]
    assert ("sages", True, 0) == (answer["provider"], answer["simulated"], answer["usd_micro"])
    text = jennie("--lang", "en", "llm", "ask", "-", "--tier", "thinking", stdin="Who?\n").out
    assert "An answer of the built-in sages: no real model." in text
    assert "tokens in" in text
    lines = jennie("llm", "doctor", "--json").document["checks"]
    log = next(line for line in lines if line["name"] == "reply log")
    assert log["detail"].startswith("2 exchanges, ")
    used = jennie("llm", "stats", "--json").document["used"]
    assert [("person", "sages", 2, 0)] == [
        (row["service"], row["provider"], row["calls"], row["errors"]) for row in used
    ]


def test_a_question_that_was_asked_is_answered_from_the_log(jennie: Jennie) -> None:
    """In a replay the log answers and says so."""
    first = jennie("llm", "ask", "PER?", "--json").document
    assert 0 == jennie("config", "set", "llm.replay", "log").code
    again = jennie("--lang", "en", "llm", "ask", "PER?")
    assert first["answer"].split()[0] in again.out
    assert "from the log" in again.out
    assert ExitCode.INPUT == jennie("llm", "ask", "something else").code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([""], ExitCode.INPUT),
        (["hi", "--provider", "nobody"], ExitCode.SETTINGS),
        (["hi", "--provider", "local"], ExitCode.SETTINGS),
        (["hi", "--tier", "deep"], ExitCode.USAGE),
        (["hi", "--max-tokens", "1"], ExitCode.USAGE),
    ],
)
def test_what_cannot_be_asked_is_refused(jennie: Jennie, words: list[str], code: int) -> None:
    """No question, nobody to ask and wrong options are refused by name."""
    answer = jennie("llm", "ask", *words)
    assert (code, "") == (answer.code, answer.out)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_costs_are_shown_with_todays_money(jennie: Jennie, tmp_path: Path, lang: str) -> None:
    """Sums by service and model, dearest first; a budget that is spent stands out."""
    assert 0 == jennie("--lang", lang, "llm", "stats").code
    house = open_house(Options(home=tmp_path / "home"), Masker())
    book, now = SqlUsageBook(house.records), house.wall_clock.now()
    for service, model, micro in (
        ("scout", "small", 0),
        ("macro_council", "a-model-with-a-name-that-is-far-too-long-for-a-column", 1_200_000),
        ("something new", "other", 20),
    ):
        usage = Usage(
            at=now,
            service=service,
            provider="openai",
            model=model,
            tokens_in=1_500_000,
            tokens_out=900,
            usd_micro=micro,
            latency_s=2.0,
            failover=micro > 0,
        )
        asyncio.run(book.add(usage))
    house.close()
    text = jennie("--lang", lang, "llm", "stats").out
    assert 100 >= max(cell_len(line) for line in text.splitlines())
    for words in ("$1.20", "<$0.0001", "$0.00", "1.5M", "900", "something new", "1,740"):
        assert words in text
    found = jennie("llm", "stats", "--days", "1", "--json").document
    assert 1_200_000 == found["used"][0]["usd_micro"]
    council = next(row for row in found["today"] if row["service"] == "macro_council")
    assert (1_200_000, 1_000_000) == (council["spent_micro"], council["limit_micro"])


@pytest.mark.llm
def test_the_model_of_this_machine_is_measured(jennie: Jennie, tiny: Path) -> None:
    """Both ways are measured on the same questions; without a model there is nothing to measure."""
    assert ExitCode.SETTINGS == jennie("llm", "bench").code
    _use(jennie, tiny)
    found = jennie("llm", "bench", "--requests", "2", "--json").document
    assert "tiny" == found["model"]["model"]
    assert found["measured"]["serial_tokens"] > 0
    assert found["ratio"] > 0
    for lang, words in (("ko", "한꺼번에"), ("en", "all at once")):
        assert words in jennie("--lang", lang, "llm", "bench", "--requests", "2").out


def test_a_stored_secret_in_a_question_is_not_sent(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quick_cryptfile: None
) -> None:
    """Neither the provider nor any log of the home hears what another command stored."""
    del quick_cryptfile
    monkeypatch.setenv("JENNIE_KEYRING_PASSPHRASE", "open sesame")
    secret = "planted-and-stored-0123456789"  # noqa: S105  # made up
    assert 0 == jennie("secrets", "set", "fred_api_key", "--stdin", stdin=secret).code
    jennie("config", "set", "llm.debug_log", "true")
    assert 0 == jennie("llm", "ask", f"What is {secret}?").code
    (told,) = tmp_path.rglob("llm.jsonl")
    words = told.read_text(encoding="utf-8")
    assert "What is ***?" in words
    assert not [f for f in tmp_path.rglob("*") if f.is_file() and secret.encode() in f.read_bytes()]
