"""A briefing in words: every figure in full, what is not known said so, a message that fits."""

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from jennie_cli.engine.briefing import Briefing, Listed, Section, Story, chat_html, sections
from jennie_cli.engine.messages import LANGS
from jennie_cli.testing.briefings_exam import FIVE, WHOLE

MOST = 3_500


def shown(briefing: Briefing, lang: str = "ko") -> dict[str, Section]:
    """Return the sections by key."""
    return {one.key: one for one in sections(briefing, lang)}


def words(briefing: Briefing, lang: str = "ko") -> str:
    """Return everything that a chat would be told, of any length."""
    return chat_html(briefing, lang, most=10**6)


class Balanced(HTMLParser):
    """Counts tags that are open and collects the words."""

    def __init__(self) -> None:
        """Start with nothing open."""
        super().__init__()
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Open."""
        del attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect."""
        self.words += data


def test_the_sections_of_the_specification_come_in_order() -> None:
    """Market, account, positions, trades, second tier, watchlist, news, tomorrow, closing."""
    keys = ["market", "account", "positions", "trades", "second_tier", "watchlist", "news"]
    assert [*keys, "tomorrow", "closing"] == [one.key for one in sections(WHOLE, "ko")]
    silent = replace(WHOLE, comments=None)
    assert [*keys, "comments"] == [one.key for one in sections(silent, "ko")]


@pytest.mark.parametrize("lang", LANGS)
def test_figures_are_told_to_the_won(lang: str) -> None:
    """No eok, no rounding, signs where something moved."""
    page = words(WHOLE, lang)
    for figure in (
        "50,300,000",
        "+300,000",
        "+0.60%",
        "42,000,000",
        "41,900,000",
        "8,300,000",
        "-120,000",
        "84,200",
        "1,530,000",
        "+45,000",
        "3,060",
        "6,512.34 (-1.23%)",
        "03-03",
        "1,387.20",
        "63",
        "81.2",
        "+3.03%",
    ):
        assert figure in page
    assert "None" not in page


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_not_known_is_said_so(lang: str) -> None:
    """A dash, or why; nought won is never told of what nobody read."""
    bare = replace(
        WHOLE,
        weather=replace(
            WHOLE.weather,
            kospi=None,
            kosdaq=None,
            usd_krw=None,
            sentiment_score=None,
            regime=None,
            regime_day=None,
        ),
        worth=None,
        positions=None,
        differs=None,
        trades=replace(WHOLE.trades, shown=()),
        second_tier=None,
        watch=None,
        news=None,
        comments=None,
        gaps={
            "account": "The broker is away.",
            "macro": "gone",
            "council": "gone",
            "scout": "gone",
        },
    )
    page = words(bare, lang)
    assert 5 <= page.count("—")
    assert 2 == page.count("The broker is away.")
    assert "None" not in page
    assert "50,300,000" not in page
    ungapped = words(replace(bare, gaps={}), lang)
    assert "The broker" not in ungapped


def test_empty_is_not_unknown() -> None:
    """Nothing held, nothing heard and an empty list are told as such; one free share has a dash."""
    assert WHOLE.watch is not None
    assert WHOLE.second_tier is not None
    assert WHOLE.worth is not None
    assert WHOLE.positions is not None
    empty = replace(
        WHOLE,
        positions=(),
        differs=3,
        watch=replace(WHOLE.watch, listed=(), rest=0),
        news=(),
        second_tier=replace(WHOLE.second_tier, buys=0),
        worth=replace(WHOLE.worth, previous_day=None, previous_total=None, orderable_cash=None),
    )
    told = shown(empty)
    for key in ("positions", "watchlist", "news"):
        assert told[key].sheet is None
    assert "3" in told["positions"].lines[1]
    assert "—" in told["account"].lines[2]
    assert 1 == len(told["second_tier"].lines)
    free = replace(WHOLE, positions=(replace(WHOLE.positions[0], cost=0, qty=0),))
    assert "—" in words(free)


def test_rest_and_unknown_costs_are_told() -> None:
    """Two more trades, one sale that earned nobody knows what; a buy has no profit."""
    trade = replace(WHOLE.trades.shown[0], profit=None)
    told = shown(
        replace(WHOLE, trades=replace(WHOLE.trades, shown=(trade,), rest=2, costless_sales=1))
    )["trades"]
    assert 4 == len(told.lines)
    assert told.sheet is not None
    assert ("", False) == (told.sheet.rows[0][-1], "(" in told.sheet.chat[0])


