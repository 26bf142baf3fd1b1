"""Bookings moved in a grid as an owner does it: by mouse, by finger, by keyboard; and what a drag costs."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import flet as ft
import pytest

from client.models.account import Role
from client.models.ids import BookingId
from client.state.preferences import View
from client.storage import bookings
from client.storage.database import Database
from screens.app import mount
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime, HandClock, answering
from tests.harness import Harness
from tests.screens.conftest import App
from tests.screens.scenes import no_server
from tests.state.conftest import db  # noqa: F401
from tests.state.conftest import put_booking as put_guest
from tests.storage.rows import put
from widgets.grid_card import MOUSE_EDGE

MARIA, SAM = BookingId("b-maria"), BookingId("b-sam")
CARD = f"booking.{MARIA}"
TUESDAY = eg.TODAY + timedelta(days=1)
WORKS = ", ".join(f'"{day}": [["09:00", "18:00"]]' for day in ("mon", "tue", "wed", "thu", "fri"))


def fill(conn: sqlite3.Connection) -> None:
    """Ana and Luis work until six; Maria is at 14:00 with Ana on Monday, Sam at 16:00 with her on Tuesday."""
    for staff_id, name in (("s-ana", "Ana"), ("s-luis", "Luis")):
        person = {"id": staff_id, "name": name, "initials": name[:2], "colour_index": 0, "services": "[]"}
        put(conn, "staff", {**person, "works": f"{{{WORKS}}}", "active": 1, "version": 1, "gen": 1})
    for booking_id, clock, day in ((MARIA, "14:00", eg.TODAY), (SAM, "16:00", TUESDAY)):
        put_guest(conn, clock, day=day)
        conn.execute(
            "UPDATE bookings SET id = ?, staff_id = 's-ana', customer_name = ? WHERE id = ?",
            (booking_id, booking_id.removeprefix("b-").title(), f"b-{day}-{clock}"),
        )


class Salon:
    """The app over a real database, with its bookings as a grid."""

    def __init__(self, app: App, database: Database) -> None:
        self.app = app
        self.window = app.window
        self.database = database
        self.at = (0.0, 0.0)

    @property
    def maria(self) -> tuple[str, str | None, int]:
        found = self.database.read(lambda conn: bookings.get(conn, MARIA))
        assert found is not None
        return f"{found.starts_at.astimezone(eg.ZONE):%a %H:%M}", found.staff_id, found.duration_minutes

    def box(self, identifier: str = CARD) -> ft.Container:
        node = next(n for n in self.window.nodes() if getattr(n.control, "identifier", None) == identifier)
        return next(c for c in reversed(node.above) if isinstance(c, ft.Container) and c.left is not None)

    def ghost(self) -> ft.Container | None:
        found = [c for c in self.window.all(ft.Container) if c.key == "ghost"]
        return found[0] if found else None

    @property
    def hour(self) -> float:
        """Pixels an hour is high, from a card of 45 minutes."""
        height = self.box().height
        assert height
        return (height + 2) / 45 * 60

    def said_at(self) -> tuple[float | None, float | None]:
        """Where what is said of the place begins from the grid's top, or ends from its bottom."""
        (bubble,) = [c for c in self.window.all(ft.Container) if c.key == "ghost.said"]
        return bubble.top, bubble.bottom  # type: ignore[return-value]

    # --- doing -------------------------------------------------------------------------------------------------------
    async def mouse(self, event: str, x: float, y: float) -> None:
        """A drag begins some pixels away from what was pressed."""
        if event == "pan_start":
            await self.window.fire(self.window.keyed("grid.mouse"), "pan_down", at(x, y))
            x, y = x + 9, y + 9
        self.at = (x, y)
        await self.window.fire(self.window.keyed("grid.mouse"), event, at(x, y))

    async def finger(self, event: str, x: float, y: float) -> None:
        await self.window.fire(self.window.keyed("grid.fingers"), event, at(x, y))

    def middle(self) -> tuple[float, float]:
        box = self.box()
        assert box.left is not None and box.top is not None and box.width and box.height
        return box.left + box.width / 2, box.top + box.height / 2

    async def drag(self, across: float, down: float) -> None:
        """With the mouse, from the middle of Maria's card, in ten steps; not yet let go."""
        x, y = self.middle()
        await self.mouse("pan_start", x, y)
        for step in range(1, 11):
            await self.mouse("pan_update", x + across * step / 10, y + down * step / 10)

    async def scrolled(self, pixels: float, height: float) -> None:
        sight = {"pixels": pixels, "viewport_dimension": height, "min_scroll_extent": 0, "max_scroll_extent": 900}
        await self.window.fire(self.window.keyed("grid_hours"), "scroll", {"event_type": "update", **sight})

    async def let_go(self) -> None:
        await self.mouse("pan_end", *self.at)
        await self.written()

    async def written(self) -> None:
        """What was asked to be written is: there is one writer, which takes things in turn."""
        await self.database.write(lambda _: None)
        await self.window.settle()


