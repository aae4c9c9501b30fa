"""The exchange as a server on loopback that speaks KIS over REST and WebSocket."""

from jennie_cli.simulator.server.app import Server
from jennie_cli.simulator.server.faults import TABLE, Fault, Faults
from jennie_cli.simulator.server.serving import LOOPBACK, bind, serve

__all__ = ["LOOPBACK", "TABLE", "Fault", "Faults", "Server", "bind", "serve"]
