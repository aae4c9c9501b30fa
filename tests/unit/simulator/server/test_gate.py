"""Who is let in, and what the others are told."""

from typing import Any

import pytest
from tests.unit.simulator.server.conftest import ACCOUNT, CODES, KEY, SECRET, Bench, MakeBench

from jennie_cli.kis_wire import TRS
from jennie_cli.simulator.server.bounds import MOST_BYTES

PRICE_PATH = "/uapi/domestic-stock/v1/quotations/inquire-price"
GRANT = {"grant_type": "client_credentials", "appkey": KEY, "appsecret": SECRET}


def _told(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["rt_cd"], answer.json()["msg_cd"]


def test_the_token_path_speaks_its_own_shape(make_bench: MakeBench) -> None:
    """HTTP 403 with error_code; expires_in is the one number that is no text."""
    bench = make_bench()
    again = bench.call("POST", "/oauth2/tokenP", json=GRANT)
    assert (403, "EGW00133") == (again.status_code, again.json()["error_code"])
    bench.wall.advance(61)
    told = bench.call("POST", "/oauth2/tokenP", json=GRANT).json()
    assert (bench.token, "Bearer", 86_400) == (
        told["access_token"],
        told["token_type"],
        told["expires_in"],
    )
    assert "2025-07-01" == told["access_token_token_expired"][:10]


def test_revoking_ends_the_token(bench: Bench) -> None:
    """The code of the answer is a number, and the next call is not let in."""
    body = {"appkey": KEY, "appsecret": SECRET, "token": bench.token}
    assert 200 == bench.call("POST", "/oauth2/revokeP", json=body).json()["code"]
    assert (500, "1", "EGW00121") == _told(bench.ask("balance"))


def test_a_hash_key_echoes_the_body(bench: Bench) -> None:
    """64 hexadecimal letters, the same for the same body."""
    headers = {"appkey": KEY, "appsecret": SECRET}
    first, second = (
        bench.call("POST", "/uapi/hashkey", json={"A": "1"}, headers=headers).json()
        for _ in range(2)
    )
    assert first == second
    assert ({"A": "1"}, 64) == (first["BODY"], len(first["HASH"]))


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"authorization": ""}, "EGW00121", 500),
        ({"authorization": "Bearer wrong"}, "EGW00121", 500),
        ({"authorization": "Basic abc"}, "EGW00205", 500),
        ({"appkey": ""}, "EGW00102", 403),
        ({"appkey": "short"}, "EGW00103", 403),
        ({"appsecret": ""}, "EGW00104", 403),
        ({"appkey": "x" * 36}, "EGW00121", 500),
        ({"tr_id": "VTTC8434R"}, "EGW02004", 500),
        ({"tr_id": "NONSENSE"}, "OPSQ0002", 200),
        ({"tr_id": "FHKST01010100"}, "EGW00203", 500),
    ],
)
def test_a_call_that_is_not_let_in(
    change: dict[str, str], code: str, status: int, bench: Bench
) -> None:
    """Headers are checked before anything is done."""
    answer = bench.ask("balance", head=change)
    assert (status, code) == (answer.status_code, answer.json()["msg_cd"])


@pytest.mark.parametrize(
    ("tr_id", "name", "code"),
    [
        ("TTTC8434R", "balance", "EGW00213"),
        ("TTTC0084R", "open_orders", "EGW02006"),
        ("FHPST01710000", "volume_rank", "EGW02006"),
        ("VTTC0084R", "open_orders", "90000000"),
    ],
)
def test_the_paper_host_refuses_what_it_does_not_serve(
    tr_id: str, name: str, code: str, make_bench: MakeBench
) -> None:
    """A real TR, and one that paper lacks, have different codes."""
    bench = make_bench(paper=True)
    assert code == bench.ask(name, head={"tr_id": tr_id}).json()["msg_cd"]


def test_the_old_id_of_a_tr_still_works(bench: Bench) -> None:
    """Clients in the wild use it."""
    assert "0" == bench.ask("open_orders", head={"tr_id": "TTTC8036R"}).json()["rt_cd"]


def test_the_nineteenth_call_of_a_second_is_answered_with_http_500(bench: Bench) -> None:
    """The status page tells how many came, without naming the key."""
    bench.wall.advance(5)
    headers = bench.headers | {"tr_id": "FHKST01010100"}
    asked = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": CODES[0]}
    answers = [bench.call("GET", PRICE_PATH, params=asked, headers=headers) for _ in range(19)]
    assert [200] * 18 + [500] == [a.status_code for a in answers]
    assert "EGW00201" == answers[-1].json()["msg_cd"]
    status = bench.call("GET", "/_sim/status").json()
    ((name, count),) = status["keys"].items()
    assert (18, 19, 1) == (status["limit"], count["largest_second"], count["refused"])
    assert name not in KEY


@pytest.mark.parametrize("account", ["1234567", "abcdefgh", ""])
def test_what_is_no_account_is_told_so(account: str, bench: Bench) -> None:
    """OPSQ2000 with result code 2, as for an account that is not the key's."""
    answer = bench.ask("balance", ACCOUNT | {"CANO": account})
    assert (200, "2", "OPSQ2000") == _told(answer)


def test_account_keys_are_capital_letters(bench: Bench) -> None:
    """Quote keys may be small, account keys may not."""
    headers = bench.headers | {"tr_id": "TTTC8434R"}
    path = "/uapi/domestic-stock/v1/trading/inquire-balance"
    small = {"cano": "12345678", "acnt_prdt_cd": "01"}
    answer = bench.call("GET", path, params=small, headers=headers)
    assert "OPSQ2000" == answer.json()["msg_cd"]
    quote = {"fid_cond_mrkt_div_code": "J", "fid_input_iscd": CODES[0]}
    headers |= {"tr_id": "FHKST01010100"}
    assert "0" == bench.call("GET", PRICE_PATH, params=quote, headers=headers).json()["rt_cd"]


def test_a_tr_without_data_in_this_world_says_so(bench: Bench) -> None:
    """Nothing is invented for company accounts."""
    assert "OPSQ0002" == bench.ask("income_statement").json()["msg_cd"]


def test_a_body_beyond_the_bound_is_turned_away_before_the_gate(bench: Bench) -> None:
    """No key is asked for; a body of the bound itself gets as far as the gate."""
    path = TRS["order_buy"].path
    codes = [
        bench.call("POST", path, content=b"x" * size).status_code
        for size in (MOST_BYTES, MOST_BYTES + 1)
    ]
    assert [403, 413] == codes


def test_endless_nesting_is_no_body(bench: Bench) -> None:
    """It is answered like any text that is no JSON, by the doors, too."""
    tr = TRS["order_buy"]
    nested = "[" * 50_000
    head = bench.headers | {"tr_id": tr.real}
    bench.wall.advance(1.1)
    assert "OPSQ9999" == bench.call("POST", tr.path, content=nested, headers=head).json()["msg_cd"]
    assert 403 == bench.call("POST", "/oauth2/tokenP", content=nested).status_code


@pytest.mark.parametrize("path", ["/oauth2/tokenP", "/oauth2/revokeP", "/oauth2/Approval"])
@pytest.mark.parametrize("odd", [1, ["a"] * 36, {}, None])
def test_keys_that_are_no_text_open_no_door(path: str, odd: object, bench: Bench) -> None:
    """They count as left out."""
    grant = {"grant_type": "client_credentials"}
    body = grant | dict.fromkeys(("appkey", "appsecret", "secretkey"), odd)
    told = bench.call("POST", path, json=body)
    assert (403, "EGW00102") == (told.status_code, told.json()["error_code"])