def at(x: float, y: float) -> dict[str, Any]:
    """As the client sends it, with fields that nobody asks for."""
    inside, screen = {"x": x, "y": y}, {"x": x + 200, "y": y + 100}
    return {"k": "mouse", "l": inside, "g": screen, "v": {"x": 0, "y": 0}, "of": inside}


@pytest.fixture
async def salon(db: Database, request: pytest.FixtureRequest) -> AsyncIterator[Salon]:  # noqa: F811
    """A week on a desktop, or what `@on(view, width)` says."""
    view, width = getattr(request, "param", (View.WEEK, 1440.0))
    db.write_blocking(fill)
    hand = HandClock()
    replies = {"get": lambda args: view.value if args["key"] == "chatty.view" else None}
    async with Harness(width=width, height=900, route="/bookings", replies=replies) as window:
        runtime = FakeRuntime(clock=hand.clock(), api=answering(no_server, hand.clock()), database=db)
        stores = Stores.build(runtime)
        await window.run(lambda page: mount(page, stores))
        yield Salon(App(window=window, stores=stores, runtime=runtime, hand=hand), db)
        stores.close()
        await runtime.api.aclose()


def on(view: View, width: float) -> Any:
    return pytest.mark.parametrize("salon", [(view, width)], indirect=True)


# --- by mouse ---------------------------------------------------------------------------------------------------------
async def test_a_card_is_dragged_to_another_day_and_undone(salon: Salon) -> None:
    column = salon.box(f"booking.{SAM}").left
    own = salon.box().left
    assert column is not None and own is not None
    await salon.drag(column - own, -2 * salon.hour)
    ghost = salon.ghost()
    assert ghost is not None and ghost.left == pytest.approx(column, abs=1)
    assert salon.window.says("Tue 25 Nov · 12:00 – 12:45")
    assert salon.maria == ("Mon 14:00", "s-ana", 45), "nothing is changed before it is let go"
    await salon.let_go()
    assert salon.maria == ("Tue 12:00", "s-ana", 45)
    assert salon.ghost() is None
    assert salon.window.find("undo") is not None
    await salon.window.tap("undo")
    await salon.written()
    assert salon.maria == ("Mon 14:00", "s-ana", 45)


async def test_it_stands_where_the_mouse_let_go_which_is_beyond_where_it_was_last_seen(salon: Salon) -> None:
    await salon.drag(0, -salon.hour)
    x, y = salon.at
    await salon.mouse("pan_end", x, y - salon.hour)
    await salon.written()
    assert salon.maria == ("Mon 12:00", "s-ana", 45)


async def test_a_client_who_can_be_reached_is_thought_of_before_the_move_is_made(salon: Salon) -> None:
    sql = "UPDATE bookings SET customer_phone = '+1 555 0142' WHERE id = ?"
    await salon.database.write(lambda conn: conn.execute(sql, (MARIA,)).rowcount)
    await salon.window.settle()
    column, own = salon.box(f"booking.{SAM}").left, salon.box().left
    assert column is not None and own is not None
    for answer, becomes in (("form.give_up", "Mon 14:00"), ("form.save", "Tue 12:00")):
        await salon.drag(column - own, -2 * salon.hour)
        await salon.let_go()
        assert salon.maria == ("Mon 14:00", "s-ana", 45), "nobody has said whether Maria is told"
        assert salon.window.says("Tuesday 25 November, 12:00 – 12:45")
        await salon.window.tap("tell.sms")
        assert salon.window.says("To +1 555 0142. It leaves once the server has accepted the change, not before.")
        await salon.window.tap(answer)
        await salon.written()
        assert salon.maria == (becomes, "s-ana", 45)
        assert salon.window.page.route == "/bookings/2025-11-24", "back to the grid"
    assert salon.window.named("undo.said").label == "Moved Maria to Tue 12:00. Maria will be told when it is sent."


