"""Evidence as the text a sage reads: figures by importance, other people's words behind fences."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.council.evidence import Evidence, Figure, PoliticalHeadline
from jennie_cli.engine.council.momentum import momentum
from jennie_cli.engine.council.policy import CouncilPolicy
from jennie_cli.engine.council.technicals import IndexTechnicals
from jennie_cli.engine.llm.fences import cleaned, fenced, tamed

NAMES: Mapping[str, str] = {
    "kospi_foreign_net": "KOSPI 외국인 순매수",
    "kosdaq_foreign_net": "KOSDAQ 외국인 순매수",
    "kospi_institutional_net": "KOSPI 기관 순매수",
    "kospi_retail_net": "KOSPI 개인 순매수",
    "kospi_index": "KOSPI",
    "kospi_change_pct": "KOSPI 등락",
    "kosdaq_index": "KOSDAQ",
    "kosdaq_change_pct": "KOSDAQ 등락",
    "usd_krw": "원/달러 환율",
    "usd_jpy": "엔/달러 환율",
    "usd_cny": "위안/달러 환율",
    "dxy": "달러 지수",
    "bok_rate": "한국은행 기준금리",
    "korea_cpi_yoy": "한국 소비자물가 전년비",
    "korea_news_sentiment": "국내 뉴스 심리 (-1~1)",
    "global_news_sentiment": "해외 뉴스 심리 (-1~1)",
    "fed_rate": "미국 연방기금금리",
    "rate_differential": "한미 금리차",
    "treasury_2y": "미국 국채 2년",
    "treasury_10y": "미국 국채 10년",
    "treasury_spread": "미국 10년-2년",
    "us_cpi_yoy": "미국 소비자물가 전년비",
    "us_pce_yoy": "미국 PCE 전년비",
    "us_unemployment": "미국 실업률",
    "wti": "WTI 유가",
    "gold": "금",
    "vix": "VIX (배경)",
}
"""What each figure is called, the most important first."""

_TITLE = 300
_POST = 6_000
_TEXT = 500
_CROSSES = {
    "golden_5_20": "5일선이 20일선을 상향 돌파",
    "dead_5_20": "5일선이 20일선을 하향 돌파",
    "golden_20_60": "20일선이 60일선을 상향 돌파",
    "dead_20_60": "20일선이 60일선을 하향 돌파",
    "macd_up": "MACD가 시그널을 상향 돌파",
    "macd_down": "MACD가 시그널을 하향 돌파",
}


def evidence_text(evidence: Evidence, policy: CouncilPolicy) -> str:
    """Return all evidence as one text, each source between its own fences."""
    return "\n\n".join(_blocks(evidence, policy))


def _blocks(evidence: Evidence, policy: CouncilPolicy) -> Iterator[str]:
    yield f"대상일: {evidence.day:%Y-%m-%d} · 자료 기준: {_when(evidence.at)} KST"
    yield from _snapshot(evidence, policy)
    yield from _charts(evidence)
    yield from _sectors(evidence)
    yield from _headlines(evidence, policy)
    yield from _briefing(evidence)
    yield from _remembered(evidence)


def _snapshot(evidence: Evidence, policy: CouncilPolicy) -> Iterator[str]:
    if not evidence.figures:
        yield "매크로 스냅샷: 없음"
        return
    if evidence.stale(policy.snapshot_hours):
        taken = evidence.taken_at
        age = "시각 모름" if taken is None else f"{_hours(evidence, taken)} 전"
        yield f"주의 STALE: 아래 스냅샷은 {policy.snapshot_hours}시간이 넘은 값이다 ({age})."
    if (change := evidence.known("kospi_change_pct")) is not None:
        yield f"KOSPI 변화율: {change:.2f}%"
    known = sorted(evidence.figures, key=lambda n: (_rank(n), n))
    lines = [_figure(name, evidence.figures[name]) for name in known]
    if evidence.vix_regime:
        lines.append(f"VIX 구간: {tamed(evidence.vix_regime, 40)}")
    if evidence.completeness_pct is not None:
        lines.append(f"자료 완성도: {evidence.completeness_pct}%")
    if evidence.missing:
        lines.append("빠진 지표: " + tamed(", ".join(evidence.missing), _TITLE))
    yield "매크로 스냅샷\n" + fenced("snapshot", "\n".join(lines))


def _rank(name: str) -> int:
    order = tuple(NAMES)
    return order.index(name) if name in NAMES else order.index("vix")


def _figure(name: str, figure: Figure) -> str:
    unit = tamed(figure.unit, 20)
    told = [tamed(figure.source, 40), _when(figure.as_of) if figure.as_of else ""]
    origin = ", ".join(filter(None, told))
    value = f"{figure.value:,.2f}{' ' if unit else ''}{unit}"
    return f"{NAMES.get(name, tamed(name, 40))}: {value}" + (f" ({origin})" if origin else "")


def _charts(evidence: Evidence) -> Iterator[str]:
    if evidence.technicals:
        lines = [line for chart in evidence.technicals for line in _chart(chart)]
        yield "지수 기술 지표\n" + fenced("technicals", "\n".join(lines))


def _chart(chart: IndexTechnicals) -> Iterator[str]:
    means = " · ".join(f"MA{span} {_number(mean)}" for span, mean in chart.means.items())
    yield f"{chart.index} {chart.day:%Y-%m-%d} 종가 {chart.close:,.2f} ({chart.rows}일)"
    yield f"  {means}"
    yield (
        f"  RSI14 {_number(chart.rsi)} · 볼린저 {_number(chart.lower)}~{_number(chart.upper)}"
        f" · MACD {_number(chart.macd)} / 시그널 {_number(chart.signal)}"
    )
    if chart.crosses:
        yield "  " + ", ".join(_CROSSES[name] for name in chart.crosses)


def _sectors(evidence: Evidence) -> Iterator[str]:
    told = momentum(evidence.sectors)
    if not told.top:
        return
    best = ", ".join(f"{m.fine} {m.day_pct:+.2f}%" for m in told.top)
    worst = ", ".join(f"{m.fine} {m.day_pct:+.2f}%" for m in told.bottom)
    means = ", ".join(f"{g} {value:+.2f}%" for g, value in told.groups.items())
    lines = [f"상위 5: {best}", f"하위 5: {worst or '없음'}", f"그룹 평균: {means}"]
    yield "업종 모멘텀 (하루)\n" + fenced("sectors", "\n".join(lines))


def _headlines(evidence: Evidence, policy: CouncilPolicy) -> Iterator[str]:
    shown = evidence.recent(hours=policy.headline_hours, most=policy.headlines)
    if not shown:
        yield f"정치·지정학 헤드라인: 지난 {policy.headline_hours}시간에 없음"
        return
    lines = [_headline(evidence, h, policy.old_headline_hours) for h in shown]
    yield "정치·지정학 헤드라인\n" + fenced("headlines", "\n".join(lines))


def _headline(evidence: Evidence, headline: PoliticalHeadline, old: int) -> str:
    age = (evidence.at - headline.at).total_seconds() / 3_600
    mark = f" [{old}시간 초과]" if age > old else ""
    kind = f" ({tamed(headline.kind, 40)})" if headline.kind else ""
    title, source = tamed(headline.title, _TITLE), tamed(headline.source, 60)
    return f"{_when(headline.at)}{mark} {source}{kind}: {title}"


def _briefing(evidence: Evidence) -> Iterator[str]:
    if not evidence.briefing:
        yield "텔레그램 브리핑: 없음. 매크로 자료만으로 판단한다."
        return
    posts = [f"[{_when(p.at)}]\n{_post(p.text)}" for p in evidence.briefing]
    yield "텔레그램 브리핑\n" + fenced("briefing", "\n\n".join(posts))


def _remembered(evidence: Evidence) -> Iterator[str]:
    if evidence.remembered:
        told = [
            f"[{_when(r.at)}] {tamed(r.source, 60)}: {tamed(r.text, _TEXT)}"
            for r in evidence.remembered
        ]
        yield "보관된 뉴스와 글\n" + fenced("archive", "\n".join(told))


def _post(words: str) -> str:
    return "\n".join(tamed(line, _POST) for line in cleaned(words, _POST).splitlines())


def _when(at: datetime) -> str:
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}"


def _hours(evidence: Evidence, since: datetime) -> str:
    return f"{(evidence.at - since).total_seconds() / 3_600:.0f}시간"


def _number(value: float | None) -> str:
    return "모름" if value is None else f"{value:,.2f}"
