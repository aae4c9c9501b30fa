"""What was recorded from KIS is read field for field."""

import json
from pathlib import Path
from typing import Any

import pytest

from jennie_cli.kis_wire import (
    TRS,
    Ack,
    MessageKind,
    PingPong,
    is_data,
    join_frame,
    meaning,
    parse_frame,
    parse_server,
    split_records,
    tr_of,
)

pytestmark = pytest.mark.data


def _answers(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "kis_fixtures").glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _frames(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "kis_fixtures" / "ws_frames.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_recorded_call_is_in_the_catalogue(market_data: Path) -> None:
    """Path, method, keys of the request and fields of the answer are known, none is new."""
    calls = [answer for answer in _answers(market_data) if answer["tr_id"]]
    assert 7 == len(calls)
    for call in calls:
        tr = tr_of(call["tr_id"])
        assert tr is not None
        assert (call["path"], call["method"]) == (tr.path, tr.method.value)
        assert set() == call["request"].keys() - {*tr.query, *tr.body}
        for name, output in tr.outputs.items():
            value = call["response"].get(name)
            rows = value if isinstance(value, list) else [value] if value else []
            assert rows
            for row in rows:
                assert set() == row.keys() - set(output.fields), (tr.name, name)
                assert output.many == isinstance(value, list)


def test_recorded_fields_stand_in_wire_order(market_data: Path) -> None:
    """The catalogue lists the fields of an answer in the order in which they came."""
    sorted_by_name = {"minute_chart"}  # the published example of this TR is alphabetical
    for call in _answers(market_data):
        tr = tr_of(call["tr_id"])
        if tr is None or tr.name in sorted_by_name:
            continue
        for name, output in tr.outputs.items():
            value = call["response"].get(name)
            row = value[0] if isinstance(value, list) else value
            assert [*row] == [field for field in output.fields if field in row], tr.name


def test_recorded_results_mean_success(market_data: Path) -> None:
    """Result and message codes are understood; the rate limit is one."""
    for answer in _answers(market_data):
        body = answer["response"]
        if "rt_cd" not in body:
            continue
        told = meaning(body["msg_cd"], body["msg1"], rt_cd=body["rt_cd"])
        expected = MessageKind.OK if answer["tr_id"] else MessageKind.RATE
        assert expected is told.kind


def test_recorded_cursors_are_those_of_the_tr(market_data: Path) -> None:
    """Paged answers carry the cursors the catalogue names."""
    for call in _answers(market_data):
        tr = tr_of(call["tr_id"])
        if tr is not None and tr.paging is not None:
            assert set() == {key.lower() for key in tr.paging.keys} - call["response"].keys()
    assert TRS["holidays"].paging is not None


def test_recorded_frames_are_split_as_they_were_counted(market_data: Path) -> None:
    """Whole frames give all their records and come back as the same text; the cut one gives one."""
    frames = [f for f in _frames(market_data) if is_data(f["frame"])]
    assert 6 == len(frames)
    for told in frames:
        frame = parse_frame(told["frame"])
        records = split_records(frame.tr_id, frame.count, frame.payload)
        cut = "cut off" in told["note"]
        assert (told["tr_id"], told["count"]) == (frame.tr_id, frame.count)
        assert (3 if cut else 0) == records.broken
        assert ["005930"] * (1 if cut else told["count"]) == [
            record["MKSC_SHRN_ISCD"] for record in records.rows
        ]
        if not cut:
            again = join_frame(frame.tr_id, [record.values for record in records.rows])
            assert told["frame"] == again
            width = told["fields"] // told["count"]
            assert {width} == {len(record.values) for record in records.rows}


def test_recorded_figures_are_found_by_name(market_data: Path) -> None:
    """Prices and volumes of known frames lie under their names."""
    frames = [f for f in _frames(market_data) if is_data(f["frame"])]
    first, book = parse_frame(frames[0]["frame"]), parse_frame(frames[5]["frame"])
    (trade,) = split_records(first.tr_id, 1, first.payload).rows
    (levels,) = split_records(book.tr_id, 1, book.payload).rows
    assert ("62700", "125", "9694968", "20230324", "20", "62700") == tuple(
        trade[name]
        for name in (
            "STCK_PRPR",
            "CNTG_VOL",
            "ACML_VOL",
            "BSOP_DATE",
            "NEW_MKOP_CLS_CODE",
            "VI_STND_PRC",
        )
    )
    assert ("358500", "358000", "53949", "40154", "358250", None) == (
        levels["ASKP1"],
        levels["BIDP1"],
        levels["ASKP_RSQN1"],
        levels["BIDP_RSQN1"],
        levels["MID_PRC"],
        levels.get("MARKET_CLS_CODE"),
    )


def test_recorded_control_messages_are_read_and_written_alike(market_data: Path) -> None:
    """Acknowledgements bring keys, and what is written again is the same JSON."""
    texts = [f["frame"] for f in _frames(market_data) if not is_data(f["frame"])]
    assert [Ack, Ack, PingPong] == [type(parse_server(text)) for text in texts]
    for text in texts:
        assert json.loads(text) == json.loads(parse_server(text).text())
