"""What a secret of KIS must look like."""

import pytest

from jennie_cli.settings import BadSecret, doubts, secret_named, shaped, split_account

NUMBER, SUFFIX = secret_named("kis_account_no"), secret_named("kis_account_suffix")
KEY, SECRET = secret_named("kis_paper_app_key"), secret_named("kis_app_secret")
HTS_ID = secret_named("kis_hts_id")


@pytest.mark.parametrize(
    ("number", "product", "parts"),
    [
        ("12345678", None, ("12345678", "01")),
        ("12345678", "22", ("12345678", "22")),
        ("1234567822", None, ("12345678", "22")),
        (" 12345678-22 ", "22", ("12345678", "22")),
    ],
)
def test_an_account_has_two_parts(number: str, product: str | None, parts: object) -> None:
    """Eight digits and two, written together or apart; 01 is what nobody says."""
    assert parts == split_account(number, product)


@pytest.mark.parametrize(
    ("number", "product"),
    [
        ("1234567", None),
        ("123456789", None),
        ("12345678-1", None),
        ("1234567a", None),
        ("１２３４５６７８", None),
        ("12345678", "1"),
        ("12345678", "001"),
        ("1234567801", "22"),
    ],
)
def test_what_is_no_account_is_refused_unseen(number: str, product: str | None) -> None:
    """The message says what an account looks like and not what was given."""
    with pytest.raises(BadSecret) as caught:
        split_account(number, product)
    assert number not in caught.value.message
    assert caught.value.hint


def test_ten_digits_are_kept_as_two_secrets() -> None:
    """The product code goes where it belongs; eight digits bring none."""
    assert {NUMBER: "12345678", SUFFIX: "22"} == shaped({NUMBER: "12345678-22"})
    assert {NUMBER: "12345678"} == shaped({NUMBER: "12345678"})
    assert {NUMBER: "12345678", SUFFIX: "01"} == shaped({NUMBER: "12345678", SUFFIX: "01"})
    assert {KEY: "anything", HTS_ID: "me"} == shaped({KEY: "anything", HTS_ID: "me"})


@pytest.mark.parametrize("answers", [{SUFFIX: "1"}, {SUFFIX: "0a"}, {HTS_ID: "my id"}])
def test_a_product_code_and_an_id_have_a_shape_too(answers: dict[object, str]) -> None:
    """Each is refused alone."""
    with pytest.raises(BadSecret):
        shaped(answers)  # type: ignore[arg-type]


def test_an_unusual_key_is_only_doubted() -> None:
    """KIS may change its lengths; an account without orders is worth a word."""
    assert [] == list(doubts({KEY: "k" * 36, SECRET: "s" * 180, SUFFIX: "01", NUMBER: "1"}))
    told = list(doubts({KEY: "k" * 35, SECRET: "비" * 180, SUFFIX: "29"}))
    assert "kis_paper_app_key has 35 characters; KIS gives 36." == told[0]
    assert "kis_app_secret has characters that no key of KIS has." == told[1]
    assert told[2].startswith("Product code 29 is a retirement account (IRP)")
