"""The only address that servers of this house listen on."""

import socket

from jennie_cli.engine.errors import OutsideError

LOOPBACK = "127.0.0.1"


def bind(port: int) -> socket.socket:
    """Return a socket that listens on loopback; port 0 takes a free one. Raises OutsideError."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise OutsideError(
            f"Port {port} of {LOOPBACK} cannot be listened on: {error.strerror}.",
            hint="Give another --port, or 0 for a free one.",
        ) from None
    return listener
