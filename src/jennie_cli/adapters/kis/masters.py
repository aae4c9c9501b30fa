"""The stock masters: zipped files that KIS renews on business days, open to everybody."""

import zipfile
from collections.abc import Awaitable, Callable
from io import BytesIO

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.model import Market, Stock
from jennie_cli.kis_wire.hosts import MASTER_URL
from jennie_cli.kis_wire.masters import ENCODING, MASTER_NAMES, BadMaster, parse_line

Fetch = Callable[[str], Awaitable[bytes]]
"""Returns the bytes at a URL; raises BrokerUnavailable."""

_MOST_BYTES = 32 << 20


class KisMasters:
    """Reads the masters of both boards through a fetcher."""

    def __init__(self, fetch: Fetch) -> None:
        """`fetch` needs neither key nor token."""
        self._fetch = fetch

    async def stocks(self, market: Market) -> tuple[Stock, ...]:
        """Return the stocks of a board in file order, without the kinds jennie does not know."""
        archive = await self._fetch(MASTER_URL.format(name=MASTER_NAMES[market]))
        return stocks_of(archive, market)


def stocks_of(archive: bytes, market: Market) -> tuple[Stock, ...]:
    """Return the stocks of a zipped master; BrokerUnavailable names the line that is wrong."""
    found: list[Stock] = []
    for place, line in enumerate(_text(archive).splitlines(), start=1):
        try:
            stock = parse_line(line, market).stock() if line.strip() else None
        except BadMaster as error:
            raise BrokerUnavailable(f"KIS's master of {market}, line {place}: {error}") from error
        if stock is not None:
            found.append(stock)
    if not found:
        raise BrokerUnavailable(f"KIS's master of {market} holds no stock.")
    return tuple(found)


def _text(archive: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(archive)) as folder:
            (member,) = folder.infolist()
            if member.file_size > _MOST_BYTES:
                raise BrokerUnavailable("KIS's master is far larger than it should be.")
            return folder.read(member).decode(ENCODING)
    except (zipfile.BadZipFile, ValueError) as error:
        raise BrokerUnavailable("KIS's master is no zipped table.") from error
