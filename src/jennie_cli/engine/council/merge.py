"""What three answers come to: the judge's numbers, held to the vocabulary and to arithmetic.

Source: sections 2.1, 2.5 and 2.6 of the operations specification.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jennie_cli.engine.council.chain import Heard
from jennie_cli.engine.council.replies import (
    STRATEGIES,
    ChiefJudgeReply,
    Consensus,
    RiskAnalystReply,
    Sentiment,
    StrategistReply,
    sentiment_of,
)
from jennie_cli.engine.macro import named_strategies
from jennie_cli.engine.model import Outlook, PoliticalRisk
from jennie_cli.engine.sectors import GROUPS

REACH = 20
"""Points by which the risk analyst may move the strategist's score."""

_AS_USUAL = 100
_RISKS, _OPPORTUNITIES = 10, 5
_GRADES = tuple(Consensus)
_LIMITS = (5, 15, 25)
_SIDE = {
    Sentiment.BULLISH: 1,
    Sentiment.NEUTRAL_TO_BULLISH: 1,
    Sentiment.NEUTRAL: 0,
    Sentiment.NEUTRAL_TO_BEARISH: -1,
    Sentiment.BEARISH: -1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the council rules; `dropped` are names that do not exist.

    The score is 0..100, percentages are of a normal position and stop. `political` is None where
    nobody could tell.
    """

    sentiment: Sentiment
    score: int
    regime_hint: str
    size_pct: int
    stop_pct: int
    sector_signals: dict[str, Outlook]
    favour: tuple[str, ...]
    avoid: tuple[str, ...]
    favour_sectors: tuple[str, ...]
    avoid_sectors: tuple[str, ...]
    risks: tuple[str, ...]
    opportunities: tuple[str, ...]
    political: PoliticalRisk | None
    political_summary: str
    reasoning: str
    consensus: Consensus | None
    dropped: tuple[str, ...]


def adjusted(strategist: int, analyst: int) -> int:
    """Return the analyst's score, at most REACH points from the strategist's."""
    return min(max(analyst, strategist - REACH), strategist + REACH)


def consensus_of(strategist: int, analyst: int) -> Consensus:
    """Return how far two scores agree; each of four rules may only worsen the grade.

    The distance grades: 5 points strong, 15 agree, 25 partly, more disagree. Scores of different
    classes agree at best, for 57 and 58 are neighbours. Scores on opposite sides of 50 and more
    than 5 apart agree partly at best. One of a bullish class (58 and more) against one of a bearish
    class (42 and less) is disagreement at any distance. So "different class" of the specification
    means that the classes contradict each other, not that they bear different names.
    """
    apart = abs(strategist - analyst)
    grade = _GRADES[sum(apart > most for most in _LIMITS)]
    one, other = sentiment_of(strategist), sentiment_of(analyst)
    if one is not other:
        grade = _worse(grade, Consensus.AGREE)
    if (strategist - 50) * (analyst - 50) < 0 and apart > _LIMITS[0]:
        grade = _worse(grade, Consensus.PARTIAL_DISAGREE)
    return Consensus.DISAGREE if _SIDE[one] * _SIDE[other] < 0 else grade


def ruling(heard: Heard, feed: PoliticalRisk | None) -> Ruling:
    """Return the council's ruling; `feed` is the level of politics where no analyst told one.

    The class is that of the score, whatever class was stated. Without an analyst nothing is known
    of agreement, size and stop are as usual; without a judge the analyst's numbers hold, no list is
    made, and agreement is at best partial.
    """
    strategist = heard.strategist.value.reply
    analyst = heard.analyst.value.reply if heard.analyst else None
    judge = heard.judge.value.reply if heard.judge else None
    score = judge.final_sentiment_score if judge else _score(strategist, analyst)
    size, stop = _percentages(heard, analyst)
    lists = _lists(strategist, judge)
    return Ruling(
        sentiment=sentiment_of(score),
        score=score,
        regime_hint=judge.final_regime_hint if judge else strategist.regime_hint,
        size_pct=size,
        stop_pct=stop,
        sector_signals={g: o for g, o in strategist.sector_signals.items() if g in GROUPS},
        favour=lists.favour,
        avoid=lists.avoid,
        favour_sectors=lists.favour_sectors,
        avoid_sectors=lists.avoid_sectors,
        risks=_risks(strategist, analyst),
        opportunities=_once(strategist.opportunity_factors)[:_OPPORTUNITIES],
        political=analyst.political_risk_level if analyst else feed,
        political_summary=analyst.political_risk_summary if analyst else "",
        reasoning=judge.trading_reasoning if judge else "",
        consensus=_agreement(heard, strategist, analyst),
        dropped=lists.dropped,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """What to favour and to avoid, and the names that do not exist."""

    favour: tuple[str, ...]
    avoid: tuple[str, ...]
    favour_sectors: tuple[str, ...]
    avoid_sectors: tuple[str, ...]
    dropped: tuple[str, ...]


def _lists(strategist: StrategistReply, judge: ChiefJudgeReply | None) -> _Lists:
    dropped = [g for g in strategist.sector_signals if g not in GROUPS]
    favour, avoid = _strategies(
        judge.strategies_to_favor if judge else (),
        judge.strategies_to_avoid if judge else (),
        dropped,
    )
    favour_sectors, avoid_sectors = _sectors(
        judge.sectors_to_favor if judge else (), judge.sectors_to_avoid if judge else (), dropped
    )
    return _Lists(
        favour=favour,
        avoid=avoid,
        favour_sectors=favour_sectors,
        avoid_sectors=avoid_sectors,
        dropped=_once(dropped),
    )


def _risks(strategist: StrategistReply, analyst: RiskAnalystReply | None) -> tuple[str, ...]:
    added = analyst.additional_risk_factors if analyst else []
    return _once((*strategist.risk_factors, *added))[:_RISKS]


def _score(strategist: StrategistReply, analyst: RiskAnalystReply | None) -> int:
    if analyst is None:
        return strategist.sentiment_score
    return adjusted(strategist.sentiment_score, _stated(analyst))


def _stated(analyst: RiskAnalystReply) -> int:
    return analyst.risk_assessment.adjusted_sentiment_score


def _percentages(heard: Heard, analyst: RiskAnalystReply | None) -> tuple[int, int]:
    if heard.judge is not None:
        judge = heard.judge.value.reply
        return judge.final_position_size_pct, judge.final_stop_loss_adjust_pct
    if analyst is not None:
        return analyst.position_size_pct, analyst.stop_loss_adjust_pct
    return _AS_USUAL, _AS_USUAL


def _agreement(
    heard: Heard, strategist: StrategistReply, analyst: RiskAnalystReply | None
) -> Consensus | None:
    graded = consensus_of(strategist.sentiment_score, _stated(analyst)) if analyst else None
    if heard.judge is not None:
        return graded
    return _worse(graded or Consensus.STRONG_AGREE, Consensus.PARTIAL_DISAGREE)


def _worse(one: Consensus, other: Consensus) -> Consensus:
    return max(one, other, key=_GRADES.index)


def _strategies(
    favour: Iterable[str], avoid: Iterable[str], dropped: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _apart(_known_strategies(favour, dropped), _known_strategies(avoid, dropped))


def _known_strategies(names: Iterable[str], dropped: list[str]) -> tuple[str, ...]:
    kept = []
    for name in names:
        known = [s.value for s in named_strategies([name])[0] if s in STRATEGIES]
        kept += known
        dropped += [] if known else [name]
    return _once(kept)


def _sectors(
    favour: Iterable[str], avoid: Iterable[str], dropped: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told = (*favour, *avoid)
    dropped += [name for name in told if name not in GROUPS]
    return _apart(_once(n for n in favour if n in GROUPS), _once(n for n in avoid if n in GROUPS))


def _apart(favour: Sequence[str], avoid: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return both lists; a name in both is to be avoided."""
    return tuple(n for n in favour if n not in avoid), tuple(avoid)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))
