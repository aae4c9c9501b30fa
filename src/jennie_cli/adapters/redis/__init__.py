"""The bus on a Redis server: the bundled one, or one of your own."""

from jennie_cli.adapters.redis.address import Address, read_url
from jennie_cli.adapters.redis.bus import RedisBus, make_bus
from jennie_cli.adapters.redis.program import bundled_program
from jennie_cli.adapters.redis.server import EmbeddedServer

__all__ = [
    "Address",
    "EmbeddedServer",
    "RedisBus",
    "bundled_program",
    "make_bus",
    "read_url",
]
