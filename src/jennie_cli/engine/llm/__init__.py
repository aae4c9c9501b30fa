"""What is asked of a model and what comes back: requests, shapes, answers, failures, ports."""

from jennie_cli.engine.llm.answered import (
    Answer,
    Exchange,
    Reply,
    Usage,
    UsageTotal,
    usage_total,
    usage_totals,
)
from jennie_cli.engine.llm.asked import (
    Call,
    Message,
    Prompt,
    Request,
    Role,
    Service,
    Shape,
    Tier,
    asked_json,
    content_key,
)
from jennie_cli.engine.llm.catalogue import Recommended, recommended
from jennie_cli.engine.llm.desk import Desk
from jennie_cli.engine.llm.failures import (
    BudgetSpent,
    FailureKind,
    ModelFailed,
    NoAnswer,
    NoModel,
    NotInLog,
    WrongShape,
)
from jennie_cli.engine.llm.members import Member, Members, Patience
from jennie_cli.engine.llm.memory import MemoryReplyLog, MemoryUsageBook, ScriptedProvider
from jennie_cli.engine.llm.policy import LlmPolicy
from jennie_cli.engine.llm.ports import Models, Provider, ReplyLog, UsageBook
from jennie_cli.engine.llm.prices import PriceTable, packaged_prices, prices_of
from jennie_cli.engine.llm.prompts import (
    PackagedPrompts,
    Prompts,
    PromptText,
    filled,
    packaged,
    prompt_of,
)
from jennie_cli.engine.llm.reading import json_of, printable
from jennie_cli.engine.llm.used import Used, used_by

__all__ = [
    "Answer",
    "BudgetSpent",
    "Call",
    "Desk",
    "Exchange",
    "FailureKind",
    "LlmPolicy",
    "Member",
    "Members",
    "MemoryReplyLog",
    "MemoryUsageBook",
    "Message",
    "ModelFailed",
    "Models",
    "NoAnswer",
    "NoModel",
    "NotInLog",
    "PackagedPrompts",
    "Patience",
    "PriceTable",
    "Prompt",
    "PromptText",
    "Prompts",
    "Provider",
    "Recommended",
    "Reply",
    "ReplyLog",
    "Request",
    "Role",
    "ScriptedProvider",
    "Service",
    "Shape",
    "Tier",
    "Usage",
    "UsageBook",
    "UsageTotal",
    "Used",
    "WrongShape",
    "asked_json",
    "content_key",
    "filled",
    "json_of",
    "packaged",
    "packaged_prices",
    "prices_of",
    "printable",
    "prompt_of",
    "recommended",
    "usage_total",
    "usage_totals",
    "used_by",
]
