"""Which posts of the channel are the morning's briefing.

Source: section 2.2 of the operations specification.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.council.evidence import Post
from jennie_cli.engine.council.policy import CouncilPolicy
from jennie_cli.engine.store import Columns, Dataset, FactStore

_DAY = timedelta(hours=24)


def read_briefing(
    facts: FactStore, *, as_of: datetime, day: date, policy: CouncilPolicy
) -> tuple[Post, ...]:
    """Return the briefing of a day from the imported posts known at a moment."""
    since = (as_of - _DAY).astimezone(KST).date()
    rows = facts.read(Dataset.CHANNEL_POSTS, as_of=as_of, since=min(since, day))
    return chosen(_posts(rows, policy.channel), as_of=as_of, day=day, policy=policy)


def chosen(
    posts: Sequence[Post], *, as_of: datetime, day: date, policy: CouncilPolicy
) -> tuple[Post, ...]:
    """Return the posts of the day that are long enough, longest first.

    Of the newest `briefing_posts` of the last 24 hours, and a day more for each day that `day`
    lies back, those of the Korean date with more than `briefing_characters`.
    """
    back = max((as_of.astimezone(KST).date() - day).days, 0)
    since = as_of - _DAY * (1 + back)
    within = sorted((p for p in posts if since <= p.at <= as_of), key=lambda p: p.at, reverse=True)
    # of a past day the newest posts are those of its end
    newest = [p for p in within if p.at.astimezone(KST).date() <= day][: policy.briefing_posts]
    told = [
        p
        for p in newest
        if p.at.astimezone(KST).date() == day and len(p.text) > policy.briefing_characters
    ]
    return tuple(sorted(told, key=lambda p: (-len(p.text), p.at)))


def _posts(rows: Columns, channel: str) -> tuple[Post, ...]:
    told = zip(rows["channel"], rows["posted_at"].tolist(), rows["text"], strict=True)
    return tuple(
        Post(at=datetime.fromtimestamp(at, KST), text=text)
        for name, at, text in told
        if str(name).lstrip("@").casefold() == channel.lstrip("@").casefold()
    )
