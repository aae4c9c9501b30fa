"""Vectors in Chroma, inside this process or on a server."""

from jennie_cli.adapters.chroma.meanings import ChromaMeanings
from jennie_cli.adapters.chroma.opening import open_embedded, open_server

__all__ = ["ChromaMeanings", "open_embedded", "open_server"]
