"""Quotes, charts and lists: what they say is what the exchange shows, in the order of the wire."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from tests.unit.simulator.server.conftest import CODES, PRICE, Bench, MakeBench

from jennie_cli.kis_wire import TRS
from jennie_cli.simulator.server.handlers import HANDLERS

SINGLE = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": CODES[0]}
EXTRA = {
    "FID_INPUT_HOUR_1": "093000",
    "FID_INPUT_DATE_1": "20250601",
    "FID_INPUT_DATE_2": "20250630",
    "FID_PERIOD_DIV_CODE": "D",
    "FID_PW_DATA_INCU_YN": "Y",
}
PLAIN = sorted(
    name
    for name in HANDLERS
    if "FID_INPUT_ISCD" in TRS[name].query and not name.startswith("index") and name != "investors"
)


@pytest.mark.parametrize("name", PLAIN)
def test_an_answer_has_every_field_as_text_in_wire_order(name: str, bench: Bench) -> None:
    """Keys and their order are the catalogue's."""
    tr = TRS[name]
    values = {k: v for k, v in (SINGLE | EXTRA).items() if k in tr.query}
    body: dict[str, Any] = bench.ask(name, values).json()
    assert ("0", "MCA00000") == (body["rt_cd"], body["msg_cd"])
    for part, output in tr.outputs.items():
        rows = body[part] if output.many else [body[part]]
        for row in rows:
            assert list(output.fields) == list(row)
            assert all(isinstance(value, str) for value in row.values())


def test_the_price_is_the_board(bench: Bench) -> None:
    """Price, limits, volume and value agree with the exchange to the won."""
    told = bench.quote("price")["output"]
    board = bench.server.play.exchange.board(CODES[0])
    assert (board.last, board.high, board.volume, board.value) == tuple(
        int(told[n]) for n in ("stck_prpr", "stck_hgpr", "acml_vol", "acml_tr_pbmn")
    )
    assert (board.upper_limit, board.lower_limit, board.base_price) == tuple(
        int(told[n]) for n in ("stck_mxpr", "stck_llam", "stck_sdpr")
    )
    assert board.last - board.base_price == int(told["prdy_vrss"])


def test_an_unknown_code_has_a_price_of_zero(bench: Bench) -> None:
    """With result code 0, as KIS answers."""
    body = bench.quote("price", "999999")
    assert ("0", "0") == (body["rt_cd"], body["output"]["stck_prpr"])


def test_nothing_trades_at_the_other_exchange(bench: Bench) -> None:
    """NX is empty, a market division that is none is refused."""
    assert "0" == bench.quote("price", FID_COND_MRKT_DIV_CODE="NX")["output"]["stck_prpr"]
    assert "OPSQ2001" == bench.quote("price", FID_COND_MRKT_DIV_CODE="ZZ")["msg_cd"]


def test_the_book_has_ten_levels_best_first(bench: Bench) -> None:
    """Asks rise, bids fall, and they do not cross."""
    told = bench.quote("book")["output1"]
    asks = [int(told[f"askp{n}"]) for n in range(1, 11)]
    bids = [int(told[f"bidp{n}"]) for n in range(1, 11)]
    assert (sorted(asks), sorted(bids, reverse=True)) == (asks, bids)
    assert bids[0] < asks[0]
    assert int(told["total_askp_rsqn"]) == sum(int(told[f"askp_rsqn{n}"]) for n in range(1, 11))


def test_minutes_reproduce_the_tape(bench: Bench) -> None:
    """Ten whole minutes, newest first, with the bar's own figures."""
    rows = bench.quote("minute_chart", FID_INPUT_HOUR_1="090900")["output2"]
    assert [f"09{m:02}00" for m in range(9, -1, -1)] == [r["stck_cntg_hour"] for r in rows]
    first = rows[-1]
    assert (PRICE + 100, PRICE + 300, PRICE, PRICE + 200, 5_000) == tuple(
        int(first[n]) for n in ("stck_oprc", "stck_hgpr", "stck_lwpr", "stck_prpr", "cntg_vol")
    )


