"""How long a session's judgements are kept: called once a session by whoever keeps them."""

from datetime import date

from jennie_cli.engine.store import Evaluations
from jennie_cli.engine.trading.policy import RecordPolicy
from jennie_cli.engine.venue import Calendar


def forget_old(
    evaluations: Evaluations, policy: RecordPolicy, calendar: Calendar, today: date
) -> int:
    """Drop what was judged before the last sessions up to `today`; return how many records.

    Raises HomeNotWritable, HomeBusy; no session needs to stop for that.
    """
    days = calendar.days(calendar.first, today)
    kept = days[-policy.evaluation_sessions :]
    return evaluations.forget(kept[0]) if len(kept) < len(days) else 0
