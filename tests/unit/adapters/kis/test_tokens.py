"""One token a key, issued once a minute at most, read by every process."""

import asyncio
import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from jennie_cli.adapters.kis.folder import KeyFolder, SocketTaken
from jennie_cli.engine.broker import BrokerBusy, BrokerUnavailable
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import HomeNotWritable, JennieError, SettingsError, StorageFull
from jennie_cli.kis_wire import TRS
from jennie_cli.settings import Masker

KEY, SECRET = "PSplantedKey0000000000000000000000AB", "planted/secret+" * 12
START = datetime(2026, 11, 23, 9, 0, tzinfo=KST)
ONCE_A_MINUTE = {
    "error_code": "EGW00133",
    "error_description": "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)",
}
GOOD = {"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "", "output": {}}


class Office:
    """A host that issues tokens T1, T2, ... for a day each, or says what it is told to say."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.issued: list[dict[str, Any]] = []
        self.heads: list[httpx.Headers] = []
        self.says: list[httpx.Response | Exception] = []
        self.bearers: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if not request.url.path.startswith("/oauth2"):
            self.bearers.append(request.headers["authorization"])
            return httpx.Response(200, json=GOOD)
        self.issued.append(json.loads(request.content))
        self.heads.append(request.headers)
        if self.says:
            told = self.says.pop(0)
            if isinstance(told, Exception):
                raise told
            return told
        until = self.clock.now() + timedelta(days=1)
        name = f"token-number-{len(self.issued)}"
        if request.url.path.endswith("Approval"):
            return httpx.Response(200, json={"approval_key": name})
        body = {
            "access_token": name,
            "access_token_token_expired": until.strftime("%Y-%m-%d %H:%M:%S"),
            "token_type": "Bearer",
            "expires_in": 86_400,
        }
        return httpx.Response(200, json=body)


@pytest.fixture
def office(clock: ManualClock) -> Office:
    return Office(clock)


def test_a_token_is_asked_for_once_by_however_many(office: Office, make_session: Any) -> None:
    """Twenty calls at once of two processes need one token between them."""

    async def scene() -> set[str]:
        async with make_session(office) as one, make_session(office) as other:
            asked = (s.tokens.token() for s in (one, other) for _ in range(10))
            return set(await asyncio.gather(*asked))

    assert {"token-number-1"} == asyncio.run(scene())
    assert 1 == len(office.issued)
    assert "client_credentials" == office.issued[0]["grant_type"]
    assert {"grant_type", "appkey", "appsecret"} == set(office.issued[0])
    assert "authorization" not in office.heads[0]


def test_a_later_process_reads_the_token_from_a_private_file(
    office: Office, make_session: Any, tmp_path: Path
) -> None:
    """The file is 0600 and no second token is issued."""

    async def scene() -> str:
        async with make_session(office) as one:
            await one.tokens.token()
        async with make_session(office) as other:
            return str(await other.tokens.token())

    assert "token-number-1" == asyncio.run(scene())
    (kept,) = (tmp_path / "run").glob("*/token.json")
    assert 0o600 == kept.stat().st_mode & 0o777
    assert 0o700 == kept.parent.stat().st_mode & 0o777


def test_expiry_is_told_in_korean_time_and_met_half_an_hour_early(
    office: Office, clock: ManualClock, make_session: Any
) -> None:
    """A token of 24 hours is used for 23 and a half."""

    async def scene() -> tuple[str, str]:
        async with make_session(office) as session:
            await session.tokens.token()
            clock.advance(23.4 * 3600)
            before = await session.tokens.token()
            clock.advance(0.2 * 3600)
            return before, await session.tokens.token()

    assert ("token-number-1", "token-number-2") == asyncio.run(scene())


def test_an_old_token_serves_while_no_new_one_can_be_had(
    office: Office, clock: ManualClock, make_session: Any
) -> None:
    """In its last half hour a failed renewal costs nothing; after its end it is named."""

    async def scene() -> str:
        async with make_session(office) as session:
            await session.tokens.token()
            clock.advance(23.6 * 3600)
            office.says = [httpx.Response(500, text="<html>")]
            kept = await session.tokens.token()
            clock.advance(3600)
            office.says = [httpx.Response(500, text="<html>")]
            with pytest.raises(BrokerUnavailable, match="HTTP 500 without a JSON object"):
                await session.tokens.token()
            return str(kept)

    assert "token-number-1" == asyncio.run(scene())


def test_a_token_that_kis_refuses_is_replaced_at_once(office: Office, make_session: Any) -> None:
    """It was revoked elsewhere; asking is worth a try before the minute is over."""

    async def scene() -> str:
        async with make_session(office) as session:
            session.tokens.refuse(await session.tokens.token())
            return str(await session.tokens.token())

    assert "token-number-2" == asyncio.run(scene())


def test_who_asked_in_vain_does_not_ask_again_within_the_minute(
    office: Office, clock: ManualClock, make_session: Any
) -> None:
    """The caller is told how long to wait, in any process; nothing more is asked of KIS."""

    async def scene() -> str:
        async with make_session(office) as session, make_session(office) as other:
            for one in (session, other):
                one.tokens.refuse(await one.tokens.token())
            office.says = [httpx.Response(403, json=ONCE_A_MINUTE)]
            with pytest.raises(BrokerBusy, match="one was issued just now"):
                await session.tokens.token()
            clock.advance(20)
            for one in (session, other):
                with pytest.raises(BrokerBusy, match="one access token a minute; the next in 41 s"):
                    await one.tokens.token()
            assert 2 == len(office.issued)
            clock.advance(41)
            return str(await session.tokens.token())

    assert "token-number-3" == asyncio.run(scene())


def test_a_process_that_hangs_while_logging_in_is_named(office: Office, make_session: Any) -> None:
    """After a quarter minute the others say whom they wait for."""

    async def scene() -> None:
        async with make_session(office) as session:
            held = session.folder.claim("token.lock")
            with pytest.raises(BrokerBusy, match=rf"pid {os.getpid()}\) is logging in"):
                await session.tokens.token()
            os.close(held)
            await session.tokens.token()

    asyncio.run(scene())


def test_a_token_that_another_process_renewed_is_taken_over(
    office: Office, clock: ManualClock, make_session: Any
) -> None:
    """The second process that meets the refusal finds the new token in the folder."""

    async def scene() -> tuple[str, str]:
        async with make_session(office) as one, make_session(office) as other:
            for session in (one, other):
                session.tokens.refuse(await session.tokens.token())
            clock.advance(61)
            return await one.tokens.token(), await other.tokens.token()

    assert ("token-number-2", "token-number-2") == asyncio.run(scene())


def test_logging_in_waits_for_the_next_minute(
    office: Office, clock: ManualClock, make_session: Any
) -> None:
    """EGW00133, as from another machine of the owner, costs 61 seconds and no error."""
    office.says = [httpx.Response(403, json=ONCE_A_MINUTE)]

    async def scene() -> str:
        async with make_session(office) as session:
            await session.log_in()
            return str(await session.tokens.token())

    assert "token-number-2" == asyncio.run(scene())
    assert START + timedelta(seconds=61) == clock.now()


def test_a_call_does_not_wait_a_minute_for_a_token(office: Office, make_session: Any) -> None:
    """It is told at once, by name, that nothing was sent."""
    office.says = [httpx.Response(403, json=ONCE_A_MINUTE)]

    async def scene() -> None:
        async with make_session(office) as session:
            with pytest.raises(BrokerBusy) as caught:
                await session.call(TRS["price"], query={})
            assert "Nothing was sent. Retry in 61 s." == caught.value.hint

    asyncio.run(scene())
    assert [] == office.bearers


def test_what_surely_was_not_sent_does_not_count_against_the_minute(
    office: Office, make_session: Any
) -> None:
    """A host that could not be reached may be asked again at once."""
    office.says = [httpx.ConnectError("refused")]

    async def scene() -> str:
        async with make_session(office) as session:
            with pytest.raises(BrokerUnavailable):
                await session.tokens.token()
            return str(await session.tokens.token())

    assert "token-number-2" == asyncio.run(scene())


@pytest.mark.parametrize("status", [200, 403, 500])
def test_a_key_that_is_not_accepted_is_a_matter_of_settings(
    office: Office, make_session: Any, status: int
) -> None:
    """The error names the code and shows neither key nor secret, even if KIS repeats them."""
    said = {
        "error_code": "EGW00103",
        "error_description": f"유효하지 않은 AppKey입니다.\x1b[31m {KEY}",
    }
    office.says = [httpx.Response(status, json=said)]

    async def scene() -> str:
        async with make_session(office) as session:
            with pytest.raises(SettingsError) as caught:
                await session.tokens.token()
            return caught.value.message

    message = asyncio.run(scene())
    assert "KIS does not accept the app key (EGW00103): 유효하지 않은 AppKey입니다. ***" == message


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"access_token": 5, "expires_in": 86_400},
        {"access_token": "short", "expires_in": 86_400},
        {"access_token": "with blanks and\nnewlines", "expires_in": 86_400},
        {"access_token": "x" * 5000, "expires_in": 86_400},
        {"access_token": "token-without-end"},
        {"access_token": "token-without-end", "access_token_token_expired": "tomorrow"},
        {"access_token": "token-without-end", "expires_in": 10**12},
        {"access_token": ["list"], "access_token_token_expired": {}},
    ],
)
def test_a_token_that_cannot_be_read_is_none(
    office: Office, make_session: Any, body: dict[str, Any]
) -> None:
    """Wrong types, control characters, no end: a named error and nothing kept."""
    office.says = [httpx.Response(200, json=body)]

    async def scene() -> None:
        async with make_session(office) as session:
            with pytest.raises(BrokerUnavailable, match="cannot be read"):
                await session.tokens.token()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[1]", b'{"token": 5}', b'{"token": "t\\n", "until": 1}']
)
def test_a_damaged_file_is_as_good_as_none(office: Office, make_session: Any, text: bytes) -> None:
    """A token is asked for again."""

    async def scene() -> str:
        async with make_session(office) as session:
            (session.folder.path / "token.json").write_bytes(text)
            return str(await session.tokens.token())

    assert "token-number-1" == asyncio.run(scene())


def test_the_approval_key_is_kept_until_it_is_refused(office: Office, make_session: Any) -> None:
    """The secret travels as `secretkey`; a refused key is replaced, a young one is shared."""

    async def scene() -> list[str]:
        async with make_session(office) as one, make_session(office) as other:
            first = await one.tokens.approval()
            return [
                first,
                await other.tokens.approval(),
                await other.tokens.approval(instead_of=first),
                await one.tokens.approval(instead_of=first),
            ]

    one, two = "token-number-1", "token-number-2"
    assert [one, one, two, two] == asyncio.run(scene())
    assert {"grant_type", "appkey", "secretkey"} == set(office.issued[0])


def test_an_approval_key_lives_a_day(office: Office, clock: ManualClock, make_session: Any) -> None:
    """An old one is replaced before the socket needs it."""

    async def scene() -> str:
        async with make_session(office) as session:
            await session.tokens.approval()
            clock.advance(23.6 * 3600)
            return str(await session.tokens.approval())

    assert "token-number-2" == asyncio.run(scene())


def test_what_is_issued_is_hidden_from_then_on(
    office: Office, make_session: Any, masker: Masker
) -> None:
    """Token, key and secret are known to the masker."""

    async def scene() -> str:
        async with make_session(office) as session:
            return str(await session.tokens.token())

    token = asyncio.run(scene())
    assert "*** *** ***" == masker(
        f"{token} PSplantedKey0000000000000000000000AB {'planted/secret+' * 12}"
    )


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    """A link in the folder's place could lead anywhere."""
    real = KeyFolder(tmp_path / "a", app_key="k", host="h")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / real.path.name).symlink_to(real.path)
    with pytest.raises(HomeNotWritable, match="belongs to somebody else"):
        KeyFolder(tmp_path / "b", app_key="k", host="h")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in its place is a settings error, not a trace."""
    (tmp_path / "run").write_text("")
    with pytest.raises(JennieError, match="cannot be used"):
        KeyFolder(tmp_path / "run", app_key="k", host="h")


def test_a_lock_tells_who_holds_it(tmp_path: Path) -> None:
    """A second claim fails and can name the process; closing lets go."""
    folder = KeyFolder(tmp_path, app_key="k", host="h")
    held = folder.claim("socket.lock")
    assert held is not None
    assert folder.claim("socket.lock") is None
    assert str(os.getpid()) == folder.holder("socket.lock")
    os.close(held)
    again = folder.claim("socket.lock")
    assert again is not None
    os.close(again)
    assert "unknown" == folder.holder("other.lock")


def test_a_lock_swept_away_is_claimed_again(tmp_path: Path) -> None:
    """Its holder makes it anew; who was faster keeps it, and the former holder is told."""
    folder = KeyFolder(tmp_path, app_key="k", host="h")
    held = folder.claim("socket.lock")
    assert held is not None
    assert held == folder.keep_claim("socket.lock", held)
    shutil.rmtree(folder.path)
    held = folder.keep_claim("socket.lock", held)
    assert folder.claim("socket.lock") is None
    shutil.rmtree(folder.path)
    other = folder.claim("socket.lock")
    assert other is not None
    with pytest.raises(SocketTaken, match=rf"pid {os.getpid()}\) took over"):
        folder.keep_claim("socket.lock", held)
    os.close(other)
    os.close(folder.keep_claim("socket.lock", held))


def test_the_first_day_of_a_key_is_remembered(tmp_path: Path) -> None:
    """The day it was first asked for; a day to come, or none, is begun anew."""
    folder = KeyFolder(tmp_path, app_key="k", host="h")
    monday, friday = START.date(), START.date() + timedelta(days=4)
    assert monday == folder.first_used(monday)
    assert monday == folder.first_used(friday)
    for damaged in ({"first": (friday + timedelta(days=9)).isoformat()}, {"first": 5}):
        folder.write("used.json", damaged)
        assert friday == folder.first_used(friday)


def test_a_token_that_lasts_waits_for_nobody(
    office: Office, clock: ManualClock, make_session: Any
) -> None:
    """In its last half hour it is used while another process hangs in logging in."""

    async def scene() -> tuple[str, str]:
        async with make_session(office) as session, make_session(office) as later:
            await session.tokens.token()
            clock.advance(23.6 * 3600)
            before = clock.now()
            held = session.folder.claim("token.lock")
            found = await session.tokens.token(), await later.tokens.token()
            os.close(held)
            assert before == clock.now()
            return found

    assert ("token-number-1", "token-number-1") == asyncio.run(scene())


def test_a_renewal_in_flight_holds_no_other_call_up(
    office: Office, clock: ManualClock, make_session: Any
) -> None:
    """The call that renews waits for the host; the next one goes on with the old token."""
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        if office.issued:
            asked.set()
            await answer.wait()
        return await office(request)

    async def scene() -> tuple[str, str]:
        async with make_session(slow) as session:
            await session.tokens.token()
            clock.advance(23.6 * 3600)
            renewing = asyncio.create_task(session.tokens.token())
            await asked.wait()
            meanwhile = await session.tokens.token()
            answer.set()
            return meanwhile, await renewing

    assert ("token-number-1", "token-number-2") == asyncio.run(scene())


def test_a_login_that_takes_long_is_told_to_other_calls(office: Office, make_session: Any) -> None:
    """Without a token the turn comes within what an order may wait."""

    async def stuck(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return await office(request)

    async def scene() -> None:
        async with make_session(stuck) as session:
            logging_in = asyncio.create_task(session.tokens.token())
            await asyncio.sleep(0.02)  # noqa: TID251  # the first call comes to wait for its answer
            with pytest.raises(BrokerBusy, match="Another call is logging in"):
                await session.tokens.token(turn_s=0.02)
            logging_in.cancel()
            await asyncio.gather(logging_in, return_exceptions=True)

    asyncio.run(scene())


def test_a_token_serves_though_it_cannot_be_kept(
    office: Office, make_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs the other processes a token, and this one nothing."""

    def full(*_: Any) -> None:
        raise StorageFull("The disk is full.")

    async def scene() -> tuple[str, str]:
        async with make_session(office) as session:
            monkeypatch.setattr(session.folder, "write", full)
            return await session.tokens.token(), await session.tokens.token()

    assert ("token-number-1", "token-number-1") == asyncio.run(scene())
