"""Global options stand anywhere before a bare `--`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.commands.argv import GLOBAL_OPTIONS, UsageError, split, wants_json


@pytest.mark.parametrize(
    "argv",
    [
        "--json --profile paper --home /h scout run --top 3",
        "scout --json run --profile=paper --top 3 --home=/h",
        "scout run --top 3 --home /h --json --profile paper",
    ],
)
def test_options_stand_before_within_and_after_the_command(argv: str) -> None:
    """The same options are found wherever they stand, and the command keeps its own words."""
    found = split(argv.split())
    assert ("scout", "run", "--top", "3") == found.rest
    assert (True, "paper", "/h") == (found.json, found.profile, found.home)


def test_a_bare_double_dash_ends_the_search() -> None:
    """Words after `--` belong to the command, even when they look like options."""
    found = split(["config", "get", "--", "--json", "-q"])
    assert ("config", "get", "--", "--json", "-q") == found.rest
    assert (False, False) == (found.json, found.quiet)
    assert not wants_json(["config", "--", "--json"])


@pytest.mark.parametrize(
    ("argv", "level"), [("", 0), ("-v", 1), ("-vv", 2), ("-v -v", 2), ("--verbose -v", 2)]
)
def test_verbosity_adds_up(argv: str, level: int) -> None:
    """Each v counts."""
    assert level == split(argv.split()).verbosity


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ("--profile", "needs a value"),
        ("--profile --json", "needs a value"),
        ("--home=", "needs a value"),
        ("--profile=demo", "one of sim, paper, live"),
        ("--lang jp", "one of ko, en"),
        ("--json=yes", "takes no value"),
        ("--clock noon", "ISO time"),
        ("--clock 2025-06-30T10:15:00", "ISO time with an offset"),
    ],
)
def test_a_wrong_global_option_says_what_it_takes(argv: str, said: str) -> None:
    """Missing, unknown and naive values are refused in words."""
    with pytest.raises(UsageError, match=said):
        split(argv.split())


def test_the_clock_is_an_aware_time() -> None:
    """--clock gives a time with its offset."""
    found = split(["--clock", "2025-06-30T10:15:00+09:00"])
    assert found.clock is not None
    assert "2025-06-30T10:15:00+09:00" == found.clock.isoformat()


_WORDS = st.text("abcdefgh0123456789._", min_size=1, max_size=8)


@given(st.lists(_WORDS, max_size=6), st.integers(0, 6))
def test_splitting_keeps_foreign_words_in_order(words: list[str], place: int) -> None:
    """Whatever is no global option comes out as it went in."""
    argv = [*words[:place], "--json", *words[place:]]
    assert tuple(words) == split(argv).rest
    assert split(argv).json


def test_no_two_global_options_share_a_name() -> None:
    """A name leads to one option."""
    names = [name for option in GLOBAL_OPTIONS for name in option.names]
    assert len(names) == len(set(names))


def test_the_word_wall_after_clock_belongs_to_the_command() -> None:
    """`sim serve --clock wall` has a clock of its own; any other value is a moment."""
    given = split(["sim", "serve", "--clock", "wall", "--json"])
    assert (("sim", "serve", "--clock", "wall"), None, True) == (
        given.rest,
        given.clock,
        given.json,
    )
