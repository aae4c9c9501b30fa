"""What a bus can fail with. A failure is never an empty answer: who buys refuses on any of them."""

from jennie_cli.engine.errors import OutsideError, SettingsError


class BusDown(OutsideError):
    """The bus did not answer in time; whether a write arrived is not known."""

    code = "bus_down"


class BusRefused(BusDown):
    """The bus answered that it will not: full, not allowed, or a key of another kind."""

    code = "bus_refused"


class GroupLost(BusRefused):
    """A stream has no such group (any more): join it, then go on."""

    code = "bus_group_lost"


class NoBusServer(SettingsError):
    """The bundled server has no program for this machine."""

    code = "no_bus_server"
