"""Where KIS listens, and the paths that belong to no TR."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The two addresses of one environment."""

    rest: str
    stream: str


REAL_HOSTS = Hosts(
    rest="https://openapi.koreainvestment.com:9443",
    stream="ws://ops.koreainvestment.com:21000/tryitout",
)
PAPER_HOSTS = Hosts(
    rest="https://openapivts.koreainvestment.com:29443",
    stream="ws://ops.koreainvestment.com:31000/tryitout",
)

TOKEN_PATH = "/oauth2/tokenP"  # noqa: S105  # a path
REVOKE_PATH = "/oauth2/revokeP"
APPROVAL_PATH = "/oauth2/Approval"
HASHKEY_PATH = "/uapi/hashkey"
STREAM_PATH = "/tryitout"

MASTER_URL = "https://new.real.download.dws.co.kr/common/master/{name}.mst.zip"
"""`name` is kospi_code, kosdaq_code or idxcode."""

REAL_CALLS_PER_SECOND = 18
PAPER_CALLS_PER_SECOND = 1
STREAM_REGISTRATIONS = 41
TOKEN_WAIT_SECONDS = 61
"""Between two issues of a token: the gateway allows one a minute."""
