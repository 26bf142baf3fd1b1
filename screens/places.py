"""The place at an address: its list, and what is open beside it or over it.

Each screen is imported when it is first shown, because the first frame needs one of them; main.py imports the others
once that frame is out, so that nobody waits for them later.
"""

import flet as ft

from client.models.ids import BookingId, CallId, CustomerId, EmployeeId, LeadId
from screens.live import running_call
from screens.routes import CALENDARS, MARKET, NEW, SEARCH, Doing, Route
from screens.stores import Stores
from screens.undo import undo_over
from widgets import notices
from widgets.component import keyed, memoized
from widgets.scaffold import Place, pane
from widgets.strings import Words
from widgets.theme import Layout

SCREENS = (
    *("screens.today", "screens.bookings", "screens.booking_detail", "screens.booking_form", "screens.calls"),
    *("screens.call_detail", "screens.customer", "screens.search", "screens.more", "screens.calendars"),
    *("screens.leads", "screens.lead", "screens.lead_new", "screens.figures", "screens.figure", "screens.market"),
    *("screens.ahead", "screens.review", "screens.team", "screens.activity", "screens.aside"),
)
"""The modules that are imported when they are needed, those first that are looked at most."""


@memoized
def place_of(stores: Stores, words: Words, layout: Layout, route: Route) -> ft.Control:
    """The place, with its detail beside it where there is room."""
    if route.figure:
        return _figure(stores, words, layout, route.figure)
    match route.place:
        case Place.TODAY:
            from screens.today import today_screen

            return today_screen(stores, words, layout)
        case Place.AHEAD:
            from screens.ahead import ahead_screen

            return ahead_screen(stores, words, layout)
        case Place.FIGURES if route.page == MARKET and layout.two_panes:
            return _market(stores, words, layout)
        case Place.FIGURES:
            from screens.figures import figures_screen

            return figures_screen(stores, words, layout)
        case Place.MORE:
            return _more(stores, words, layout, route.page)
        case Place.CALLS:
            from screens.calls import calls_screen

            listing = calls_screen(stores, words, layout, route.call_id, route.asked)
            return _calls_panes(stores, words, layout, route, listing) if layout.two_panes else listing
        case Place.BOOKINGS:
            from screens.bookings import bookings_screen

            beside = _beside(stores, words, layout, route)
            wide = any((route.doing, route.customer_id, route.page))
            return bookings_screen(stores, words, layout, route.day, route.booking_id, beside, wide=wide)
        case Place.LEADS:
            from screens.leads import leads_screen

            page = _lead(stores, words, layout, route.page) if layout.two_panes and route.page else None
            return leads_screen(stores, words, layout, route.page, page)
        case Place.TEAM:
            from screens.team import team_screen

            if layout.two_panes and route.page:
                return _employee(stores, words, layout, EmployeeId(route.page))
            return team_screen(stores, words, layout)
        case Place.REVIEW:
            from screens.review import review_screen

            return review_screen(stores, words, layout)
        case Place.ASIDE:
            from screens.aside import aside_screen

            return aside_screen(stores, words, layout)
        case Place.ACTIVITY:
            from screens.activity import activity_screen

            return activity_screen(stores, words, layout)


