"""Plain HTTP to places that are no broker: pages within their allowances, large files once."""

from jennie_cli.adapters.http.answers import DownloadFailed, WrongFile
from jennie_cli.adapters.http.budget import Allowance, Budgets
from jennie_cli.adapters.http.download import Download, Fetched, checksum, download
from jennie_cli.adapters.http.fetcher import HttpFetcher, Manners
from jennie_cli.adapters.http.pages import Pages

__all__ = [
    "Allowance",
    "Budgets",
    "Download",
    "DownloadFailed",
    "Fetched",
    "HttpFetcher",
    "Manners",
    "Pages",
    "WrongFile",
    "checksum",
    "download",
]
