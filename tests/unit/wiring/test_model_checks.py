"""The check-up of models, on machines that lack this or that."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.adapters.llama_cpp.tiny import write_tiny
from tests.unit.conftest import Jennie

from jennie_cli.adapters.llama_cpp import fitting, machine, native, read_header
from jennie_cli.engine.errors import ExitCode, SettingsError
from jennie_cli.wiring.model_checks import BINDING, CUDA_BUILD

NO_LIMIT = 1 << 40


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights."""
    return write_tiny(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture
def plain_machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A machine without a GPU and with memory in plenty; its attributes may be changed."""
    facts = SimpleNamespace(free=NO_LIMIT, gpus=(), offload=False, smi=None, cores=4)
    monkeypatch.setattr(machine, "free_memory", lambda: facts.free)
    monkeypatch.setattr(machine, "gpus", lambda: facts.gpus)
    monkeypatch.setattr(machine, "cores", lambda: facts.cores)
    monkeypatch.setattr(native, "can_offload", lambda: facts.offload)
    found = shutil.which
    monkeypatch.setattr(
        "shutil.which", lambda name, **kw: facts.smi if name == "nvidia-smi" else found(name, **kw)
    )
    monkeypatch.setattr("jennie_cli.wiring.extras.find_spec", lambda name: name)
    return facts


def _checks(jennie: Jennie, *words: str) -> dict[str, dict[str, Any]]:
    rows = jennie(*words, "llm", "doctor", "--json").document["checks"]
    return {row["name"]: row for row in rows}


def _use(jennie: Jennie, path: Path) -> None:
    assert 0 == jennie("config", "set", "llm.model_file", str(path)).code


def test_a_machine_without_gpu_and_model(jennie: Jennie, plain_machine: SimpleNamespace) -> None:
    """Nothing fails; the missing model is a warning that says what to do."""
    assert plain_machine.gpus == ()
    answer = jennie("llm", "doctor", "--json")
    assert (0, True) == (answer.code, answer.document["ok"])
    rows = _checks(jennie)
    assert ("warn", "none set (llm.model_file)") == (
        rows["model"]["level"],
        rows["model"]["detail"],
    )
    assert "jennie llm models" in rows["model"]["todo"]
    assert "none: a local model runs on the processor" == rows["gpu"]["detail"]
    assert "1 or 2 or 3 of 4 cores, whichever is fastest" == rows["threads"]["detail"]
    text = jennie("llm", "doctor").out
    assert all(f"{row['level']:<5}{name}" in text for name, row in rows.items())


def test_a_whole_model_is_described(
    jennie: Jennie, plain_machine: SimpleNamespace, tiny: Path
) -> None:
    """Kind, size, trained context, chat template and memory of a model each have their line."""
    assert plain_machine.free == NO_LIMIT
    _use(jennie, tiny)
    rows = _checks(jennie)
    assert "tiny.gguf: llama, 0.3 MB, trained for 4,096 tokens" == rows["model"]["detail"]
    assert "in the model file" == rows["chat template"]["detail"]
    assert "with a context of 16,384 tokens" in rows["memory"]["detail"]
    assert {"ok"} == {rows[name]["level"] for name in ("model", "chat template", "memory")}


def test_a_truncated_model_fails(
    jennie: Jennie, plain_machine: SimpleNamespace, tiny: Path, tmp_path: Path
) -> None:
    """A file that is cut off, none at all, or another kind of file fails with exit code 3."""
    assert plain_machine.gpus == ()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(tiny.read_bytes()[:-1000])
    other = tmp_path / "other.gguf"
    other.write_bytes(b"PK" * 100)
    for path, said in (
        (cut, "cut off"),
        (other, "not a GGUF"),
        (tmp_path / "none", "no model file"),
    ):
        _use(jennie, path)
        answer = jennie("llm", "doctor", "--json")
        assert (ExitCode.SETTINGS, False) == (answer.code, answer.document["ok"])
        row = _checks(jennie)["model"]
        assert "fail" == row["level"]
        assert said in row["detail"]
        assert row["todo"]


def test_too_little_memory_is_told(
    jennie: Jennie, plain_machine: SimpleNamespace, tiny: Path
) -> None:
    """Less memory than asked for is a warning, less than the least is a failure."""
    _use(jennie, tiny)
    needs = fitting.needs_of(read_header(tiny), batch=512, at_once=fitting.CPU_AT_ONCE)
    plain_machine.free = needs.total(8_192)
    low = _checks(jennie)["memory"]
    assert "warn" == low["level"]
    assert "not the 16,384 of local.n_ctx" in low["detail"]
    plain_machine.free = 1 << 20
    none = _checks(jennie)["memory"]
    assert "fail" == none["level"]
    assert "MiB are free" in none["detail"]
    assert ExitCode.SETTINGS == jennie("llm", "doctor").code
    plain_machine.free = None
    assert "ok" == _checks(jennie)["memory"]["level"]


def test_a_model_without_template_warns(
    jennie: Jennie, plain_machine: SimpleNamespace, tmp_path: Path
) -> None:
    """A base model was not made to answer."""
    assert plain_machine.gpus == ()
    _use(jennie, write_tiny(tmp_path / "base.gguf", template=None))
    row = _checks(jennie)["chat template"]
    assert "warn" == row["level"]


def test_a_gpu_that_the_build_cannot_use(jennie: Jennie, plain_machine: SimpleNamespace) -> None:
    """A GPU beside a build for the processor is a warning with the command that builds anew."""
    plain_machine.smi = "/usr/bin/nvidia-smi"
    rows = _checks(jennie)
    assert ("warn", CUDA_BUILD) == (rows["llama.cpp"]["level"], rows["llama.cpp"]["todo"])
    assert "visible, not used: a local model runs on the processor" == rows["gpu"]["detail"]


def test_the_command_that_builds_names_the_version_that_was_tried() -> None:
    """The command and the page build one version, the least that the package asks for."""
    assert CUDA_BUILD.endswith(f" llama-cpp-python=={BINDING}")
    root = Path(__file__).parents[3]
    page = (root / "docs" / "local-model.md").read_text(encoding="utf-8")
    assert f" llama-cpp-python=={BINDING} " in page
    asked = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"llama-cpp-python>={BINDING}"' in asked


def test_a_gpu_in_use(jennie: Jennie, plain_machine: SimpleNamespace, tiny: Path) -> None:
    """With a GPU the line of memory says how much of the model it takes."""
    plain_machine.offload = True
    _use(jennie, tiny)
    for free, level, said in (
        (24 << 30, "ok", "the whole model fits"),
        (640 << 20, "warn", "2 of 3 layers go on the GPU"),
        (1 << 20, "ok", "with a context of"),
    ):
        plain_machine.gpus = (machine.Gpu(name="H", free_bytes=free, total_bytes=24 << 30),)
        if level == "warn":
            _use(jennie, write_tiny(tiny.with_name("two.gguf"), layers=2, width=512, hidden=2048))
        rows = _checks(jennie)
        assert "built for a GPU" in rows["llama.cpp"]["detail"]
        assert "H:" in rows["gpu"]["detail"]
        assert level == rows["memory"]["level"]
        assert said in rows["memory"]["detail"]


def test_a_number_of_layers_that_does_not_fit_is_a_warning(
    jennie: Jennie, plain_machine: SimpleNamespace, tiny: Path
) -> None:
    """A number that was asked for is held against what fits, not taken for what fits."""
    plain_machine.offload = True
    _use(jennie, tiny)
    for asked, halves, free, level, said in (
        (99, 1, NO_LIMIT, "warn", "puts 2 of 2 layers on the GPU, 0 fit"),
        (1, 64, NO_LIMIT, "warn", "1 of 2 layers go on the GPU"),
        (1, 64, 1 << 20, "fail", "1 MiB are free"),
        (99, 64, 1 << 20, "ok", "the whole model fits"),
    ):
        plain_machine.gpus = (machine.Gpu(name="H", free_bytes=halves << 29, total_bytes=1 << 40),)
        plain_machine.free = free
        assert 0 == jennie("config", "set", "local.gpu_layers", str(asked)).code
        row = _checks(jennie)["memory"]
        assert level == row["level"]
        assert said in row["detail"]
        assert level != "warn" or "local.gpu_layers -1" in row["todo"]


def test_all_cores_are_a_warning(jennie: Jennie, plain_machine: SimpleNamespace) -> None:
    """As many threads as cores collapse beside other work; fewer are as asked for."""
    for asked, level in ((4, "warn"), (3, "ok")):
        assert 0 == jennie("config", "set", "local.threads", str(asked)).code
        assert level == _checks(jennie)["threads"]["level"]
    assert 4 == plain_machine.cores


def test_a_broken_library_is_one_line(
    jennie: Jennie, plain_machine: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that cannot be made says why and stops no other."""

    def broken() -> bool:
        raise SettingsError("its library cannot be loaded", hint="Build it again.")

    assert plain_machine.gpus == ()
    monkeypatch.setattr(native, "can_offload", broken)
    rows = _checks(jennie)
    assert ("fail", "Build it again.") == (rows["llama.cpp"]["level"], rows["llama.cpp"]["todo"])
    assert "prices" in rows


def test_without_the_extra(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without llama-cpp-python the line says how to get it; the rest is still checked."""
    monkeypatch.setattr("jennie_cli.wiring.extras.find_spec", lambda _: None)
    rows = _checks(jennie)
    assert ("warn", 'pip install "jennie-cli[llm]"') == (
        rows["extra [llm]"]["level"],
        rows["extra [llm]"]["todo"],
    )
    assert "llama.cpp" not in rows
    assert jennie("llm", "models", "--json").document["machine"]["gpus"] == []


def test_prices_of_ones_own_and_their_age(jennie: Jennie, tmp_path: Path) -> None:
    """The age of the newest price is told; a broken file of one's own fails."""
    assert "days old" in _checks(jennie)["prices"]["detail"]
    own = tmp_path / "home" / "prices.toml"
    own.write_text("[[price]]\n", encoding="utf-8")
    row = _checks(jennie)["prices"]
    assert "fail" == row["level"]
    assert "row 1 lacks" in row["detail"]


def test_old_prices_warn(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices that nobody has looked at for long are a warning."""
    monkeypatch.setattr("jennie_cli.wiring.model_checks.PRICES_OLD_DAYS", -1)
    row = _checks(jennie)["prices"]
    assert "warn" == row["level"]
    assert "prices.toml" in row["todo"]


def test_a_model_without_a_price_is_named(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a key is looked at; our own ids all have a price."""
    monkeypatch.setenv("JENNIE_OPENROUTER_API_KEY", "sk-of-a-test-0123456789")
    assert "price" not in _checks(jennie)
    assert 0 == jennie("config", "set", "openrouter.model", "maker/unheard-of").code
    row = _checks(jennie)["price"]
    assert "warn" == row["level"]
    assert "openrouter maker/unheard-of" in row["detail"]
    assert "prices.toml" in row["todo"]


def test_who_answers_which_tier(jennie: Jennie) -> None:
    """The line names who serves a tier; who cannot be asked is a warning."""
    assert "fast: sages, reasoning: sages, thinking: sages" == _checks(jennie)["tiers"]["detail"]
    for name, level in (("cloud", "warn"), ("openai", "warn"), ("sages", "ok"), ("local", "warn")):
        assert 0 == jennie("config", "set", "llm.thinking", name).code
        row = _checks(jennie)["tiers"]
        assert level == row["level"]
        assert (f"thinking ({name})" in row["detail"]) == (level == "warn")
    paper = _checks(jennie, "--profile", "paper")["tiers"]
    assert "warn" == paper["level"]
    assert "No model is set up" in paper["detail"]


def test_a_key_is_told_by_its_name(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of models that are stored are named, never shown; a key of figures is none."""
    monkeypatch.setenv("FRED_API_KEY", "no-key-of-a-model")
    assert "none stored" in _checks(jennie)["cloud keys"]["detail"]
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-very-secret-words")
    row = _checks(jennie)["cloud keys"]
    assert "stored for deepseek" == row["detail"]
    assert 0 == jennie("config", "set", "llm.fast", "cloud").code
    assert "fast: cloud" in _checks(jennie)["tiers"]["detail"]


def test_the_check_up_of_a_home_tells_of_models_too(jennie: Jennie) -> None:
    """`jennie doctor` holds the same lines, each once."""
    rows = jennie("doctor", "--json").document["checks"]
    names = [row["name"] for row in rows]
    for name in (
        "extra [llm]",
        "gpu",
        "threads",
        "model",
        "cloud keys",
        "tiers",
        "prices",
        "reply log",
    ):
        assert 1 == names.count(name)
