"""Every code leads to what may be done next."""

from collections import Counter

import pytest

from jennie_cli.kis_wire import MESSAGES, MessageKind, meaning, refusal
from jennie_cli.kis_wire.msgs import REASONS
from jennie_cli.kis_wire.text import padded
from jennie_cli.simulator.brokerage import Reason

SHEET = {
    MessageKind.RETRY_READ: "EGW00001 EGW00002 EGW00202 EGW00203 EGW00300 EGW00316 90020000",
    MessageKind.RATE: "EGW00201 EGW00215 EGW00133",
    MessageKind.TOKEN: "EGW00121 EGW00122 EGW00123",
    MessageKind.FATAL: "EGW00003 EGW00004 EGW00206 EGW00101 EGW00105 EGW00210 EGW00304 OPSQ2000",
    MessageKind.FIX: "EGW00131 EGW00205 EGW00213 EGW02004 EGW02006 IGW00007 APMP0001 90000000",
    MessageKind.UNKNOWN: "EGW00301 EGW00302 IGW00009",
    MessageKind.REFUSED: "APBK0918 APBK0919 APBK0952 APBK0506 APBK0927 40250000 40330000 41050000",
    MessageKind.OK: "MCA00000 APBK0013 KIOK0510 20310000 40600000 40590000 40620000 40630000",
    MessageKind.EMPTY: "KIOK0560 70070000",
}


def test_codes_are_sorted_as_the_fact_sheet_says() -> None:
    """A code with the result code it comes with has the kind on record."""
    for kind, codes in SHEET.items():
        for code in codes.split():
            message = MESSAGES[code]
            assert kind is meaning(code, message.text, rt_cd=message.rt_cd).kind, code


def test_a_message_as_padded_on_the_wire_reads_the_same() -> None:
    """Blanks at the end change neither kind nor words."""
    told = meaning("APBK0952", padded("주문가능금액을 초과 했습니다"), rt_cd="7")
    assert (MessageKind.REFUSED, "주문가능금액을 초과 했습니다", "cash") == (
        told.kind,
        told.text,
        told.reason,
    )


@pytest.mark.parametrize("rt_cd", ["0", "1", "7"])
def test_nothing_to_show_is_no_failure(rt_cd: str) -> None:
    """KIOK0560 and 70070000 are empty whatever the result code."""
    assert {MessageKind.EMPTY} == {meaning(c, rt_cd=rt_cd).kind for c in ("KIOK0560", "70070000")}


def test_contradictions_are_unknown() -> None:
    """A failure's code with rt_cd 0, a success's code without it: never taken for either."""
    assert MessageKind.UNKNOWN is meaning("IGW00009", rt_cd="0").kind
    assert MessageKind.UNKNOWN is meaning("APBK0952", rt_cd="0").kind
    assert MessageKind.UNKNOWN is meaning("APBK0013", rt_cd="7").kind
    assert MessageKind.UNKNOWN is meaning("", rt_cd="").kind


def test_codes_not_on_record_go_by_where_they_come_from() -> None:
    """A business code with a failure is a refusal, with rt_cd 0 a success; a gateway's is open."""
    assert MessageKind.REFUSED is meaning("APBK7777", "무엇", rt_cd="7").kind
    assert MessageKind.OK is meaning("KIOK0999", rt_cd="0").kind
    assert MessageKind.UNKNOWN is meaning("EGW09999", rt_cd="1").kind


@pytest.mark.parametrize(
    ("code", "rt_cd", "status"),
    [
        ("GATEWAY_TIMEOUT", "1", 504),
        ("MCA00099", "1", 500),
        ("502", "1", 502),
        ("OPSX0001", "7", 500),
        ("OPSP0099", "9", 200),
        ("X", "true", 200),
        ("APBK7777", "7", 500),
        ("APBK7777", "9", 200),
        ("APBK77777", "7", 200),
        ("4025000", "1", 200),
        ("KIOK0999", "0", 500),
        ("APBK0013", "0", 502),
        ("KIOK0560", "0", 500),
    ],
)
def test_what_no_brokerage_says_is_never_taken_for_its_word(
    code: str, rt_cd: str, status: int
) -> None:
    """A gateway's failure, an odd shape, a success with a failure's status: all UNKNOWN."""
    assert MessageKind.UNKNOWN is meaning(code, rt_cd=rt_cd, status=status).kind


@pytest.mark.parametrize(
    ("code", "rt_cd"), [("APBK7777", "1"), ("APTR0001", "2"), ("49990000", "7")]
)
def test_a_brokerage_not_on_record_may_refuse(code: str, rt_cd: str) -> None:
    """Its form of code, its result codes, HTTP 200."""
    assert MessageKind.REFUSED is meaning(code, rt_cd=rt_cd, status=200).kind


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("장운영시간이 아닙니다.(주문불가)", "outside_hours"),
        ("([프리마켓] 시장가 매매 불가 시간)", "division_now"),
        ("주문가능금액이 부족합니다", "cash"),
        ("매도가능수량이 부족합니다", "sellable"),
        ("다른 말", "outside_hours"),
    ],
)
def test_a_shared_code_is_told_apart_by_its_words(words: str, reason: str) -> None:
    """APBK0918 stands for closed hours, no cash and no shares alike."""
    expected = None if words == "다른 말" else reason
    assert expected == meaning("APBK0918", words, rt_cd="7").reason


def test_every_reason_of_the_simulated_brokerage_has_words_on_both_hosts() -> None:
    """The simulator's reasons and those of the wire are the same set."""
    assert {*Reason} == {*REASONS}


@pytest.mark.parametrize("paper", [False, True])
def test_a_refusal_is_read_back_as_its_reason(paper: bool) -> None:
    """What a host says is understood again, unless another reason says the very same."""
    said = {reason: refusal(reason, paper=paper) for reason in REASONS}
    same = Counter((message.code, message.text) for message in said.values())
    for reason, message in said.items():
        told = meaning(message.code, padded(message.text), rt_cd=message.rt_cd)
        assert told.kind in {MessageKind.REFUSED, MessageKind.FATAL}
        known = told.reason
        if known in said:
            assert message.code == said[known].code
        if same[message.code, message.text] == 1 and told.kind is MessageKind.REFUSED:
            assert reason == known


def test_an_unknown_reason_is_an_error() -> None:
    """There are no words for what is not on record."""
    with pytest.raises(KeyError):
        refusal("mood", paper=False)
