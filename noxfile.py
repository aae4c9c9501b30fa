"""What CI runs, and what a contributor runs: bare `nox` does it all."""

import json
import os
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "jennie-cli"
EXTRAS = ("news", "serve", "telegram")
PARALLEL = ("-n2", "--dist=worksteal")
ENGINE_TESTS = "tests/unit/engine"
LLAMA_TESTS = "tests/unit/adapters/llama_cpp"
SAMPLE = "plugins/jennie-sample-strategy"
RESULTS = Path(".nox/results")

# the tests start hundreds of processes, and each would compile all that it imports
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# pyenv hides the Pythons that are not its chosen one
PYENV = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, PYENV.glob("versions/*/bin"))])


def _group(*names: str) -> tuple[str, ...]:
    return nox.project.dependency_groups(PROJECT, *names)


def _everything(session: nox.Session) -> tuple[str, ...]:
    """Return what installs jennie with every extra; llama-cpp-python is built once."""
    if not (shutil.which("c++") or shutil.which("g++")) and not os.environ.get("CI"):
        session.warn("no C++ compiler: the tests of the extra [llm] will be skipped")
        return ("-e", f".[{','.join(EXTRAS)}]")
    wheels = CACHE / "wheels"
    if not list(wheels.glob("llama_cpp_python-*.whl")):
        session.install("pip")
        session.log("building llama-cpp-python once; this takes 5 to 10 minutes on 2 cores")
        build = ["python", "-m", "pip", "wheel", "--no-deps", f"--wheel-dir={wheels}"]
        portable = {"CMAKE_ARGS": "-DGGML_NATIVE=OFF"}
        session.run(*build, *PROJECT["project"]["optional-dependencies"]["llm"], env=portable)
    return (f"--find-links={wheels}", "--only-binary=llama-cpp-python", "-e", ".[all]")


