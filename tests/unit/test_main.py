"""One place turns whatever happens into text and an exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie

from jennie_cli._version import __version__
from jennie_cli.commands import config as config_commands
from jennie_cli.commands.argv import GLOBAL_OPTIONS
from jennie_cli.commands.families import FAMILIES
from jennie_cli.engine import errors
from jennie_cli.engine.errors import ExitCode, JennieError

HEAVY = {
    "alembic",
    "chromadb",
    "duckdb",
    "holidays",
    "httpx",
    "keyring",
    "numpy",
    "pandas",
    "redis",
    "schedule",
    "sqlalchemy",
    "sqlmodel",
    "textual",
}


def child(*words: str, code: str = "0", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the program, or `code` after it, in a process of its own."""
    start = "import sys; from jennie_cli.__main__ import run; code = run(sys.argv[1:])"
    script = f"{start}; {code}; sys.exit(code)"
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},  # a child inherits the closed environment  # noqa: TID251  # a child inherits the closed environment
    )


def made(kind: type[JennieError]) -> JennieError:
    """Return an error of a kind, whatever its constructor wants."""
    if kind is errors.ExtraMissing:
        return errors.ExtraMissing("llm", needed_for="This")
    if kind is errors.AmbiguousStock:
        return errors.AmbiguousStock("삼성", ["005930 삼성전자"])
    return kind("It went wrong.", hint="Do this.")


