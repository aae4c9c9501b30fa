"""Strangers' words come out bounded, printable and without tricks."""

import pytest

from jennie_cli.engine.feed import lines, one_line, web_address


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("  수주\t공시\n확대 ", "수주 공시 확대"),
        ("\ufeff에코\u200b프로", "에코프로"),
        ("빨간\x1b[31m글\x00자", "빨간 [31m글 자"),
        ("뒤집\u202e힌", "뒤집 힌"),
    ],
)
def test_a_line_is_one_printable_line(said: str, shown: str) -> None:
    """Controls become spaces, what has no width goes."""
    assert shown == one_line(said, 100)


def test_a_long_line_says_that_it_was_cut() -> None:
    """A sign of its own stands at the end, and the bound holds with it."""
    assert "가가가가…" == one_line("가" * 3_000, 5)


def test_lines_keep_their_breaks_and_lose_the_rest() -> None:
    """No two empty lines in a row, no blanks around a line."""
    assert "하나\n\n둘 셋\n넷" == lines("하나 \n\n\n\n 둘\t셋\r\n넷\x07\n", 100)
    assert "가나다…" == lines("가나다\n\n\n\n라마바사", 5)


@pytest.mark.parametrize(
    "address",
    ["https://n.news.naver.com/mnews/article/001/0001", "http://example.com/한글?a=1"],
)
def test_addresses_of_the_web_pass(address: str) -> None:
    """As they were told."""
    assert address == web_address(f" {address} ")


@pytest.mark.parametrize(
    "said",
    [
        None,
        3,
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https:///nowhere",
        "//example.com/x",
        "https://",
        "https://a.b/<script>",
        'https://a.b/"x',
        "https://a.b/ c",
        "https://a.b/\x1b",
        "https://a.b/" + "x" * 1_000,
    ],
)
def test_what_is_no_address_of_the_web_is_none(said: object) -> None:
    """Nothing is repaired."""
    assert not web_address(said)
