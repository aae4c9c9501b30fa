"""Signing in to Telegram once: a phone, the code it is sent, and a password where there is one."""

from collections.abc import Callable

from jennie_cli.adapters.telegram.account import AccountKey, Line, open_line
from jennie_cli.engine.errors import OutsideError


async def log_in(
    key: AccountKey,
    phone: str,
    *,
    code: Callable[[], str],
    password: Callable[[], str],
    line: Line | None = None,
) -> str:
    """Return the session of an account that is signed in now; `code` and `password` ask its owner.

    Raises OutsideError when Telegram refuses or cannot be reached.
    """
    opened = line or open_line(key)
    client = opened.client
    try:
        await client.connect()
        await client.send_code_request(phone)
        try:
            await client.sign_in(phone, code())
        except opened.refused as error:
            if type(error).__name__ != "SessionPasswordNeededError":
                raise
            await client.sign_in(password=password())
        return str(client.session.save())
    except (OSError, opened.refused) as error:
        raise OutsideError(
            f"Telegram did not sign us in ({type(error).__name__}).",
            hint="Check phone, code and password, then try again.",
        ) from None
    finally:
        await client.disconnect()