async def test_the_keyboard_asks_the_same(salon: Salon) -> None:
    sql = "UPDATE bookings SET customer_email = 'maria@example.com' WHERE id = ?"
    await salon.database.write(lambda conn: conn.execute(sql, (MARIA,)).rowcount)
    await salon.window.arrive(f"/bookings/2025-11-24/{MARIA}")
    for key in ("M", "Arrow Down", "Enter"):
        await salon.window.press_key(key)
    assert salon.window.page.route == f"/bookings/2025-11-24/{MARIA}/move"
    assert salon.window.says("Monday 24 November, 14:05 – 14:50")
    assert salon.maria == ("Mon 14:00", "s-ana", 45)


async def test_over_a_taken_time_the_ghost_says_whose_and_letting_go_changes_nothing(salon: Salon) -> None:
    column = salon.box(f"booking.{SAM}").left
    own = salon.box().left
    assert column is not None and own is not None
    await salon.drag(column - own, 2 * salon.hour)
    assert salon.window.says("Ana has Sam then, 16:00 – 16:45.")
    await salon.let_go()
    assert salon.maria == ("Mon 14:00", "s-ana", 45)
    assert salon.window.named("undo.said").label == "Ana has Sam then, 16:00 – 16:45."
    assert salon.window.find("undo") is None


async def test_what_was_refused_can_be_had_on_purpose_and_undone(salon: Salon) -> None:
    column, own = salon.box(f"booking.{SAM}").left, salon.box().left
    assert column is not None and own is not None
    await salon.drag(column - own, 2 * salon.hour)
    await salon.let_go()
    assert salon.maria == ("Mon 14:00", "s-ana", 45)
    await salon.window.tap("undo.on_purpose")
    assert salon.window.page.route == f"/bookings/2025-11-24/{MARIA}/move"
    assert salon.window.find("undo.said") is None, "the form says it"
    assert salon.window.says("Tuesday 25 November, 16:00 – 16:45")
    assert salon.window.says("Ana has Sam then, 16:00 – 16:45.")
    await salon.window.tap("form.save")
    assert salon.maria == ("Mon 14:00", "s-ana", 45), "nothing is allowed yet"
    await salon.window.tap("form.allow.overlap")
    await salon.window.tap("form.save")
    await salon.written()
    assert salon.maria == ("Tue 16:00", "s-ana", 45)
    assert salon.window.page.route == "/bookings/2025-11-24", "back to the grid"
    await salon.window.tap("undo")
    await salon.written()
    assert salon.maria == ("Mon 14:00", "s-ana", 45)


async def test_a_role_that_may_not_overbook_is_only_told_why(salon: Salon) -> None:
    front_desk = replace(eg.IDENTITY, role=Role.FRONT_DESK)
    salon.app.stores.runtime.identity = front_desk  # type: ignore[misc]
    salon.app.stores.session.look()
    column, own = salon.box(f"booking.{SAM}").left, salon.box().left
    assert column is not None and own is not None
    await salon.drag(column - own, 2 * salon.hour)
    await salon.let_go()
    assert salon.window.named("undo.said").label == "Ana has Sam then, 16:00 – 16:45."
    assert salon.window.find("undo.on_purpose") is None


async def test_the_lower_edge_makes_it_longer(salon: Salon) -> None:
    box = salon.box()
    assert box.left is not None and box.top is not None and box.height
    x, y = box.left + 20, box.top + box.height - MOUSE_EDGE / 2
    await salon.mouse("pan_start", x, y)
    await salon.mouse("pan_update", x, y + salon.hour / 2)
    assert salon.window.says("14:00 – 15:15 · 1 h 15 min")
    await salon.let_go()
    assert salon.maria == ("Mon 14:00", "s-ana", 75)


async def test_beside_a_card_nothing_is_taken(salon: Salon) -> None:
    x, y = salon.middle()
    await salon.mouse("pan_start", x, y + 3 * salon.hour)
    await salon.mouse("pan_update", x, y)
    assert salon.ghost() is None
    await salon.let_go()
    assert salon.maria == ("Mon 14:00", "s-ana", 45)


async def test_escape_gives_a_drag_up(salon: Salon) -> None:
    await salon.drag(0, salon.hour)
    assert salon.ghost() is not None
    await salon.window.press_key("Escape")
    assert salon.ghost() is None
    await salon.mouse("pan_update", 300, 300)
    await salon.let_go()
    assert salon.maria == ("Mon 14:00", "s-ana", 45)


async def test_leaving_the_place_gives_a_drag_up(salon: Salon) -> None:
    await salon.drag(0, salon.hour)
    await salon.window.tap("nav.today")
    assert salon.app.stores.moves.state is None


