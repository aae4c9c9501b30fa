"""Streams are cut into records wherever the pieces end."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.adapters.cloud_llm.framing import DONE, Events, Framing, Lines, Records

KOREAN = {"choices": [{"delta": {"content": "삼성전자 😀\u2028끝\r\n"}}]}
STREAM = (
    b"\xef\xbb\xbf: OPENROUTER PROCESSING\n\n"
    b"event: message\r\ndata: "
    + json.dumps(KOREAN, ensure_ascii=False).encode()
    + b'\r\n\r\nid: 7\rdata: {"a":\rdata: 1}\r\r\n'
    b"data:[DONE]\n\n"
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
WORDS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))


def cut(framing: Framing, pieces: list[bytes]) -> list[bytes]:
    """Return all records of a stream in these pieces."""
    return [*(r for piece in pieces for r in framing.feed(piece)), *framing.end()]


def checked(records: list[bytes]) -> None:
    """Compare with what STREAM says."""
    assert KOREAN == json.loads(records[0])
    assert {"a": 1} == json.loads(records[1])
    assert [DONE] == records[2:]


def test_a_stream_may_be_cut_at_every_byte() -> None:
    """In two pieces at each place, within characters and line ends too."""
    for place in range(len(STREAM) + 1):
        checked(cut(Events(), [STREAM[:place], STREAM[place:]]))


def test_a_stream_may_come_byte_by_byte() -> None:
    """As slow as it gets."""
    checked(cut(Events(), [STREAM[i : i + 1] for i in range(len(STREAM))]))


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_pieces_may_be_of_any_size(places: list[int]) -> None:
    """Empty ones included."""
    edges = [0, *sorted(places), len(STREAM)]
    checked(cut(Events(), [STREAM[a:b] for a, b in itertools.pairwise(edges)]))


@given(st.lists(st.tuples(WORDS, ENDS), max_size=6), st.integers(1, 5))
def test_lines_are_those_of_the_whole(lines: list[tuple[str, bytes]], size: int) -> None:
    """Whatever ends them, in pieces of any size."""
    raw = b"".join(words.encode() + end for words, end in lines)
    pieces = [raw[i : i + size] for i in range(0, len(raw), size)]
    assert cut(Lines(), [raw]) == cut(Lines(), pieces)


def test_an_unfinished_end_is_not_lost() -> None:
    """A last record counts without its line end, and a carriage return is no part of it."""
    assert [b"{}", b'{"b":2}'] == cut(Records(), [b"{}\r\n\n  \n", b'{"b":2}\r'])
    assert [b"1"] == cut(Events(), [b"data: 1"])
    assert [] == cut(Records(), [b""])


def test_what_is_no_data_is_left_out() -> None:
    """Names, times to retry, and lines that say nothing."""
    assert [b"x", b" y"] == cut(Events(), [b"event: a\ndata: x\n\nretry: 3\n\nother\ndata:  y\n\n"])
