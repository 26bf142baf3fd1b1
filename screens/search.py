"""Looking for customers and bookings: by some letters or digits, on this device, with a connection or without."""

import flet as ft

from client.models.bookings import Booking
from client.models.customers import Customer
from client.models.link import LinkState, LinkStatus
from client.state.business import BusinessState
from client.state.search import MOST, SearchState
from screens.customer import open_customer
from screens.live import go
from screens.routes import SEARCH, Route
from screens.stores import Stores
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.booking_row import staff_colour
from widgets.component import component, effect, see
from widgets.customer_page import summary
from widgets.fields import field
from widgets.scaffold import Place, page_head
from widgets.strings import Words
from widgets.theme import Layout


@component
def search_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """A page on a phone, the last pane on a desktop; what is typed stays."""
    box = ft.use_memo(lambda: ft.Ref[ft.TextField](), [])
    state = see(stores.search).state
    ours, link = see(stores.business).state, see(stores.link).state

    async def to_box() -> None:
        await stores.focus.bring(box, lambda: stores.search.state.text, stores.search.type)

    async def opened() -> None:
        stores.search.show(True)
        stores.focus.to_search = to_box
        await to_box()

    def gone() -> None:
        stores.search.show(False)
        stores.focus.to_search = None
        stores.focus.arrives()
        stores.focus.gone("search.box")

    effect(opened, [], cleanup=gone)

    def back() -> None:
        go(stores, stores.router.route.parent)

    head = page_head(
        words,
        words("search.title"),
        on_back=None if layout.two_panes else back,
        trailing=[buttons.icon_button("search.close", words("action.close"), ft.Icons.CLOSE, back)]
        if layout.two_panes
        else None,
        size=18 if layout.two_panes else 22,
    )
    typed = field(
        "search.box",
        words("search.label"),
        state.text,
        stores.search.type,
        keyboard=ft.KeyboardType.TEXT,
        on_focus=stores.focus.types,
        on_blur=stores.focus.rests,
        ref=box,
    )
    left, right, top = (18, 14, 14) if layout.two_panes else (12, 12, 12)
    rows = [*_age(words, stores, state, link), *_found(stores, words, state, ours), *_more(words, state)]
    # Outside of the list: what scrolls takes the keyboard from what is in it, in a client that is read aloud.
    top_rows = ft.Column([head, typed], spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    over = ft.Container(top_rows, padding=ft.Padding(left, top, right, 0))
    under = ft.ListView(rows, spacing=12, padding=ft.Padding(left, 12, right, 20), expand=True, key="search.list")
    return ft.Column([over, under], spacing=0, expand=True)


def open_search(stores: Stores) -> None:
    """In the place of bookings, at the day that is there; where it is open, the keyboard comes to its box."""
    if stores.focus.to_search:
        ft.context.page.run_task(stores.focus.to_search)
        return
    route = stores.router.route
    day = route.day if route.place is Place.BOOKINGS else None
    go(stores, Route(place=Place.BOOKINGS, day=day, page=SEARCH))
    stores.focus.sets_out()


def _found(stores: Stores, words: Words, state: SearchState, ours: BusinessState) -> list[ft.Control]:
    if state.broken:
        return [notices.empty(words("broken.title"), words("broken.body"))]
    if not state.asked:
        return [notices.empty(words("search.begin"), words("search.begin_body"))]
    if state.nothing:
        text = fmt.clipped(state.text.strip(), 60)
        return [_said(words("search.none", text=text), words("search.none_body"))]
    out: list[ft.Control] = []
    if state.customers:
        rows = [_customer(stores, words, each) for each in state.customers]
        out += [parts.section_label(words("search.customers")), _card(rows)]
    if state.bookings:
        now = stores.ticks.now
        rows = [_booking(stores, words, each, ours) for each in state.bookings]
        ahead = sum(each.starts_at >= now for each in state.bookings)
        label = words("search.bookings") if ahead else words("search.past_bookings")
        out += [parts.section_label(label), _card(rows)]
    return out


def _age(words: Words, stores: Stores, state: SearchState, link: LinkStatus) -> list[ft.Control]:
    """What the owner has to know before reading on: it is not all here, it is of a while ago."""
    if not state.asked:
        return []
    if state.partly:
        return [_said(words("search.partly"), None)]
    if link.state is LinkState.OFFLINE and link.as_of:
        return [_said(words("search.as_of", when=fmt.moment(words, link.as_of, stores.ticks.now)), None)]
    return []


def _more(words: Words, state: SearchState) -> list[ft.Control]:
    return [_said(words("search.more", n=MOST), None)] if state.asked and state.more else []


def _said(title: str, body: str | None) -> ft.Control:
    """Said politely too, because it comes while something is typed."""
    rows: list[ft.Control] = [parts.muted(title, size=14, height=1.4)]
    if body:
        rows.append(parts.muted(body, size=13, height=1.4))
    return ft.Semantics(live_region=True, content=ft.Column(rows, spacing=4, tight=True))


def _card(rows: list[ft.Control]) -> ft.Control:
    return parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4)


def _customer(stores: Stores, words: Words, customer: Customer) -> ft.Control:
    name = fmt.clipped(customer.name, 120)
    told = summary(words, customer)
    return buttons.pressable(
        f"search.customer.{customer.customer_id}",
        words("search.customer_spoken", name=name, told=told),
        ft.Row(
            [
                parts.avatar(fmt.initials(customer.name)),
                ft.Column(
                    [parts.strong(name, lines=2), parts.muted(told, lines=2)], spacing=1, tight=True, expand=True
                ),
            ],
            spacing=12,
        ),
        lambda: open_customer(stores, customer.customer_id),
        padding=ft.Padding.symmetric(horizontal=10, vertical=9),
    )


def _booking(stores: Stores, words: Words, booking: Booking, ours: BusinessState) -> ft.Control:
    name = fmt.clipped(booking.customer_name, 120)
    when = fmt.moment(words, booking.starts_at, stores.ticks.now)
    person = ours.who(booking.staff_id)
    what = " · ".join(piece for piece in (booking.service_name, person.name if person else "") if piece)
    day = fmt.local_day(words, booking.starts_at)
    return buttons.pressable(
        f"search.booking.{booking.booking_id}",
        words("search.booking_spoken", when=when, name=name, what=fmt.clipped(what, 120)),
        ft.Row(
            [
                ft.Container(width=4, height=36, border_radius=4, bgcolor=staff_colour(person)),
                ft.Column(
                    [parts.strong(f"{when} · {name}", lines=2), parts.muted(what, lines=2)],
                    spacing=1,
                    tight=True,
                    expand=True,
                ),
            ],
            spacing=12,
        ),
        lambda: go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=booking.booking_id)),
        padding=ft.Padding.symmetric(horizontal=10, vertical=9),
    )