def test_the_last_trades_are_newest_first_and_at_most_thirty(bench: Bench) -> None:
    """The first is the board's last."""
    rows = bench.quote("last_trades")["output"]
    board = bench.server.play.exchange.board(CODES[0])
    assert 30 >= len(rows) > 1
    assert (board.last, board.last_qty) == (int(rows[0]["stck_prpr"]), int(rows[0]["cntg_vol"]))
    hours = [row["stck_cntg_hour"] for row in rows]
    assert sorted(hours, reverse=True) == hours


def test_todays_row_of_the_day_chart_is_live(bench: Bench) -> None:
    """Its close is the price of now."""
    values = {"FID_INPUT_DATE_1": "20250101", "FID_INPUT_DATE_2": "20250630"}
    rows = bench.quote("day_chart", FID_PERIOD_DIV_CODE="D", **values)["output2"]
    assert ("20250630", bench.server.play.exchange.board(CODES[0]).last) == (
        rows[0]["stck_bsop_date"],
        int(rows[0]["stck_clpr"]),
    )


def test_a_divided_stock_has_two_past_days(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unadjusted, the days before a split for five stand in the won of then, and the morning of
    the split begins at a fifth; the flag means the opposite in the two daily TRs.
    """
    days = (date(2025, 6, 25), date(2025, 6, 26), date(2025, 6, 27))
    close = np.array([[10_000, 0], [10_200, 0], [10_100, 0]])
    past: dict[str, Any] = dict.fromkeys(("open", "high", "low", "close"), close)
    past |= {"volume": np.full((3, 2), 500), "split": np.array([[1, 1], [5, 1], [1, 1]])}
    play = bench.server.play
    book = replace(play.book, past_days=days, past=past, split=np.array([2, 1]))
    monkeypatch.setattr(play, "book", book)
    span = {"FID_INPUT_DATE_1": "20250620", "FID_INPUT_DATE_2": "20250627"}
    told = {}
    for flag in "01":
        asked = {**span, "FID_PERIOD_DIV_CODE": "D", "FID_ORG_ADJ_PRC": flag}
        told[flag] = bench.quote("day_chart", **asked)["output2"]
        short = bench.quote("day_prices", FID_PERIOD_DIV_CODE="D", FID_ORG_ADJ_PRC=flag)["output"]
        other = {"0": "1", "1": "0"}[flag]
        told[f"prices {other}"] = [r for r in short if r["stck_bsop_date"] < "20250630"]
    figures = ("stck_clpr", "prdy_vrss", "acml_vol")
    for rows in (told["1"], told["prices 1"]):
        assert [(20_200, -200, 250), (20_400, 400, 250), (100_000, 0, 50)] == [
            tuple(int(row[name]) for name in figures) for row in rows
        ]
    for rows in (told["0"], told["prices 0"]):
        assert [(10_100, -100, 500), (10_200, 200, 500), (10_000, 0, 500)] == [
            tuple(int(row[name]) for name in figures) for row in rows
        ]


def test_no_company_here_pays_a_dividend(bench: Bench) -> None:
    """The list is empty, and days that are none are refused."""
    span = {"F_DT": "20250601", "T_DT": "20250731", "SHT_CD": CODES[0]}
    assert [] == bench.ask("dividends", span).json()["output1"]
    assert "OPSQ2002" == bench.ask("dividends", span | {"T_DT": "June"}).json()["msg_cd"]


def test_thirty_prices_in_one_call_leave_out_unknown_codes(bench: Bench) -> None:
    """Only filled slots are sent."""
    asked = {
        "FID_INPUT_ISCD_1": CODES[0],
        "FID_INPUT_ISCD_2": "999999",
        "FID_INPUT_ISCD_3": CODES[1],
    }
    rows = bench.ask("many_prices", asked).json()["output"]
    assert list(CODES) == [row["inter_shrn_iscd"] for row in rows]


def test_ranks_are_in_order(bench: Bench) -> None:
    """Equal ones stand by code."""
    rows = bench.ask("volume_rank", {"FID_INPUT_ISCD": "0000"}).json()["output"]
    assert ["1", "2"] == [row["data_rank"] for row in rows]
    assert list(CODES) == [row["mksc_shrn_iscd"] for row in rows]


def test_holidays_tell_the_weekday_from_sunday_on_and_page_by_day(bench: Bench) -> None:
    """2025-06-30 is a Monday; the next page begins where this one ended."""
    body = bench.ask("holidays", {"BASS_DT": "20250630"}).json()
    days = {row["bass_dt"]: row for row in body["output"]}
    assert ("02", "Y") == (days["20250630"]["wday_dvsn_cd"], days["20250630"]["opnd_yn"])
    assert ("07", "N") == (days["20250705"]["wday_dvsn_cd"], days["20250705"]["opnd_yn"])
    assert ("20250724", 20) == (body["ctx_area_nk"].strip(), len(body["ctx_area_nk"]))
    again = bench.ask("holidays", {"CTX_AREA_NK": "20250724"}, turn=True).json()
    assert "20250724" == again["output"][0]["bass_dt"]


def test_before_the_open_the_price_is_the_base_and_an_auction_expects_one(
    make_bench: MakeBench,
) -> None:
    """No volume yet, an expected price in the book."""
    from tests.unit.simulator.server.conftest import OPEN

    bench = make_bench(start=OPEN.replace(hour=8, minute=50))
    told = bench.quote("price")["output"]
    assert (told["stck_sdpr"], "0") == (told["stck_prpr"], told["acml_vol"])
    told = bench.quote("book")["output2"]
    assert ("311", True) == (told["antc_mkop_cls_code"], int(told["antc_cnpr"]) > 0)


def test_the_closing_auction_is_told_by_its_own_codes(make_bench: MakeBench) -> None:
    """A tape without a trade at the close expects nothing there."""
    from tests.unit.simulator.server.conftest import OPEN

    bench = make_bench(start=OPEN.replace(hour=15, minute=25))
    told = bench.quote("book")["output2"]
    (row,) = bench.ask("many_prices", {"FID_INPUT_ISCD_1": CODES[0]}).json()["output"]
    assert ("121", "A") == (told["antc_mkop_cls_code"], row["hour_cls_code"])
    assert ("0", "0") == (told["antc_cnpr"], row["intr_antc_vol"])


def test_between_auctions_the_last_expected_price_is_told_under_an_old_code(bench: Bench) -> None:
    """As KIS does: it is what the opening auction traded at, and no auction runs."""
    told = bench.quote("book")["output2"]
    assert ("112", told["stck_oprc"]) == (told["antc_mkop_cls_code"], told["antc_cnpr"])
    assert 0 < int(told["antc_cnpr"])


def test_on_the_last_weekday_of_the_year_banks_work_and_the_exchange_rests(bench: Bench) -> None:
    """It is a business day without trading or settlement; the list's cursors come first."""
    body = bench.ask("holidays", {"BASS_DT": "20251230"}).json()
    assert ["ctx_area_nk", "ctx_area_fk", "output", "rt_cd"] == [*body][:4]
    days = {row["bass_dt"]: (row["bzdy_yn"], row["opnd_yn"]) for row in body["output"]}
    assert (("Y", "Y"), ("Y", "N")) == (days["20251230"], days["20251231"])


def test_the_whole_markets_interruptions_are_listed_though_nobody_asked(
    make_bench: MakeBench,
) -> None:
    """They are those that each stock tells when it is asked for by its code."""
    bench = make_bench(leap=6_000)
    bench.pass_time(660)
    listed = bench.ask("vi_status", {"FID_INPUT_ISCD": ""}).json()["output"]
    assert [CODES[1]] == [row["mksc_shrn_iscd"] for row in listed]
    assert listed == bench.ask("vi_status", {"FID_INPUT_ISCD": CODES[1]}).json()["output"]
    assert [] == bench.ask("vi_status", {"FID_INPUT_ISCD": CODES[0]}).json()["output"]
    bench.pass_time(300)
    assert [] == bench.ask("vi_status", {"FID_INPUT_ISCD": ""}).json()["output"]


def test_the_end_of_all_days_is_no_day_to_ask_for(bench: Bench) -> None:
    """OPSQ2002, and no crash."""
    assert "OPSQ2002" == bench.ask("holidays", {"BASS_DT": "99991231"}).json()["msg_cd"]
