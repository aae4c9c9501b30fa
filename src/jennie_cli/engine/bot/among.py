"""Who is meant among what was asked for, in the words of a chat."""

from collections.abc import Mapping

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.stocks import code_among


def code_asked(names: Mapping[str, str], asked: str, kind: str, lang: str) -> str:
    """Return the code of a name, among names by code. Raises InputError in the words of
    `trade.<kind>`.
    """
    try:
        return code_among(names, asked)
    except InputError as error:
        raise InputError(text(f"trade.{kind}.unknown", lang, asked=asked)) from error