def _calls_panes(stores: Stores, words: Words, layout: Layout, route: Route, listing: ft.Control) -> ft.Control:
    panes = [pane(listing, width=layout.list_width, surface=True)]
    if route.call_id is None:
        panes.append(
            pane(
                ft.Container(
                    notices.empty(words("calls.choose"), words("calls.choose_body")),
                    alignment=ft.Alignment.CENTER,
                    expand=True,
                ),
                edge=False,
            )
        )
    else:
        middle = _call(stores, words, layout, route, route.call_id)
        if route.customer_id and not layout.has_inspector:
            middle = _about(stores, words, layout, route)
        panes.append(pane(middle, edge=layout.has_inspector))
        if layout.has_inspector:
            panes.append(pane(_about(stores, words, layout, route), width=layout.inspector_width, edge=False))
    return ft.Row(panes, spacing=0, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


def _beside(stores: Stores, words: Words, layout: Layout, route: Route) -> ft.Control | None:
    """What is open next to the bookings, where there is room for it."""
    return _opened(stores, words, layout, route) if layout.two_panes else None


@memoized
def detail(stores: Stores, words: Words, layout: Layout, route: Route) -> ft.Control:
    """What was pushed on a phone; the running call's bar stays, unless it is this call.

    Where a call is open in a short window no bar of another one takes the room of its words.
    """
    bar = [] if layout.is_short and route.call_id else [running_call(stores, words, route.call_id)]
    return ft.Column(
        [
            ft.Container(_opened(stores, words, layout, route), expand=True),
            undo_over(stores, words, pushed=True),
            *bar,
        ],
        spacing=0,
        expand=True,
    )


def _opened(stores: Stores, words: Words, layout: Layout, route: Route) -> ft.Control | None:
    """What the address opens besides its place."""
    if route.figure:
        return _figure(stores, words, layout, route.figure)
    if route.customer_id:
        return _customer(stores, words, layout, route.customer_id)
    if route.page == SEARCH:
        from screens.search import search_screen

        return keyed("search", search_screen, stores, words, layout)
    if route.call_id:
        return _call(stores, words, layout, route, route.call_id)
    if route.doing:
        return _form(stores, words, layout, route, route.doing)
    if route.booking_id:
        return _booking(stores, words, layout, route.booking_id)
    if route.page == MARKET:
        return _market(stores, words, layout)
    if route.place is Place.TEAM:
        return _employee(stores, words, layout, EmployeeId(route.page))
    if route.place is Place.LEADS:
        return _lead(stores, words, layout, route.page)
    return _more(stores, words, layout, route.page) if route.page == CALENDARS else None


# --- one thing each ---------------------------------------------------------------------------------------------------
def _call(stores: Stores, words: Words, layout: Layout, route: Route, call_id: CallId) -> ft.Control:
    from screens.call_detail import call_screen

    at, said = route.turn_id, route.asked.text if route.turn_id else ""
    return keyed(f"call-{call_id}", call_screen, stores, words, layout, call_id, at, said)


def _about(stores: Stores, words: Words, layout: Layout, route: Route) -> ft.Control:
    """What is known of the call, or of who called."""
    if route.customer_id:
        return _customer(stores, words, layout, route.customer_id)
    from screens.call_detail import call_inspector

    return call_inspector(stores, words)


def _customer(stores: Stores, words: Words, layout: Layout, customer_id: CustomerId) -> ft.Control:
    from screens.customer import customer_screen

    return keyed(f"customer-{customer_id}", customer_screen, stores, words, layout, customer_id)


def _booking(stores: Stores, words: Words, layout: Layout, booking_id: BookingId) -> ft.Control:
    from screens.booking_detail import booking_screen

    return keyed(f"booking-{booking_id}", booking_screen, stores, words, layout, booking_id)


def _form(stores: Stores, words: Words, layout: Layout, route: Route, doing: Doing) -> ft.Control:
    from screens.booking_form import booking_form

    key = f"form-{route.booking_id}-{doing}"
    return keyed(key, booking_form, stores, words, layout, doing, route.booking_id, route.day)


def _figure(stores: Stores, words: Words, layout: Layout, figure: str) -> ft.Control:
    from screens.figure import figure_screen

    return keyed(f"figure-{figure}", figure_screen, stores, words, layout, figure)


def _market(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    from screens.market import market_screen

    return keyed("market", market_screen, stores, words, layout)


def _employee(stores: Stores, words: Words, layout: Layout, employee_id: EmployeeId) -> ft.Control:
    from screens.team import employee_screen

    return keyed(f"employee-{employee_id}", employee_screen, stores, words, layout, employee_id)


def _lead(stores: Stores, words: Words, layout: Layout, page: str) -> ft.Control:
    """The lead that is open, or the form of a new one."""
    if page == NEW:
        from screens.lead_new import new_lead_screen

        return keyed("lead-new", new_lead_screen, stores, words, layout)
    from screens.lead import lead_screen

    return keyed(f"lead-{page}", lead_screen, stores, words, layout, LeadId(page))


def _more(stores: Stores, words: Words, layout: Layout, page: str) -> ft.Control:
    if page == CALENDARS:
        from screens.calendars import calendars_screen

        return keyed(f"more-{page}", calendars_screen, stores, words, layout)
    from screens.more import more_screen

    return keyed(f"more-{page}", more_screen, stores, words, layout)
