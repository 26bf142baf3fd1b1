"""The places of the app as addresses: what can be linked to, what "back" leads to.

/today · /calls · /calls/<id> · /bookings · /bookings/<day> · /bookings/<day>/<id> · /more · /more/calendars
and over whichever of them is there: /outbox · /conflicts/<id>
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import flet as ft

from client.models.ids import BookingId, CallId, ConflictId
from widgets.scaffold import Place

OUTBOX: Final = "outbox"
CALENDARS: Final = "calendars"
_CONFLICT: Final = "conflicts/"
_NUMBER: Final = re.compile(r"^[0-9]{1,15}$")
_ID: Final = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`day` None in the agenda is today.  `page`: of More, what is pushed on top of it.

    `over`: the sheet over the place, as its address without the slash.
    """

    place: Place = Place.TODAY
    call_id: CallId | None = None
    day: date | None = None
    booking_id: BookingId | None = None
    page: str = ""
    over: str = ""

    @property
    def conflict_id(self) -> ConflictId | None:
        """The conflict whose sheet is open."""
        number = self.over.removeprefix(_CONFLICT)
        return ConflictId(int(number)) if number != self.over else None

    @property
    def is_detail(self) -> bool:
        """Something is open on top of the place's list."""
        return self.call_id is not None or self.booking_id is not None or bool(self.page)

    @property
    def parent(self) -> "Route":
        """Where "back" leads."""
        if self.over:
            return replace(self, over="")
        if self.booking_id:
            return Route(place=Place.BOOKINGS, day=self.day)
        return Route(place=self.place) if self.call_id or self.day or self.page else Route()

    def __str__(self) -> str:
        if self.over:
            return f"/{self.over}"
        if self.call_id:
            return f"/calls/{self.call_id}"
        if self.place is Place.BOOKINGS and self.booking_id:
            return f"/bookings/{self.day.isoformat() if self.day else 'today'}/{self.booking_id}"
        if self.place is Place.BOOKINGS and self.day:
            return f"/bookings/{self.day.isoformat()}"
        return f"/{self.place.value}/{self.page}" if self.page else f"/{self.place.value}"


def parse(address: str) -> Route:
    """The place an address names; Today for one that names nothing."""
    parts = [part for part in address.split("?")[0].split("/") if part]
    match parts:
        case ["calls", call_id] if _ID.match(call_id):
            return Route(place=Place.CALLS, call_id=CallId(call_id))
        case ["calls", *_]:
            return Route(place=Place.CALLS)
        case ["bookings", day, booking_id] if _ID.match(booking_id):
            return Route(place=Place.BOOKINGS, day=_day(day), booking_id=BookingId(booking_id))
        case ["bookings", day, *_]:
            return Route(place=Place.BOOKINGS, day=_day(day))
        case ["bookings"]:
            return Route(place=Place.BOOKINGS)
        case ["more", page, *_] if page == CALENDARS:
            return Route(place=Place.MORE, page=CALENDARS)
        case ["more", *_]:
            return Route(place=Place.MORE)
        case ["outbox", *_]:
            return Route(over=OUTBOX)
        case ["conflicts", conflict_id] if _NUMBER.match(conflict_id):
            return Route(over=f"{_CONFLICT}{int(conflict_id)}")
        case ["conflicts", *_]:
            return Route(over=OUTBOX)
        case _:
            return Route()


def over_conflict(route: Route, conflict_id: ConflictId) -> Route:
    """The conflict's sheet over the place that is there."""
    return replace(route, over=f"{_CONFLICT}{conflict_id}")


class Router(ft.Observable):
    """Where the owner is.  `push` tells the client, so that its history and its address follow."""

    def __init__(self) -> None:
        self.route = Route()

    def arrived(self, address: str) -> None:
        """The client is at this address: a link, "back", or our own push."""
        route = parse(address)
        self.route = replace(self.route, over=route.over) if route.over else route


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