async def test_the_edge_of_a_card_that_is_tapped_opens_it(salon: Salon) -> None:
    box = salon.box()
    assert box.left is not None and box.top is not None and box.height
    await salon.mouse("tap_up", box.left + 20, box.top + box.height - 2)
    assert salon.app.stores.router.route.booking_id == MARIA


async def test_where_nothing_is_a_tap_opens_the_form_of_a_new_booking_at_that_quarter(salon: Salon) -> None:
    x, y = salon.middle()
    await salon.mouse("tap_up", x, y - 3 * salon.hour)
    assert str(salon.app.stores.router.route) == f"/bookings/{eg.TODAY}/new"
    when = salon.app.stores.form.state.typed
    assert (when.day, when.start) == (eg.TODAY, "11:15")


@on(View.DAY, 1440.0)
async def test_in_a_day_it_is_dragged_to_another_person(salon: Salon) -> None:
    x, _ = salon.middle()
    box = salon.box()
    assert box.width
    await salon.drag(box.width + 6, 0)
    assert x and salon.window.says("14:00 – 14:45 · Luis")
    await salon.let_go()
    assert salon.maria == ("Mon 14:00", "s-luis", 45)


# --- by finger --------------------------------------------------------------------------------------------------------
@on(View.DAY, 390.0)
async def test_on_a_phone_a_long_press_takes_it(salon: Salon) -> None:
    x, y = salon.middle()
    await salon.finger("long_press_start", x, y)
    assert salon.ghost() is not None, "it is seen at once that it is in the hand"
    await salon.finger("long_press_move_update", x, y + salon.hour)
    assert salon.window.says("15:00 – 15:45")
    await salon.finger("long_press_end", x, y + salon.hour)
    await salon.written()
    assert salon.maria == ("Mon 15:00", "s-ana", 45)


@on(View.DAY, 390.0)
async def test_near_the_edge_of_what_is_in_sight_the_grid_comes_along(salon: Salon) -> None:
    x, y = salon.middle()
    await salon.scrolled(y - 200, 400)
    await salon.finger("long_press_start", x, y)
    before = len([c for c in salon.window.calls if c[0] == "scroll_to"])
    await salon.finger("long_press_move_update", x, y + 50)
    assert len([c for c in salon.window.calls if c[0] == "scroll_to"]) == before, "in the middle it stands still"
    await salon.finger("long_press_move_update", x, y + 190)
    name, arguments = [c for c in salon.window.calls if c[0] == "scroll_to"][-1]
    assert arguments["delta"] > 0, name
    before = salon.ghost()
    assert before is not None and isinstance(before.top, float)
    await salon.scrolled(y - 200 + salon.hour, 400)
    ghost = salon.ghost()
    assert ghost is not None and ghost.top == before.top + salon.hour, "it stays under the finger"
    await salon.finger("long_press_move_update", x, y + 140)
    await salon.finger("long_press_end", x, y + 140)
    await salon.written()
    assert salon.maria == ("Mon 17:05", "s-ana", 45)


@on(View.DAY, 390.0)
async def test_what_is_said_of_the_place_is_whole_wherever_the_grid_is_scrolled_to(salon: Salon) -> None:
    x, y = salon.middle()
    top = salon.box().top
    assert top is not None
    for above, over in ((60, False), (200, True)):
        await salon.scrolled(top - above, 500)
        await salon.finger("long_press_start", x, y)
        ghost = salon.ghost()
        assert ghost is not None and ghost.height and ghost.top == top
        assert salon.said_at()[0] == (None if over else top + ghost.height + 6), above
        await salon.window.press_key("Escape")


@on(View.DAY, 390.0)
async def test_of_a_booking_longer_than_what_is_in_sight_it_is_said_where_it_is_in_sight(salon: Salon) -> None:
    box = salon.box()
    assert box.left is not None and box.top is not None and box.height
    x, y = box.left + 20, box.top + box.height - MOUSE_EDGE / 2
    await salon.scrolled(box.top + 10, 300)
    await salon.finger("long_press_start", x, y)
    assert salon.said_at() == (box.top + box.height + 6, None)
    await salon.finger("long_press_move_update", x, y + 3 * salon.hour)
    assert salon.said_at() == (box.top + 10 + 6, None)


# --- by keyboard ------------------------------------------------------------------------------------------------------
async def focus(salon: Salon) -> None:
    await salon.window.fire(salon.window.keyed(CARD), "focus")


async def keys(salon: Salon, *pressed: str, shift: bool = False) -> None:
    for key in pressed:
        await salon.window.press_key(key, shift=shift)
    await salon.written()


