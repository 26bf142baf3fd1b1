"""Changing bookings on screen over a real database: verbs by state, what is wrong in words, nothing typed is lost."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from client.models.account import Role
from client.models.bookings import Booking, BookingStatus
from client.models.ids import BookingId
from client.models.link import LinkState, Trouble
from client.models.mutations import ChangeState
from client.storage import bookings, outbox
from client.storage.database import Database
from screens.routes import Route, parse
from tests import example_data as eg
from tests.screens import salon
from tests.screens.conftest import App, Open
from tests.screens.flaws import flaws
from tests.screens.salon import MARIA, TOMORROW, starts
from tests.screens.test_large_text import grow
from tests.storage.mutations import become
from widgets.scaffold import Place

AT = f"/bookings/{TOMORROW.isoformat()}/{MARIA.booking_id}"
NEW = f"/bookings/{TOMORROW.isoformat()}/new"
DESKTOP = {"width": 1440.0, "height": 900.0}
VERBS = ("move", "edit", "confirm", "complete", "no_show", "cancel", "reinstate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Salon:
    app: App
    db: Database

    @property
    def verbs(self) -> list[str]:
        return [verb for verb in VERBS if self.app.window.find(f"booking.{verb}")]

    @property
    def bar(self) -> str:
        found = self.app.window.find("undo.said")
        return (found.label or "") if found else ""

    async def tap(self, *identifiers: str) -> None:
        for identifier in identifiers:
            await self.app.window.tap(identifier)

    async def type(self, **texts: str) -> None:
        for name, text in texts.items():
            await self.app.window.type(f"form.{name}", text)

    async def write(self, booking: Booking) -> None:
        await self.db.write(lambda conn: salon.put_whole(conn, booking))
        await self.app.window.settle()

    def booking(self, booking_id: str = MARIA.booking_id) -> Booking:
        found = self.db.read(lambda conn: bookings.get(conn, BookingId(booking_id)))
        assert found
        return found

    def changes(self) -> int:
        return len(self.db.read(outbox.entries))


OpenSalon = Callable[..., AbstractAsyncContextManager[Salon]]


@pytest.fixture
def at_salon(open_app: Open, tmp_path: Path) -> OpenSalon:
    @asynccontextmanager
    async def opened(route: str = AT, role: Role = Role.OWNER, **size: Any) -> AsyncIterator[Salon]:
        databases: list[Database] = []

        def fill(stores: Any) -> None:
            stores.runtime.identity = replace(eg.IDENTITY, role=role)
            databases.append(salon.open_salon(stores, tmp_path))

        async with open_app(fill, route=route, **size) as app:
            yield Salon(app=app, db=databases[0])
            app.stores.close()
        databases[0].close()

    return opened


# --- addresses --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "route"),
    [
        (NEW, Route(place=Place.BOOKINGS, day=TOMORROW, doing="new")),
        ("/bookings/today/new", Route(place=Place.BOOKINGS, doing="new")),
        (f"{AT}/move", Route(place=Place.BOOKINGS, day=TOMORROW, booking_id=MARIA.booking_id, doing="move")),
        (f"{AT}/dance", Route(place=Place.BOOKINGS, day=TOMORROW)),
    ],
)
def test_a_form_has_an_address_and_leads_back(address: str, route: Route) -> None:
    assert parse(address) == route
    assert parse(str(route)) == route
    assert route.parent == replace(route, doing=None) if route.doing else Route(place=Place.BOOKINGS)


# --- verbs ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        ("pending", ["move", "edit", "confirm", "cancel"]),
        ("confirmed", ["move", "edit", "cancel"]),
        ("completed", ["edit", "reinstate"]),
        ("no_show", ["edit", "reinstate"]),
        ("cancelled", ["edit", "reinstate"]),
        ("unknown", []),
    ],
)
@pytest.mark.parametrize("role", Role)
async def test_only_what_its_state_allows_is_there(
    status: str, verbs: list[str], role: Role, at_salon: OpenSalon
) -> None:
    async with at_salon(role=role) as at:
        await at.write(replace(MARIA, status=BookingStatus(status)))
        assert at.verbs == verbs


async def test_done_and_missed_are_one_tap_and_come_back_by_key(at_salon: OpenSalon) -> None:
    over = eg.booking("09:00", "Ines", "Cut", 45, "ana")
    async with at_salon(f"/bookings/2025-11-24/{over.booking_id}", **DESKTOP) as at:
        await at.write(over)
        await at.tap("booking.no_show")
        assert (at.booking(over.booking_id).status, at.bar) == ("no_show", "Marked Ines, 09:00, as a no-show")
        await at.app.window.press_key("Z", ctrl=True)
        assert at.booking(over.booking_id).status == "confirmed"
        assert at.changes() == 0
        await at.tap("booking.complete")
        assert (at.booking(over.booking_id).status, at.verbs) == ("completed", ["edit", "no_show", "reinstate"])
        await at.tap("booking.reinstate")
        assert at.booking(over.booking_id).status == "confirmed"


async def test_the_key_of_undo_is_the_text_fields_while_one_is_typed_in(at_salon: OpenSalon) -> None:
    async with at_salon(**DESKTOP) as at:
        await at.write(replace(MARIA, status=BookingStatus.PENDING))
        await at.tap("booking.confirm")
        await at.tap("bookings.search")
        box = at.app.window.keyed("search.box")
        await at.app.window.fire(box, "focus")
        await at.app.window.press_key("Z", ctrl=True)
        assert at.booking().status == "confirmed"
        await at.app.window.fire(box, "blur")
        await at.app.window.press_key("Z", ctrl=True)
        assert at.booking().status == "pending"


# --- moving -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [{}, DESKTOP], ids=["phone", "desktop"])
async def test_a_full_day_leads_to_the_nearest_with_free_times(size: dict[str, float], at_salon: OpenSalon) -> None:
    async with at_salon(**size) as at:
        await at.tap("booking.move")
        assert at.app.window.find("picker.nearest") is None
        await at.write(eg.booking("09:00", "Full", "Cut", 300, "ana", day=TOMORROW))
        await at.write(eg.booking("15:30", "Full", "Cut", 150, "ana", day=TOMORROW))
        assert at.app.window.named("picker.slot.202511252200").selected, "its own time is free, and no help"
        assert at.app.window.named("picker.nearest").label == "Nearest day with free times: Wed 26 Nov"
        assert flaws(at.app.window) == []
        await at.tap("picker.nearest")
        assert at.app.window.named("form.day.2025-11-26").selected
        assert at.app.window.find("picker.nearest") is None


@pytest.mark.parametrize("size", [{}, DESKTOP], ids=["phone", "desktop"])
async def test_a_move_from_tap_to_undo(size: dict[str, float], at_salon: OpenSalon) -> None:
    async with at_salon(**size) as at:
        await at.tap("booking.move")
        assert at.app.window.page.route == f"{AT}/move"
        await at.tap("form.day.2025-11-26", "picker.slot.202511262130", "form.save")
        assert at.app.window.says("Say whether Maria is told."), "nobody is told or not told by default"
        scrolled = [arguments["offset"] for name, arguments in at.app.window.calls if name == "scroll_to"]
        assert scrolled.count(-1) == 1, "to what asks it"
        assert starts(at.db) == "Tue 14:00 with s-ana"
        await at.tap("tell.sms")
        await at.app.window.type("tell.text", "Wednesday, half past one. Sorry!")
        assert at.app.window.says("To +1 555 0142. It leaves once the server has accepted the change, not before.")
        await at.tap("form.save")
        assert starts(at.db) == "Wed 13:30 with s-ana"
        assert at.app.window.page.route == AT
        assert at.bar == "Moved Maria Gómez to Wed 13:30. Maria will be told when it is sent."
        assert at.app.window.says("Yours, not sent yet") and at.app.window.says("Wed 13:30 – 15:00")
        assert at.app.window.says("Move Maria Gómez to Wed 13:30")
        await at.tap("undo")
        assert starts(at.db) == "Tue 14:00 with s-ana"
        assert not at.app.window.says("Yours, not sent yet")


async def test_who_is_busy_is_said_under_the_time_and_nothing_is_saved(at_salon: OpenSalon) -> None:
    async with at_salon(f"{AT}/move") as at:
        await at.type(start="16:00")
        assert at.app.window.says("Ana has Kim Lee then, 16:30 – 17:15.")
        await at.tap("tell.nobody", "form.save")
        assert starts(at.db) == "Tue 14:00 with s-ana"
        assert at.app.window.page.route == f"{AT}/move"
        await at.tap("form.allow.overlap", "form.save")
        assert starts(at.db) == "Tue 16:00 with s-ana"


async def test_where_only_the_buffer_meets_the_form_says_so(at_salon: OpenSalon) -> None:
    async with at_salon(f"{AT}/move") as at:
        await at.db.write(lambda conn: salon.keep_free(conn, eg.SERVICES[0], 15))
        await at.type(start="15:00")
        assert at.app.window.says("Ana needs 15 min free between this booking and Kim Lee, 16:30 – 17:15.")
        await at.type(start="14:45")
        assert not at.app.window.says("Ana needs 15 min free between this booking and Kim Lee, 16:30 – 17:15.")


async def test_the_front_desk_moves_but_books_nobody_over_another(at_salon: OpenSalon) -> None:
    async with at_salon(f"{AT}/move", role=Role.FRONT_DESK) as at:
        await at.type(start="16:00")
        assert at.app.window.find("form.allow.overlap") is None
        assert at.app.window.says("Your role may not book two people at once.")
        await at.type(start="08:00")
        await at.tap("form.allow.closed", "tell.nobody", "form.save")
        assert starts(at.db) == "Tue 08:00 with s-ana"


async def test_without_a_connection_it_says_how_old_the_free_times_are_and_when_the_message_leaves(
    at_salon: OpenSalon,
) -> None:
    async with at_salon(f"{AT}/move") as at:
        at.app.stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE))
        await at.type(start="13:00")
        assert at.app.window.says("Free as of 08:41.")
        await at.tap("tell.email")
        said = "To maria@example.com. It leaves when there is a connection and the server has accepted the change."
        assert at.app.window.says(said)


# --- a new one --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["button", "key"])
@pytest.mark.parametrize("size", [{}, DESKTOP], ids=["phone", "desktop"])
async def test_a_new_booking_for_somebody_who_is_known(how: str, size: dict[str, float], at_salon: OpenSalon) -> None:
    async with at_salon(f"/bookings/{TOMORROW.isoformat()}", **size) as at:
        if how == "key":
            await at.app.window.press_key("N")
        else:
            await at.tap("bookings.new")
        assert at.app.window.page.route == NEW
        await at.type(customer="jun")
        await at.tap("form.customer.c-1", "form.service.sv-3", "form.staff.s-luis")
        await at.type(start="11:00", notes="20 % off, as agreed")
        await at.tap("tell.nobody", "form.save")
        [made] = [each for each in at.db.read(outbox.entries)]
        booking = at.booking(made.row_id)
        assert (booking.customer_id, booking.service_name, booking.notes) == ("c-1", "Cut", "20 % off, as agreed")
        assert starts(at.db, booking.booking_id) == "Tue 11:00 with s-luis"
        assert at.app.window.page.route == f"/bookings/2025-11-25/{made.row_id}"
        assert at.bar == "Booked Jun Ortiz, Tue 11:00"


async def test_prices_are_shown_and_typed_by_nobody(at_salon: OpenSalon) -> None:
    async with at_salon(NEW) as at:
        assert at.app.window.says("45 min · $45")
        assert not any("price" in identifier for identifier in at.app.window.identifiers())


async def test_the_front_desk_sees_no_prices(at_salon: OpenSalon) -> None:
    async with at_salon(NEW, role=Role.FRONT_DESK) as at:
        assert not any("$" in text for text in at.app.window.texts())


@pytest.mark.parametrize("name", ["--help", eg.MARKUP, eg.HUGE, eg.ARABIC, eg.EMOJI, "x" * 10_000])
async def test_hostile_names_are_refused_or_shown_and_stay_typed(name: str, at_salon: OpenSalon) -> None:
    async with at_salon(NEW) as at:
        await at.type(customer=name)
        await at.tap("form.service.sv-3")
        await at.type(start="11:00")
        await at.tap("form.save")
        if len(name) <= 120:
            assert at.changes() == 1
            assert not at.app.window.says("This part could not be drawn")
        else:
            assert at.app.window.says("That is more text than fits.")
            field = at.app.window.keyed("form.customer")
            assert isinstance(field, ft.TextField) and field.value == name and at.changes() == 0


async def test_the_way_back_keeps_what_is_typed_and_discarding_does_not(at_salon: OpenSalon) -> None:
    async with at_salon(NEW) as at:
        await at.type(customer="Ben")
        await at.tap("back", "bookings.new")
        field = at.app.window.keyed("form.customer")
        assert isinstance(field, ft.TextField) and field.value == "Ben"
        assert at.app.window.says("What you typed before is still here.")
        await at.tap("form.give_up", "bookings.new")
        field = at.app.window.keyed("form.customer")
        assert isinstance(field, ft.TextField) and field.value == ""


async def test_escape_leads_back_and_letters_in_the_form_are_letters(at_salon: OpenSalon) -> None:
    async with at_salon(f"{AT}/edit", **DESKTOP) as at:
        await at.app.window.fire(at.app.window.keyed("form.notes"), "focus")
        await at.app.window.press_key("N")
        assert at.app.window.page.route == f"{AT}/edit"
        await at.app.window.press_key("Escape")
        assert at.app.window.page.route == AT


# --- cancelling and what the server says ------------------------------------------------------------------------------
async def test_a_cancellation_has_its_reason_and_can_be_brought_back(at_salon: OpenSalon) -> None:
    async with at_salon() as at:
        await at.tap("booking.cancel")
        await at.type(reason="Ana is ill")
        await at.tap("tell.email", "form.save")
        assert (at.booking().status, at.booking().cancellation_reason) == ("cancelled", "Ana is ill")
        assert at.app.window.says("Ana is ill")
        await at.tap("booking.reinstate", "tell.nobody", "form.save")
        assert at.booking().status == "confirmed"


async def test_a_refused_change_is_no_longer_in_effect_and_says_why(at_salon: OpenSalon) -> None:
    async with at_salon() as at:
        salon.move_maria(at.db)

        def refuse(conn: Any) -> None:
            [change] = outbox.entries(conn)
            result = {"status": "rejected", "code": "closed", "detail": ""}
            become(conn, change.change_id, ChangeState.REFUSED, result=result)

        await at.db.write(refuse)
        await at.app.window.settle()
        assert starts(at.db) == "Tue 14:00 with s-ana"
        assert at.app.window.says("No longer in effect")
        assert at.app.window.says("Refused: the business is closed then")
        [change] = [i for i in at.app.window.identifiers() if i.startswith("booking.change.")]
        await at.tap(change)
        assert at.app.window.page.route == "/outbox"


async def test_a_booking_that_was_never_made_says_so(at_salon: OpenSalon) -> None:
    async with at_salon(NEW) as at:
        await at.type(customer="Ben")
        await at.tap("form.service.sv-3")
        await at.type(start="11:00")
        await at.tap("form.save")

        def refuse(conn: Any) -> None:
            [change] = outbox.entries(conn)
            become(conn, change.change_id, ChangeState.REFUSED, result={"status": "rejected", "code": "closed"})

        await at.db.write(refuse)
        await at.app.window.settle()
        assert at.app.window.says("This booking was not made")
        assert at.app.window.says("Refused: the business is closed then")


async def test_who_changed_it_last_is_in_its_timeline_by_time(at_salon: OpenSalon) -> None:
    async with at_salon() as at:
        await at.write(replace(MARIA, updated_at=eg.at("11:02"), updated_by="Luna"))
        lines = [text for text in at.app.window.texts() if text.endswith(("Luna", "confirmed", "in a call"))]
        assert lines == [
            "11:02 · changed by Luna",
            "Sat 22 Nov 10:04 · confirmed",
            "Sat 22 Nov 10:02 · booked by Luna in a call",
        ]


async def test_one_of_a_series_says_so_and_that_it_goes_alone(at_salon: OpenSalon) -> None:
    async with at_salon(f"/bookings/{TOMORROW.isoformat()}/{salon.SERIES.booking_id}") as at:
        assert at.app.window.says("every 4 weeks")
        await at.tap("booking.move")
        assert at.app.window.says("This appointment changes; the others of the series stay as they are.")


# --- for everyone -----------------------------------------------------------------------------------------------------
FORMS = {"detail": AT, "new": NEW, **{doing: f"{AT}/{doing}" for doing in ("edit", "move", "cancel", "reinstate")}}


@pytest.mark.parametrize("size", [{}, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("name", FORMS)
async def test_everything_has_a_name_and_can_be_read(name: str, size: dict[str, float], at_salon: OpenSalon) -> None:
    async with at_salon(FORMS[name], **size) as at:
        window = at.app.window
        if name == "reinstate":
            await at.write(replace(MARIA, status=BookingStatus.CANCELLED))
        if window.find("form.save"):
            if window.find("form.start"):
                await at.type(start="16:00")
            await at.tap("form.save")
        for scale in (1, 2):
            await grow(window, scale)
            assert not window.says("This part could not be drawn")
            assert flaws(window) == []


@pytest.mark.parametrize(("zone", "said"), [("Europe/Madrid", True), ("America/Los_Angeles", False)])
async def test_the_time_here_is_shown_where_this_device_is_elsewhere(
    zone: str, said: bool, at_salon: OpenSalon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        async with at_salon(f"{AT}/move") as at:
            assert at.app.window.says("On this device's clock: Tue 25 Nov 23:00") is said
            assert at.app.window.says("Tuesday 25 November, 14:00 – 15:30")
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_in_spanish(at_salon: OpenSalon) -> None:
    async with at_salon(NEW) as at:
        at.app.stores.window.speaks("es")
        await at.app.window.settle()
        assert at.app.window.says("Nueva cita")
        await at.type(day="26 de nov", start="16:00")
        await at.tap("form.save")
        assert at.app.window.says("Falta el nombre.")


# --- where ------------------------------------------------------------------------------------------------------------
async def test_where_it_is_can_be_chosen_where_it_matters(at_salon: OpenSalon) -> None:
    async with at_salon(f"{AT}/move") as at:
        assert at.app.window.find("form.staff.s-ana") and not at.app.window.find("form.where.nobody")
        await at.db.write(lambda conn: salon.furnish(conn, eg.SERVICES[0], occupied=MARIA))
        await at.app.window.settle()
        assert at.app.window.named("form.where.r-1").selected
        await at.tap("form.where.r-2", "form.save")
        assert at.booking().resource_id == "r-2"
        assert at.bar == "Maria Gómez, Tue 14:00, is now in Colour chair 2"


async def test_a_room_that_is_taken_is_said_with_who_is_in_it(at_salon: OpenSalon) -> None:
    async with at_salon(f"{AT}/move") as at:
        await at.db.write(lambda conn: salon.furnish(conn, eg.SERVICES[0], occupied=MARIA))
        await at.write(replace(salon.TAKEN, staff_id=salon.SERIES.staff_id, resource_id=salon.CHAIRS[0].resource_id))
        await at.type(start="16:00")
        assert at.app.window.says("Colour chair 1 is taken then: Kim Lee, 16:30 – 17:15.")
        assert flaws(at.app.window) == []
        await at.tap("form.where.r-2")
        assert not at.app.window.says("Colour chair 1 is taken then: Kim Lee, 16:30 – 17:15.")


async def test_the_detail_says_where_it_is_only_of_one_that_is_somewhere(at_salon: OpenSalon) -> None:
    async with at_salon() as at:
        assert not at.app.window.says("Where")
        await at.db.write(lambda conn: salon.furnish(conn, eg.SERVICES[0], occupied=MARIA))
        await at.app.window.settle()
        assert at.app.window.says("Where") and at.app.window.says("Colour chair 1")
