"""The same evidence in another order."""

from collections.abc import Mapping, Sequence
from typing import Any

from jennie_cli.engine.execution import orders
from jennie_cli.engine.model import Order
from jennie_cli.engine.store import LedgerEvent, NoticeSeen, RowSeen


def shuffled(events: Sequence[LedgerEvent], chance: Any) -> Mapping[str, Order]:
    """Fold events with rows and notices in other places; what we did keeps its order."""
    done = [e for e in events if not isinstance(e, NoticeSeen | RowSeen)]
    told = [e for e in events if isinstance(e, NoticeSeen | RowSeen)]
    chance.shuffle(told)
    places = sorted(chance.randint(0, len(done)) for _ in told)
    mixed = list(done)
    for place, event in reversed(list(zip(places, told, strict=True))):
        mixed.insert(place, event)
    return orders(mixed)
