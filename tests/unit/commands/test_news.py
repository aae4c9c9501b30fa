"""News from the command line of a generated home: collected once, judged, archived, shown."""

from collections.abc import Callable, Iterator

import pytest
from rich.cells import cell_len
from tests.unit.conftest import Jennie
from tests.unit.wiring.short_home import short_home

from jennie_cli.engine.errors import ExitCode


@pytest.fixture
def home(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lend a home with a small archive model and a wire that told something."""
    with short_home() as root:
        monkeypatch.setenv("JENNIE_HOME", str(root))
        for key, value in (("archive.embedder", "ngrams"), ("archive.vectors", "sqlite")):
            assert 0 == jennie("config", "set", key, value).code
        yield


@pytest.mark.usefixtures("home")
def test_a_text_goes_once_through_everything(jennie: Jennie) -> None:
    """What is collected is judged, archived and shown; a second round finds nothing new."""
    first = jennie("news", "collect", "--json").document
    count = first["published"]["stream:news:raw"]
    assert count > 0
    assert [("sim", count, 0, None)] == [
        (s["name"], s["told"], s["known"], s["error"]) for s in first["sources"]
    ]
    all_of_them = {"handled": count, "failed": 0, "dead": 0, "lost": 0}
    whose = {"profile": "sim", "market": "generated"}
    assert whose | all_of_them == jennie("news", "analyze", "--json").document
    assert whose | all_of_them == jennie("news", "archive", "--json").document
    again = jennie("news", "collect", "--json").document
    assert ({}, [count]) == (again["published"], [s["known"] for s in again["sources"]])
    assert whose | {"handled": 0, "failed": 0, "dead": 0, "lost": 0} == (
        jennie("news", "analyze", "--json").document
    )
    assert whose | {"asked": 0, "judged": 0} == (
        jennie("news", "analyze", "--backfill", "--json").document
    )
    shown = jennie("news", "show", "--most", "500", "--json").document["news"]
    assert count == len(shown) == len({row["id"] for row in shown})
    assert {("OK", True)} == {(row["status"], row["simulated"]) for row in shown}
    assert all(row["published_at"] <= row["known_at"] for row in shown)
    one = shown[0]
    of_it = jennie("news", "show", one["name"], "--json").document
    assert (one["code"], {one["code"]}) == (of_it["stock"], {r["code"] for r in of_it["news"]})
    found = jennie("news", "search", one["title"], "--json").document["found"]
    assert one["title"] in {each["title"] for each in found}


@pytest.mark.usefixtures("home")
def test_what_a_person_reads_fits_a_pipe(jennie: Jennie) -> None:
    """Each line at most 100 columns by display width, no code of ours where a word belongs."""
    words = [
        ("ko", "collect"),
        ("en", "collect"),
        ("ko", "analyze"),
        ("ko", "show"),
        ("en", "show"),
    ]
    told = [jennie("--lang", lang, "news", verb) for lang, verb in words]
    assert [0] * len(words) == [one.code for one in told]
    lines = [line for one in told for line in one.out.splitlines()]
    assert [] == [line for line in lines if cell_len(line) > 100]
    for page in (one.out for one in told[-2:]):
        assert [] == [w for w in ("RECALL", "FIRE", "OWNER_RISK", "General", "None") if w in page]
        assert "SIMULATED" in page


@pytest.mark.usefixtures("home")
def test_an_empty_home_says_what_to_do_first(jennie: Jennie) -> None:
    """The page names the command; a source, a stock and options that do not exist are refused."""
    assert "news collect" in jennie("news", "show").out
    assert 0 == jennie("news", "analyze", "--json").document["handled"]
    assert ExitCode.INPUT == jennie("news", "collect", "--sources", "nobody").code
    assert ExitCode.INPUT == jennie("news", "show", "없는종목").code
    assert ExitCode.USAGE == jennie("news", "analyze", "--backfill", "--follow").code


def test_signing_in_asks_at_a_terminal_and_says_where_the_session_is(
    jennie: Jennie, home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one nobody is asked; what is typed is in no answer."""
    del home
    assert ExitCode.USAGE == jennie("news", "login").code
    asked: list[tuple[str, bool]] = []

    def typed(label: str, *, hidden: bool = False) -> str:
        asked.append((label, hidden))
        return "+8210"

    async def signed_in(_house: object, phone: str, **ask: Callable[[], str]) -> str:
        assert ("+8210", "+8210", "+8210") == (phone, ask["code"](), ask["password"]())
        return "keyring"

    monkeypatch.setattr("jennie_cli.commands.newsroom.somebody_is_there", lambda: True)
    monkeypatch.setattr("jennie_cli.commands.newsroom._typed", typed)
    monkeypatch.setattr("jennie_cli.commands.newsroom.sign_in_to_telegram", signed_in)
    answer = jennie("news", "login", "--json")
    assert {"signed_in": True, "stored_in": "keyring"} == answer.document
    assert [False, True, True] == [hidden for _, hidden in asked]
    assert "+8210" not in answer.out + answer.err
