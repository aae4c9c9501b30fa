"""stdout is data, stderr is talk, and nothing leaves unmasked."""

import io
import json
import logging
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from jennie_cli.commands.output import Output, ReaderGone, plain, table
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Regime
from jennie_cli.engine.rules import Check


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def output(*, as_json: bool = False, **options: object) -> tuple[Output, io.StringIO, io.StringIO]:
    """Return an output and its two streams."""
    out, err = io.StringIO(), io.StringIO()
    made = Output(as_json=as_json, stdout=out, stderr=err, **options)  # type: ignore[arg-type]
    return made, out, err


def test_a_document_is_one_utf8_json_line() -> None:
    """Korean stays readable, times carry their offset, missing is null."""
    made, out, err = output(as_json=True)
    made.document(
        {
            "name": "삼성전자",
            "at": datetime(2025, 6, 30, 8, 30, tzinfo=KST),
            "day": date(2025, 6, 30),
            "won": 71_000,
            "missing": float("nan"),
            "none": None,
            "regime": Regime.BULL,
            "path": Path("/h"),
            "points": np.float64(1.5),
            "row": np.array([1, 2]),
            "check": Check(rule="r", value=1.0, limit=2.0, unit="pct", passed=True),
        }
    )
    assert "삼성전자" in out.getvalue()
    assert {
        "name": "삼성전자",
        "at": "2025-06-30T08:30:00+09:00",
        "day": "2025-06-30",
        "won": 71000,
        "missing": None,
        "none": None,
        "regime": "BULL",
        "path": "/h",
        "points": 1.5,
        "row": [1, 2],
        "check": {"rule": "r", "value": 1.0, "limit": 2.0, "unit": "pct", "passed": True},
    } == json.loads(out.getvalue())
    assert not err.getvalue()


def test_a_second_document_is_a_bug() -> None:
    """A command prints exactly one."""
    made, _, _ = output(as_json=True)
    made.document({})
    with pytest.raises(RuntimeError, match="exactly one"):
        made.document({})


def test_a_value_without_json_form_is_refused() -> None:
    """Nothing is turned into text by guess."""
    with pytest.raises(TypeError, match="object has no JSON form"):
        plain({"x": object()})


def test_answer_draws_only_what_is_asked_for() -> None:
    """With --json the view is never drawn; without it the document is never made."""
    made, out, _ = output(as_json=True)
    made.answer({"a": 1}, lambda: pytest.fail("drawn"))
    assert {"a": 1} == json.loads(out.getvalue())
    plain_made, plain_out, _ = output()
    plain_made.answer({"a": object()}, lambda: "text")
    assert "text\n" == plain_out.getvalue()


def test_text_leaves_stdout_alone_with_json() -> None:
    """Words beside a document go to stderr."""
    made, out, err = output(as_json=True)
    made.text("words")
    assert ("", "words\n") == (out.getvalue(), err.getvalue())


def test_quiet_silences_talk_but_not_failures() -> None:
    """-q hides progress and remarks; a failure is still told."""
    made, _, err = output(quiet=True)
    made.talk("working")
    made.complain("it failed", "do this")
    assert "it failed\ndo this\n" == err.getvalue()


def test_every_text_is_masked() -> None:
    """Documents, texts, talk and failures pass the mask."""
    for as_json in (True, False):
        made, out, err = output(as_json=as_json, mask=lambda t: t.replace("s3cret", "***"))
        made.answer({"a": "s3cret"}, lambda: "s3cret")
        made.talk("s3cret")
        made.complain("s3cret", "s3cret")
        assert "s3cret" not in out.getvalue() + err.getvalue()
        assert "***" in out.getvalue()


def test_failures_are_red_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour needs a terminal and no NO_COLOR."""
    monkeypatch.setenv("TERM", "xterm-256color")
    err = Terminal()
    Output(stderr=err).complain("it failed")
    assert "\x1b[31m" in err.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    bare = Terminal()
    Output(stderr=bare).complain("it failed")
    assert "\x1b[3" not in bare.getvalue()


def test_korean_columns_line_up() -> None:
    """Korean letters count as two cells."""
    made, out, _ = output()
    made.text(table(("종목", "n"), [("삼성전자", 1), ("LG", 22)]))
    assert ["종목       n", "삼성전자   1", "LG        22"] == out.getvalue().splitlines()
    assert 1 == len({cell_len(line) for line in out.getvalue().splitlines()})


def test_the_log_is_heard_with_v() -> None:
    """-v repeats what happens, -vv also the details; without it the log stays in its file."""
    logger = logging.getLogger("jennie_cli.heard")
    for verbosity, said in ((0, ""), (1, "info: a\n"), (2, "info: a\ndebug: b\n")):
        made, _, err = output()
        with made.heard(logger, verbosity):
            logger.info("a")
            logger.debug("b")
        logger.info("after")
        assert said == err.getvalue()


def test_progress_is_silent_without_a_terminal() -> None:
    """A pipe sees no bar."""
    made, out, err = output()
    with made.progress("working") as step:
        step(1, 2)
    assert "" == out.getvalue() + err.getvalue()


def test_progress_shows_after_its_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the bar appears once the work has taken long enough, and goes away."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("jennie_cli.commands.output.PROGRESS_AFTER_S", 0.0)
    err = Terminal()
    with Output(stderr=err).progress("generating") as step:
        while "generating" not in err.getvalue():
            step(1, 2)
    quick = Terminal()
    monkeypatch.setattr("jennie_cli.commands.output.PROGRESS_AFTER_S", 60.0)
    with Output(stderr=quick).progress("generating") as step:
        step(1, 2)
    assert "generating" not in quick.getvalue()


def test_a_closed_pipe_has_its_own_name() -> None:
    """A reader that left is told apart from a bug."""

    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    with pytest.raises(ReaderGone):
        Output(stdout=Closed()).text("x")
