"""The re-evaluation cache: what was answered to the very same question earlier the same day."""

from collections.abc import Mapping
from datetime import datetime

from jennie_cli.engine.analyst.asking import Remembered
from jennie_cli.engine.analyst.opinion import AnalystReply
from jennie_cli.engine.llm import Answer, Exchange, NotInLog, ReplyLog, Request
from jennie_cli.engine.llm.prices import undated
from jennie_cli.engine.llm.records import replayed


def answered_since(log: ReplyLog, since: datetime, *, by: Mapping[str, str]) -> Remembered:
    """Return what finds an answer that the log took up at `since` or later.

    `by` are those who would be asked now: the model id of each by its name, empty where it has but
    one. What anybody else answered is asked anew, as a person who changed the model expects, and
    invented words never pass for a real model's. The question is the same when all that was asked
    is: a new headline or another score makes it a new one. A failure is no answer, and is asked
    again.
    """

    def remembered(request: Request[AnalystReply]) -> Answer[AnalystReply] | None:
        found = log.find(request.key)
        if found is None or found.at < since or found.failure is not None:
            return None
        if not _answers_now(found, by):
            return None
        try:
            return replayed(request, found)
        except NotInLog:
            return None

    return remembered


def _answers_now(found: Exchange, by: Mapping[str, str]) -> bool:
    wanted = by.get(found.provider)
    return wanted is not None and (not wanted or undated(wanted) == undated(found.model))
