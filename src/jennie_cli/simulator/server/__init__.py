"""The exchange as a server on loopback that speaks KIS over REST and WebSocket."""

from jennie_cli.simulator.loopback import LOOPBACK, bind
from jennie_cli.simulator.server.app import Server
from jennie_cli.simulator.server.faults import TABLE, Fault, Faults
from jennie_cli.simulator.server.serving import serve

__all__ = ["LOOPBACK", "TABLE", "Fault", "Faults", "Server", "bind", "serve"]