def test_worst_stocks_are_told_where_there_are_any() -> None:
    """Best and worst have a line each."""
    assert WHOLE.second_tier is not None
    worst = replace(WHOLE.second_tier, worst=WHOLE.second_tier.best[1:])
    assert 3 == len(shown(WHOLE)["second_tier"].lines)
    assert 4 == len(shown(replace(WHOLE, second_tier=worst))["second_tier"].lines)


def test_a_snapshot_of_another_day_is_dated() -> None:
    """The hour alone would say it is of today."""
    assert WHOLE.worth is not None
    old = replace(WHOLE, worth=replace(WHOLE.worth, at=FIVE - timedelta(days=3)))
    assert "03-01" in shown(old)["account"].lines[0]


def test_comments_stand_by_their_sections_and_notes_at_the_end() -> None:
    """What the model must not say leaves no empty title behind."""
    told = shown(WHOLE)
    assert WHOLE.comments is not None
    assert WHOLE.comments.market == told["market"].comment
    assert WHOLE.comments.portfolio == told["trades"].comment
    dropped = replace(WHOLE.comments, tomorrow="", closing="", simulated=True, dropped=("closing",))
    notes = shown(replace(WHOLE, comments=dropped))
    assert not {"tomorrow", "closing"} & notes.keys()
    assert (2, True) == (len(notes["comments"].lines), "SIMULATED" in notes["comments"].lines[0])


def test_a_story_is_told_with_whose_it_is() -> None:
    """By name, by code, or of the market as a whole; made-up moods are marked."""
    assert WHOLE.news is not None
    story = replace(WHOLE.news[0], simulated=True)
    stories = (story, replace(story, name=""), replace(story, name="", code=""))
    told = shown(replace(WHOLE, news=stories))["news"]
    assert told.sheet is not None
    assert ["가온칩스텍", "000010", "-"] == [row[1] for row in told.sheet.rows]
    assert f"[88] {story.title}" == told.sheet.chat[2]
    assert "SIMULATED" in told.lines[0]
    assert WHOLE.watch is not None
    honest = tuple(replace(one, simulated=False) for one in WHOLE.watch.listed)
    plain = shown(replace(WHOLE, watch=replace(WHOLE.watch, listed=honest)))["watchlist"]
    assert (2, 1) == (len(shown(WHOLE)["watchlist"].lines), len(plain.lines))


def test_an_unknown_mood_keeps_its_word() -> None:
    """A word of the council that has no translation is told as it is."""
    odd = replace(WHOLE, weather=replace(WHOLE.weather, sentiment="odd"))
    assert "odd 63" in shown(odd)["market"].lines[2]


def crowded() -> Briefing:
    """Return a day on which everything is as long as it can be, in hostile words."""
    assert WHOLE.positions is not None
    assert WHOLE.comments is not None
    nasty = "<script>&\"'" * 12
    story = Story(at=FIVE, code="1", name=nasty[:40], title=nasty[:120], score=99, simulated=True)
    listed = Listed(
        rank=1, code="1", name=nasty[:40], tier="TIER1", score=1, llm_score=None, simulated=False
    )
    assert WHOLE.watch is not None
    return replace(
        WHOLE,
        positions=tuple(replace(WHOLE.positions[0], name=nasty[:40]) for _ in range(10)),
        trades=replace(WHOLE.trades, shown=(replace(WHOLE.trades.shown[0], name=nasty),) * 10),
        watch=replace(WHOLE.watch, listed=(listed,) * 10),
        news=(story,) * 5,
        comments=replace(WHOLE.comments, market="😀" * 300, closing=nasty),
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_message_fits_and_is_cut_between_tags(lang: str) -> None:
    """At most 3,500 UTF-16 units, well formed, nobody's words are markup."""
    html = chat_html(crowded(), lang, most=MOST)
    assert len(html.encode("utf-16-le")) // 2 <= MOST
    read = Balanced()
    read.feed(html)
    read.close()
    assert [] == read.open
    assert "<script" not in html
    assert "…" == read.words[-1]
    whole = Balanced()
    whole.feed(words(WHOLE, lang))
    assert "<체결>" in whole.words
