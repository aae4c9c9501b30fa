"""Files into the store: order, repetition, rejection by reason, and all or nothing."""

from datetime import date
from itertools import permutations

import numpy as np
import pytest
from tests.unit.engine.data.conftest import Desk, Table, bar_table, master_table

from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.store import Dataset
from jennie_cli.testing import moment

DAY = "2025-06-27"
GOOD = ("005930", DAY, "100", "110", "90", "105", "7")


def test_a_file_is_recognised_typed_and_dated(desk: Desk) -> None:
    """Text becomes typed columns, known at the close of their day."""
    report = desk.put(bars=bar_table(GOOD)).run()
    (file,) = report.files
    assert (Dataset.DAILY_BARS, 1, 1, 1) == (file.dataset, file.rows, file.accepted, file.new)
    assert report.changed_anything
    assert (("notes.md", "no_table"),) == report.skipped
    rows = desk.facts.read(Dataset.DAILY_BARS, as_of=moment(date(2025, 6, 27)))
    assert [("005930", date(2025, 6, 27), 105)] == list(
        zip(rows["code"], rows["date"], rows["close"], strict=True)
    )
    assert ["file:bars"] == rows["source"].tolist()
    assert 0 == len(
        desk.facts.read(Dataset.DAILY_BARS, as_of=moment(date(2025, 6, 27), 15, 29))["code"]
    )


@pytest.mark.parametrize(
    ("reason", "row"),
    [
        ("bad_code", ("59-930", DAY, 100, 110, 90, 105, 7)),
        ("bad_code", (None, DAY, 100, 110, 90, 105, 7)),
        ("bad_date", ("005930", "27.06.2025", 100, 110, 90, 105, 7)),
        ("missing_value", ("005930", None, 100, 110, 90, 105, 7)),
        ("missing_value", ("005930", DAY, 100, None, 90, 105, 7)),
        ("bad_int", ("005930", DAY, "1x0", 110, 90, 105, 7)),
        ("bad_int", ("005930", DAY, 100, 110.5, 90, 105, 7)),
        ("negative", ("005930", DAY, -100, 110, 90, 105, 7)),
        ("negative", ("005930", DAY, 100, 110, 90, 105, -7)),
        ("high_below_low", ("005930", DAY, 100, 90, 110, 105, 7)),
        ("no_close", ("005930", DAY, 0, 0, 0, 0, 0)),
        ("price_too_large", ("005930", DAY, 1, 3_000_000_000, 1, 1, 7)),
        ("bad_int", ("005930", DAY, 100, 110, 90, 105, "99999999999999999999")),
        ("zero_price", ("005930", DAY, 0, 110, 90, 105, 7)),
        ("volume_on_halt", ("005930", DAY, 0, 0, 0, 105, 7)),
        ("off_calendar", ("005930", "2025-06-28", 100, 110, 90, 105, 7)),
        ("off_calendar", ("005930", "1999-06-28", 100, 110, 90, 105, 7)),
        ("duplicate", ("000020", DAY, 100, 110, 90, 105, 7)),
        ("unknown_code", ("999990", DAY, 100, 110, 90, 105, 7)),
    ],
)
def test_a_wrong_row_is_counted_and_the_others_kept(
    desk: Desk, reason: str, row: tuple[object, ...]
) -> None:
    """Each thing that can be wrong with a bar rejects that row alone, under its own name."""
    first = ("000020", DAY, "1", "1", "1", "1", "1")
    desk.put(master=master_table("000020", "005930"), bars=bar_table(first, row))
    _, bars = desk.run().files
    assert ({reason: 1}, 2, 1) == (dict(bars.rejected), bars.rows, bars.accepted)
    rows = desk.facts.read(Dataset.DAILY_BARS, as_of=moment(date(2030, 1, 1)))
    assert ["000020"] == rows["code"].tolist()


def test_halts_and_rounding_are_kept_and_noted(desk: Desk) -> None:
    """Zeros of a halted day are a halt; a close outside the range by adjustment is kept."""
    halt = ("000020", DAY, 0, 0, 0, 105, 0)
    (file,) = desk.put(bars=bar_table(halt, ("005930", DAY, 100, 110, 90, 111, 7))).run().files
    assert {"halted_day": 1, "close_outside_range": 1} == dict(file.notes)
    panel = desk.facts.daily(as_of=moment(date(2025, 6, 27)), days=5)
    assert [[True, False]] == panel.halted.tolist()
    assert [[105.0, 100.0]] == panel.open.tolist()


def test_the_first_of_two_rows_stays_even_where_a_bad_one_came_before(desk: Desk) -> None:
    """A rejected row does not make the good one after it a duplicate."""
    bad = ("005930", DAY, 100, 90, 110, 105, 7)
    (file,) = desk.put(bars=bar_table(bad, GOOD, (*GOOD[:5], "99", "7"))).run().files
    assert {"high_below_low": 1, "duplicate": 1} == dict(file.rejected)
    rows = desk.facts.read(Dataset.DAILY_BARS, as_of=moment(date(2030, 1, 1)))
    assert [105] == rows["close"].tolist()