def every_kind() -> list[type[JennieError]]:
    """Return every error class of the tree."""
    kinds = [getattr(errors, name) for name in errors.__all__]
    return [k for k in kinds if issubclass(k, JennieError)]


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_every_error_becomes_its_exit_code_and_text(
    kind: type[JennieError], jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Message and hint go to stderr, or as one JSON document to stdout; never a traceback."""

    def fail(*_: object, **__: object) -> None:
        raise made(kind)

    monkeypatch.setattr(config_commands, "change_setting", fail)
    spoken = jennie("config", "set", "lang", "en")
    assert (int(kind.exit_code), "") == (spoken.code, spoken.out)
    error = made(kind)
    assert f"{error.message}\n{error.hint}" == spoken.err.rstrip().replace("\n\n", "\n")
    document = jennie("--json", "config", "set", "lang", "en")
    assert int(kind.exit_code) == document.code
    assert {
        "error": {"code": kind.code, "message": error.message, "hint": error.hint}
    } == document.document


def test_the_codes_are_the_documented_ones() -> None:
    """Scripts rely on these numbers."""
    assert {
        "JennieError": 1,
        "SettingsError": 3,
        "SecretMissing": 3,
        "ExtraMissing": 3,
        "HomeNotWritable": 3,
        "InputError": 4,
        "BadFile": 4,
        "UnknownStock": 4,
        "AmbiguousStock": 4,
        "UnknownRun": 4,
        "Refused": 5,
        "OutsideError": 6,
        "HomeBusy": 6,
        "StorageFull": 6,
        "OutcomeUnknown": 7,
    } == {kind.__name__: int(kind.exit_code) for kind in every_kind()}


def raising(error: BaseException) -> Callable[..., None]:
    """Return a function that raises."""

    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_a_bug_is_told_in_short_and_logged_in_full(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit code 1, one line, the path of a log that holds the traceback."""
    monkeypatch.setattr(config_commands, "change_setting", raising(ZeroDivisionError("oops")))
    answer = jennie("config", "set", "lang", "en")
    log = tmp_path / "home" / "logs" / "jennie.log"
    assert ExitCode.BUG == answer.code
    assert f"Unexpected ZeroDivisionError: oops\nThis is a bug in jennie. Details: {log}\n" == (
        answer.err
    )
    assert "ZeroDivisionError: oops" in json.loads(log.read_text(encoding="utf-8"))["traceback"]
    document = jennie("config", "set", "lang", "en", "--json").document["error"]
    assert ("bug", "Unexpected ZeroDivisionError: oops") == (document["code"], document["message"])


def test_a_bug_without_a_log_says_how_to_see_more(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A home that cannot be written does not hide the bug."""
    (tmp_path / "home").write_text("")
    monkeypatch.setattr(config_commands, "allowed", raising(ZeroDivisionError("oops")))
    answer = jennie("--home", str(tmp_path / "home" / "x"), "config", "get", "lang", "--json")
    assert ExitCode.SETTINGS == answer.code
    monkeypatch.setattr("jennie_cli.main.resolve_options", raising(ZeroDivisionError("oops")))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert "with -vv" in jennie("config", "path").err


def test_tracebacks_show_only_with_two_vs(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """-vv is for those who want to see where."""
    monkeypatch.setattr(config_commands, "change_setting", raising(ZeroDivisionError("oops")))
    for words, shown in (((), False), (("-v",), False), (("-vv",), True)):
        assert shown is ("Traceback" in jennie("config", "set", "lang", "en", *words).err)
    assert "Traceback" in jennie("config", "set", "nonsense.key", "1", "-vv").err


def test_an_interrupt_is_130(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends quietly with the shell's own code."""
    monkeypatch.setattr(config_commands, "change_setting", raising(KeyboardInterrupt()))
    answer = jennie("config", "set", "lang", "en")
    assert (130, "", "Interrupted.\n") == (answer.code, answer.out, answer.err)
    document = jennie("config", "set", "lang", "en", "--json")
    assert (130, "interrupted") == (document.code, document.document["error"]["code"])


def test_the_end_of_a_file_is_no_interrupt(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a prompt may be ended; elsewhere it is a bug."""
    monkeypatch.setattr(config_commands, "change_setting", raising(EOFError("half a file")))
    answer = jennie("config", "set", "lang", "en")
    assert ExitCode.BUG == answer.code
    assert "Unexpected EOFError: half a file" in answer.err


def test_json_without_a_command_is_a_usage_error(jennie: Jennie) -> None:
    """A script that forgot the command gets one document, not the help."""
    answer = jennie("--json")
    assert (ExitCode.USAGE, "usage") == (answer.code, answer.document["error"]["code"])


def in_shell(script: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which `jennie` is this program."""
    define = f'jennie() {{ "{sys.executable}" -m jennie_cli "$@"; }}; '
    return subprocess.run(
        ["/usr/bin/env", "bash", "-c", define + script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environ},  # a child inherits the closed environment  # noqa: TID251  # a child inherits the closed environment
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [("--version", 0), ("--help", 0), ("--json bogus", 2), ("config path --json", 0)],
)
def test_a_pipe_nobody_reads_leaves_no_traceback(words: str, code: int) -> None:
    """What failed keeps its exit code."""
    run = in_shell(f"(sleep 0.2; jennie {words}) | true; echo ${{PIPESTATUS[0]}}")
    assert (f"{code}\n", "") == (run.stdout, run.stderr)


@pytest.mark.parametrize(
    "words", ["--version", "--help", "config path", "config path --json", "--json bogus"]
)
def test_a_full_disk_under_stdout_is_6(words: str) -> None:
    """One short line on stderr, also where the answer was a failure."""
    run = in_shell(f"jennie {words} >/dev/full")
    assert ExitCode.OUTSIDE == run.returncode
    assert "not written to stdout" in run.stderr
    assert "Traceback" not in run.stderr
    assert "Exception ignored" not in run.stderr


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("words", "code"), [("--version", 0), ("config path", 0), ("secrets set kis_app_key", 2)]
)
def test_a_closed_stream_is_nowhere(words: str, code: int, closed: str) -> None:
    """Nothing is printed there, and nothing fails for it."""
    run = in_shell(f"jennie {words} </dev/null {closed}")
    assert code == run.returncode
    assert "Traceback" not in run.stderr


PLAIN = {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "LC_ALL": "C"}


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_path_the_locale_cannot_spell_is_refused(by: str, tmp_path: Path) -> None:
    """A wrong path is never printed, and no other folder is made."""
    if by == "option":
        run = in_shell(f"jennie --home '{tmp_path}/집' config path", **PLAIN)
    else:
        run = in_shell("jennie config path", JENNIE_HOME=f"{tmp_path}/집", **PLAIN)
    assert (3, "") == (run.returncode, run.stdout)
    assert "set PYTHONUTF8=1" in run.stderr
    assert [] == [*tmp_path.iterdir()]


def test_a_plain_locale_prints_korean_all_the_same() -> None:
    """The streams of a locale that knows only ASCII become UTF-8."""
    run = in_shell("jennie calendar show --year 2026", **PLAIN)
    assert (0, "") == (run.returncode, run.stderr)
    assert "설날" in run.stdout


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ("scoot run", "No such command 'scoot'. Did you mean 'scout'?"),
        ("config shw", "No such command 'shw'. Did you mean 'show'?"),
        ("config", "Missing command."),
        ("config get", "Missing argument 'key'."),
        ("config get lang --nope", "No such option: --nope"),
        ("config get lang extra", "Got unexpected extra argument(s) (extra)"),
        ("--nope", "No such option: --nope"),
        ("config get lang --profile demo", "--profile cannot be 'demo'"),
        ("calendar add 2027-5x-03 closed --reason x", "'2027-5x-03' does not match the format"),
        ("--profile paper --clock 2025-06-30T10:15:00+09:00 config path", "only in the sim"),
    ],
)
def test_wrong_usage_is_2_in_text_and_in_json(argv: str, said: str, jennie: Jennie) -> None:
    """A wrong command line says what is wrong and where help is."""
    spoken = jennie(*argv.split())
    assert (ExitCode.USAGE, "") == (spoken.code, spoken.out)
    assert said in spoken.err
    document = jennie("--json", *argv.split())
    assert ExitCode.USAGE == document.code
    assert "usage" == document.document["error"]["code"]
    assert said in document.document["error"]["message"]
    assert document.document["error"]["hint"]


