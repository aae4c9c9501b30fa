"""What the scout, regime and sectors commands do once their arguments are known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from rich.console import Group

from jennie_cli.commands.output import Progress
from jennie_cli.commands.session import Session
from jennie_cli.commands.view import (
    comparison_page,
    explanation_page,
    history_page,
    regime_page,
    rules_page,
    scorers_page,
    sectors_page,
    watchlist_page,
)
from jennie_cli.commands.view.documents import (
    regime_document,
    run_document,
    run_head,
    sector_document,
    silence_document,
)
from jennie_cli.commands.view.watchlist import TOP
from jennie_cli.engine.analyst import AnalystPolicy
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Market, WatchlistEntry
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.scoring import SCORERS, ScoringPolicy
from jennie_cli.engine.scoring.market import MarketView, read_market
from jennie_cli.engine.scout import (
    Advisor,
    Previous,
    ScoutPolicies,
    ScoutPolicy,
    ScoutRequest,
    compare,
    compare_scorers,
    explain,
    market_sectors,
    reading,
    run_scout,
    silence,
)
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.store import ScoutRun
from jennie_cli.wiring import AsOf, House
from jennie_cli.wiring.insights import sight_of
from jennie_cli.wiring.inspection import silent_in_sessions
from jennie_cli.wiring.recall import candidates_of

_REMEMBERED = 2
_LOOK_BACK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked of one run; None leaves it to the settings."""

    day: date | None = None
    universe: int | None = None
    board: str | None = None
    use_llm: bool = True
    scorer: str | None = None
    stability: bool | None = None


def run(session: Session, wish: Wish, *, top: int | None) -> None:
    """Run the scout, keep the run, and print it."""
    house = session.house
    at = _opened(house, wish.day)
    sight = sight_of(house, at.as_of)
    most = house.settings.slice(ScoutPolicy).archived_news
    recalled, by = candidates_of(house, as_of=at.as_of, most=most)
    request = ScoutRequest(
        run_id="",
        trade_date=at.trade_date,
        universe=wish.universe,
        board=Market(wish.board) if wish.board else None,
        scorer=wish.scorer,
        stability=wish.stability,
        use_llm=wish.use_llm,
        risk_off_level=sight.risk_off_level,
        council_avoid=sight.avoid,
        council_favour=sight.favour,
        recalled=recalled,
        recalled_by=by,
    )
    with session.out.progress("scout") as told:
        saved = _save(house, *_scout(house, at, request, told))
    _answer(session, saved, top=top)


def show(session: Session, run_id: str | None) -> None:
    """Print a stored run again, from the store alone."""
    _answer(session, session.house.runs.load(run_id), named=run_id is not None)


def history(session: Session, limit: int) -> None:
    """Print past runs, newest first."""
    past = session.house.runs.recent(limit)
    session.out.answer(
        {"runs": [{**run_head(r), "counts": dict(r.counts)} for r in past]},
        lambda: history_page(past, session.options.lang),
    )


def compare_runs(session: Session, first: str, second: str | None) -> None:
    """Print what moved between two runs."""
    runs, lang = session.house.runs, session.options.lang
    doc = compare(runs.load(first), runs.load(second), lang)
    session.out.answer(doc, lambda: comparison_page(doc, lang))


def compare_scorers_of(session: Session, run_id: str, scorers: str) -> None:
    """Print how two scorers rank the candidates of a run on the market it saw."""
    house, lang = session.house, session.options.lang
    names = [s.strip() for s in scorers.split(",")]
    if len(set(names)) != 2 or not set(names) <= SCORERS.keys():
        known = ", ".join(sorted(SCORERS))
        raise InputError(
            f"--scorers takes two of {known}, not '{scorers}'.", hint="--scorers v1,v2"
        )
    stored = house.runs.load(run_id)
    if stored.market != house.market:
        raise InputError(
            f"Run {run_id} is of the {stored.market} market; this home reads the {house.market}.",
            hint=f"jennie config set market.source {stored.market}",
        )
    house.ready()
    codes = [s.code for s in stored.stocks if s.quant_score is not None]
    view = read_market(house.facts, as_of=stored.as_of)
    doc = compare_scorers(view, codes, names, _policies(house))
    session.out.answer(doc, lambda: scorers_page(doc, lang))


def explain_stock(session: Session, stock: str, run_id: str | None) -> None:
    """Print everything a run knows of one candidate."""
    lang = session.options.lang
    stored = session.house.runs.load(run_id)
    doc = explain(stored, stock, lang)
    gates = session.options.verbosity > 0
    session.out.answer(
        doc, lambda: explanation_page(doc, market=stored.market, lang=lang, every_gate=gates)
    )


