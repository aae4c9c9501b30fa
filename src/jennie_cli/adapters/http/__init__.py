"""Plain HTTP to places that are no broker: large files fetched so that nothing is fetched twice."""

from jennie_cli.adapters.http.answers import DownloadFailed, WrongFile
from jennie_cli.adapters.http.download import Download, Fetched, checksum, download

__all__ = ["Download", "DownloadFailed", "Fetched", "WrongFile", "checksum", "download"]
