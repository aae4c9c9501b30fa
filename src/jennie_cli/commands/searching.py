"""What `news search` and `news index` do once their arguments are known."""

import asyncio
from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.view.archive import found_page
from jennie_cli.engine.messages import text
from jennie_cli.engine.store import Found
from jennie_cli.wiring.archive import Answer, index_archive, search_archive


def search(session: Session, question: str, *, stock: str | None, days: int, most: int) -> None:
    """Search the archive, and print what was found, best first."""
    house, lang = session.house, session.options.lang
    with session.out.progress("news"):
        answer = asyncio.run(search_archive(house, question, asked=stock, days=days, most=most))
    session.out.answer(
        {"profile": house.profile.value, "market": house.market, **_document(answer)},
        lambda: found_page(answer, lang=lang, jennie=session.called),
    )


def index(session: Session) -> None:
    """Make the vectors that passages lack, and print how many there were."""
    house, lang = session.house, session.options.lang
    with session.out.progress("news") as step:
        made, model = asyncio.run(index_archive(house, step))
    session.out.answer(
        {
            "profile": house.profile.value,
            "market": house.market,
            "embedder": model,
            "made": made,
        },
        lambda: text("archive.indexed", lang, count=f"{made:,}", model=model),
    )


def _document(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "code": None if answer.stock is None else answer.stock.code,
        "since": answer.since,
        "known_by": answer.known_by,
        "embedder": answer.embedder or None,
        "words_only": answer.busy,
        "passages": answer.size,
        "without_vector": answer.lacking,
        "found": [_found(each) for each in answer.found],
    }


def _found(each: Found) -> dict[str, Any]:
    told = each.passage
    return {
        "id": told.id,
        "score": round(each.score, 6),
        "meaning_rank": each.meaning_rank,
        "words_rank": each.words_rank,
        "published_at": told.at,
        "known_at": told.known_at,
        "kind": told.kind,
        "code": told.code or None,
        "name": told.name or None,
        "title": told.title,
        "text": told.text,
        "source": told.source,
        "publisher": told.publisher or None,
        "url": told.url or None,
    }
