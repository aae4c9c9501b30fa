"""What the archive tells the council of the market: a few questions, and the texts behind them."""

from datetime import datetime, timedelta

from jennie_cli.engine.council.evidence import Remembered
from jennie_cli.engine.council.policy import CouncilPolicy
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.store import Archive, Passage, Sought

QUESTIONS = ("코스피 코스닥 증시 전망", "금리 환율 물가 연준", "반도체 수출 관세 무역")
_KINDS = (NewsKind.MARKET, NewsKind.WORLD, NewsKind.POST)


async def recall_market(
    archive: Archive, *, at: datetime, policy: CouncilPolicy
) -> tuple[Remembered, ...]:
    """Return the texts on the market of the last hours that were known at a moment, newest first;
    of a post its words, of an article its title. The best of each question come before the second.

    Raises OutsideError.
    """
    if not policy.recalled:
        return ()
    since = at - timedelta(hours=policy.recalled_hours)
    places: list[tuple[int, int, Passage]] = []
    for order, text in enumerate(QUESTIONS):
        sought = Sought(text=text, since=since, known_by=at, kinds=_KINDS, most=policy.recalled)
        answers = await archive.search(sought)
        places += [(rank, order, one.passage) for rank, one in enumerate(answers)]
    found: dict[str, Passage] = {}
    for _, _, passage in sorted(places, key=lambda place: place[:2]):
        found.setdefault(passage.id, passage)
    chosen = list(found.values())[: policy.recalled]
    newest = sorted(chosen, key=lambda passage: (-passage.at.timestamp(), passage.id))
    return tuple(
        Remembered(at=p.at, source=p.source, text=p.text if p.kind is NewsKind.POST else p.title)
        for p in newest
    )
