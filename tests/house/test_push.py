"""The tracked pre-push hook stops a push that would leave files behind."""

import subprocess
from pathlib import Path

import pytest

HOOKS = Path(__file__).parents[2] / ".githooks"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a repository with one commit, a remote beside it, and our hooks switched on."""
    remote, work = tmp_path / "remote.git", tmp_path / "work"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(work))
    git(work, "config", "core.hooksPath", str(HOOKS))
    git(work, "remote", "add", "origin", str(remote))
    commit(work, "src/a.py")
    return work


def git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git as a person without settings of their own."""
    who = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "safe.directory=*"]
    command = ["git", *who, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def write(work: Path, name: str) -> None:
    """Leave a file in the work tree."""
    file = work / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"# {name}\n", "utf-8")


def commit(work: Path, name: str) -> None:
    """Write a file and commit it."""
    write(work, name)
    git(work, "add", name)
    git(work, "commit", "--quiet", "-m", name)


def push(work: Path) -> subprocess.CompletedProcess[str]:
    """Push the branch."""
    return git(work, "push", "--quiet", "origin", "main")


def test_clean_tree_is_pushed(clone: Path) -> None:
    """A push of everything goes through, whatever lies outside src, tests and docs."""
    write(clone, "notes.txt")
    assert 0 == push(clone).returncode


@pytest.mark.parametrize("name", ["src/b.py", "tests/test_b.py", "docs/b.md", "src/deep/b.toml"])
def test_untracked_file_stops_the_push(clone: Path, name: str) -> None:
    """A file that was never added stops the push and is named."""
    (clone / "src/deep").mkdir()
    write(clone, name)
    refused = push(clone)
    assert 0 != refused.returncode
    assert f"?? {name}" in refused.stderr


def test_uncommitted_change_stops_the_push(clone: Path) -> None:
    """A change that is staged or only saved stops the push."""
    (clone / "src/a.py").write_text("x = 1\n", "utf-8")
    assert " M src/a.py" in push(clone).stderr
    git(clone, "add", "src/a.py")
    assert "M  src/a.py" in push(clone).stderr
