"""The places of the app as addresses: what can be linked to, what "back" leads to.

/today · /calls · /calls/<id> · /bookings · /bookings/<day> · /bookings/<day>/new · /bookings/<day>/<id>
/bookings/<day>/<id>/move, edit, cancel, reinstate, new (of a refused one) · /bookings/search · /customers/<id>
/leads · /leads/<id>, new · /team · /team/<id> · /activity · /review · /aside · /ahead
/figures · /figures/<figure>, market
/more · /more/calendars
and over whichever of them is there: /outbox · /conflicts/<id>
What the calls are looked for by stands behind theirs: /calls?said=balayage&outcome=booked&from=2025-11-01
and the line that a call is opened at: /calls/<id>?at=<turn>
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import flet as ft

from client.models.call_history import EVERYTHING, CallQuestion
from client.models.ids import BookingId, CallId, ConflictId, CustomerId, TurnId
from client.state.typed_booking import Doing
from screens.question import line_of, query_of, question_of
from widgets.scaffold import Place

OUTBOX: Final = "outbox"
CALENDARS: Final = "calendars"
SEARCH: Final = "search"
MARKET: Final = "market"
NEW: Final = "new"
_FORMS: Final = frozenset(Doing)
_CONFLICT: Final = "conflicts/"
_NUMBER: Final = re.compile(r"^[0-9]{1,15}$")
_ID: Final = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`day` None in the agenda is today.  `doing`: the form of a new booking, or of this one.

    `turn_id`: the line of the call that is to be on screen.

    `page`: what is pushed on top of the place, such as its search.  `customer_id`: who is open over all that, `figure`:
    which figure.

    `asked`: what the list of calls is narrowed to.  `over`: the sheet over the place, as its address without the slash.
    """

    place: Place = Place.TODAY
    call_id: CallId | None = None
    turn_id: TurnId | None = None
    day: date | None = None
    booking_id: BookingId | None = None
    doing: Doing | None = None
    page: str = ""
    customer_id: CustomerId | None = None
    asked: CallQuestion = EVERYTHING
    figure: str = ""
    over: str = ""

    @property
    def conflict_id(self) -> ConflictId | None:
        """The conflict whose sheet is open."""
        number = self.over.removeprefix(_CONFLICT)
        return ConflictId(int(number)) if number != self.over else None

    @property
    def is_detail(self) -> bool:
        """Something is open on top of the place's list."""
        return any((self.call_id, self.booking_id, self.doing, self.page, self.customer_id, self.figure))

    @property
    def parent(self) -> "Route":
        """Where "back" leads."""
        if self.over:
            return replace(self, over="")
        if self.figure:
            return replace(self, figure="")
        if self.customer_id:
            return replace(self, customer_id=None)
        if self.doing:
            return replace(self, doing=None, booking_id=None if self.doing is Doing.NEW else self.booking_id)
        if self.booking_id:
            return Route(place=Place.BOOKINGS, day=self.day)
        return Route(place=self.place, asked=self.asked) if self.call_id or self.day or self.page else Route()

    def __str__(self) -> str:
        if self.over:
            return f"/{self.over}"
        if self.figure:
            return f"/figures/{self.figure}"
        if self.customer_id:
            return f"/customers/{self.customer_id}"
        if self.place is Place.CALLS:
            return f"/calls{f'/{self.call_id}' if self.call_id else ''}{query_of(self.asked, self.turn_id)}"
        if self.place is Place.BOOKINGS and (self.booking_id or self.doing):
            pieces = (self.day.isoformat() if self.day else "today", self.booking_id, self.doing)
            return f"/bookings/{'/'.join(piece for piece in pieces if piece)}"
        if self.place is Place.BOOKINGS and self.day:
            return f"/bookings/{self.day.isoformat()}"
        return f"/{self.place.value}/{self.page}" if self.page else f"/{self.place.value}"