def test_the_order_of_files_does_not_matter() -> None:
    """The master counts wherever it stands; flows of two files meet without loss."""
    files: dict[str, Table] = {
        "m": master_table("005930"),
        "b": bar_table(GOOD, ("000020", DAY, 1, 1, 1, 1, 1)),
        "f": {"code": ["005930"], "date": [DAY], "foreign_net": ["5"], "inst_net": [None]},
        "g": {
            "code": ["005930"],
            "date": [DAY],
            "foreign_net": [None],
            "inst_net": ["-2"],
            "foreign_pct": ["51.5"],
        },
    }
    seen = set()
    for order in permutations(files):
        desk = Desk().put(**files)
        report = desk.run(*order)
        flows = desk.facts.read(Dataset.FLOWS_STOCK, as_of=moment(date(2030, 1, 1)))
        seen.add(repr((report.files, *(v.tolist() for n, v in flows.items() if n != "indiv_net"))))
    assert 1 == len(seen)
    (one,) = seen
    assert "[5.0], [-2.0], [51.5]" in one
    assert "{'unknown_code': 1}" in one


def test_without_a_master_any_code_goes(desk: Desk) -> None:
    """Codes are checked only once somebody knows which there are."""
    (file,) = desk.put(bars=bar_table(GOOD)).run().files
    assert {} == dict(file.rejected)


def test_the_same_content_again_is_not_read_into_rows(desk: Desk) -> None:
    """A repeated file is reported as unchanged, its rejections remembered."""
    desk.put(bars=bar_table(GOOD, ("000020", DAY, 1, 0, 2, 1, 1)))
    desk.run()
    report = desk.run()
    (file,) = report.files
    assert not report.changed_anything
    assert (True, 2, 1, 1) == (file.repeated, file.rows, file.accepted, file.unchanged)
    assert {"zero_price": 1} == dict(file.rejected)


def test_a_file_is_read_again_when_its_rejections_may_no_longer_hold(desk: Desk) -> None:
    """Rows of an unknown code enter once the master knows it."""
    desk.put(old=master_table("000020"), bars=bar_table(GOOD))
    assert {"unknown_code": 1} == dict(desk.run().files[1].rejected)
    desk.put(new=master_table("000020", "005930"))
    report = desk.run("new", "bars")
    assert [1, 1] == [f.new for f in report.files]


def test_a_file_given_twice_counts_once(desk: Desk) -> None:
    """The same content under two paths is one file."""
    desk.put(bars=bar_table(GOOD))
    assert 1 == len(desk.run("bars", "bars").files)


@pytest.mark.parametrize(
    ("said", "table"),
    [
        ("leading zeros are lost", bar_table(GOOD, ("5930", DAY, 1, 1, 1, 1, 1))),
        ("in the future", bar_table(GOOD, ("005930", "2026-11-23", 1, 1, 1, 1, 1))),
        ("no column 'close'", {**bar_table(GOOD), "clsoe": ["1"], "close": None}),
        ("no table this program knows", {"x": ["1"], "y": ["2"]}),
        (
            "in the future",
            {
                "published_at": ["2026-11-22T09:01:00+09:00"],
                "title": ["t"],
            },
        ),
        (
            "in the future",
            {"code": ["005930"], "quarter": ["2026Q4"], "revenue": ["1"], "op_income": ["1"]},
        ),
        (
            "in the future",
            {
                "code": ["005930"],
                "analysis_year": ["2026"],
                "rcept_dt": ["20270301"],
                "roe": ["1"],
            },
        ),
    ],
)
def test_a_file_that_cannot_be_trusted_stops_the_whole_import(
    desk: Desk, said: str, table: dict[str, list[object] | None]
) -> None:
    """One bad file, and nothing of the others is written either."""
    whole = {n: v for n, v in table.items() if v is not None}
    desk.put(a_good=master_table("005930"), bad=whole)
    with pytest.raises(BadFile, match=said) as error:
        desk.run()
    assert error.value.hint
    assert () == desk.facts.coverage()
    assert {} == dict(desk.facts.imported())


def test_codes_read_as_numbers_have_lost_their_zeros(desk: Desk) -> None:
    """A parquet column of whole numbers cannot hold codes."""
    table = bar_table(GOOD)
    desk.put(bars=table)
    numbers = desk.tables["bars"].columns["code"].astype(int)
    desk.tables["bars"].columns["code"] = numbers  # type: ignore[index]
    with pytest.raises(BadFile, match="5930"):
        desk.run()


