"""Files fetched from a real server that speaks ranges, or does not, breaks off, or lies."""

import signal
import subprocess
import sys
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.adapters.http.range_server import PAYLOAD, Manners, serving, sha256

from jennie_cli.adapters.http import Download, DownloadFailed, Fetched, WrongFile, download
from jennie_cli.adapters.http.resume import Part
from jennie_cli.engine.errors import HomeBusy, InputError, StorageFull

HALF = len(PAYLOAD) // 2


def _quiet(done: int, total: int | None) -> None:
    """Take progress that nobody watches."""


def _fetch(url: str, folder: Path, **wanted: Any) -> Fetched:
    job = Download(url=url, target=folder / "model.gguf", begins=b"GGUF", **wanted)
    return download(job, _quiet, _quiet)


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".pull.lock")


def test_a_file_comes_whole_and_checked(tmp_path: Path) -> None:
    """A file is fetched once, checked, and put in its place with nothing left beside it."""
    manners, seen = Manners(), []
    with serving(manners) as url:
        job = Download(url=url, target=tmp_path / "in" / "model.gguf", sha256=sha256())
        found = download(job, lambda done, total: seen.append((done, total)), _quiet)
    assert (sha256(), "given", 0) == (found.sha256, found.checked, found.resumed)
    assert PAYLOAD == found.path.read_bytes()
    assert ["model.gguf"] == _left(tmp_path / "in")
    assert (0, len(PAYLOAD)) == seen[0]
    assert (len(PAYLOAD), len(PAYLOAD)) == seen[-1]
    assert "identity" == manners.asked[0]["accept-encoding"]


def test_a_broken_connection_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    """Cut off three times, the file still comes whole, and no byte comes twice."""
    manners = Manners(cuts=deque([100_000, 100_000, 100_000]))
    with serving(manners) as url:
        found = _fetch(url, tmp_path)
    assert PAYLOAD == found.path.read_bytes()
    starts = [asked.get("range") for asked in manners.asked]
    assert [None, "bytes=100000-", "bytes=200000-", "bytes=300000-"] == starts
    assert {'"one"'} == {asked["if-range"] for asked in manners.asked[1:]}


def test_a_later_call_goes_on(tmp_path: Path) -> None:
    """What one call left behind, the next one does not fetch again."""
    manners = Manners(cuts=deque([HALF, 0, 0, 0]))
    with serving(manners) as url:
        with pytest.raises(DownloadFailed, match="broke off") as caught:
            _fetch(url, tmp_path)
        assert ["model.gguf.part", "model.gguf.part.json"] == _left(tmp_path)
        found = _fetch(url, tmp_path)
    assert "run the same command again" in caught.value.hint
    assert HALF == found.resumed
    assert PAYLOAD == found.path.read_bytes()
    assert ["model.gguf"] == _left(tmp_path)


