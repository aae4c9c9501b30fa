"""Values go to the wire and back."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.clock import KST
from jennie_cli.kis_wire import text


@given(st.text(alphabet="가나다힣 ABC123.()/", max_size=60))
def test_padding_fills_bytes_not_characters(message: str) -> None:
    """A padded message has 80 bytes of CP949 and begins with what fits of the text."""
    padded = text.padded(message)
    assert 80 == len(padded.encode("cp949"))
    assert message.startswith(padded.rstrip()) or padded.startswith(message)


def test_a_long_message_is_cut_at_a_whole_character() -> None:
    """Eighty bytes of a text of two-byte characters after one of one byte are 79 and a blank."""
    assert "a" + "가" * 39 + " " == text.padded("a" + "가" * 60)


@given(st.integers(-(10**15), 10**15), st.integers(0, 6), st.integers(0, 4))
def test_a_number_is_read_with_zeros_sign_and_empty_decimals(
    number: int, zeros: int, decimals: int
) -> None:
    """Leading zeros and decimals that are all zero change nothing."""
    sign = "-" if number < 0 else "+"
    tail = "." + "0" * decimals if decimals else ""
    assert number == text.whole(f" {sign}{'0' * zeros}{abs(number)}{tail} ")


@pytest.mark.parametrize("blank", [None, "", "   ", "(null)"])
def test_a_blank_is_no_zero(blank: str | None) -> None:
    """A blank field is None, as a number and as an order number."""
    assert None is text.whole(blank)
    assert None is text.exact(blank)
    assert None is text.number_of(blank)


@pytest.mark.parametrize("wrong", ["1,000", "12.5", "abc", "1e3", "0x1", "--1", "１２"])
def test_what_is_no_whole_number_is_an_error(wrong: str) -> None:
    """Commas, fractions and words are not guessed at."""
    with pytest.raises(ValueError, match="no whole number"):
        text.whole(wrong)


def test_decimals_stay_exact() -> None:
    """An average keeps its four decimals; what is no finite number is an error."""
    assert Decimal("135440.2517") == text.exact("135440.2517")
    for wrong in ("NaN", "Infinity", "x"):
        with pytest.raises(ValueError, match="no number"):
            text.exact(wrong)


def test_codes_and_order_numbers_have_a_long_and_a_short_form() -> None:
    """Twelve characters lead back to six, letters included; an ETN stays; zeros come and go."""
    assert "00000A0167A0" == text.long_code("0167A0")
    assert "0167A0" == text.short_code(text.long_code("0167A0"))
    assert "Q500001" == text.short_code("Q500001     ")
    assert "0000012345" == text.number_on_wire("12345")
    assert "12345" == text.number_of("0000012345")
    assert None is text.number_of("0000000000")


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1)))  # noqa: DTZ001  # hypothesis takes naive bounds
def test_days_and_times_come_back(moment: datetime) -> None:
    """A moment written as day and time of day is read as its whole second."""
    day = moment.date()
    expected = moment.replace(microsecond=0, tzinfo=KST)
    assert expected == text.moment_of(text.day_of(text.day_text(day)), text.time_text(moment))


@pytest.mark.parametrize("wrong", ["", "2026011", "2026-1-1", "20261301", "２０２６０１０１"])
def test_no_day_is_an_error(wrong: str) -> None:
    """A day that is not eight digits of the calendar is refused."""
    with pytest.raises(ValueError, match=r"no day|month"):
        text.day_of(wrong)


def test_no_time_is_an_error() -> None:
    """A time of day that is not six digits is refused."""
    assert time(15, 30) == text.time_of("153000")
    for wrong in ("", "9:00", "0900", "250000"):
        with pytest.raises(ValueError, match=r"no time|hour"):
            text.time_of(wrong)
    assert date(2026, 11, 23) == text.day_of(" 20261123 ")


def test_the_brokers_words_lose_secrets_and_line_breaks() -> None:
    """Accounts, keys and tokens are hidden; short numbers stay."""
    words = "계좌 12345678-01\n 오류  eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx 40 주"
    assert "계좌 … 오류 … 40 주" == text.masked(words)
