"""Whether KRX is asked: its login, and a refusal that stands for the rest of the day.

A name that is tried with a wrong password again and again is locked, so whoever was refused is
asked no more that day unless a person names the source.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Fetcher
from jennie_cli.engine.macro.collecting import MacroSource
from jennie_cli.settings import MacroSourceOptions
from jennie_cli.wiring.findings import Finding, doubtful, fine

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)
_TRY = "jennie secrets set krx_pw, then: jennie macro collect --sources krx"


class KrxState(StrEnum):
    """Whether KRX can be asked now; the words are those of a gap."""

    READY = "ready"
    NO_KEY = "no_key"
    REFUSED = "login_refused"


def krx_state(house: "House") -> KrxState:
    """Return whether KRX can be asked; asks nobody."""
    if not all(house.vault.find(name) for name in ("krx_id", "krx_pw")):
        return KrxState.NO_KEY
    return KrxState.REFUSED if _noted(house) == _today(house) else KrxState.READY


def krx_source(
    house: "House", options: MacroSourceOptions, fetcher: Fetcher, *, named: Sequence[str]
) -> tuple[MacroSource, KrxState | None]:
    """Return KRX, and why it cannot be asked; what a person `named` is asked in spite of a refusal.

    The state is None where it can.
    """
    from jennie_cli.adapters.macro import (  # noqa: PLC0415  # wiring imports its adapter here
        LOGGED_IN,
        KrxLogin,
        KrxSource,
    )

    name, password = (house.vault.find(n) or "" for n in ("krx_id", "krx_pw"))
    krx = KrxSource(
        url=options.krx_url,
        login=KrxLogin(name=name, password=password),
        fetcher=fetcher,
        judged=lambda code: note_login(house, refused=code != LOGGED_IN),
    )
    state = krx_state(house)
    again = state is KrxState.REFUSED and krx.name in named
    return krx, None if again or state is KrxState.READY else state


def note_login(house: "House", *, refused: bool) -> None:
    """Keep that KRX refused a login today, or forget it."""
    file = _file(house)
    try:
        if refused:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps({"refused": _today(house)}), encoding="utf-8")
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        LOG.warning("that KRX answered a login cannot be kept: %s", type(error).__name__)


def examine_krx(house: "House") -> Iterator[Finding]:
    """Tell how KRX stands; asks nobody."""
    told = {
        KrxState.READY: fine("krx", "a login is set; it is tried when macro is collected"),
        KrxState.NO_KEY: fine("krx", "no login: Naver tells indices and flows"),
        KrxState.REFUSED: doubtful("krx", "refused the login today; Naver stands in", _TRY),
    }
    yield told[krx_state(house)]


def _noted(house: "House") -> str | None:
    with suppress(OSError, ValueError):
        kept = json.loads(_file(house).read_text(encoding="utf-8"))
        return kept.get("refused") if isinstance(kept, dict) else None
    return None


def _today(house: "House") -> str:
    return house.wall_clock.now().astimezone(KST).date().isoformat()


def _file(house: "House") -> Path:
    return house.folder.fetched / "krx.json"
