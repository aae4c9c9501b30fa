"""A host that says what it is told to, and the words it says."""

import httpx

from jennie_cli.kis_wire import TRS

KEY, SECRET, TOKEN = (
    "PSplantedKey0000000000000000000000AB",
    "planted/secret+" * 12,
    "planted-token-1",
)
ACCOUNT = "8765432101"
SELL, BUY, CHANGE = TRS["order_sell"], TRS["order_buy"], TRS["order_change"]
QUOTE, BALANCE = TRS["price"], TRS["balance"]
Say = httpx.Response | Exception


def said(code: str, *, status: int = 500, rt_cd: str = "1", text: str = "") -> httpx.Response:
    return httpx.Response(status, json={"rt_cd": rt_cd, "msg_cd": code, "msg1": text})


GOOD = said("MCA00000", status=200, rt_cd="0", text="정상처리 되었습니다.")


class Desk:
    """A host that says what it is told to, then GOOD for ever."""

    def __init__(self, *says: Say) -> None:
        self.says = list(says)
        self.calls: list[httpx.Request] = []
        self.tokens = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path == "/oauth2/tokenP":
            self.tokens += 1
            name = f"planted-token-{self.tokens}"
            return httpx.Response(200, json={"access_token": name, "expires_in": 86_400})
        self.calls.append(request)
        told = self.says.pop(0) if self.says else GOOD
        if isinstance(told, Exception):
            raise told
        return httpx.Response(told.status_code, headers=told.headers, stream=told.stream)