def parse(address: str) -> Route:
    """The place an address names; Today for one that names nothing."""
    path, _, query = address.partition("?")
    first, *rest = [part for part in path.split("/") if part] or [""]
    route = _PLACES[first](rest) if first in _PLACES else Route()
    if route.place is not Place.CALLS:
        return route
    return replace(route, asked=question_of(query), turn_id=line_of(query) if route.call_id else None)


def _calls(rest: list[str]) -> Route:
    match rest:
        case [call_id] if _ID.match(call_id):
            return Route(place=Place.CALLS, call_id=CallId(call_id))
        case _:
            return Route(place=Place.CALLS)


def _customers(rest: list[str]) -> Route:
    match rest:
        case [customer_id] if _ID.match(customer_id):
            return Route(place=Place.BOOKINGS, customer_id=CustomerId(customer_id))
        case _:
            return Route()


def _bookings(rest: list[str]) -> Route:
    match rest:
        case [page] if page == SEARCH:
            return Route(place=Place.BOOKINGS, page=SEARCH)
        case [day, Doing.NEW]:
            return Route(place=Place.BOOKINGS, day=_day(day), doing=Doing.NEW)
        case [day, booking_id, doing] if _ID.match(booking_id) and doing in _FORMS:
            return Route(place=Place.BOOKINGS, day=_day(day), booking_id=BookingId(booking_id), doing=Doing(doing))
        case [day, booking_id] if _ID.match(booking_id):
            return Route(place=Place.BOOKINGS, day=_day(day), booking_id=BookingId(booking_id))
        case [day, *_]:
            return Route(place=Place.BOOKINGS, day=_day(day))
        case _:
            return Route(place=Place.BOOKINGS)


def _more(rest: list[str]) -> Route:
    return Route(place=Place.MORE, page=CALENDARS) if rest[:1] == [CALENDARS] else Route(place=Place.MORE)


def _ahead(rest: list[str]) -> Route:
    del rest
    return Route(place=Place.AHEAD)


def _figures(rest: list[str]) -> Route:
    match rest:
        case [page] if page == MARKET:
            return Route(place=Place.FIGURES, page=MARKET)
        case [figure] if _ID.match(figure):
            return Route(place=Place.FIGURES, figure=figure)
        case _:
            return Route(place=Place.FIGURES)


def _outbox(rest: list[str]) -> Route:
    del rest
    return Route(over=OUTBOX)


def _conflicts(rest: list[str]) -> Route:
    match rest:
        case [conflict_id] if _NUMBER.match(conflict_id):
            return Route(over=f"{_CONFLICT}{int(conflict_id)}")
        case _:
            return Route(over=OUTBOX)


def _pages_of(place: Place) -> Callable[[list[str]], Route]:
    """A place whose pages are things with an id."""

    def parse_page(rest: list[str]) -> Route:
        match rest:
            case [page] if _ID.match(page):
                return Route(place=place, page=page)
            case _:
                return Route(place=place)

    return parse_page


_PLACES: Final[dict[str, Callable[[list[str]], Route]]] = {
    "calls": _calls,
    "customers": _customers,
    "bookings": _bookings,
    "leads": _pages_of(Place.LEADS),
    "team": _pages_of(Place.TEAM),
    "ahead": _ahead,
    "activity": lambda _: Route(place=Place.ACTIVITY),
    "review": lambda _: Route(place=Place.REVIEW),
    "aside": lambda _: Route(place=Place.ASIDE),
    "more": _more,
    "figures": _figures,
    "outbox": _outbox,
    "conflicts": _conflicts,
}
"""What follows the first word of an address is for its place to read."""


def over_conflict(route: Route, conflict_id: ConflictId) -> Route:
    """The conflict's sheet over the place that is there."""
    return replace(route, over=f"{_CONFLICT}{conflict_id}")


class Router(ft.Observable):
    """Where the owner is.  `push` tells the client, so that its history and its address follow."""

    def __init__(self) -> None:
        self.route = Route()

    def arrived(self, address: str) -> None:
        """The client is at this address: a link, "back", or our own push, which knows more than its address says."""
        if address == str(self.route):
            return
        route = parse(address)
        self.route = replace(self.route, over=route.over) if route.over else route


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
