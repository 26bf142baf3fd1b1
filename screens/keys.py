"""The keyboard: single keys while nothing is typed, so that a desktop is worked without a mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import flet as ft

from client.models.ids import BookingId, CallId
from client.state.command import Asking
from screens.live import go, open_outbox
from screens.routes import Route
from screens.stores import Stores
from screens.window import KEYS_PANEL
from widgets import format as fmt
from widgets.scaffold import Place

SEQUENCE_S: Final = 1.5
"""How long G waits for the letter after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """`does` is a key of the catalogue."""

    keys: str
    does: str


SHORTCUTS: Final = (
    Shortcut(keys="G  T", does="keys.today"),
    Shortcut(keys="G  C", does="keys.calls"),
    Shortcut(keys="G  B", does="keys.bookings"),
    Shortcut(keys="G  M", does="keys.more"),
    Shortcut(keys="J  K  ↓  ↑", does="keys.list"),
    Shortcut(keys="Enter", does="keys.open"),
    Shortcut(keys="Esc", does="keys.back"),
    Shortcut(keys="W", does="keys.whisper"),
    Shortcut(keys="T", does="keys.take_over"),
    Shortcut(keys="U", does="keys.undo"),
    Shortcut(keys="O", does="keys.outbox"),
    Shortcut(keys="?", does="keys.help"),
)

_PLACES: Final = {"T": Place.TODAY, "C": Place.CALLS, "B": Place.BOOKINGS, "M": Place.MORE}


class Keys:
    """What a key does here and now.  Letters are ignored while a text field has the focus."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._went = float("-inf")

    async def press(self, e: ft.KeyboardEvent) -> None:
        stores = self._stores
        if stores.session.state.identity is None or e.ctrl or e.meta or e.alt:
            return
        if e.key == "Escape":
            self._escape()
        elif not stores.focus.typing and not self._covered():
            await self._letter(e.key.upper(), e.shift)

    async def _letter(self, key: str, shift: bool) -> None:
        stores, clock = self._stores, self._stores.runtime.clock
        after_g = clock.monotonic() - self._went <= SEQUENCE_S
        self._went = float("-inf")
        if after_g and key in _PLACES:
            go(stores, Route(place=_PLACES[key]))
            return
        match key:
            case "G":
                self._went = clock.monotonic()
            case "J" | "ARROW DOWN":
                self._step(1)
            case "K" | "ARROW UP":
                self._step(-1)
            case "W" if stores.focus.to_whisper:
                await stores.focus.to_whisper()
            case "T" if self._may_take_over():
                stores.command.ask(Asking.TAKE_OVER)
            case "U":
                await stores.edits.undo()
            case "O":
                open_outbox(stores)
            case "?":
                stores.panel.open(KEYS_PANEL)
            case "/" if shift:
                stores.panel.open(KEYS_PANEL)
            case _:
                pass

    def _covered(self) -> bool:
        """Something lies over the place, which letters are not for."""
        stores = self._stores
        asks = stores.command.state.asking is not None or stores.edits.state.asking is not None
        return asks or bool(stores.panel.state.panel or stores.router.route.over)

    def _escape(self) -> None:
        stores = self._stores
        if stores.command.state.asking is not None:
            stores.command.ask(None)
        elif stores.edits.state.asking is not None:
            stores.edits.keep()
        elif stores.panel.state.panel:
            stores.panel.close()
        elif stores.router.route.over or stores.router.route.is_detail:
            go(stores, stores.router.route.parent)

    def _step(self, by: int) -> None:
        """To the next or the previous of the list beside the detail."""
        stores, route = self._stores, self._stores.router.route
        if not stores.window.state.layout.two_panes:
            return
        if route.place is Place.CALLS:
            ids = [item.call.call_id for item in stores.live.state.calls] + stores.calls.state.ids()
            to = _neighbour(ids, route.call_id, by)
            if to:
                go(stores, Route(place=Place.CALLS, call_id=CallId(to)))
        elif route.place is Place.BOOKINGS:
            words = stores.words()
            ids = [b.booking_id for b in stores.agenda.state.bookings]
            to = _neighbour(ids, route.booking_id, by)
            booking = next((b for b in stores.agenda.state.bookings if b.booking_id == to), None)
            if booking:
                day = fmt.local_day(words, booking.starts_at)
                go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=BookingId(booking.booking_id)))

    def _may_take_over(self) -> bool:
        stores = self._stores
        call, role = stores.call.state.call, stores.role
        here = stores.router.route.call_id is not None
        return here and call is not None and call.is_live and role is not None and role.may_supervise


def _neighbour(ids: Sequence[str], here: str | None, by: int) -> str | None:
    if not ids:
        return None
    if here not in ids:
        return ids[0]
    return ids[min(len(ids) - 1, max(0, ids.index(here) + by))]
