"""Naver's news of single stocks, from the mobile API or, while that is gone, the older page."""

from jennie_cli.adapters.naver.source import NaverNews

__all__ = ["NaverNews"]
