"""The re-evaluation cache: what was answered to the very same question earlier the same day."""

from datetime import datetime

from jennie_cli.engine.analyst.asking import Remembered
from jennie_cli.engine.analyst.opinion import AnalystReply
from jennie_cli.engine.llm import Answer, NotInLog, ReplyLog, Request
from jennie_cli.engine.llm.records import replayed


def answered_since(log: ReplyLog, since: datetime) -> Remembered:
    """Return what finds an answer that the log took up at `since` or later.

    The question is the same when all that was asked is: a new headline or another score makes it
    a new one. A failure is no answer, and is asked again.
    """

    def remembered(request: Request[AnalystReply]) -> Answer[AnalystReply] | None:
        found = log.find(request.key)
        if found is None or found.at < since or found.failure is not None:
            return None
        try:
            return replayed(request, found)
        except NotInLog:
            return None

    return remembered
