"""A run of the council as the record that is kept: ruling, figures, models, cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jennie_cli.engine.council.chain import Council, Heard, Sage, deliberate
from jennie_cli.engine.council.evidence import Evidence
from jennie_cli.engine.council.merge import Ruling, ruling
from jennie_cli.engine.council.replies import (
    ChiefJudgeReply,
    Sentiment,
    StrategistReply,
    sentiment_of,
)
from jennie_cli.engine.llm import Used, used_by
from jennie_cli.engine.store import CouncilRecord

NAMES: Mapping[Sage, str] = {Sage.JENNIE: "jennie", Sage.MINJI: "minji", Sage.JUNHO: "junho"}
"""What the sages are called."""

MACRO_ONLY = "macro"
"""The channel of a run without a briefing."""


FIGURES: Mapping[str, str] = {
    "vix_value": "vix",
    **{
        name: name
        for name in (
            "usd_krw",
            "kospi_index",
            "kosdaq_index",
            "kospi_change_pct",
            "kosdaq_change_pct",
            "kospi_foreign_net",
            "kosdaq_foreign_net",
            "kospi_institutional_net",
            "kospi_retail_net",
        )
    },
}
"""Which figure of the evidence each field of the record is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Tokens and millionths of a US dollar over all that was asked, and won at a rate."""

    used: Used
    krw: int


def won(usd_micro: int, rate: float) -> int:
    """Return whole won of millionths of a US dollar."""
    return round(usd_micro * rate / 1_000_000)


def cost_of(heard: Heard, rate: float) -> Cost:
    """Return what answers and failures cost by the prices of their day; `rate` is won a dollar."""
    used = used_by((*heard.answers.values(), *heard.failures.values()))
    return Cost(used=used, krw=won(used.usd_micro, rate))


async def convene(
    evidence: Evidence,
    council: Council,
    *,
    world: tuple[str, str],
    now: Callable[[], datetime],
    rate: float,
    first: datetime | None = None,
    spoken: Callable[[int], None] = lambda _: None,
) -> CouncilRecord:
    """Let the council sit over the evidence and return the record of it.

    `world` are profile and market, `first` is when the day's first run wrote, `rate` won a dollar.
    Raises what `deliberate` does; then there is nothing to keep.
    """
    heard = await deliberate(evidence, council, spoken=spoken)
    at = now()
    return record_of(evidence, heard, world=world, at=at, first=first or at, rate=rate)


def record_of(
    evidence: Evidence,
    heard: Heard,
    *,
    world: tuple[str, str],
    at: datetime,
    first: datetime,
    rate: float,
) -> CouncilRecord:
    """Return everything that is known of a run."""
    profile, market = world
    return CouncilRecord(
        profile=profile,
        market=market,
        insight_date=evidence.day,
        created_at=first,
        updated_at=at,
        source_channel=evidence.channel if evidence.briefing else MACRO_ONLY,
        raw_message="\n\n".join(post.text for post in evidence.briefing),
        vix_regime=evidence.vix_regime,
        data_completeness_pct=evidence.completeness_pct,
        **_figures(evidence),
        **_ruled(ruling(heard, evidence.political)),
        **_stated(heard),
        **_spoken(heard, cost_of(heard, rate)),
    )


def _figures(evidence: Evidence) -> dict[str, Any]:
    return {field: evidence.known(name) for field, name in FIGURES.items()}


def _ruled(ruled: Ruling) -> dict[str, Any]:
    return {
        "sentiment": ruled.sentiment.value,
        "sentiment_score": ruled.score,
        "regime_hint": ruled.regime_hint,
        "position_size_pct": ruled.size_pct,
        "stop_loss_adjust_pct": ruled.stop_pct,
        "sector_signals": ruled.sector_signals,
        "risk_factors": ruled.risks,
        "opportunity_factors": ruled.opportunities,
        "strategies_to_favor": ruled.favour,
        "strategies_to_avoid": ruled.avoid,
        "sectors_to_favor": ruled.favour_sectors,
        "sectors_to_avoid": ruled.avoid_sectors,
        "trading_reasoning": ruled.reasoning,
        "political_risk_level": ruled.political,
        "political_risk_summary": ruled.political_summary,
        "council_consensus": ruled.consensus.value if ruled.consensus else None,
        "dropped_names": ruled.dropped,
    }


def _stated(heard: Heard) -> dict[str, Any]:
    """Return what is kept of single answers beside the ruling."""
    strategist = heard.strategist.value.reply
    judge = heard.judge.value.reply if heard.judge else None
    lists = ("key_themes", "key_stocks", "risk_stocks", "opportunity_stocks")
    return {
        **{name: tuple(getattr(strategist, name)) for name in lists},
        "investor_flow_analysis": strategist.investor_flow_analysis,
        "judge_consensus": judge.council_consensus.value if judge else None,
    }


def _spoken(heard: Heard, cost: Cost) -> dict[str, Any]:
    answers = {sage.value: answer for sage, answer in heard.answers.items()}
    return {
        "source_analyst": ", ".join(NAMES[sage] for sage in heard.answers),
        "raw_council_output": {role: a.value.raw for role, a in answers.items()},
        "council_cost_usd_micro": cost.used.usd_micro,
        "council_cost_krw": cost.krw,
        "tokens_in": cost.used.tokens_in,
        "tokens_out": cost.used.tokens_out,
        "models": {role: a.model for role, a in answers.items()},
        "providers": {role: a.provider for role, a in answers.items()},
        "prompts": {sage.value: _named(heard, sage) for sage in heard.answers},
        "degraded": bool(heard.failures),
        "failed_steps": tuple(sage.value for sage in heard.failures),
        "simulated": any(a.simulated for a in answers.values()),
    }


def _named(heard: Heard, sage: Sage) -> str:
    prompt = heard.texts[sage].prompt
    return f"{prompt.name}.{prompt.version} {prompt.sha256}"


def overruled(record: CouncilRecord) -> Mapping[str, str]:
    """Return the class that a sage stated where its own score is of another, by role.

    What was said is kept whole beside the record; what cannot be read any more is left out.
    """
    told = {role: _stance(role, raw) for role, raw in record.raw_council_output.items()}
    wrong = ((r, s) for r, s in told.items() if s is not None and s[0] is not sentiment_of(s[1]))
    return {role: stated.value for role, (stated, _) in wrong}


def _stance(role: str, raw: str) -> tuple[Sentiment, int] | None:
    """Return class and score as a sage stated them, None for one who states no class."""
    try:
        if role == Sage.JENNIE:
            first = StrategistReply.model_validate_json(raw)
            return first.overall_sentiment, first.sentiment_score
        if role == Sage.JUNHO:
            last = ChiefJudgeReply.model_validate_json(raw)
            return last.final_sentiment, last.final_sentiment_score
    except ValueError:
        return None
    return None