def show_regime(session: Session, day: date | None) -> None:
    """Print the regime now or at the end of a day."""
    house, lang = session.house, session.options.lang
    at = _opened(house, day)
    state = reading(read_market(house.facts, as_of=at.as_of), _policies(house))
    head = {"trade_date": at.trade_date, "as_of": at.as_of, "market": house.market}
    session.out.answer({**head, **regime_document(state)}, lambda: regime_page(state, lang))


def show_sectors(session: Session, day: date | None, run_id: str | None) -> None:
    """Print the sector budget: now, at the end of a day, or of a stored run."""
    house, lang = session.house, session.options.lang
    if run_id is not None:
        stored = house.runs.load(run_id)
        rows, trade_date, market = stored.sectors, stored.trade_date, stored.market
    else:
        at = _opened(house, day)
        view = read_market(house.facts, as_of=at.as_of)
        rows, trade_date = market_sectors(view, _policies(house)), at.trade_date
        market = house.market
    doc = {"trade_date": trade_date, "market": market, "sectors": [*map(sector_document, rows)]}
    session.out.answer(doc, lambda: sectors_page(rows, trade_date, lang))


def _opened(house: House, day: date | None) -> AsOf:
    house.ready()
    return house.as_of(day)


def _policies(house: House) -> ScoutPolicies:
    settings = house.settings
    return ScoutPolicies(
        scout=settings.slice(ScoutPolicy),
        scoring=settings.slice(ScoringPolicy),
        analyst=settings.slice(AnalystPolicy),
        sectors=settings.slice(SectorPolicy),
        regime=settings.slice(RegimePolicy),
    )


def _scout(
    house: House, at: AsOf, request: ScoutRequest, told: Progress
) -> tuple[ScoutRun, tuple[WatchlistEntry, ...]]:
    watch = house.wall_clock.monotonic
    begun = watch()
    view = read_market(house.facts, as_of=at.as_of)
    policies = _policies(house)
    stable = policies.scout.stability if request.stability is None else request.stability
    scorer = request.scorer or policies.scoring.version
    wanted = request.use_llm and policies.scout.use_unified_analyst
    advisor = _advisor(house, view, told) if wanted else None
    return run_scout(
        view,
        request,
        policies,
        house.clock,
        profile=house.profile.value,
        market=house.market,
        previous=_previous(house, at.trade_date, scorer) if stable else Previous(),
        load_s=watch() - begun,
        stopwatch=watch,
        advisor=advisor,
    )


def _advisor(house: House, view: MarketView, told: Progress) -> Advisor:
    from jennie_cli.wiring.analyst import advisor_of  # noqa: PLC0415  # only a run asks models

    return advisor_of(house, view.bars.codes, as_of=view.as_of, told=told)


def _previous(house: House, trade_date: date, scorer: str) -> Previous:
    """Return what the standing runs of earlier sessions on this market left."""
    past = house.runs.recent(_LOOK_BACK)
    alike = [r for r in past if r.standing and (r.market, r.scorer) == (house.market, scorer)]
    earlier = [r for r in alike if r.trade_date < trade_date]
    last = max(earlier, key=lambda r: r.trade_date, default=None)
    if last is None:
        return Previous()
    members = house.runs.watchlist(last.run_id)
    before = datetime.combine(trade_date, time(), KST)
    return Previous(
        hybrids=house.runs.hybrid_scores(before, _REMEMBERED, market=house.market, scorer=scorer),
        watchlist=frozenset(e.code for e in members),
    )


def _save(house: House, run: ScoutRun, entries: Sequence[WatchlistEntry]) -> ScoutRun:
    """Name the run after its moment and the runs before it, and keep it."""
    with house.lock("scout", doing="saving a scout run"):
        stem = f"{run.generated_at.astimezone(KST):%Y%m%d-%H%M%S}-"
        taken = [int(i.removeprefix(stem)) for i in house.runs.run_ids(stem)]
        named = replace(run, run_id=f"{stem}{max(taken, default=0) + 1:03d}")
        house.runs.save(named, tuple(entries))
    return named


def _answer(
    session: Session, run: ScoutRun, *, top: int | None = None, named: bool = False
) -> None:
    lang, everything = session.options.lang, session.options.verbosity > 0
    doc = run_document(run, lang, top=top)
    rows = top or (None if everything else TOP)
    page = watchlist_page(run, lang, show=rows, jennie=session.called, named=named)
    if not everything:
        session.out.answer(doc, lambda: page)
        return
    rules, judged = silence(session.house.runs), silent_in_sessions(session.house)
    doc |= silence_document(rules, judged)
    session.out.answer(doc, lambda: Group(page, rules_page(rules, judged, lang)))
