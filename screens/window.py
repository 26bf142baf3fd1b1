"""The window itself as state: its size and language, and what is open in it on this device only."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from client.insight.day import Count
from widgets.theme import Layout, layout_for

NO_PANEL: Final = ""
KEYS_PANEL: Final = "keys"
BUSINESSES: Final = "businesses"
ABOUT_CALL: Final = "about_call"
FIGURE: Final = "figure."


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """`epoch` counts returns of the client, so that everything is drawn again then.

    `moves`: what moves by itself may; not where the owner asked the device for less of that.
    """

    layout: Layout
    language: str | None = None
    epoch: int = 0
    moves: bool = True


class WindowStore(ft.Observable):
    def __init__(self) -> None:
        self.state = WindowState(layout=layout_for(390, 844))

    def resized(self, width: float, height: float) -> None:
        self.state = replace(self.state, layout=layout_for(width, height, self.state.layout.text_scale))

    def scaled(self, text_scale: float) -> None:
        """The owner has text drawn this large; in steps of a tenth, smaller than usual counts as usual."""
        now = self.state.layout
        self.state = replace(self.state, layout=layout_for(now.width, now.height, max(1.0, round(text_scale, 1))))

    def speaks(self, language: str | None) -> None:
        self.state = replace(self.state, language=language)

    def keep_still(self) -> None:
        """The owner asked the device for less motion."""
        self.state = replace(self.state, moves=False)

    def bump(self) -> None:
        self.state = replace(self.state, epoch=self.state.epoch + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelState:
    """`panel`: the sheet that is open, as "figure.booked" or "keys"; empty for none."""

    panel: str = NO_PANEL
    copied: bool = False
    saved: bool = False

    @property
    def count(self) -> Count | None:
        """The figure whose provenance is open."""
        return Count(self.panel.removeprefix(FIGURE)) if self.panel.startswith(FIGURE) else None


class PanelStore(ft.Observable):
    def __init__(self) -> None:
        self.state = PanelState()

    def open(self, panel: str) -> None:
        self.state = PanelState(panel=panel)

    def open_figure(self, count: Count) -> None:
        self.open(f"{FIGURE}{count}")

    def close(self) -> None:
        self.state = PanelState()

    def did_copy(self) -> None:
        self.state = replace(self.state, copied=True)

    def did_save(self) -> None:
        self.state = replace(self.state, saved=True)


class FoldStore(ft.Observable):
    """What is unfolded: tool rows, the bookings that are over."""

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()

    def toggle(self, name: str) -> None:
        self.names = self.names ^ {name}


class FocusDesk:
    """Where the keyboard is: whether keys are text, and how to reach the whisper box.  Not drawn, so not observed."""

    def __init__(self) -> None:
        self.typing = False
        self.to_whisper: Callable[[], Awaitable[None]] | None = None

    def types(self) -> None:
        self.typing = True

    def rests(self) -> None:
        self.typing = False
