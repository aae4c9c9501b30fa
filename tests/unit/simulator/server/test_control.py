"""The private door: time, faults, status."""

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.simulator.server.conftest import CODES, OPEN, Bench, MakeBench


def _clock(bench: Bench, **asked: Any) -> dict[str, Any]:
    answer = bench.call("POST", "/_sim/clock", json=asked)
    body: dict[str, Any] = answer.json()
    return body | {"status": answer.status_code}


def test_time_moves_to_a_moment_by_seconds_and_to_the_next_morning(make_bench: MakeBench) -> None:
    """Half an hour before the next opening is the morning."""
    bench = make_bench()
    later = OPEN + timedelta(minutes=1)
    assert later.isoformat() == _clock(bench, to=later.isoformat())["now"]
    assert (later + timedelta(seconds=1.5)).isoformat(timespec="milliseconds") == _clock(
        bench, seconds=1.5
    )["now"][:23] + "+09:00"
    assert "2025-07-01T08:30:00+09:00" == _clock(bench, next=True)["now"]
    assert "2025-07-01" == bench.call("GET", "/_sim/clock").json()["day"]


@pytest.mark.parametrize(
    "asked",
    [
        {"to": "2025-06-30T08:00:00+09:00"},
        {"to": "soon"},
        {"seconds": "1"},
        {"seconds": -1},
        {"speed": -1},
        {"speed": "fast"},
    ],
)
def test_a_wrong_wish_moves_nothing(asked: dict[str, Any], make_bench: MakeBench) -> None:
    """HTTP 400 with words; the clock stands where it stood."""
    bench = make_bench()
    told = _clock(bench, **asked)
    assert 400 == told["status"]
    assert told["message"]
    assert OPEN == bench.server.play.now


def test_a_driver_that_comes_late_is_told_the_time(make_bench: MakeBench) -> None:
    """Another one has moved on already: that is no mistake."""
    bench = make_bench()
    told = _clock(bench, to="2025-06-30T08:00:00+09:00", lenient=True)
    assert (200, OPEN.isoformat()) == (told["status"], told["now"])


def test_a_skewed_clock_is_ahead_in_both_directions(make_bench: MakeBench) -> None:
    """A client that drives by it stays that far ahead of the exchange."""
    bench = make_bench(faults=("clock-skew:ms=2000",))
    ahead = OPEN + timedelta(seconds=2)
    assert ahead.isoformat() == bench.call("GET", "/_sim/clock").json()["now"]
    _clock(bench, to=(ahead + timedelta(seconds=5)).isoformat())
    assert OPEN + timedelta(seconds=5) == bench.server.play.now


def test_faults_are_switched_while_it_runs(make_bench: MakeBench) -> None:
    """A wrong rule changes nothing."""
    bench = make_bench()
    told = bench.call("POST", "/_sim/faults", json={"add": ["slow:ms=1:p=0.5"]}).json()
    assert [("slow", 0.5, 1)] == [(f["fault"], f["p"], f["ms"]) for f in told["faults"]]
    assert 400 == bench.call("POST", "/_sim/faults", json={"add": ["nonsense"]}).status_code
    told = bench.call("POST", "/_sim/faults", json={"clear": True, "add": ["rate:n=1"]}).json()
    assert ["rate"] == [f["fault"] for f in told["faults"]]


def test_a_halted_stock_takes_no_order_until_it_is_resumed(make_bench: MakeBench) -> None:
    """Its status says so too."""
    bench = make_bench()
    bench.call("POST", "/_sim/faults", json={"disturb": {"kind": "halt", "code": CODES[0]}})
    assert "APBK0066" == bench.order().json()["msg_cd"]
    assert ("Y", "58") == tuple(
        bench.quote("price")["output"][n] for n in ("temp_stop_yn", "iscd_stat_cls_code")
    )
    assert "0" == bench.order(more={"PDNO": CODES[1]}).json()["rt_cd"]
    wrong = {"disturb": {"kind": "explode"}}
    assert 400 == bench.call("POST", "/_sim/faults", json=wrong).status_code


def test_the_status_tells_what_is_served(make_bench: MakeBench) -> None:
    """Mode, market, stocks, limit."""
    told = make_bench(paper=True).call("GET", "/_sim/status").json()
    assert ("paper", 2, 1, 0) == (told["mode"], told["stocks"], told["limit"], told["sockets"])


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("clock", '{"seconds":NaN}'),
        ("clock", '{"seconds":1e300}'),
        ("clock", '{"speed":NaN}'),
        ("clock", '{"to":"0001-01-01"}'),
        ("clock", "[" * 50_000),
        ("faults", '{"add":5}'),
        ("faults", '{"clear":[1]}'),
        ("faults", '{"disturb":{"kind":"halt","code":"QQQQQQ"}}'),
        ("faults", '{"disturb":{"kind":"break","minutes":-5}}'),
        ("faults", '{"disturb":{"kind":"break","minutes":Infinity}}'),
    ],
)
def test_a_wish_that_makes_no_sense_is_told_so(
    path: str, content: str, make_bench: MakeBench
) -> None:
    """HTTP 400 with words; nothing has moved."""
    bench = make_bench()
    answer = bench.call("POST", f"/_sim/{path}", content=content)
    assert 400 == answer.status_code
    assert answer.json()["message"]
    assert OPEN == bench.server.play.now
