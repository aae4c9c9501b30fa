"""A notice is the same after the bus, and holds nothing that could harm a reader."""

from datetime import datetime

import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.notify import BadNotice, Kind, Notice, fields_of, read_notice

AT = datetime(2026, 3, 3, 9, 30, 1, tzinfo=KST)


def notice(**given: object) -> Notice:
    """Return a fill with other words."""
    words = {"kind": Kind.FILL, "key": "k1", "at": AT, "title": "매수 삼성전자"}
    return Notice(**{**words, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("lines", [(), ("10주",), ("10주", "70,000원")])
@pytest.mark.parametrize("loud", [True, False])
def test_it_survives_the_bus(loud: bool, lines: tuple[str, ...]) -> None:  # a case
    """What is read is what was written."""
    told = notice(loud=loud, lines=lines)
    assert told == read_notice(fields_of(told))


def test_what_does_not_print_is_taken_out() -> None:
    """Bells, escapes, line ends and turned writing cannot get in."""
    told = notice(title="a\a\x1b[31m\u202eb\nc", lines=("one\r\n\ntwo\u3000three", " "))
    assert ("a [31m b c", ("one", "two three")) == (told.title, told.lines)


def test_what_is_too_long_is_cut() -> None:
    """A failure's endless text becomes a notice all the same."""
    told = notice(key="k" * 999, title="t" * 9_999, lines=("x" * 9_999, *["y"] * 99))
    assert (200, 1_000, 1_000, 60) == (
        len(told.key),
        len(told.title),
        len(told.lines[0]),
        len(told.lines),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "poem"},
        {"at": "yesterday"},
        {"at": "2026-03-03T09:30:01"},
        {"key": ""},
        {"key": "k" * 201},
        {"key": "a\nb"},
    ],
)
def test_other_fields_are_no_notice(wrong: dict[str, str]) -> None:
    """They are named as bad, and nothing is guessed."""
    with pytest.raises(BadNotice):
        read_notice({**fields_of(notice()), **wrong})


@pytest.mark.parametrize("gone", ["kind", "key", "at", "title", "lines", "loud"])
def test_a_field_that_is_gone_is_no_notice(gone: str) -> None:
    """Every field is needed."""
    fields = fields_of(notice())
    del fields[gone]
    with pytest.raises(BadNotice, match=gone):
        read_notice(fields)