def _kept(session: nox.Session, part: str = "rest") -> tuple[str, ...]:
    """Return what keeps pytest's figures for `counted`."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    return (f"--junitxml={RESULTS / session.name}-{part}.xml",)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, bans and formatting."""
    session.install(*_group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Strict types over sources, tests, benchmarks and this file."""
    session.install("-e", ".", "nox", *_group("test", "types"))
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """The nine import contracts."""
    session.install("--no-deps", "-e", ".")
    session.install(*_group("imports"))
    # not installed: a plugin that is would have its say in every test
    session.run("lint-imports", "--no-logo", "--no-cache", env={"PYTHONPATH": f"{SAMPLE}/src"})


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, with warnings as errors."""
    session.install(*_group("docs"))
    pages = Path(session.create_tmp()) / "pages"
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-E", "docs", str(pages))


@nox.session
def coldstart(session: nox.Session) -> None:
    """How long the command line takes to answer; a table to read, not a gate."""
    session.install(".")
    session.run("python", "benchmarks/coldstart.py", success_codes=[0, 1])


@nox.session
def install(session: nox.Session) -> None:
    """The wheel holds the tracked files and runs the first command in an empty place."""
    session.install("build")
    bare = Path(session.create_tmp()) / "bare"
    shutil.rmtree(bare, ignore_errors=True)
    session.run("python", "-m", "build", "--wheel", f"--outdir={bare}", silent=True)
    (wheel,) = bare.glob("*.whl")
    _compare(session, wheel)
    session.run("python", "-m", "venv", str(bare / "venv"))
    tools = bare / "venv" / "bin"
    session.run(str(tools / "pip"), "install", "--quiet", str(wheel), external=True)
    home = {"HOME": str(bare), "JENNIE_HOME": str(bare / "home"), "PYTHONPATH": None}
    jennie = str(tools / "jennie")
    session.run(jennie, "--version", external=True, env=home)
    said = session.run(jennie, "scout", "run", "--json", external=True, env=home, silent=True)
    names = [stock["name"] for stock in json.loads(str(said).splitlines()[-1])["stocks"]]
    if not names:
        session.error("the first scout run listed no stock")
    session.log(f"{len(names)} stocks, first {names[0]}")
    _plug(session, tools, home)


def _plug(session: nox.Session, tools: Path, home: dict[str, str | None]) -> None:
    """Stop when an installed plugin is not seen."""
    pip, jennie = str(tools / "pip"), str(tools / "jennie")
    session.run(pip, "install", "--quiet", "--no-deps", f"./{SAMPLE}", external=True)
    said = session.run(jennie, "doctor", "--json", external=True, env=home, silent=True)
    checks = json.loads(str(said).splitlines()[-1])["checks"]
    seen = [check["detail"] for check in checks if check["name"] == "plugin"]
    if len(seen) != 2:
        session.error(f"the sample plugin is not seen: {seen}")
    session.log(f"plugins: {', '.join(seen)}")


def _compare(session: nox.Session, wheel: Path) -> None:
    """Stop when the wheel lacks a tracked file or carries one that git does not know."""
    listed = session.run(
        "git", "-c", "safe.directory=*", "ls-files", "src", external=True, silent=True
    )
    tracked = {name.removeprefix("src/") for name in str(listed).splitlines()}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    for name in sorted(tracked ^ held):
        session.warn(f"{name} is only in {'git' if name in tracked else 'the wheel'}")
    if tracked != held:
        session.error("the wheel and the tracked files differ")
    session.log(f"the wheel holds all {len(held)} tracked files and nothing else")


@nox.session(python=PYTHONS[0])
def chaos(session: nox.Session) -> None:
    """Kills of a trading process under faults, and a planted defect that must be found.

    The short form of `python -m benchmarks.chaos`; arguments after -- replace it.
    """
    session.install("-e", ".")
    run = ["python", "-m", "benchmarks.chaos"]
    if session.posargs:
        session.run(*run, *session.posargs)
        return
    session.run(*run, "--kills", "50", "--calls", "400")
    session.run(*run, "--kills", "0", "--calls", "400", "--defect", "resend", success_codes=[3])


@nox.session(python=PYTHONS[0])
def soak(session: nox.Session) -> None:
    """The stream for a minute, whole and with its socket dropped; arguments after -- replace it."""
    session.install("-e", ".")
    session.run("python", "-m", "benchmarks.stream_soak", *(session.posargs or ("--minutes", "1")))


@nox.session(python=PYTHONS[0])
def sessions(session: nox.Session) -> None:
    """Whole sessions unattended, each compared with the exchange; arguments after -- replace it."""
    session.install("-e", ".")
    session.run("python", "-m", "benchmarks.sessions", *(session.posargs or ("--days", "1")))


@nox.session(python=PYTHONS[0])
def session_kills(session: nox.Session) -> None:
    """Kills of a running session, each compared with what the next one begins with.

    The short form of `python -m benchmarks.session_kills`; arguments after -- replace it.
    """
    session.install("-e", ".")
    session.run("python", "-m", "benchmarks.session_kills", *(session.posargs or ("--kills", "20")))


@nox.session(python=PYTHONS[0])
def news_kills(session: nox.Session) -> None:
    """Kills of collector, analyzer and archiver of news, and a planted defect that must be found.

    The short form of `python -m benchmarks.news_kills`; arguments after -- replace it.
    """
    session.install("-e", ".")
    run = ["python", "-m", "benchmarks.news_kills"]
    if session.posargs:
        session.run(*run, *session.posargs)
        return
    session.run(*run, "--kills", "10")
    session.run(*run, "--kills", "10", "--defect", "early", success_codes=[1])


@nox.session(python=PYTHONS[0])
def model_soak(session: nox.Session) -> None:
    """A local model asked by 200 at once for a minute; arguments after -- replace it."""
    session.install(*_everything(session), *_group("unit"))
    run = ["python", "-m", "benchmarks.llm_soak"]
    session.run(*run, *(session.posargs or ("--minutes", "1")))


@nox.session(python=PYTHONS[0])
def minimums(session: nox.Session) -> None:
    """The unit tests with the lowest declared version of every dependency but [llm]."""
    declared = PROJECT["project"]
    ranges = [*declared["dependencies"]]
    for extra in EXTRAS:
        ranges += declared["optional-dependencies"][extra]
    session.install("-e", ".", *(text.replace(">=", "==") for text in ranges), *_group("unit"))
    quick = ("-m", "not data and not slow and not llm", f"--ignore={LLAMA_TESTS}", "tests/unit")
    session.run("pytest", *_kept(session), *PARALLEL, *(session.posargs or quick))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Every test with every extra.

    The first Python also measures how much of the engine its own tests reach; on the others only
    the unit tests run, without the real market data, which takes a minute to import; those of the
    engine, which is plain Python over arrays, on the newest only.
    """
    session.install(*_everything(session), *_group("test"))
    if session.python != PYTHONS[0] or session.posargs:
        quick = [*PARALLEL, "-m", "not data and not slow", "tests/unit"]
        if session.python != PYTHONS[-1]:
            quick.append(f"--ignore={ENGINE_TESTS}")
        session.run("pytest", *_kept(session), *(session.posargs or quick))
        return
    measured = {"COVERAGE_FILE": str(Path(session.create_tmp()) / "coverage")}
    session.run("coverage", "erase", env=measured)
    engine = ("-m", "pytest", *_kept(session, "engine"), *PARALLEL, ENGINE_TESTS)
    session.run("coverage", "run", *engine, env=measured)
    session.run("coverage", "combine", "--quiet", env=measured)
    session.run("coverage", "report", env=measured)
    rest = ("tests", SAMPLE, f"--ignore={ENGINE_TESTS}")
    session.run("pytest", *_kept(session), *PARALLEL, *rest)


@nox.session(venv_backend="none")
def counted(session: nox.Session) -> None:
    """How many tests ran since it was asked last: in a long log their own lines are far above."""
    files = [*RESULTS.glob("*.xml")]
    made = [ET.parse(kept) for kept in files]  # noqa: S314  # pytest wrote them
    for kept in files:
        kept.unlink()
    suites = [suite for each in made for suite in each.iter("testsuite")]
    ran, errors, failures, skipped, took_s = (
        sum(float(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "errors", "failures", "skipped", "time")
    )
    failed = errors + failures
    line = f"{ran - failed - skipped:.0f} passed, {failed:.0f} failed, {skipped:.0f} skipped"
    # as pytest ends, for who looks for its last line
    session.run("echo", f"===== {line} in {took_s:.2f}s =====", external=True)
    if not ran:
        session.error("no test ran")
