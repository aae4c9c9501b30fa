"""What the faults do to calls: to the answer, and to what was really done."""

import pytest
from tests.unit.simulator.server.conftest import PRICE, Bench, MakeBench

FAR = PRICE - 10_000


def _numbers(bench: Bench) -> list[str]:
    bench.server.faults.clear()
    return [row["odno"] for row in bench.ask("open_orders").json()["output"]]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("timeout-after:ms=0", 500, ""),
        ("error-after", 500, ""),
        ("egw00301-after", 500, "EGW00301"),
    ],
)
def test_the_order_was_taken_although_the_answer_says_otherwise(
    fault: str, status: int, code: str, make_bench: MakeBench
) -> None:
    """The broker's own list has it."""
    bench = make_bench(faults=(fault,))
    answer = bench.order(price=FAR)
    assert (status, code) == (
        answer.status_code,
        answer.json()["msg_cd"] if answer.content else "",
    )
    assert ["0000000001"] == _numbers(bench)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("error-before", ""),
        ("rate", "EGW00201"),
        ("token-revoked", "EGW00121"),
        ("token-expired", "EGW00123"),
        ("maintenance", "EGW00002"),
    ],
)
def test_nothing_was_done_when_the_call_did_not_get_in(
    fault: str, code: str, make_bench: MakeBench
) -> None:
    """The account has no order."""
    bench = make_bench(faults=(f"{fault}:n=1",))
    answer = bench.order(price=FAR)
    assert (500, code) == (answer.status_code, answer.json()["msg_cd"] if code else "")
    assert () == bench.server.play.brokerage.open_orders("1234567801")


def test_a_dead_token_is_replaced_at_once(make_bench: MakeBench) -> None:
    """The next issue gives another one, without waiting for its minute."""
    bench = make_bench(faults=("token-expired:n=1",))
    assert "EGW00123" == bench.ask("balance").json()["msg_cd"]
    assert "EGW00123" == bench.ask("balance").json()["msg_cd"]
    body = {k: bench.headers[k] for k in ("appkey", "appsecret")}
    grant = body | {"grant_type": "client_credentials"}
    token = bench.call("POST", "/oauth2/tokenP", json=grant).json()["access_token"]
    assert "0" == bench.ask("balance", head={"authorization": f"Bearer {token}"}).json()["rt_cd"]


def test_success_without_what_is_there(make_bench: MakeBench) -> None:
    """Holdings and orders can be missing from an answer that claims success."""
    bench = make_bench(faults=("empty-holdings:n=1", "empty-orders:n=1"))
    bench.order(qty=1)
    bench.pass_time(30)
    dates = {"INQR_STRT_DT": "20250630", "INQR_END_DT": "20250630"}
    asked = dates | {"EXCG_ID_DVSN_CD": "ALL"}
    for name, values in (("balance", {}), ("day_orders", asked)):
        found = [bench.ask(name, values).json() for _ in range(2)]
        assert [("0", 0), ("0", 1)] == [(b["rt_cd"], len(b["output1"])) for b in found]


def test_an_order_is_listed_late(make_bench: MakeBench) -> None:
    """Two seconds of exchange time after it was taken."""
    bench = make_bench(faults=("late-orders:ms=2000",))
    bench.order(price=FAR)
    assert [] == bench.ask("open_orders").json()["output"]
    bench.pass_time(2)
    assert 1 == len(bench.ask("open_orders").json()["output"])


def test_a_slow_answer_waits_in_real_time(make_bench: MakeBench) -> None:
    """The exchange's clock does not move meanwhile."""
    bench = make_bench(faults=("slow:ms=700",))
    before = (bench.wall.monotonic(), bench.server.play.now)
    bench.ask("balance")
    assert (1.8, before[1]) == (
        round(bench.wall.monotonic() - before[0], 3),
        bench.server.play.now,
    )
