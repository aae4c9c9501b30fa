"""One question to a model about one text: the common words first, the stranger's words fenced."""

from jennie_cli.engine.llm import Message, PromptText, Request, Role, Service, Tier
from jennie_cli.engine.llm.fences import fenced, tamed
from jennie_cli.engine.model import Headline
from jennie_cli.engine.news.judgement import JUDGEMENT, NewsReply

PACKAGE = "jennie_cli.engine.news"
PROMPT = "news"

TEMPERATURE = 0.1
_TITLE_LONGEST, _BODY_LONGEST, _NAME_LONGEST = 200, 600, 40


def news_request(told: Headline, prompt: PromptText, *, max_tokens: int) -> Request[NewsReply]:
    """Return the question about one text; a name is a source's word, so it is fenced as well."""
    quoted = [
        f"- 종목: {tamed(told.name, _NAME_LONGEST)}",
        f"- 제목: {tamed(told.title, _TITLE_LONGEST)}",
    ]
    if told.body:
        quoted.append(f"- 내용: {tamed(told.body, _BODY_LONGEST)}")
    quote = fenced("news", "\n".join(quoted))
    asked = f"종목 코드: {told.code}\n기사(인용문):\n{quote}"
    return Request(
        service=Service.NEWS,
        tier=Tier.FAST,
        prompt=prompt.prompt,
        messages=(
            Message(role=Role.SYSTEM, text=prompt.text),
            Message(role=Role.USER, text=asked),
        ),
        shape=JUDGEMENT,
        temperature=TEMPERATURE,
        max_tokens=max_tokens,
    )
