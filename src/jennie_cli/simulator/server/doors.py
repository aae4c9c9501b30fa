"""The paths that belong to no TR: tokens, approval keys, hash keys."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jennie_cli.simulator.server.envelope import Turned, refused
from jennie_cli.simulator.server.faults import Fault, Faults
from jennie_cli.simulator.server.gate import keys_of
from jennie_cli.simulator.server.oauth import LIFE_S, Denied, KeyDesk

_FORBIDDEN = 403


class Doors:
    """Where keys are exchanged for tokens."""

    def __init__(self, desk: KeyDesk, faults: Faults) -> None:
        """The desk keeps what is given out here."""
        self._desk = desk
        self._faults = faults

    async def token(self, request: Request) -> Response:
        """POST /oauth2/tokenP."""
        words = await _words(request, "appkey", "appsecret", "grant_type")
        try:
            self._open(request)
            token = self._desk.issue(*words)
        except Denied as no:
            return _denied(no)
        return JSONResponse(
            {
                "access_token": token.text,
                "access_token_token_expired": token.expires,
                "token_type": "Bearer",
                "expires_in": LIFE_S,
            }
        )

    async def revoke(self, request: Request) -> Response:
        """POST /oauth2/revokeP."""
        words = await _words(request, "appkey", "appsecret", "token")
        try:
            self._open(request)
            self._desk.revoke(*words)
        except Denied as no:
            return _denied(no)
        return JSONResponse({"code": 200, "message": "접근토큰 폐기에 성공하였습니다"})

    async def approval(self, request: Request) -> Response:
        """POST /oauth2/Approval; the secret is called secretkey here."""
        words = await _words(request, "appkey", "secretkey", "grant_type")
        try:
            self._open(request)
            key = self._desk.approve(*words)
        except Denied as no:
            return _denied(no)
        return JSONResponse({"approval_key": key})

    async def hashkey(self, request: Request) -> Response:
        """POST /uapi/hashkey."""
        try:
            keys_of(request.headers)
        except Turned as no:
            return JSONResponse(refused(no.message), status_code=no.message.status)
        body = await _fields(request)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return JSONResponse({"BODY": body, "HASH": hashlib.sha256(text.encode()).hexdigest()})

    def _open(self, request: Request) -> None:
        if self._faults.strike(Fault.MAINTENANCE, request.url.path):
            raise Denied("EGW00002", "서버 에러가 발생했습니다.")


async def _fields(request: Request) -> Mapping[str, Any]:
    """Return the body's fields, none of what is no object."""
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


async def _words(request: Request, *names: str) -> list[str]:
    """Return fields of the body, "" for one that is absent or no text."""
    asked = await _fields(request)
    found = [asked.get(name, "") for name in names]
    return [word if isinstance(word, str) else "" for word in found]


def _denied(no: Denied) -> Response:
    body = {"error_code": no.code, "error_description": no.text}
    return JSONResponse(body, status_code=_FORBIDDEN)
