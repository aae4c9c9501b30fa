"""Which of the 41 registrations of a key go to whom. Held stocks come first; the rest is polled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jennie_cli.kis_wire.hosts import STREAM_REGISTRATIONS

TRADES = "H0STCNT0"
OPERATIONS = "H0STMKO0"
REAL_NOTICES = "H0STCNI0"
PAPER_NOTICES = "H0STCNI9"
HELD = 10
WATCHED = 20


class Wish(NamedTuple):
    """One registration: a TR of the stream and a stock code or HTS id."""

    tr_id: str
    tr_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be registered, most important first, and which codes are polled instead."""

    wishes: tuple[Wish, ...] = ()
    polled: tuple[str, ...] = ()

    def counts(self) -> Mapping[str, int]:
        """Return the budget as it is spent, for `doctor`."""
        by_tr = [wish.tr_id for wish in self.wishes]
        return {
            "limit": STREAM_REGISTRATIONS,
            "notices": by_tr.count(REAL_NOTICES) + by_tr.count(PAPER_NOTICES),
            "trades": by_tr.count(TRADES),
            "operations": by_tr.count(OPERATIONS),
            "polled": len(self.polled),
        }


def plan(
    *, held: Sequence[str], watched: Sequence[str], hts_id: str = "", paper: bool = False
) -> Plan:
    """Spend the registrations: 1 for notices, 10 held trades, 10 held operations, 20 watched.

    What one group leaves goes to held codes beyond ten, then to watched ones beyond twenty. The
    paper host has no operations channel.
    """
    own = tuple(dict.fromkeys(held))
    others = tuple(code for code in dict.fromkeys(watched) if code not in set(own))
    ranked = tuple(dict.fromkeys(_ranked(own, others, hts_id=hts_id, paper=paper)))
    wishes = ranked[:STREAM_REGISTRATIONS]
    streamed = {wish.tr_key for wish in wishes if wish.tr_id == TRADES}
    return Plan(wishes=wishes, polled=tuple(c for c in (*own, *others) if c not in streamed))


def _ranked(
    own: Sequence[str], others: Sequence[str], *, hts_id: str, paper: bool
) -> Iterator[Wish]:
    if hts_id:
        yield Wish(tr_id=PAPER_NOTICES if paper else REAL_NOTICES, tr_key=hts_id)
    yield from (Wish(tr_id=TRADES, tr_key=code) for code in own[:HELD])
    if not paper:
        yield from (Wish(tr_id=OPERATIONS, tr_key=code) for code in own[:HELD])
    yield from (Wish(tr_id=TRADES, tr_key=code) for code in others[:WATCHED])
    yield from (Wish(tr_id=TRADES, tr_key=code) for code in (*own[HELD:], *others[WATCHED:]))
