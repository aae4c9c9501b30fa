"""Fetching over a real socket: what is tried again, what is bounded, and that no key is shown."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.adapters.http.hosting import Asked, Said, fetcher, hosted, table

from jennie_cli.adapters.http import Allowance, Budgets, HttpFetcher, Manners
from jennie_cli.adapters.http.fetcher import cookies_of, masked, retry_after
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.feed import Ask, Fetched, FetchFailed, FetchKind

NOON = datetime(2026, 3, 4, 12, 0, 30, tzinfo=KST)
KEY = "s3cr3t/k3y+of=mine"


def got(asking: HttpFetcher, ask: Ask) -> Fetched:
    """Return one page and close the line."""

    async def one() -> Fetched:
        try:
            return await asking.get(ask)
        finally:
            await asking.close()

    return asyncio.run(one())


def failed(asking: HttpFetcher, ask: Ask) -> FetchFailed:
    """Return how one page was not had."""
    with pytest.raises(FetchFailed) as caught:
        got(asking, ask)
    return caught.value


def in_turn(*answers: Said) -> Iterator[Said]:
    """Return answers one after another, the last one for ever."""
    yield from answers
    while True:
        yield answers[-1]


def test_a_page_comes_as_text() -> None:
    """With its type, the query added to the address, and an address shown without it."""
    page = Said(body="값".encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
    with hosted(table({"/x": page})) as host:
        found = got(fetcher(), Ask(url=f"{host.url}/x?a=1", query={"b": "2 3"}))
    assert ("값", f"{host.url}/x", False) == (found.text, found.shown, found.unchanged)
    assert {"a": "1", "b": "2 3"} == host.asked[0].query


@pytest.mark.parametrize(
    ("status", "kind", "times"),
    [
        (500, FetchKind.SERVER, 2),
        (503, FetchKind.SERVER, 2),
        (429, FetchKind.RATE_LIMITED, 2),
        (401, FetchKind.BLOCKED, 1),
        (403, FetchKind.BLOCKED, 1),
        (404, FetchKind.GONE, 1),
        (410, FetchKind.GONE, 1),
        (400, FetchKind.BAD_REQUEST, 1),
        (304, FetchKind.BAD_REQUEST, 1),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again(
    status: int, kind: FetchKind, times: int
) -> None:
    """And no more often than was said."""
    with hosted(lambda _: Said(status=status)) as host:
        error = failed(fetcher(), Ask(url=f"{host.url}/x"))
    assert (kind, times) == (error.kind, len(host.asked))
    assert error.hint


def test_a_second_try_may_work() -> None:
    """The first answer is forgotten."""
    answers = in_turn(Said(status=502), Said(body=b"fine"))
    with hosted(lambda _: next(answers)) as host:
        assert "fine" == got(fetcher(), Ask(url=host.url)).text


@pytest.mark.parametrize(("asked_s", "tries"), [("7", 2), ("900", 1)])
def test_a_host_that_asks_to_wait_is_given_that_time(asked_s: str, tries: int) -> None:
    """A wait that is too long is not waited for: the error says how long."""
    clock = ManualClock(NOON)
    busy = Said(status=429, headers={"Retry-After": asked_s})
    with hosted(lambda _: busy) as host:
        error = failed(fetcher(clock=clock), Ask(url=host.url))
    assert (tries, float(asked_s)) == (len(host.asked), error.retry_after_s)
    assert (7.0 if tries == 2 else 0.0) == clock.monotonic()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30.0),
        (" 5 ", 5.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("²", None),
        ("Wed, 04 Mar 2026 03:01:00 GMT", 30.0),
        ("Wed, 04 Mar 2026 03:01:00", 30.0),
        ("Wed, 04 Mar 2026 02:00:00 GMT", 0.0),
        ("9" * 40, 999_999_999.0),
    ],
)
def test_a_wait_is_seconds_or_a_date(said: str, seconds: float | None) -> None:
    """Whatever else it is, it is none."""
    assert seconds == retry_after(said, lambda: NOON)


def test_a_host_that_never_answers_is_left() -> None:
    """By the machine's seconds, and it is called a timeout."""
    with hosted(lambda _: Said(late=True)) as host:
        asking = fetcher(manners=Manners(timeout_s=0.05, tries=1))
        assert FetchKind.TIMEOUT is failed(asking, Ask(url=host.url)).kind


