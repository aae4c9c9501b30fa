"""What the model says beside the figures: four short texts in which no figure is its own.

A text that holds a number which the page does not show, a number spelled out, or an address is left
out: a figure that looks right and is not is worse than none. Titles of news are no source of
figures, for a stranger wrote them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from jennie_cli.engine.briefing.chatting import head_of
from jennie_cli.engine.briefing.figures import Briefing, Comments
from jennie_cli.engine.briefing.policy import BriefingPolicy
from jennie_cli.engine.briefing.sections import Section
from jennie_cli.engine.briefing.sections_read import sections
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm import (
    Message,
    Models,
    Prompts,
    Request,
    Role,
    Service,
    Shape,
    Tier,
    WrongShape,
    filled,
)
from jennie_cli.engine.llm.fences import fenced, tamed

PACKAGE, PROMPT = "jennie_cli.engine.briefing", "briefing"
PARTS = ("market", "portfolio", "tomorrow", "closing")
LONGEST = 300
_LANGUAGES: Mapping[str, str] = {"ko": "한국어", "en": "영어"}
_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?\s?(?:%p?|천|백|십|만|억|조)?")
_DIGIT = "[수몇영공일이삼사오육칠팔구십백천만억조]"
_UNIT = "퍼센트|프로(?!그|젝|필|세)|포인트"
_ENDS = r"(?=[을를은는이에의,.!?\s]|$)"
_COUNT = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_SPELLED = re.compile(
    rf"{_DIGIT}{{2,}}\s?(?:원(?!인|래|칙|활|료)|{_UNIT}|배{_ENDS}|선{_ENDS}|주{_ENDS})"
    rf"|(?<!\w)(?:{_DIGIT}|한|두|세|네)\s?(?:{_UNIT}|배(?:로|나|{_ENDS}))"
    rf"|\b(?:{_COUNT})\b[\s-]*(?:per\s?cent|points|won|shares|times)\b"
    r"|\b(?:hundred|thousand|million|billion|trillion)s?\b|\b(?:doubled|tripled)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"://|www\.|@\w|\w\.(?:com|net|org|io|kr|me|co)\b", re.IGNORECASE)
_TELLING = 3
"""Digits of a whole number that can only be a figure of the page; a smaller one may be anything."""


async def commented(
    briefing: Briefing,
    models: Models,
    prompts: Prompts,
    policy: BriefingPolicy,
    *,
    lang: str,
    provider: str | None = None,
) -> Briefing:
    """Return the briefing with comments, or without them and why nobody made any."""
    try:
        answer = await models.ask(_request(briefing, prompts, policy, lang, provider))
    except JennieError as failure:
        return briefing.silenced(failure.message)
    allowed = shown_numbers(briefing, lang)
    dropped = tuple(part for part in PARTS if not is_sound(answer.value[part], allowed))
    said = {part: "" if part in dropped else answer.value[part] for part in PARTS}
    comments = Comments(
        **said,
        model=answer.model,
        provider=answer.provider,
        simulated=answer.simulated,
        dropped=dropped,
    )
    return replace(briefing, comments=comments, silence=None)


def shown_numbers(briefing: Briefing, lang: str) -> frozenset[str]:
    """Return the figures that the page shows outside of the news and that a comment may repeat."""
    plain = replace(briefing, comments=None, second_tier=None)
    told = (s for s in sections(plain, lang) if s.key not in {"news", "comments"})
    found = {n for one in told for words in _words(one) for n in _numbers(words)}
    clear = {n for n in found if _is_telling(n)}
    return frozenset(clear | {n.lstrip("+-") for n in clear})


def is_sound(words: str, allowed: frozenset[str]) -> bool:
    """Return whether a comment may be shown beside figures that are those `allowed`."""
    if _SPELLED.search(words) or _ADDRESS.search(words):
        return False
    return all(number in allowed for number in _numbers(words))


def read_comments(plain: Any) -> Mapping[str, str]:
    """Return the texts by part, each one line. Raises WrongShape with every complaint."""
    found = plain if isinstance(plain, Mapping) else {}
    texts = {part: found.get(part) for part in PARTS}
    told = {p: tamed(t, LONGEST + 1) for p, t in texts.items() if isinstance(t, str)}
    wrong = [p for p in PARTS if not 0 < len(told.get(p, "")) <= LONGEST]
    if wrong:
        raise WrongShape([f"{part}: a text of 1 to {LONGEST} characters" for part in wrong])
    return told


COMMENTS: Shape[Mapping[str, str]] = Shape(
    name="briefing_comments",
    schema={
        "type": "object",
        "properties": {
            part: {"type": "string", "minLength": 1, "maxLength": LONGEST} for part in PARTS
        },
        "required": list(PARTS),
        "additionalProperties": False,
    },
    read=read_comments,
)


def _request(
    briefing: Briefing,
    prompts: Prompts,
    policy: BriefingPolicy,
    lang: str,
    provider: str | None,
) -> Request[Mapping[str, str]]:
    source = prompts.get(PACKAGE, PROMPT)
    rules = filled(source, language=_LANGUAGES[lang])
    plain = replace(briefing, comments=None)
    told = (_told(one) for one in sections(plain, lang) if one.key != "comments")
    page = fenced("briefing", "\n\n".join((head_of(briefing, lang), *told)))
    return Request(
        service=Service.BRIEFING,
        tier=Tier.THINKING,
        prompt=source.prompt,
        messages=(
            Message(role=Role.SYSTEM, text=rules),
            Message(role=Role.USER, text=f"오늘의 브리핑(인용문):\n{page}"),
        ),
        shape=COMMENTS,
        temperature=policy.temperature,
        max_tokens=policy.max_tokens,
        provider=provider,
    )


def _told(one: Section) -> str:
    rows = one.sheet.chat if one.sheet else ()
    return "\n".join((f"[{one.title}]", *rows, *one.lines))


def _words(one: Section) -> Iterator[str]:
    yield from one.lines
    if one.sheet:
        yield from (cell for row in one.sheet.rows for cell in row)


def _numbers(words: str) -> Iterator[str]:
    for found in _NUMBER.finditer(words.replace("\N{MINUS SIGN}", "-")):
        yield "".join(c for c in found[0] if c not in ", ")


def _is_telling(number: str) -> bool:
    digits = number.strip("+-")
    return "." in digits or "%" in digits or len(digits) >= _TELLING