def test_a_killed_process_is_no_loss(tmp_path: Path) -> None:
    """A process killed on its way leaves a part that the next one goes on with."""
    manners = Manners(block_s=0.01)
    with serving(manners) as url:
        code = (
            "import sys; from pathlib import Path\n"
            "from jennie_cli.adapters.http import Download, download\n"
            "def told(done, total): print(done, flush=True)\n"
            "download(Download(url=sys.argv[1], target=Path(sys.argv[2])), told, told)\n"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", code, url, str(tmp_path / "model.gguf")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) > 50_000:
                break
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        manners.block_s = 0.0
        kept = (tmp_path / "model.gguf.part").stat().st_size
        found = _fetch(url, tmp_path)
    assert len(PAYLOAD) > kept > 0
    assert kept == found.resumed
    assert PAYLOAD == found.path.read_bytes()


def test_a_server_without_ranges_starts_anew(tmp_path: Path) -> None:
    """Where a server ignores the range, the file comes from its beginning and is right."""
    manners = Manners(ranges=False, cuts=deque([HALF]))
    with serving(manners) as url:
        found = _fetch(url, tmp_path)
    assert 0 == found.resumed
    assert PAYLOAD == found.path.read_bytes()


def test_a_file_that_changed_meanwhile_starts_anew(tmp_path: Path) -> None:
    """Another ETag means another file: no two files are ever glued together."""
    manners = Manners(cuts=deque([HALF, 0, 0, 0]))
    with serving(manners) as url:
        with pytest.raises(DownloadFailed):
            _fetch(url, tmp_path)
        manners.payload, manners.etag = b"GGUF" + b"new" * 100_000, '"two"'
        found = _fetch(url, tmp_path)
    assert 0 == found.resumed
    assert manners.payload == found.path.read_bytes()


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strong_etag_only_a_checksum_allows_going_on(
    tmp_path: Path, etag: str | None
) -> None:
    """A part nobody vouches for is thrown away, unless a checksum will tell at the end."""
    for known, expected in ((None, 0), (sha256(), HALF)):
        manners = Manners(etag=etag, cuts=deque([HALF]))
        with serving(manners) as url:
            _fetch(url, tmp_path, sha256=known)
        starts = [asked.get("range") for asked in manners.asked]
        assert [None, f"bytes={expected}-" if expected else None] == starts


def test_a_part_without_its_note_starts_anew(tmp_path: Path) -> None:
    """Bytes that nobody knows the origin of are not taken up."""
    (tmp_path / "model.gguf.part").write_bytes(b"strange")
    for note in (b"", b"{", b"[]", b'{"url": "http://other", "etag": "x", "total": 1}'):
        (tmp_path / "model.gguf.part.json").write_bytes(note)
        with serving(Manners()) as url:
            found = _fetch(url, tmp_path)
        assert (0, PAYLOAD) == (found.resumed, found.path.read_bytes())


def test_a_part_that_is_all_there_is_only_checked(tmp_path: Path) -> None:
    """When the last byte had come before the end, nothing is fetched again."""
    manners = Manners(longer=10)
    with serving(manners) as url:
        found = _fetch(url, tmp_path)
    assert [None, f"bytes={len(PAYLOAD)}-"] == [asked.get("range") for asked in manners.asked]
    assert PAYLOAD == found.path.read_bytes()


def test_a_part_longer_than_the_file_starts_anew(tmp_path: Path) -> None:
    """A part that cannot be of this file is thrown away when the server says so."""
    manners = Manners(cuts=deque([HALF, 0, 0, 0]))
    with serving(manners) as url:
        with pytest.raises(DownloadFailed):
            _fetch(url, tmp_path)
        manners.payload = PAYLOAD[:1000]
        found = _fetch(url, tmp_path)
    assert PAYLOAD[:1000] == found.path.read_bytes()


def test_a_part_sent_from_elsewhere_is_not_glued(tmp_path: Path) -> None:
    """A server that answers with another range than asked for is not believed."""
    manners = Manners(cuts=deque([HALF]), wrong_start=5)
    with serving(manners) as url:
        found = _fetch(url, tmp_path)
    assert PAYLOAD == found.path.read_bytes()


def test_a_length_that_is_too_long_fails_by_name(tmp_path: Path) -> None:
    """A server that promises more than it sends is given up after a few tries."""
    with serving(Manners(longer=1000, ranges=False)) as url, pytest.raises(DownloadFailed):
        _fetch(url, tmp_path)


@pytest.mark.parametrize("tells_length", [True, False])
def test_the_size_that_is_known_beforehand_counts(tmp_path: Path, tells_length: bool) -> None:
    """A file of another size than the one wanted is refused, before or after it came."""
    for size in (len(PAYLOAD) - 1, 100):
        with serving(Manners(tells_length=tells_length)) as url, pytest.raises(WrongFile):
            _fetch(url, tmp_path, size=size)
    assert not (tmp_path / "model.gguf").exists()


def test_a_file_without_a_length_comes_all_the_same(tmp_path: Path) -> None:
    """Where no length is told, the end of the connection ends the file."""
    with serving(Manners(tells_length=False)) as url:
        assert PAYLOAD == _fetch(url, tmp_path, sha256=sha256()).path.read_bytes()
    with serving(Manners(tells_length=False, cuts=deque([HALF]))) as url:
        assert PAYLOAD == _fetch(url, tmp_path, size=len(PAYLOAD)).path.read_bytes()


def test_a_wrong_checksum_leaves_nothing(tmp_path: Path) -> None:
    """What came with another checksum is deleted and the file keeps its old place empty."""
    with serving(Manners()) as url, pytest.raises(WrongFile, match="checksum"):
        _fetch(url, tmp_path, sha256="0" * 64)
    assert [] == _left(tmp_path)


def test_the_store_that_knows_its_files_by_checksum_is_held_to_it(tmp_path: Path) -> None:
    """A checksum told on the way is checked, and the answer says whose it was."""
    for told, good in ((sha256(), True), ("f" * 64, False)):
        manners = Manners(linked=told)
        with serving(manners) as url:
            manners.redirect = url.replace("/model.gguf", "/moved")
            if good:
                assert "server" == _fetch(url, tmp_path).checked
            else:
                with pytest.raises(WrongFile, match="checksum"):
                    _fetch(url, tmp_path)


def test_a_page_instead_of_a_file_is_found_out_at_once(tmp_path: Path) -> None:
    """A page of words is refused by its first bytes."""
    with (
        serving(Manners(payload=b"<html>no</html>")) as url,
        pytest.raises(WrongFile, match="page"),
    ):
        _fetch(url, tmp_path)
    assert [] == _left(tmp_path)


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "answers 404"), (401, "everybody"), (403, "everybody"), (204, "answers 204")],
)
def test_a_refusal_is_named(tmp_path: Path, status: int, words: str) -> None:
    """A file that is not given is a named failure at the first answer."""
    manners = Manners(statuses=deque([status]))
    with serving(manners) as url, pytest.raises(DownloadFailed, match=words):
        _fetch(url, tmp_path)
    assert 1 == len(manners.asked)


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    """A server in trouble is asked a few times, then left alone."""
    manners = Manners(statuses=deque([503, 429]))
    with serving(manners) as url:
        assert PAYLOAD == _fetch(url, tmp_path).path.read_bytes()
        manners.statuses = deque([500] * 9)
        with pytest.raises(DownloadFailed, match="answers 500"):
            _fetch(url, tmp_path)
    assert 3 == 9 - len(manners.statuses)


