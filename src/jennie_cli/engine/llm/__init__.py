"""What is asked of a model and what comes back: requests, shapes, answers, failures, ports."""

from jennie_cli.engine.llm.answered import Answer, Exchange, Reply, Usage
from jennie_cli.engine.llm.asked import (
    Call,
    Message,
    Prompt,
    Request,
    Role,
    Service,
    Shape,
    Tier,
    content_key,
)
from jennie_cli.engine.llm.failures import (
    BudgetSpent,
    FailureKind,
    ModelFailed,
    NoAnswer,
    NotInLog,
    WrongShape,
)
from jennie_cli.engine.llm.memory import MemoryReplyLog, MemoryUsageBook, ScriptedProvider
from jennie_cli.engine.llm.policy import LlmPolicy
from jennie_cli.engine.llm.ports import Models, Provider, ReplyLog, UsageBook
from jennie_cli.engine.llm.prompts import (
    PackagedPrompts,
    Prompts,
    PromptText,
    filled,
    packaged,
    prompt_of,
)

__all__ = [
    "Answer",
    "BudgetSpent",
    "Call",
    "Exchange",
    "FailureKind",
    "LlmPolicy",
    "MemoryReplyLog",
    "MemoryUsageBook",
    "Message",
    "ModelFailed",
    "Models",
    "NoAnswer",
    "NotInLog",
    "PackagedPrompts",
    "Prompt",
    "PromptText",
    "Prompts",
    "Provider",
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
    "WrongShape",
    "content_key",
    "filled",
    "packaged",
    "prompt_of",
]
