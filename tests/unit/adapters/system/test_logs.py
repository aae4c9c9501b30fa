"""The log of a home."""

import json
import logging
from pathlib import Path

import pytest

from jennie_cli.adapters.system import close_log, open_lines, open_log

LOG = logging.getLogger("jennie_cli.test")


def lines(path: Path) -> list[dict[str, str]]:
    """Return the records of a log."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_record_is_one_masked_json_line(tmp_path: Path) -> None:
    """Message and traceback are masked before they are written; Korean stays readable."""
    path = tmp_path / "logs" / "jennie.log"
    handler = open_log(path, mask=lambda t: t.replace("s3cret", "***"))
    LOG.debug("below the level")
    LOG.info("매수 %s", "s3cret")
    try:
        int("s3cret")
    except ValueError:
        LOG.exception("failed")
    close_log(handler)
    LOG.error("after the end")
    first, second = lines(path)
    assert ("매수 ***", "INFO", "jennie_cli.test") == (
        first["message"],
        first["level"],
        first["logger"],
    )
    assert "ValueError: invalid literal for int() with base 10: '***'" in second["traceback"]
    assert "s3cret" not in path.read_text(encoding="utf-8")


def test_nothing_is_written_before_the_first_record(tmp_path: Path) -> None:
    """An idle command leaves no empty log."""
    path = tmp_path / "logs" / "jennie.log"
    close_log(open_log(path, mask=str))
    assert not path.exists()


def test_a_log_is_its_owners_alone(tmp_path: Path) -> None:
    """Neither group nor others may read what was asked, whatever the mask of the process."""
    path = tmp_path / "logs" / "llm.jsonl"
    handler = open_lines(path, mask=str)
    handler.handle(logging.makeLogRecord({"msg": "{}"}))
    handler.close()
    assert 0o600 == path.stat().st_mode & 0o777


def test_a_full_log_is_rotated(tmp_path: Path) -> None:
    """Old lines move to numbered files, of which few are kept."""
    path = tmp_path / "jennie.log"
    handler = open_log(path, mask=str)
    handler.maxBytes = 300
    for number in range(20):
        LOG.info("line %d", number)
    close_log(handler)
    assert {"jennie.log", "jennie.log.1", "jennie.log.2", "jennie.log.3"} == {
        p.name for p in tmp_path.iterdir()
    }


def test_a_log_that_cannot_be_written_costs_one_masked_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a traceback nor the record's arguments appear; the program goes on."""
    path = tmp_path / "s3cret" / "jennie.log"
    path.mkdir(parents=True)
    handler = open_log(path, mask=lambda t: t.replace("s3cret", "***"))
    LOG.info("set to %s", "s3cret")
    LOG.info("again %s", "s3cret")
    close_log(handler)
    assert f"The log {tmp_path}/***/jennie.log is not written: Is a directory.\n" == (
        capsys.readouterr().err
    )
    assert handler.failed


def test_a_full_disk_does_not_stop_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the record nor closing the log raises."""
    handler = open_log(Path("/dev/full"), mask=str)
    LOG.info("a record")
    close_log(handler)
    assert "The log /dev/full is not written: No space left on device.\n" == capsys.readouterr().err
