"""How long a stock rests after its own signal, over a whole session at once."""

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.signals.inputs import Flags, Seconds
from jennie_cli.engine.signals.policy import SignalPolicy


def signal_rests(
    wishes: Flags, at_second: Seconds, policy: SignalPolicy, *, start: FloatArray
) -> FloatArray:
    """Return the second until which each stock rests when a bar is judged, (rows, stocks).

    `wishes` is where a signal would be given but for this rest, `at_second` when; both are
    (rows, stocks). `start` is the rest each stock brings along, -inf without one. A rest that
    begins at a bar holds for the bars after it.
    """
    rows = np.arange(len(wishes))[:, None]
    rests = np.array(np.broadcast_to(start, wishes.shape))
    open_wishes = wishes & (at_second >= rests)
    while open_wishes.any():
        some = open_wishes.any(axis=0)
        first = np.where(some, open_wishes.argmax(axis=0), len(wishes))
        after = rows > first
        given = np.take_along_axis(at_second, np.minimum(first, len(wishes) - 1)[None], axis=0)
        np.copyto(rests, given + float(policy.cooldown_seconds), where=after)
        open_wishes = wishes & after & (at_second >= rests)
    return rests
