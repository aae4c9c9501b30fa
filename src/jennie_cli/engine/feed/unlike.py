"""A page that is not what its reader knows: what it is instead, as far as it can be told."""

import re
from collections import Counter

from jennie_cli.engine.feed.fetch import Fetched, FetchFailed, FetchKind

_LOOKED_AT = 20_000
_SPACES = re.compile(r"\s+")
_LOGIN = re.compile(r"""type\s*=\s*["']?password""")
_TELLTALES: tuple[tuple[FetchKind, tuple[str, ...]], ...] = (
    (
        FetchKind.RATE_LIMITED,
        (
            "too many requests",
            "rate limit",
            "ratelimit",
            "요청이 너무 많",
            "너무 많은 요청",
            "과도한 요청",
            "요청 한도",
            "사용한도를 초과",
        ),
    ),
    (
        FetchKind.BLOCKED,
        (
            "captcha",
            "자동입력 방지",
            "자동 입력 방지",
            "보안문자",
            "로그인이 필요",
            "로그인 후 이용",
            "비정상적인 접근",
            "접근이 제한",
            "접근이 차단",
            "access denied",
            "are you a robot",
        ),
    ),
    (
        FetchKind.SERVER,
        (
            "시스템 점검",
            "서비스 점검",
            "점검 중",
            "일시적인 오류",
            "일시적으로 서비스",
            "서비스를 이용할 수 없",
            "서비스에 접속할 수 없",
            "internal server error",
            "service unavailable",
            "bad gateway",
            "temporarily unavailable",
        ),
    ),
)
_SAID = {
    FetchKind.RATE_LIMITED: "says that it was asked too often",
    FetchKind.BLOCKED: "asks who we are instead of answering",
    FetchKind.SERVER: "answers with an error in words",
}
_HINTS = {
    FetchKind.RATE_LIMITED: "Ask less often, or later.",
    FetchKind.BLOCKED: "Look at the address in a browser; wait before asking again.",
    FetchKind.SERVER: "Try again later.",
}
_CHANGED = "The source may have changed its format: look for a newer jennie."

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE)
_ENDS_ITSELF = frozenset(
    {"area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta"}
    | {"option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr"}
)
MOST_CHARACTERS = 1_000_000
MOST_TAGS = 40_000
DEEPEST = 1_000
"""How deep the elements of a page lie in each other at most; HTML is read in the square of it."""


def unlike(page: Fetched, what: str, *, error: bool = False) -> FetchFailed:
    """Return that a page is not what its reader knows; `what` is a short phrase of ours.
    `error` says that it is the host's own form of an error, though its status is a good one.

    A page that asks for a password, says that it was asked too often or that it is down has a kind
    of its own; any other has changed its layout.
    """
    said = _SPACES.sub(" ", page.text[:_LOOKED_AT].lower())
    kind = next((k for k, words in _TELLTALES if any(w in said for w in words)), None)
    if kind is None and _LOGIN.search(said):
        kind = FetchKind.BLOCKED
    if kind is None and error:
        kind = FetchKind.SERVER
    if kind is None:
        return FetchFailed(
            f"{page.shown} is not what it was ({what}).",
            kind=FetchKind.LAYOUT_CHANGED,
            hint=_CHANGED,
        )
    return FetchFailed(f"{page.shown} {_SAID[kind]}.", kind=kind, hint=_HINTS[kind])


def insist_flat(page: Fetched) -> None:
    """Raise FetchFailed for a page so long or deep that reading it as HTML would take minutes."""
    tags = _TAG.findall(page.text[: MOST_CHARACTERS + 1])
    if len(page.text) > MOST_CHARACTERS or len(tags) > MOST_TAGS or _deepest(tags) > DEEPEST:
        raise FetchFailed(
            f"{page.shown} is longer or deeper than any page of its kind.",
            kind=FetchKind.TOO_LARGE,
            hint=_CHANGED,
        )


def _deepest(tags: list[tuple[str, str]]) -> int:
    """Return how deep elements lie in each other at most, those that end by themselves aside."""
    begun: Counter[str] = Counter()
    depth = deepest = 0
    for end, said in tags:
        name = said.lower()
        # an end without a beginning ends nothing, in a browser neither
        if name in _ENDS_ITSELF or (end and not begun[name]):
            continue
        step = -1 if end else 1
        begun[name] += step
        depth += step
        deepest = max(deepest, depth)
    return deepest