def test_a_reader_that_leaves_is_no_failure() -> None:
    """`jennie config show | head -1` ends quietly."""
    script = f"{sys.executable} -m jennie_cli config show | head -1; echo ${{PIPESTATUS[0]}}"
    run = subprocess.run(
        ["/usr/bin/env", "bash", "-c", script], capture_output=True, text=True, check=True
    )
    assert "0" == run.stdout.splitlines()[-1]
    assert "" == run.stderr


@pytest.mark.parametrize("words", [("--version",), ("--version", "--home", "/h")])
def test_the_version_is_one_line(words: tuple[str, ...], jennie: Jennie) -> None:
    """Alone or among global options."""
    assert (0, f"jennie {__version__}\n") == ((a := jennie(*words)).code, a.out)


def test_the_version_as_json(jennie: Jennie) -> None:
    """With --json it is a document."""
    assert {"version": __version__} == jennie("--json", "--version").document


@pytest.mark.parametrize("words", [(), ("--help",), ("help",), ("--home", "/h", "--help")])
def test_the_root_help_names_every_family(words: tuple[str, ...], jennie: Jennie) -> None:
    """However it is asked for, it is the same page."""
    answer = jennie(*words)
    assert (0, "") == (answer.code, answer.err)
    for family in FAMILIES:
        assert f"  {family.name:<24} {family.help}\n" in answer.out
    for option in GLOBAL_OPTIONS:
        assert option.hidden is not (option.names[-1] in answer.out)
    assert 100 >= max(map(len, answer.out.splitlines()))


@pytest.mark.parametrize("name", [f.name for f in FAMILIES])
def test_every_listed_family_exists(name: str, jennie: Jennie) -> None:
    """A family is listed only when its commands are there; its help names them."""
    answer = jennie("help", name)
    assert (0, "") == (answer.code, answer.err)
    assert f"jennie {name}" in answer.out
    assert answer.out == jennie(name, "--help").out


@pytest.mark.parametrize(
    "words",
    [("--version",), ("--help",), *((f.name, "--help") for f in FAMILIES)],
    ids=" ".join,
)
def test_help_and_version_import_nothing_heavy(words: tuple[str, ...]) -> None:
    """Neither the store nor the engine's arrays nor a network library is loaded."""
    loaded = child(*words, code="print('\\n'.join(sys.modules), file=sys.stderr)")
    assert 0 == loaded.returncode
    modules = set(loaded.stderr.splitlines())
    assert "sys" in modules
    assert set() == modules & HEAVY
    if len(words) == 1:
        assert set() == modules & {"typer", "rich", "pydantic", "jennie_cli.engine"}


def test_a_command_imports_only_its_own_family() -> None:
    """`config path` loads neither another family nor the database."""
    loaded = child("config", "path", code="print('\\n'.join(sys.modules), file=sys.stderr)")
    others = {f"jennie_cli.commands.{f.name}" for f in FAMILIES} - {"jennie_cli.commands.config"}
    modules = set(loaded.stderr.splitlines())
    assert set() == modules & (others | HEAVY)


def completions(words: str) -> list[str]:
    """Return what bash would be offered after these words."""
    typed = words.split(" ")
    answer = child(
        _JENNIE_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(len(typed) - 1)
    )
    return answer.stdout.split()


def test_the_shell_completes_families_commands_and_options() -> None:
    """Also after a global option."""
    assert ["secrets", "sectors"] == sorted(completions("jennie sec"))
    assert ["set", "show"] == sorted(completions("jennie --home /h config s"))
    assert "--profile" in completions("jennie --pro")


def test_the_completion_script_can_be_shown() -> None:
    """--show-completion prints the script of the shell."""
    shown = child("--show-completion", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert 2 == shown.returncode
    named = child("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert (0, True) == (named.returncode, "_JENNIE_COMPLETE=complete_bash" in named.stdout)


def test_completion_can_be_installed(tmp_path: Path) -> None:
    """--install-completion writes the script into the user's folder and ends well."""
    installed = child(
        "--install-completion",
        "bash",
        HOME=str(tmp_path),
        _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1",
    )
    assert 0 == installed.returncode
    assert "bash completion installed" in installed.stdout
    scripts = [f.read_text() for f in tmp_path.rglob("*") if f.is_file()]
    assert any("_JENNIE_COMPLETE=complete_bash" in text for text in scripts)


def test_json_is_utf8_whatever_the_locale() -> None:
    """A C locale does not turn Korean into question marks."""
    script = "import sys; from jennie_cli.__main__ import run; sys.exit(run(sys.argv[1:]))"
    run = subprocess.run(
        [sys.executable, "-c", script, "calendar", "show", "--year", "2026", "--json"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},  # a child's environment  # noqa: TID251  # a child inherits the closed environment
    )
    reasons = [d["reason"] for d in json.loads(run.stdout.decode("utf-8"))["days"]]
    assert "설날" in reasons
