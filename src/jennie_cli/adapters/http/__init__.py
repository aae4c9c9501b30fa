"""Pages of other hosts over HTTP, within their allowances."""

from jennie_cli.adapters.http.budget import Allowance, Budgets
from jennie_cli.adapters.http.fetcher import HttpFetcher, Manners
from jennie_cli.adapters.http.pages import Pages

__all__ = ["Allowance", "Budgets", "HttpFetcher", "Manners", "Pages"]
