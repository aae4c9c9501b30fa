"""Frames are joined and split, grown and cut ones included, and nothing is guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.kis_wire import (
    LAYOUTS,
    BadFrame,
    frame_text,
    is_data,
    join_frame,
    parse_frame,
    split_records,
)

TRADE = "H0STCNT0"
FIELD = st.text(alphabet="0123456789+-.YN", max_size=8)
STARTS = {
    "trade": ("005930", "093015"),
    "book": ("0167A0", "093015"),
    "operation": ("005930", "N"),
    "notice": ("user", "1234567801"),
}


def _row(name: str, width: int, *, mark: str = "7") -> tuple[str, ...]:
    start = STARTS[name]
    return (*start, *([mark] * (width - len(start))))


@settings(max_examples=60)
@given(st.data(), st.sampled_from(["H0STCNT0", "H0STASP0", "H0STMKO0", "H0STCNI9"]))
def test_what_was_joined_is_split(data: st.DataObject, tr_id: str) -> None:
    """Any number of records of any width ever seen comes back field for field."""
    layout = LAYOUTS[tr_id]
    width = data.draw(st.sampled_from([len(form) for form in layout.forms]))
    start = STARTS[layout.name]
    rest = st.lists(FIELD, min_size=width - 2, max_size=width - 2)
    rows = data.draw(st.lists(rest.map(lambda r: (*start, *r)), min_size=1, max_size=6))
    frame = parse_frame(join_frame(tr_id, rows))
    found = split_records(tr_id, frame.count, frame.payload)
    assert (rows, 0) == ([record.values for record in found.rows], found.broken)


def test_a_field_is_found_by_its_name() -> None:
    """Names lead to fields; a name that grew later is BadFrame, or None when asked softly."""
    old, new = (split_records(TRADE, 1, "^".join(_row("trade", w))).rows[0] for w in (46, 47))
    assert ("005930", "093015") == (old["MKSC_SHRN_ISCD"], old["STCK_CNTG_HOUR"])
    assert (None, "7") == (old.get("MARKET_CLS_CODE"), new.get("MARKET_CLS_CODE"))
    with pytest.raises(BadFrame, match="MARKET_CLS_CODE"):
        old["MARKET_CLS_CODE"]


def test_places_of_the_fact_sheet_hold() -> None:
    """Key names lie where the sheet says."""
    places = {
        "H0STCNT0": {"CNTG_VOL": 12, "CCLD_DVSN": 21, "NEW_MKOP_CLS_CODE": 34, "VI_STND_PRC": 45},
        "H0STASP0": {"BIDP1": 13, "BIDP_RSQN1": 33, "ANTC_CNPR": 47, "MARKET_CLS_CODE": 62},
        "H0STMKO0": {"MKOP_CLS_CODE": 3, "VI_CLS_CODE": 8},
        "H0STCNI0": {"CNTG_YN": 13, "ODER_QTY": 16, "ORD_EXG_GB": 19, "ODER_PRC": 25},
    }
    for tr_id, expected in places.items():
        widest = LAYOUTS[tr_id].forms[-1]
        assert expected == {name: widest.index(name) for name in expected}
    assert 22 == LAYOUTS["H0STCNI9"].forms[0].index("ODER_PRC")


def test_fields_that_grow_tomorrow_are_ignored() -> None:
    """Wider records than ever seen are split evenly and known by the names of today."""
    rows = [_row("trade", 50, mark=m) for m in "123"]
    found = split_records(TRADE, 3, "^".join("^".join(r) for r in rows))
    assert rows == [r.values for r in found.rows]
    assert ["1", "2", "3"] == [r["MARKET_CLS_CODE"] for r in found.rows]


def test_a_trailing_blank_field_is_no_part_of_a_record() -> None:
    """A dummy after the last of several records is dropped."""
    rows = [_row("trade", 46), _row("trade", 46)]
    found = split_records(TRADE, 2, "^".join("^".join(r) for r in rows) + "^")
    assert (rows, 0) == ([r.values for r in found.rows], found.broken)


@settings(max_examples=60)
@given(
    st.sampled_from([46, 47]), st.integers(1, 4), st.integers(0, 3), st.integers(0, 45), st.data()
)
def test_a_cut_frame_gives_its_whole_records(
    width: int, whole: int, missing: int, part: int, data: st.DataObject
) -> None:
    """Records with something after them are given as they are; the others are counted."""
    rows = [_row("trade", width, mark=str(n)) for n in range(whole)]
    cut = _row("trade", width)[:part]
    values = [value for row in rows for value in row] + list(cut)
    if part:
        values[-1] = values[-1][: data.draw(st.integers(0, 3))]
    count = whole + 1 + missing
    found = split_records(TRADE, count, "^".join(values))
    given = [record.values[:46] for record in found.rows]
    assert [row[:46] for row in rows[: len(given)]] == given
    assert len(given) in ({whole} if part else {whole - 1, whole})
    assert count == len(given) + found.broken


def test_a_cut_that_falls_on_an_even_count_is_still_seen() -> None:
    """A field count that divides by the header's records is no proof; each must begin as one."""
    values = [*_row("trade", 47), *_row("trade", 47)[:45]]
    found = split_records(TRADE, 2, "^".join(values))
    assert ([_row("trade", 47)], 1) == ([r.values for r in found.rows], found.broken)


def test_a_record_cut_between_two_widths_has_only_what_both_share() -> None:
    """Sixty of 62 book fields keep the 59 names of old; 24 of 26 notice fields the first 18."""
    book = split_records("H0STASP0", 1, "^".join(_row("book", 60))).rows[0]
    notice = split_records("H0STCNI0", 1, "^".join(_row("notice", 24))).rows[0]
    assert (59, 18) == (len(book.places), len(notice.places))
    assert None is notice.get("ODER_PRC")


def test_a_half_record_is_broken() -> None:
    """Fewer fields than any record ever had give nothing."""
    found = split_records(TRADE, 1, "^".join(_row("trade", 30)))
    assert ((), 1) == (found.rows, found.broken)


@pytest.mark.parametrize(
    "text", ["", "{}", "0|H0STCNT0|001", "2|H0STCNT0|001|x", "0|H0STCNT0|000|x", "0|H0|abc|x"]
)
def test_what_is_no_frame_is_named(text: str) -> None:
    """Anything but flag, TR, count and payload is BadFrame, and so is a TR without a layout."""
    with pytest.raises(BadFrame):
        parse_frame(text)
    with pytest.raises(BadFrame, match="no layout"):
        split_records("H0STZZZ0", 1, "a")


def test_a_frame_tells_flag_and_count() -> None:
    """An encrypted frame keeps its payload whole; JSON is no data."""
    text = frame_text("H0STCNI9", "aGVsbG8=", count=1, encrypted=True)
    frame = parse_frame(text)
    assert "1|H0STCNI9|001|aGVsbG8=" == text
    assert ("H0STCNI9", True, 1, "aGVsbG8=") == (
        frame.tr_id,
        frame.encrypted,
        frame.count,
        frame.payload,
    )
    assert (True, False) == (is_data(text), is_data('{"header":{}}'))
