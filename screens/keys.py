"""The keyboard: single keys while nothing is typed, so that a desktop is worked without a mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import flet as ft

from client.models.calls import TurnKind
from client.models.ids import BookingId, CallId, LeadId, TurnId
from client.state.command import Asking
from client.state.link import lost_since
from client.state.moving import SNAP, Aim
from screens.booking_verbs import ask_about, open_new
from screens.lead_verbs import step
from screens.live import go, open_call, open_outbox, to_place
from screens.review_hand import finish, needs_here, put_off
from screens.routes import NEW, Route
from screens.search import open_search
from screens.stores import Stores
from screens.window import KEYS_PANEL, TURN
from widgets import format as fmt
from widgets.scaffold import Place

HOUR: Final = 60
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
    Shortcut(keys="G  F", does="keys.figures"),
    Shortcut(keys="G  L", does="keys.leads"),
    Shortcut(keys="G  A", does="keys.ahead"),
    Shortcut(keys="G  M", does="keys.more"),
    Shortcut(keys="J  K  ↓  ↑", does="keys.list"),
    Shortcut(keys="Enter", does="keys.open"),
    Shortcut(keys="Esc", does="keys.back"),
    Shortcut(keys="/  Ctrl+K", does="keys.search"),
    Shortcut(keys="N", does="keys.new"),
    Shortcut(keys="M", does="keys.move"),
    Shortcut(keys="L", does="keys.length"),
    Shortcut(keys="Shift+→  ←", does="keys.stage"),
    Shortcut(keys="E  L", does="keys.review"),
    Shortcut(keys="D", does="keys.line"),
    Shortcut(keys="W", does="keys.whisper"),
    Shortcut(keys="T", does="keys.take_over"),
    Shortcut(keys="U  Ctrl+Z", does="keys.undo"),
    Shortcut(keys="O", does="keys.outbox"),
    Shortcut(keys="?", does="keys.help"),
)

_PLACES: Final = {
    "T": Place.TODAY,
    "C": Place.CALLS,
    "B": Place.BOOKINGS,
    "L": Place.LEADS,
    "A": Place.AHEAD,
    "F": Place.FIGURES,
    "M": Place.MORE,
}


class Keys:
    """What a key does here and now.  Letters are ignored while a text field has the focus."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._went = float("-inf")

    async def press(self, e: ft.KeyboardEvent) -> None:
        stores = self._stores
        session = stores.session.state
        if session.identity is None or session.adding or session.unopened:
            return
        if e.ctrl or e.meta or e.alt:
            await self._chord(e)
        elif stores.focus.takes(e.key) or stores.focus.types_on(e.key, stores.runtime.clock.monotonic()):
            return
        elif stores.moves.state is not None:
            await self._carry(e.key, e.shift)
        elif e.key == "Escape":
            self._escape()
        elif stores.focus.typing or self._covered():
            self._went = float("-inf")
        else:
            await self._letter(e.key.upper(), e.shift)

    async def _chord(self, e: ft.KeyboardEvent) -> None:
        """A text field undoes what was typed in it; elsewhere it is what was done."""
        if e.alt or e.shift or self._stores.focus.typing or self._covered():
            return
        if e.key.upper() == "Z":
            await self._stores.edits.undo()
        elif e.key.upper() == "K":
            open_search(self._stores)

    async def _letter(self, key: str, shift: bool) -> None:
        stores, clock = self._stores, self._stores.runtime.clock
        after_g = clock.monotonic() - self._went <= SEQUENCE_S
        self._went = float("-inf")
        if after_g and key in _PLACES:
            to_place(stores, _PLACES[key])
            return
        match key:
            case "G":
                self._went = clock.monotonic()
            case "J" | "ARROW DOWN":
                self._step(1)
            case "K" | "ARROW UP":
                self._step(-1)
            case "ARROW RIGHT" | "ARROW LEFT" if shift and stores.router.route.place is Place.LEADS:
                await step(stores, LeadId(stores.router.route.page), 1 if key == "ARROW RIGHT" else -1)
            case "N" if stores.router.route.place is Place.LEADS:
                go(stores, Route(place=Place.LEADS, page=NEW))
            case "N":
                route = stores.router.route
                open_new(stores, route.day if route.place is Place.BOOKINGS else None)
            case "E" | "L" if stores.router.route.place is Place.REVIEW:
                await self._review(key)
            case "M" | "L":
                self._take(Aim.PLACE if key == "M" else Aim.LENGTH)
            case "D" if (turn_id := self._line()) is not None:
                stores.panel.open(f"{TURN}{turn_id}")
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
            case "/" if stores.focus.to_search:
                await stores.focus.to_search()
            case "/":
                open_search(stores)
            case _:
                pass

    async def _review(self, key: str) -> None:
        """Done with the thing the keyboard is on, or later."""
        needs = needs_here(self._stores)
        at = min(self._stores.window.state.review_at, len(needs) - 1)
        if not needs:
            return
        if key == "L":
            await put_off(self._stores, needs[at], False)
        elif needs[at].can_finish:
            await finish(self._stores, needs[at])

    def _take(self, aim: Aim) -> None:
        """Begin to move the booking that the keyboard is on, or the one that is open."""
        stores = self._stores
        booking_id = stores.focus.booking_id or stores.router.route.booking_id
        booking = next((b for b in stores.agenda.state.bookings if b.booking_id == booking_id), None)
        if booking is not None and stores.router.route.place is Place.BOOKINGS:
            stores.focus.lend()
            stores.moves.take(booking, aim, by_keys=True)

    async def _carry(self, key: str, shift: bool) -> None:
        """While a booking is moved, keys do nothing else.  What a pointer carries is only given up."""
        moves = self._stores.moves
        by = HOUR if shift else SNAP
        by_keys = moves.state is not None and moves.state.by_keys
        if by_keys and key in ("Escape", "Enter"):
            # Before the line that has the keyboard goes: the client would give it to nobody.
            await self._stores.focus.give_back()
        match key:
            case "Escape":
                moves.give_up()
            case "Enter" if by_keys:
                await moves.drop(partial(ask_about, self._stores))
            case "Arrow Up" | "Arrow Down" if by_keys:
                moves.step(-by if key == "Arrow Up" else by, 0)
            case "Arrow Left" | "Arrow Right" if by_keys:
                moves.step(0, -1 if key == "Arrow Left" else 1)
            case _:
                pass

    def _covered(self) -> bool:
        """Something lies over the place, which letters are not for."""
        stores = self._stores
        asks = stores.command.state.asking is not None or stores.edits.state.asking is not None
        is_open = stores.leaving.state.is_open or stores.imports.state.is_open
        named = stores.panel.state.panel or stores.router.route.over
        # What is not drawn yet, and what is drawn still.
        return asks or is_open or bool(named) or stores.focus.covered

    def _escape(self) -> None:
        stores = self._stores
        if stores.command.state.asking is not None:
            stores.command.ask(None)
        elif stores.edits.state.asking is not None:
            stores.edits.keep()
        elif stores.leaving.state.is_open:
            stores.leaving.close()
        elif stores.imports.state.is_open:
            stores.imports.close()
        elif stores.panel.state.panel:
            stores.panel.close()
        elif stores.focus.covered and not stores.router.route.over:
            return
        elif stores.router.route.over or stores.router.route.is_detail:
            go(stores, stores.router.route.parent)

    def _step(self, by: int) -> None:
        """To the next or the previous of the list beside the detail."""
        stores, route = self._stores, self._stores.router.route
        if not stores.window.state.layout.two_panes:
            return
        if route.place is Place.REVIEW:
            most = max(0, len(needs_here(stores)) - 1)
            stores.window.review(min(most, stores.window.state.review_at + by))
            return
        if route.place is Place.CALLS:
            ids = [item.call.call_id for item in stores.live.state.calls] + stores.calls.state.ids()
            to = _neighbour(ids, route.call_id, by)
            if to:
                open_call(stores, CallId(to), stores.calls.state.line_of(to))
        elif route.place is Place.LEADS:
            to = _neighbour(stores.leads.state.ids(), route.page, by)
            if to:
                go(stores, Route(place=Place.LEADS, page=to))
        elif route.place is Place.BOOKINGS:
            words = stores.words()
            ids = [b.booking_id for b in stores.agenda.state.bookings]
            to = _neighbour(ids, route.booking_id, by)
            booking = next((b for b in stores.agenda.state.bookings if b.booking_id == to), None)
            if booking:
                day = fmt.local_day(words, booking.starts_at)
                go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=BookingId(booking.booking_id)))

    def _line(self) -> TurnId | None:
        """The line of the open call that the keyboard is on, else the one that the call was opened at."""
        stores = self._stores
        turn_id = stores.focus.turn_id or stores.router.route.turn_id
        turn = stores.call.turn(turn_id) if turn_id and stores.router.route.call_id else None
        return turn.turn_id if turn is not None and turn.kind is TurnKind.SPEECH else None

    def _may_take_over(self) -> bool:
        stores = self._stores
        call, role = stores.call.state.call, stores.role
        here = stores.router.route.call_id is not None
        if lost_since(stores.link.state, stores.ticks.now) is not None:
            return False
        return here and call is not None and call.is_live and role is not None and role.may_supervise


def _neighbour(ids: Sequence[str], here: str | None, by: int) -> str | None:
    if not ids:
        return None
    if here not in ids:
        return ids[0]
    return ids[min(len(ids) - 1, max(0, ids.index(here) + by))]
