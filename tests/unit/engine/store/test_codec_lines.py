"""Events as lines of the journal."""

import json
from datetime import datetime
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Flagged, LedgerEvent, Recorded
from jennie_cli.engine.store.codec_lines import (
    KINDS,
    check_line,
    event_from_json,
    event_to_json,
    from_line,
    kind_of,
    to_line,
)
from jennie_cli.testing import every_event

AT = datetime(2026, 3, 3, 9, 0, 0, 250_000, tzinfo=KST)
FLAGGED = Recorded(number=12, event=Flagged(at=AT, order_id="o1", text="가"))


def test_the_sample_has_one_event_of_every_kind() -> None:
    """The exam of ledgers forgets no kind."""
    assert set(KINDS) == {kind_of(event) for event in every_event()}


def test_a_line_is_plain_json_with_number_kind_and_checksum() -> None:
    """Any tool can read it; the checksum covers what stands before it."""
    line = to_line(FLAGGED)
    head = line[: line.rindex(b',"sum"')]
    assert {
        "number": 12,
        "event": "flagged",
        "data": {"at": "2026-03-03T09:00:00.250000+09:00", "order_id": "o1", "text": "가"},
        "sum": f"{crc32(head):08x}",
    } == json.loads(line)
    assert (b"\n", 1, 12) == (line[-1:], line.count(b"\n"), check_line(line))


@pytest.mark.parametrize("event", every_event(), ids=kind_of)
def test_every_kind_returns_as_it_was(event: LedgerEvent) -> None:
    """As a line and as a document of a table."""
    recorded = Recorded(number=3, event=event)
    assert recorded == from_line(to_line(recorded))
    assert event == event_from_json(kind_of(event), event_to_json(event))


@settings(max_examples=60)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"])),
    at=st.datetimes(timezones=st.just(KST)),
    number=st.integers(1, 10**12),
)
def test_any_words_and_times_return_as_they_were(text: str, at: datetime, number: int) -> None:
    """A line holds no line end but its own, whatever a broker says."""
    recorded = Recorded(number=number, event=Flagged(at=at, order_id="o", text=text))
    line = to_line(recorded)
    assert 1 == len(line.splitlines())
    assert recorded == from_line(line)


@settings(max_examples=200)
@given(data=st.data())
def test_no_changed_byte_and_no_cut_goes_unseen(data: st.DataObject) -> None:
    """Every line that differs in one byte or in its length is refused."""
    line = to_line(FLAGGED)
    at = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[at]))
    for damaged in (line[:at], line[:at] + bytes([other]) + line[at + 1 :], line[:at] + line):
        if damaged != line:
            with pytest.raises(ValueError, match="checksum does not fit"):
                from_line(damaged)
            with pytest.raises(ValueError, match="checksum does not fit"):
                check_line(damaged)


def test_a_kind_of_a_newer_version_is_named() -> None:
    """What this version does not know is not dropped in silence."""
    head = to_line(FLAGGED).replace(b'"flagged"', b'"dreamt"')
    head = head[: head.rindex(b',"sum"')]
    with pytest.raises(ValueError, match="'dreamt', which this version does not know"):
        from_line(head + b',"sum":"%08x"}\n' % crc32(head))


def test_a_field_of_a_newer_version_is_left_out() -> None:
    """A document with more than we know still tells what we know."""
    document = event_to_json(FLAGGED.event)[:-1] + ',"mood":"good"}'
    assert FLAGGED.event == event_from_json("flagged", document)