def test_nobody_there_is_unreachable() -> None:
    """So is an address that is none."""
    with hosted(table({})) as host:
        gone = host.url
    for url in (gone, "http://", "ftp://127.0.0.1/x", "no address"):
        error = failed(fetcher(), Ask(url=url))
        assert FetchKind.UNREACHABLE is error.kind, url


def test_an_endless_answer_is_cut() -> None:
    """Also where the host does not say how long it is."""
    long = Said(body=b"x" * 100_001)
    with hosted(lambda _: long) as host:
        assert FetchKind.TOO_LARGE is failed(fetcher(), Ask(url=host.url)).kind


def test_an_unchanged_page_is_the_one_had_before(tmp_path: Path) -> None:
    """A later process asks with the marks of the earlier one."""

    def answer(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == '"v1"':
            return Said(status=304)
        return Said(body=b"first", headers={"ETag": '"v1"'})

    with hosted(answer) as host:
        found = [got(fetcher(folder=tmp_path), Ask(url=host.url)) for _ in range(2)]
    assert [("first", False), ("first", True)] == [(p.text, p.unchanged) for p in found]


def test_a_moved_page_is_followed_a_few_times() -> None:
    """Round and round is not followed."""
    moved = Said(status=301, headers={"Location": "/new"})
    round_trip = Said(status=302, headers={"Location": "/round"})
    with hosted(table({"/old": moved, "/new": b"here", "/round": round_trip})) as host:
        assert "here" == got(fetcher(), Ask(url=f"{host.url}/old")).text
        error = failed(fetcher(), Ask(url=f"{host.url}/round"))
    assert FetchKind.GONE is error.kind


@pytest.mark.parametrize(
    "location", ["http://localhost:9/x", "http://[::1]:9/x", "file:///etc/passwd", "ftp://a.b/", ""]
)
def test_a_page_does_not_lead_inside(location: str) -> None:
    """A hostile feed cannot have us ask our own machine, or read a file."""
    with hosted(lambda _: Said(status=302, headers={"Location": location})) as host:
        assert FetchKind.GONE is failed(fetcher(), Ask(url=host.url)).kind


def test_a_key_is_not_taken_along_to_another_place() -> None:
    """An address with a key is asked once."""
    with hosted(lambda _: Said(status=301, headers={"Location": "/x"})) as host:
        failed(fetcher(), Ask(url=host.url, query={"token": KEY}, secrets=(KEY,)))
    assert 1 == len(host.asked)


@pytest.mark.parametrize(
    "said",
    [Said(status=s) for s in (200, 301, 400, 401, 404, 429, 500)] + [Said(late=True)],
    ids=lambda s: str(s.status if not s.late else "late"),
)
def test_no_key_is_ever_shown(said: Said, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in a path nor in a query, neither in an error nor in any log of any library."""
    caplog.set_level(logging.DEBUG)
    with hosted(lambda _: said) as host:
        ask = Ask(
            url=f"{host.url}/api/s3cr3t%2Fk3y%2Bof%3Dmine/json",
            query={"api_key": KEY},
            secrets=(KEY,),
        )
        asking = fetcher(manners=Manners(timeout_s=0.2, tries=2, wait_s=0.001))
        try:
            told = got(asking, ask).shown
        except FetchFailed as error:
            told = f"{error.message} {error.hint} {error!r} {error.__cause__!r}"
    assert "k3y" not in told + caplog.text
    assert "k3y" in host.asked[0].path


def test_an_address_is_shown_without_what_it_asks() -> None:
    """Control characters are left out too: it may be somebody else's."""
    assert "https://a.b/***/c" == masked(f"https://a.b/{KEY}/c?x={KEY}", (KEY,))
    assert "https://a.b/c" == masked("https://a.b/\x1b\nc", ("",))


def test_an_allowance_of_a_minute_is_waited_for_and_one_of_a_day_is_not() -> None:
    """The third call of a minute waits for the next one; the third of a day is refused."""
    clock = ManualClock(NOON.replace(second=45))
    by_minute = fetcher(clock=clock, allowances={"x": Allowance(minute=2)})
    with hosted(lambda _: Said(body=b"fine")) as host:

        async def thrice(asking: HttpFetcher) -> None:
            for _ in range(3):
                await asking.get(Ask(url=host.url, budget="x"))
            await asking.close()

        asyncio.run(thrice(by_minute))
        assert (15.0, 1, 3) == (
            clock.monotonic(),
            by_minute.used()[0].minute_used,
            by_minute.used()[0].day_used,
        )
        by_day = fetcher(allowances={"x": Allowance(day=2)})
        with pytest.raises(FetchFailed) as caught:
            asyncio.run(thrice(by_day))
        asyncio.run(by_day.close())
    assert FetchKind.BUDGET is caught.value.kind


def test_what_is_no_address_is_named() -> None:
    """It is asked for nowhere, and its key is not shown."""
    ask = Ask(url=f"http://[::1/{KEY}", budget="yahoo", secrets=(KEY,))
    found = failed(fetcher(), ask)
    assert (FetchKind.BAD_REQUEST, "http://[::1/*** is no address.") == (found.kind, found.message)


def test_a_minute_that_is_too_long_is_not_waited_for() -> None:
    """Half a minute is more than a collection has."""
    clock = ManualClock(NOON)
    asking = fetcher(clock=clock, allowances={"127.0.0.1": Allowance(minute=1)})
    with hosted(lambda _: Said(body=b"fine")) as host:

        async def twice() -> None:
            await asking.get(Ask(url=host.url))
            try:
                await asking.get(Ask(url=host.url))
            finally:
                await asking.close()

        with pytest.raises(FetchFailed) as caught:
            asyncio.run(twice())
    assert (FetchKind.BUDGET, 0.0) == (caught.value.kind, clock.monotonic())


def test_calls_of_a_host_begin_apart(tmp_path: Path) -> None:
    """Two that share a file take turns; a clock that was set back makes nobody wait."""
    clock = ManualClock(datetime(2026, 3, 4, 11, 0, tzinfo=KST))
    allowed = {"naver_news": Allowance(apart_s=0.3)}
    one, other = (Budgets(allowed, clock, tmp_path / "counts.json") for _ in range(2))
    assert 0.0 == one.wait_s("naver_news")
    assert pytest.approx(0.3) == other.wait_s("naver_news")
    clock.advance(0.2)
    assert pytest.approx(0.1) == one.wait_s("naver_news")
    clock.advance(0.1)
    assert 0.0 == other.wait_s("naver_news")
    assert 2 == one.used()[0].minute_used
    back = ManualClock(clock.now() - timedelta(hours=1))
    assert 0.0 == Budgets(allowed, back, tmp_path / "counts.json").wait_s("naver_news")


def test_a_form_is_posted_and_its_answer_never_kept() -> None:
    """Two forms to one address are two questions, whatever mark the host sets."""

    def answer(asked: Asked) -> Said:
        return Said(body=asked.form.get("who", "nobody").encode(), headers={"ETag": '"1"'})

    with hosted(answer) as host:
        asking = fetcher()
        told = [
            got(asking, Ask(url=host.url, form={"who": who})).text for who in ("a b", "c&d=e", "")
        ]
    assert ["a b", "c&d=e", ""] == told


@pytest.mark.parametrize(
    ("said", "cookies"),
    [
        (["JSESSIONID=a.b!c; Path=/; HttpOnly", "x = 1"], {"JSESSIONID": "a.b!c", "x": "1"}),
        (["gone=; Max-Age=0", "nothing", "=x", "a=b c", "é=1", ""], {}),
        ([f"n{n}=1" for n in range(40)], {f"n{n}": "1" for n in range(20)}),
    ],
)
def test_cookies_are_told_by_name(said: list[str], cookies: dict[str, str]) -> None:
    """What is no cookie is none; a host sets no more than twenty."""
    assert cookies == cookies_of(said)
