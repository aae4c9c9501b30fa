"""Nobody who talks waits for a reader."""

import os
import threading
from collections.abc import Callable

import pytest

from jennie_cli.commands import speaking
from jennie_cli.commands.output import Output

PATIENCE_S = 20.0
LINES = [f"{number:05d} {'가' * 40}" for number in range(3_000)]


def ends(work: Callable[[], object]) -> bool:
    """Return whether a piece of work comes to an end."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return not thread.is_alive()


def test_a_pipe_that_nobody_reads_holds_nobody_up() -> None:
    """All is said in its order once somebody reads; the talk waits for that at its end."""
    reads, writes = os.pipe()
    read = list[str]()

    def listen() -> None:
        with os.fdopen(reads, encoding="utf-8") as pipe:
            read.extend(line.rstrip("\n") for line in pipe)

    with os.fdopen(writes, "w", encoding="utf-8") as stderr:
        output = Output(stderr=stderr)
        listener = threading.Thread(target=listen, daemon=True)

        def talk() -> None:
            for line in LINES:
                output.talk(line)

        with output.unhurried():
            assert ends(talk)
            listener.start()
        output.talk("over")
    listener.join(PATIENCE_S)
    assert [*LINES, "over"] == read


def test_a_reader_who_left_is_told_nothing_more() -> None:
    """The talk goes on without him."""
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w", encoding="utf-8") as stderr:
        output = Output(stderr=stderr)

        def talk() -> None:
            for line in LINES:
                output.talk(line)

        with output.unhurried():
            assert ends(talk)


def test_of_very_much_the_oldest_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """How much stands where it would have stood."""
    monkeypatch.setattr(speaking, "MOST", 3)
    said, may_go_on, began = list[str](), threading.Event(), threading.Event()

    def write(text: str) -> None:
        began.set()
        may_go_on.wait(PATIENCE_S)
        said.append(text)

    speaker = speaking.Speaker(write, gone=lambda count: f"+{count}")
    speaker.say("first")
    assert began.wait(PATIENCE_S)
    for number in range(5):
        speaker.say(str(number))
    may_go_on.set()
    speaker.close()
    assert ["first", "+2", "2", "3", "4"] == said
