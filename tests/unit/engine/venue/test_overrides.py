"""Single days as TOML text, and what is refused."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.errors import BadFile, InputError
from jennie_cli.engine.venue import (
    DayKind,
    DayOverride,
    default_calendar,
    format_overrides,
    parse_overrides,
)

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=30)


@st.composite
def day_overrides(draw: st.DrawFn) -> DayOverride:
    """Return any override that is allowed to exist."""
    kind = draw(st.sampled_from(DayKind))
    both = kind is DayKind.HOURS or (kind is DayKind.OPEN and draw(st.booleans()))
    opens, closes = sorted(draw(st.lists(st.times(), min_size=2, max_size=2, unique=True)))
    return DayOverride(
        day=draw(st.dates()),
        kind=kind,
        open=opens if both else None,
        close=closes if both else None,
        reason=draw(WORDS),
        source=draw(WORDS),
    )


@given(st.lists(day_overrides(), max_size=4))
def test_what_is_written_is_read_back(overrides: list[DayOverride]) -> None:
    """Any list of overrides survives the way through text."""
    assert tuple(overrides) == parse_overrides(format_overrides(overrides))


def test_the_text_is_what_a_person_would_write() -> None:
    """One block a day, times with seconds, Korean as it is."""
    exam = DayOverride(
        day=date(2026, 11, 19),
        kind=DayKind.HOURS,
        open=time(10),
        close=time(16, 30),
        reason='수능 "오전"',
        source="KRX",
    )
    expected = (
        "[[day]]\n"
        "date = 2026-11-19\n"
        'kind = "hours"\n'
        "open = 10:00:00\n"
        "close = 16:30:00\n"
        'reason = "수능 \\"오전\\""\n'
        'source = "KRX"\n'
    )
    assert expected == format_overrides([exam])


def test_every_shipped_day_names_its_reason_and_source() -> None:
    """No fact of the table stands without a source."""
    shipped = default_calendar().overrides
    assert len(shipped) == sum(bool(one.reason and one.source) for one in shipped)


@pytest.mark.parametrize(
    "text",
    [
        "[[day]",
        "[[holiday]]\ndate = 2026-01-01",
        "day = 3",
        "day = [3]",
        '[[day]]\ndate = 2026-01-01\nkind = "shut"',
        '[[day]]\ndate = "2026-01-01"\nkind = "closed"',
        '[[day]]\ndate = 2026-01-01T09:00:00\nkind = "closed"',
        '[[day]]\ndate = 2026-01-01\nkind = ["closed"]',
        '[[day]]\nkind = "closed"',
        '[[day]]\ndate = 2026-01-01\nkind = "closed"\nnote = "x"',
        '[[day]]\ndate = 2026-01-01\nkind = "closed"\nreason = 1',
        '[[day]]\ndate = 2026-01-01\nkind = "hours"\nopen = 10\nclose = 16',
        '[[day]]\ndate = 2026-01-01\nkind = "hours"\nopen = 16:00:00\nclose = 10:00:00',
        '[[day]]\ndate = 2026-01-01\nkind = "hours"\nopen = 16:00:00',
    ],
)
def test_a_text_that_is_no_list_of_days_is_refused(text: str) -> None:
    """Broken TOML, unknown keys and wrong types are named errors, never a guess."""
    with pytest.raises(BadFile):
        parse_overrides(text)


@pytest.mark.parametrize(
    ("kind", "opens", "closes"),
    [
        (DayKind.CLOSED, time(9), time(15)),
        (DayKind.HOURS, None, None),
        (DayKind.HOURS, time(9), None),
        (DayKind.OPEN, None, time(15)),
        (DayKind.HOURS, time(15), time(9)),
        (DayKind.OPEN, time(9), time(9)),
    ],
)
def test_hours_that_do_not_fit_are_refused(
    kind: DayKind, opens: time | None, closes: time | None
) -> None:
    """A closed day has no hours, odd hours need both ends, and a day opens before it closes."""
    with pytest.raises(InputError):
        DayOverride(day=date(2026, 1, 5), kind=kind, open=opens, close=closes, reason="", source="")


def test_a_reason_is_one_printable_line() -> None:
    """A line break would leave the text unreadable for the next reader."""
    with pytest.raises(InputError, match="one line"):
        DayOverride(day=date(2026, 1, 5), kind=DayKind.CLOSED, reason="a\nb", source="")
