"""Texts of strangers: one line, bounded, and never able to close their fence."""

from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.analyst.untrusted import fenced, tamed


def test_a_text_becomes_one_bounded_line() -> None:
    """Line ends turn into blanks, controls and formatting letters go, and the length holds."""
    assert "가온 급등 참고" == tamed("가온\n\t급등\x00\x1b\u202e\u200b\u2028 참고 ", 150)
    assert "가가가" == tamed("가" * 1_000_000, 3)


def test_signs_of_the_fence_are_thinned_out() -> None:
    """Neither the signs nor their wide twins survive in a run."""
    assert "DATA> 끝 <DATA" == tamed("DATA＞＞＞ 끝 <<<DATA", 150)


@given(st.text(max_size=200), st.integers(1, 50))
def test_whatever_is_tamed_is_one_printable_line(text: str, longest: int) -> None:
    """No text of the world leaves more than one line or more letters than allowed."""
    line = tamed(text, longest)
    assert len(line) <= longest
    assert line.isprintable()
    assert not {"<<", ">>"} & {line[i : i + 2] for i in range(len(line))}


def test_a_fence_carries_the_hash_of_what_it_holds() -> None:
    """Other words have another mark, so who writes them cannot know it."""
    first, second = fenced(["- 하나"]), fenced(["- 둘"])
    assert first.startswith("<<<DATA ")
    assert first.splitlines()[0].removeprefix("<<<") == first.splitlines()[-1].removesuffix(">>>")
    assert first.splitlines()[0] != second.splitlines()[0]
