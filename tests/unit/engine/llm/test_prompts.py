"""Texts to models: the newest version, the hash of its bytes, and names filled in exactly."""

import hashlib
from pathlib import Path

import pytest

from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.llm import PackagedPrompts, PromptText, filled, packaged, prompt_of


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a package with texts of its own."""
    folder = tmp_path / "room_of_texts" / "prompts"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "judge.2.txt").write_text("둘", encoding="utf-8")
    (folder / "judge.10.txt").write_text("열 $what\n", encoding="utf-8")
    (folder / "judge.old.txt").write_text("옛것", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "room_of_texts"


def text_of(text: str) -> PromptText:
    """Return a text under the name "p"."""
    return prompt_of("p", "1", text.encode())


def test_the_highest_version_is_in_force(room: str) -> None:
    """Versions are numbers: 10 comes after 2, and the hash is that of the bytes."""
    found = PackagedPrompts().get(room, "judge")
    assert ("judge", "10") == (found.prompt.name, found.prompt.version)
    assert "열 $what" == found.text
    assert hashlib.sha256("열 $what\n".encode()).hexdigest() == found.prompt.sha256


@pytest.mark.parametrize(("package", "name"), [("room", "nobody"), ("none", "judge")])
def test_a_text_that_is_not_there_is_named(room: str, package: str, name: str) -> None:
    """A name without a file and a package without prompts are both said."""
    with pytest.raises(LookupError, match=name):
        packaged(room if package == "room" else "jennie_cli.engine.clock", name)


@pytest.mark.parametrize("raw", [b"", b" \n", b"\xff\xfe", b"a\0b", b"x" * 65_537])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    """Nothing, other encodings, NUL and more than a prompt's length are no prompts."""
    with pytest.raises(BadFile, match="p \\(home\\)"):
        prompt_of("p", "home", raw)


def test_names_are_filled_in_once() -> None:
    """What is filled in may look like a name and stays as it is."""
    source = text_of("값 $a, ${b}원, $$5")
    assert "값 $b, 3원, $5" == filled(source, a="$b", b=3)


@pytest.mark.parametrize(
    ("text", "named"), [("$a $c", "c"), ("plain", "a"), ("$a costs 5$", "begins no name")]
)
def test_names_must_fit_exactly(text: str, named: str) -> None:
    """A name too many, a name left out and a lone dollar sign are all refused."""
    with pytest.raises(BadFile, match=named):
        filled(text_of(text), a=1)


def test_a_text_without_names_takes_none() -> None:
    """A plain text is itself, and names for it are too many."""
    assert "plain" == filled(text_of("plain"))
    with pytest.raises(BadFile) as refused:
        filled(text_of("$a"))
    assert refused.value.hint.endswith("none.")
