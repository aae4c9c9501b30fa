"""What the secrets of KIS look like, so that a slip is told when it is typed, not when it trades.

A length that is not the usual one is only doubted: KIS may change it. No message shows a value.
"""

import re
from collections.abc import Iterator, Mapping

from jennie_cli.engine.errors import SettingsError
from jennie_cli.settings.secrets import Secret, secret_named

GENERAL_PRODUCT = "01"
"""The product code of a general brokerage account."""

_ACCOUNT = re.compile(r"([0-9]{8})(?:-?([0-9]{2}))?")
_PRODUCT = re.compile(r"[0-9]{2}")
_BLANK = re.compile(r"\s")
_UNTRADABLE = {"29": "a retirement account (IRP)", "55": "a retirement account (DC)"}
_USUAL_CHARS = {"app_key": 36, "app_secret": 180}


class BadSecret(SettingsError):
    """A secret does not look like what it is said to be; it was not kept."""

    code = "bad_secret"


def split_account(number: str, product: str | None = None) -> tuple[str, str]:
    """Return the 8 and the 2 digits of an account. Raises BadSecret.

    `number` has 8 digits, or 10 with or without a dash; `product` may repeat the last two.
    """
    found = _ACCOUNT.fullmatch(number.strip())
    if found is None:
        raise BadSecret(
            "The KIS account number has 8 digits, or 10 with the product code at the end.",
            hint="Such as 12345678 or 12345678-01, as the KIS app shows it.",
        )
    told = product.strip() if product else None
    if told is not None and not _PRODUCT.fullmatch(told):
        raise BadSecret(
            "The KIS product code has 2 digits.",
            hint=f"{GENERAL_PRODUCT} is a general brokerage account.",
        )
    if found[2] and told and found[2] != told:
        raise BadSecret(
            "The account number ends with another product code than the one given.",
            hint="Give the first 8 digits, and the last 2 as the product code.",
        )
    return found[1], found[2] or told or GENERAL_PRODUCT


def shaped(answers: Mapping[Secret, str]) -> dict[Secret, str]:
    """Return the answers as they are kept: an account of 10 digits is split. BadSecret."""
    kept = dict(answers)
    for secret, value in answers.items():
        if secret.name.endswith("_account_no"):
            suffix = secret_named(secret.name.removesuffix("_no") + "_suffix")
            number, product = split_account(value, answers.get(suffix))
            kept[secret] = number
            if suffix in answers or number != value.strip():
                kept[suffix] = product
        elif secret.name.endswith("_account_suffix"):
            split_account("0" * 8, value)
        elif secret.name.endswith("_hts_id") and _BLANK.search(value.strip()):
            raise BadSecret("The HTS id has blanks.", hint="It is what you log in to HTS with.")
    return kept


def doubts(answers: Mapping[Secret, str]) -> Iterator[str]:
    """Yield a sentence for each answer that is kept but looks unusual."""
    for secret, value in answers.items():
        kind = next((k for k in _USUAL_CHARS if secret.name.endswith(k)), "")
        if kind and len(value) != _USUAL_CHARS[kind]:
            yield f"{secret.name} has {len(value)} characters; KIS gives {_USUAL_CHARS[kind]}."
        elif kind and not (value.isascii() and value.isprintable() and " " not in value):
            yield f"{secret.name} has characters that no key of KIS has."
        elif secret.name.endswith("_account_suffix") and value in _UNTRADABLE:
            yield f"Product code {value} is {_UNTRADABLE[value]}: KIS takes no orders from it."
