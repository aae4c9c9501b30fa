"""Where macro figures come from: hosts of the US and Korea behind one interface."""

from jennie_cli.adapters.macro.ecos import EcosSource
from jennie_cli.adapters.macro.finnhub import FinnhubSource
from jennie_cli.adapters.macro.fred import FredSource
from jennie_cli.adapters.macro.krx import KrxSource
from jennie_cli.adapters.macro.krx_session import LOGGED_IN, KrxLogin
from jennie_cli.adapters.macro.naver_flows import NaverFlowSource
from jennie_cli.adapters.macro.naver_index import NaverIndexSource
from jennie_cli.adapters.macro.yahoo import YahooSource

__all__ = [
    "LOGGED_IN",
    "EcosSource",
    "FinnhubSource",
    "FredSource",
    "KrxLogin",
    "KrxSource",
    "NaverFlowSource",
    "NaverIndexSource",
    "YahooSource",
]
