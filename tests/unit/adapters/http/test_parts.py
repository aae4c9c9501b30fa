"""Charsets, allowances over processes, and pages that are kept."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jennie_cli.adapters.http import Allowance, Budgets, Pages
from jennie_cli.adapters.http.charset import decoded
from jennie_cli.adapters.http.pages import KeptPage
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.feed import FetchFailed

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=KST)
TEXT = "외국인 순매수 똠방"


@pytest.mark.parametrize(
    ("body", "content_type", "hint"),
    [
        (TEXT.encode(), "text/html; charset=utf-8", ""),
        (TEXT.encode(), "text/html", ""),
        (TEXT.encode("cp949"), "text/html;charset=EUC-KR", ""),
        (TEXT.encode("cp949"), "text/html; charset=utf-8", "euc-kr"),
        (TEXT.encode("cp949"), "", "EUC-KR"),
        (TEXT.encode("cp949"), "text/html; charset=ks_c_5601-1987", ""),
        (TEXT.encode("cp949"), "text/html; charset=no-such-thing", "cp949"),
        (TEXT.encode(), "text/html; charset=base64", ""),
        (TEXT.encode(), "text/html; charset=undefined", ""),
        (TEXT.encode(), "text/html; charset=idna", ""),
        (TEXT.encode("utf-8-sig"), "text/html; charset=euc-kr", ""),
        (TEXT.encode("utf-16"), "", ""),
    ],
)
def test_a_page_is_read_in_what_fits(body: bytes, content_type: str, hint: str) -> None:
    """The header first; what cannot have written these bytes is passed over."""
    assert TEXT == decoded(body, content_type, hint)


@pytest.mark.parametrize(
    "head",
    [
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr">',
        "<meta charset='euc-kr'>",
        '<?xml version="1.0" encoding="euc-kr"?>',
    ],
)
def test_a_page_says_itself_what_it_is_in(head: str) -> None:
    """Where the header is silent or wrong."""
    body = (head + TEXT).encode("cp949")
    assert head + TEXT == decoded(body, "text/html") == decoded(body, "text/html; charset=utf-8")


def test_what_nothing_fits_is_marked() -> None:
    """It is text all the same."""
    assert "�" in decoded(b"\xfe\xfda", "text/plain; charset=undefined")
    assert "�" in decoded(b"\xff\xfe\xfd"[1:] + b"a", "text/plain; charset=utf-8")


def test_counts_are_shared_and_outlive_a_process(tmp_path: Path) -> None:
    """Two holders of one file count together; a minute and a day end."""
    clock, file = ManualClock(NOON), tmp_path / "deep" / "counts.json"
    allowances = {"x": Allowance(minute=2, day=3)}
    one, other = (Budgets(allowances, clock, file) for _ in range(2))
    assert [0.0, 0.0, 60.0] == [one.wait_s("x"), other.wait_s("x"), one.wait_s("x")]
    clock.advance(60)
    assert 0.0 == one.wait_s("x")
    assert (1, 2, 3, 3) == (
        other.used()[0].minute_used,
        other.used()[0].minute_limit,
        other.used()[0].day_used,
        other.used()[0].day_limit,
    )
    with pytest.raises(FetchFailed, match="day's allowance of x"):
        other.wait_s("x")
    clock.advance(timedelta(hours=12).total_seconds())
    assert 0.0 == other.wait_s("x")


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"x": 3}', '{"x": {"minute": "a"}}'])
def test_a_damaged_count_begins_anew(tmp_path: Path, text: str) -> None:
    """It is no reason to ask nobody."""
    file = tmp_path / "counts.json"
    file.write_text(text, "utf-8")
    assert 0.0 == Budgets({}, ManualClock(NOON), file).wait_s("x")


def test_a_file_that_cannot_be_written_counts_alone(tmp_path: Path) -> None:
    """Within the process the allowance holds."""
    (tmp_path / "file").write_text("", "utf-8")
    budgets = Budgets({"x": Allowance(minute=1)}, ManualClock(NOON), tmp_path / "file" / "counts")
    assert [0.0, 60.0] == [budgets.wait_s("x"), budgets.wait_s("x")]
    assert 1 == budgets.used()[0].minute_used


def page(text: str = "x", etag: str = '"1"', modified: str = "") -> KeptPage:
    """Return a page to keep."""
    return KeptPage(etag=etag, modified=modified, content_type="text/plain", text=text)


def test_a_page_without_marks_is_not_kept(tmp_path: Path) -> None:
    """It could not be asked for again; one that lost its marks is forgotten."""
    pages = Pages(tmp_path)
    pages.keep("u", page())
    assert page() == Pages(tmp_path).find("u")
    pages.keep("u", page(etag=""))
    assert {} == page(etag="").conditions()
    assert {"If-Modified-Since": "now"} == page(etag="", modified="now").conditions()


def test_the_folder_is_bounded_and_names_no_address(tmp_path: Path) -> None:
    """The newest stay; a key in an address is in no file name and in no file."""
    pages = Pages(tmp_path / "pages")
    for number in range(80):
        pages.keep(f"https://a.b/?token=s3cret{number}", page())
    files = [*(tmp_path / "pages").iterdir()]
    assert 64 == len(files)
    assert not any("s3cret" in f.name + f.read_text("utf-8") for f in files)
    assert pages.find("https://a.b/?token=s3cret79") == page()


@pytest.mark.parametrize("text", ["", "{}", "no json", "[1]", '{"etag": "1", "more": 2}'])
def test_a_damaged_page_is_fetched_anew(tmp_path: Path, text: str) -> None:
    """It is none."""
    Pages(tmp_path).keep("u", page())
    next(tmp_path.iterdir()).write_text(text, "utf-8")
    assert Pages(tmp_path).find("u") is None