def line(salon: Salon) -> ft.Semantics | None:
    return salon.window.find("grid.moving")


async def test_the_keyboard_moves_what_has_the_focus_and_says_each_step(salon: Salon) -> None:
    await focus(salon)
    await keys(salon, "M")
    said = line(salon)
    assert said is not None and said.live_region and said.label
    assert said.label.startswith("Moving Maria. Arrow keys move it by 5 minutes")
    await keys(salon, "Arrow Down", "Arrow Down", "Arrow Right")
    await keys(salon, "Arrow Up", shift=True)
    said = line(salon)
    assert said is not None and said.label == "Tue 25 Nov · 13:10 – 13:55. Free"
    await keys(salon, "Enter")
    assert salon.maria == ("Tue 13:10", "s-ana", 45)
    assert line(salon) is None
    assert len([c for c in salon.window.calls if c[0] == "focus"]) == 6, "at each step, and back on the card"
    assert salon.app.stores.router.route.booking_id is None, "Enter did not open it too"


async def test_the_line_holds_the_keyboard_and_gives_it_back_to_the_card(salon: Salon) -> None:
    await focus(salon)
    await keys(salon, "M", "Arrow Down")
    focused = [c for c in salon.window.calls if c[0] == "focus"]
    assert len(focused) == 2, "when it began, and at the step"
    await keys(salon, "Escape")
    assert len([c for c in salon.window.calls if c[0] == "focus"]) == 3
    assert salon.maria == ("Mon 14:00", "s-ana", 45)


async def test_the_keyboard_says_why_not(salon: Salon) -> None:
    await focus(salon)
    await keys(salon, "M", "Arrow Right")
    await keys(salon, "Arrow Down", "Arrow Down", shift=True)
    said = line(salon)
    assert said is not None and said.label == "Tue 25 Nov · 16:00 – 16:45. Ana has Sam then, 16:00 – 16:45."
    await keys(salon, "Enter")
    assert salon.maria == ("Mon 14:00", "s-ana", 45)
    assert salon.window.named("undo.said").label == "Ana has Sam then, 16:00 – 16:45."


async def test_l_changes_how_long_the_open_booking_takes(salon: Salon) -> None:
    await salon.window.tap(CARD)
    await keys(salon, "L", "Arrow Down", "Arrow Down", "Arrow Right")
    await keys(salon, "Enter")
    assert salon.maria == ("Mon 14:00", "s-ana", 55)


async def test_other_keys_do_nothing_meanwhile(salon: Salon) -> None:
    await focus(salon)
    await keys(salon, "M", "G", "T", "O", "U")
    assert line(salon) is not None
    assert str(salon.app.stores.router.route) == "/bookings"


async def test_without_a_focus_and_nothing_open_m_does_nothing(salon: Salon) -> None:
    await keys(salon, "M")
    assert line(salon) is None


# --- what it costs ----------------------------------------------------------------------------------------------------
def fifty_more(conn: sqlite3.Connection) -> None:
    for n in range(50):
        day = eg.TODAY + timedelta(days=n % 5)
        clock = f"{9 + n // 10 * 2:02d}:{n % 10 // 5 * 30:02d}"
        if (day, clock) not in ((eg.TODAY, "14:00"), (TUESDAY, "16:00")):
            put_guest(conn, clock, day=day)
            conn.execute("UPDATE bookings SET staff_id = 's-luis' WHERE id = ?", (f"b-{day}-{clock}",))


async def test_a_drag_patches_the_ghost_and_leaves_the_grid_alone(salon: Salon) -> None:
    await salon.database.write(fifty_more)
    await salon.window.settle()
    cards = [salon.window.keyed(i) for i in salon.window.identifiers() if i.startswith("booking.b")]
    assert len(cards) >= 50
    x, y = salon.middle()
    await salon.mouse("pan_start", x, y)
    await salon.mouse("pan_update", x, y + salon.hour / 12)
    before = len(salon.window.sent)
    for step in range(2, 40):
        await salon.mouse("pan_update", x, y + step * salon.hour / 12)
    sent = salon.window.sent[before:]
    assert len(sent) == 38, "one patch a step of five minutes"
    assert max(sent) < 700, sent
    assert [salon.window.keyed(i) for i in salon.window.identifiers() if i.startswith("booking.b")] == cards
    await salon.mouse("pan_update", x, y + 39 * salon.hour / 12 + 0.4)
    assert len(salon.window.sent) == before + 38, "less than a step is nothing"