def test_a_packed_file_is_refused(tmp_path: Path) -> None:
    """A server that packs what must not be packed is refused by name."""
    with serving(Manners(encoding="gzip")) as url, pytest.raises(DownloadFailed, match="gzip"):
        _fetch(url, tmp_path)


@pytest.mark.parametrize(
    "url", ["http://example.com/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "x", "http://[", ""]
)
def test_only_safe_addresses_are_asked(tmp_path: Path, url: str) -> None:
    """Anything but https is refused before a word is sent, except to this machine itself."""
    with pytest.raises(InputError):
        _fetch(url, tmp_path)


@pytest.mark.parametrize("target", ["http://example.com/model.gguf", "ftp://127.0.0.1/x"])
def test_a_redirect_to_an_unsafe_place_is_not_followed(tmp_path: Path, target: str) -> None:
    """A server may not send on to a place without encryption."""
    with (
        serving(Manners(redirect=target)) as url,
        pytest.raises(DownloadFailed, match="safe"),
    ):
        _fetch(url, tmp_path)


def test_redirects_in_a_circle_end(tmp_path: Path) -> None:
    """A server that sends round in circles is left."""
    with (
        serving(Manners(redirect="/again")) as url,
        pytest.raises(DownloadFailed, match="from one place to the next"),
    ):
        _fetch(url, tmp_path)


@pytest.mark.parametrize("tells_length", [True, False])
def test_a_disk_too_small_is_told_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tells_length: bool
) -> None:
    """Nothing is fetched that cannot be kept; the words say how much is missing."""
    usage = SimpleNamespace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage)
    with (
        serving(Manners(tells_length=tells_length)) as url,
        pytest.raises(StorageFull, match="GB are missing"),
    ):
        _fetch(url, tmp_path)


def test_a_disk_that_fills_up_on_the_way_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no crash: what came is kept."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jennie_cli.adapters.http.resume.Part.describe", full)
    with serving(Manners()) as url, pytest.raises(StorageFull, match="no room"):
        _fetch(url, tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be is a named failure."""
    (tmp_path / "file").write_text("x", encoding="ascii")
    with serving(Manners()) as url, pytest.raises(DownloadFailed, match="cannot be written"):
        _fetch(url, tmp_path / "file")


def test_two_at_once_do_not_write_one_file(tmp_path: Path) -> None:
    """The second process is told that the first one is at it."""
    part = Part(tmp_path / "model.gguf")
    with serving(Manners()) as url, part.held(), pytest.raises(HomeBusy):
        _fetch(url, tmp_path)
