"""Time as the screens show it: the server's clock, once a second while something runs, else once a minute.

Two observables, so that a timer's second does not repaint what only knows minutes.
"""

from datetime import datetime, timedelta

import flet as ft

from client.clock import Clock


class Second(ft.Observable):
    """The current second, for timers."""

    def __init__(self, now: datetime) -> None:
        self.now = now


class Ticks(ft.Observable):
    """`now`: the start of the current minute on the server's clock, which the device's may differ from by days."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._skew = timedelta()
        self.now = _minute(clock.now())
        self.second = Second(_second(clock.now()))

    def server_now(self) -> datetime:
        return self._clock.now() - self._skew

    def set_skew(self, skew_s: float | None) -> None:
        """`skew_s`: device clock minus server clock."""
        self._skew = timedelta(seconds=skew_s or 0.0)
        self.tick(running=True)

    def tick(self, *, running: bool) -> None:
        """Look at the clock; `running`: something on screen counts seconds."""
        now = self.server_now()
        self.now = _minute(now)
        if running:
            self.second.now = _second(now)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
