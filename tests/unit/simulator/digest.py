"""Prints one hash over every batch of a seed's history.

Run as a program, so that a test can compare processes.
"""

import sys
from collections.abc import Iterable
from hashlib import sha256

from jennie_cli.engine.store import Batch
from jennie_cli.engine.venue import default_calendar
from jennie_cli.simulator import GeneratedMarket

EVERY = 41
"""Of the long text columns each 41st value is read: turning a million dates into text is slow."""


def digest(batches: Iterable[Batch]) -> str:
    """Return a hash of names, order, every number and the sampled texts and dates."""
    whole = sha256()
    for batch in batches:
        whole.update(batch.dataset.value.encode())
        for name, values in batch.columns.items():
            whole.update(name.encode())
            is_object = values.dtype == object
            text = "|".join(map(str, values[::EVERY])).encode() if is_object else values.tobytes()
            whole.update(text)
    return whole.hexdigest()


if __name__ == "__main__":
    market = GeneratedMarket(int(sys.argv[1]), default_calendar())
    sys.stdout.write(digest(market.batches(through=market.history[-1])))