def test_every_known_shape_finds_its_dataset(desk: Desk) -> None:
    """Each dataset has a shape of file, told apart by columns alone."""
    day = ["2025-06-27"]
    code = ["005930"]
    one = ["1"]
    reports = desk.put(
        a=master_table("005930"),
        b=bar_table(GOOD),
        c={**bar_table(GOOD), "time": ["0900"]},
        d={
            **dict.fromkeys(("close", "volume", "value", "market_cap", "shares"), one),
            "code": code,
            "market": ["KOSPI"],
            "date": day,
        },
        e={"index_code": ["KOSPI"], "date": day, **dict.fromkeys(("open", "high", "low"), one)}
        | {"close": one},
        f={"market": ["KOSPI"], "date": day, "up": one, "flat": one, "down": [None]},
        g={"date": day, "close": one, "per": ["-3.5"], "pbr": one},
        h={"trading_date": day},
        i={"code": code, "date": day, "foreign_net": ["-1"], "inst_net": one},
        j={"market": ["KOSPI"], "date": day, "indiv": ["-9"], "foreign": one, "inst": one},
        k={"code": code, "quarter": ["2025Q1"], "revenue": one, "op_income": ["-1"]},
        l={"code": code, "analysis_year": ["2024"], "rcept_dt": ["20250318"], "roe": ["-1"]},
        m={"code": code, "date": ["2026-08-21"], "foreign_ratio": ["3.4"], "fwd_per": [None]},
        n={"published_at": ["2025-06-27T08:00:00+09:00"], "title": ["t"], "source": ["s"]},
        o={"disclosed_at": ["2025-06-27T08:00:00+09:00"], "report_name": ["r"], "code": code},
        p={"channel": ["c"], "post": ["7"], "ts": ["2025-06-27 08:00 KST"], "text": ["x"]},
    ).run()
    assert [{}] * 16 == [dict(f.rejected) for f in reports.files]
    assert set(Dataset) == {f.dataset for f in reports.files}
    assert set(Dataset) == {c.dataset for c in desk.facts.coverage()}


def close(desk: Desk) -> int:
    """Return the close of the newest bar."""
    return int(desk.facts.read(Dataset.DAILY_BARS, as_of=moment(date(2030, 1, 1)))["close"][-1])


def test_an_older_file_repairs_what_a_newer_one_changed(desk: Desk) -> None:
    """A file counts as repeated only while no other of its dataset came after it."""
    desk.put(old=bar_table(GOOD), new=bar_table((*GOOD[:5], "99", "7")), m=master_table("005930"))
    desk.run("old")
    desk.run("new", "m")
    assert 99 == close(desk)
    (file,) = desk.run("old").files
    assert (False, 1, 105) == (file.repeated, file.changed, close(desk))
    (again,) = desk.run("old").files
    assert again.repeated


def test_what_follows_a_file_read_again_is_read_again(desk: Desk) -> None:
    """Files given together leave the store as if all had been written in their order."""
    desk.put(b=bar_table(GOOD), c=bar_table((*GOOD[:5], "99", "7")))
    desk.run("b", "c")
    assert [True, True] == [f.repeated for f in desk.run("b", "c").files]
    desk.put(a=bar_table((*GOOD[:5], "98", "7")))
    assert [False] * 3 == [f.repeated for f in desk.run("a", "b", "c").files]
    assert 99 == close(desk)
    assert [True] * 3 == [f.repeated for f in desk.run("a", "b", "c").files]


@pytest.mark.parametrize(
    "table",
    [
        bar_table(("005930", "2026-11-20", 100, 110, 90, 105, 7)),
        {"index_code": ["KOSPI"], "date": ["2026-11-20"]}
        | {n: ["1"] for n in ("open", "high", "low", "close")},
        {"code": ["005930"], "market": ["KOSPI"], "date": ["2026-11-20"]}
        | {n: ["1"] for n in ("close", "volume", "value", "market_cap", "shares")},
        {**bar_table(("005930", "2026-11-20", 100, 110, 90, 105, 7)), "time": ["1400"]},
    ],
)
def test_a_row_whose_day_has_not_ended_waits(desk: Desk, table: Table) -> None:
    """A bar of the open session is only part of one; after the close the file is read again."""
    desk.put(partial=table)
    desk.now = moment(date(2026, 11, 20), 14, 0)
    (file,) = desk.run().files
    assert ({"not_yet_known": 1}, 0) == (dict(file.rejected), file.accepted)
    desk.now = moment(date(2026, 11, 20), 15, 30)
    assert [1] == [f.new for f in desk.run().files]


def test_a_minute_outside_a_session_is_looked_at_again(desk: Desk) -> None:
    """Sessions can be corrected, so a file with such minutes is never settled."""
    table: Table = {**bar_table(GOOD, GOOD), "time": ["0700", "0900"]}
    desk.put(minutes=table)
    assert {"off_session": 1} == dict(desk.run().files[0].rejected)
    assert not desk.run().files[0].repeated


def test_accounts_without_a_quarter_are_counted(desk: Desk) -> None:
    """An empty quarter rejects its row, not the file."""
    table: Table = {
        "code": ["005930", "005930"],
        "quarter": ["2025Q1", None],
        "revenue": ["1", "1"],
        "op_income": ["1", "1"],
    }
    (file,) = desk.put(accounts=table).run().files
    assert ({"missing_value": 1}, 1) == (dict(file.rejected), file.accepted)


def test_a_column_without_any_code_rejects_every_row(desk: Desk) -> None:
    """Parquet gives such a column as numbers that are all missing."""
    desk.put(bars=bar_table(GOOD))
    desk.tables["bars"].columns["code"] = np.array([np.nan])  # type: ignore[index]
    (file,) = desk.run().files
    assert ({"bad_code": 1}, 0) == (dict(file.rejected), file.accepted)
