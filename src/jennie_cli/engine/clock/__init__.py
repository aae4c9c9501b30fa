"""Who owns now: time is asked for, never read."""

from jennie_cli.engine.clock.clock import KST, Clock, ManualClock

__all__ = ["KST", "Clock", "ManualClock"]
