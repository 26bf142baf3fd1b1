"""The day and the week as grids: what stands where, how many cards are built, what is said, what is pressed."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import flet as ft
import flet.canvas as cv
import pytest

from client.models.bookings import Booking, BookingStatus
from client.models.ids import BookingId, StaffId
from client.state.preferences import View
from screens.stores import Stores
from tests import example_data as eg
from tests.harness import Harness
from tests.screens import scenes
from tests.screens.conftest import Open
from tests.screens.test_large_text import grow
from widgets.grid_shape import CARD_AT_LEAST

DESKTOP = {"width": 1440.0, "height": 900.0}
PHONE = {"width": 390.0, "height": 844.0}
TUESDAY = eg.TODAY + timedelta(days=1)


def week(*bookings: Booking) -> Callable[[Stores], None]:
    return scenes.grid(View.WEEK, bookings or eg.WEEK)


def day(*bookings: Booking, on: date = eg.TODAY) -> Callable[[Stores], None]:
    return scenes.grid(View.DAY, bookings or eg.WEEK, on)


def box(window: Harness, identifier: str) -> ft.Container:
    """Where a card is placed."""
    node = next(n for n in window.nodes() if getattr(n.control, "identifier", None) == identifier)
    return next(c for c in reversed(node.above) if isinstance(c, ft.Container) and c.left is not None)


def cards(window: Harness) -> list[str]:
    return [i for i in window.identifiers() if i.startswith(("booking.b-", "booking.b", "crowd."))]


async def test_a_week_has_its_days_side_by_side_and_the_open_booking_beside_them(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        heads = [i for i in app.window.identifiers() if i.startswith("grid.day.")]
        assert len(heads) == 6, "no Sunday: it is closed and empty"
        monday, tuesday = (box(app.window, f"booking.b-{d}") for d in ("24-0900-luis", "25-1000-ana"))
        assert monday.left and tuesday.left and monday.left < tuesday.left
        await app.window.tap("booking.b-25-1000-ana")
        assert app.stores.router.route.booking_id == "b-25-1000-ana"
        assert app.stores.router.route.day == TUESDAY
        assert app.window.named("booking.b-25-1000-ana").selected is True
        assert app.window.find("booking.close") is not None
        assert app.window.find("booking.b-29-0900-mia") is not None, "the week stays beside it"


async def test_cards_are_as_high_as_they_are_long(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        hour = box(app.window, "booking.b-25-1000-ana")
        three = box(app.window, "booking.b-29-0900-mia")
        assert hour.height and three.height
        assert three.height + 2 == pytest.approx(3 * (hour.height + 2))
        assert hour.top is not None and three.top is not None and three.top < hour.top


async def test_a_day_has_its_people_side_by_side(open_app: Open) -> None:
    async with open_app(day(), route="/bookings", **PHONE) as app:
        places = [box(app.window, f"booking.b-24-{x}").left for x in ("1330-ana", "1500-luis", "1545-mia")]
        assert places == sorted(places) and len(set(places)) == 3  # type: ignore[type-var]
        assert {"Ana", "Luis", "Mia"} <= set(app.window.texts())


async def test_a_card_says_everything_to_who_cannot_see_it(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        said = app.window.named("booking.b-25-1630-ana").label
        assert said == "16:30, Maria Gómez, Colour and cut, 90 min, with Ana, Waiting"
        assert app.window.says("16:30 · not sent yet")
        head = app.window.named(f"grid.day.{eg.TODAY}").label
        assert head == "Monday 24 November, 7 bookings. Open the day."


async def test_what_is_not_sent_has_a_dashed_outline(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        dashed = [c for c in app.window.all(cv.Path) if c.paint and c.paint.stroke_dash_pattern]
        assert len(dashed) == 2, "Maria's on Monday and on Tuesday"


async def test_the_head_of_a_day_opens_it(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        await app.window.tap(f"grid.day.{TUESDAY}")
        assert app.stores.router.route.day == TUESDAY
        assert app.stores.preferences.state.view is View.DAY
        assert {"key": "chatty.view", "value": "day"} in [args for name, args in app.window.calls if name == "set"]


async def test_the_switch_offers_a_week_where_there_is_room_for_one(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        assert app.window.named("view.week").selected is True
        await app.window.tap("view.agenda")
        assert app.stores.preferences.state.view is View.AGENDA
    async with open_app(day(), route="/bookings", **PHONE) as app:
        assert app.window.find("view.week") is None
        assert app.window.named("view.day").selected is True


async def test_a_week_is_turned_by_weeks_and_a_day_by_days(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        assert app.window.named("agenda.next").label == "Next week"
        await app.window.tap("agenda.next")
        assert app.stores.router.route.day == eg.TODAY + timedelta(days=7)
        await app.window.tap("agenda.today")
        assert app.stores.router.route.day is None
    async with open_app(day(), route="/bookings", **PHONE) as app:
        await app.window.tap("agenda.previous")
        assert app.stores.router.route.day == eg.TODAY - timedelta(days=1)


async def test_the_line_of_now_is_on_today_alone(open_app: Open) -> None:
    async with open_app(week(), route="/bookings", **DESKTOP) as app:
        assert any(s.label == "Now, 12:41" for s in app.window.all(ft.Semantics))
    later = eg.TODAY + timedelta(days=7)
    async with open_app(scenes.grid(View.WEEK, day=later), route=f"/bookings/{later}", **DESKTOP) as app:
        assert not any(s.label == "Now, 12:41" for s in app.window.all(ft.Semantics))


# --- too much, too long, too large ------------------------------------------------------------------------------------


def busy(count: int) -> tuple[Booking, ...]:
    """Three to a slot, over six days."""
    names = ("ana", "luis", "mia")
    return tuple(
        replace(
            eg.booking(
                f"{9 + n // 18 % 9:02}:{n // 162 % 4 * 15:02}",
                f"Guest {n}",
                "Cut",
                30,
                names[n // 6 % 3],
                day=eg.TODAY + timedelta(days=n % 6),
            ),
            booking_id=BookingId(f"b{n}"),
        )
        for n in range(count)
    )


@pytest.mark.parametrize(
    "size", [DESKTOP, PHONE, {"width": 820.0, "height": 1100.0}], ids=["desktop", "phone", "tablet"]
)
@pytest.mark.parametrize("view", [View.DAY, View.WEEK])
async def test_no_grid_builds_more_than_sixty_cards(view: View, size: dict[str, float], open_app: Open) -> None:
    async with open_app(scenes.grid(view, busy(600)), route="/bookings", **size) as app:
        assert 0 < len(cards(app.window)) <= 60
        assert not app.window.says("This part could not be drawn")


async def test_a_long_list_is_turned_like_pages_and_begins_where_the_day_is(open_app: Open) -> None:
    many = tuple(
        replace(
            eg.booking(f"{9 + n // 20:02}:{n % 20 * 3:02}", f"Guest {n}", "Cut", 15, "ana"),
            booking_id=BookingId(f"b{n}"),
        )
        for n in range(150)
    )

    def fill(stores: Stores) -> None:
        scenes.full(stores)
        stores.agenda.state = replace(stores.agenda.state, bookings=many)

    async with open_app(fill, route="/bookings", **PHONE) as app:
        assert len(cards(app.window)) == 60
        assert app.window.says("12:41"), "the line of now is among them"
        await app.window.tap("agenda.rows_after")
        assert 0 < len(cards(app.window)) < 60 and app.window.says("Guest 149")
        await app.window.tap("agenda.rows_before")
        assert len(cards(app.window)) == 60


async def test_a_crowd_says_how_many_and_leads_to_the_day(open_app: Open) -> None:
    async with open_app(scenes.grid(View.WEEK, busy(600)), route="/bookings", **DESKTOP) as app:
        crowd = next(i for i in app.window.identifiers() if i.startswith(f"crowd.{eg.TODAY}"))
        assert "bookings between 09:00 and" in str(app.window.named(crowd).label)
        await app.window.tap(crowd)
        assert app.stores.preferences.state.view is View.DAY


async def test_more_people_than_fit_are_turned_like_pages(open_app: Open) -> None:
    def eight(stores: Stores) -> None:
        scenes.grid(View.DAY)(stores)
        people = {p.staff_id: p for p in (eg.staff(f"s-{n}", f"Person {n}", f"P{n}", n) for n in range(8))}
        stores.business.state = replace(stores.business.state, staff=people)

    async with open_app(eight, route="/bookings", **PHONE) as app:
        assert app.window.says("1–3 of 9 people"), "eight, and who is booked and not known"
        await app.window.tap("grid.people_next")
        assert app.window.says("4–6 of 9 people")
        assert app.window.says("Person 4") and not app.window.says("Person 1")


async def test_a_booking_of_five_minutes_can_be_pressed(open_app: Open) -> None:
    short = eg.booking("10:00", "Quick", "Fringe", 5, "ana")
    async with open_app(week(short), route="/bookings", **DESKTOP) as app:
        height = box(app.window, f"booking.{short.booking_id}").height
        assert height is not None and height >= CARD_AT_LEAST


async def test_text_of_twice_the_size_has_twice_the_room(open_app: Open) -> None:
    async with open_app(day(), route="/bookings", **PHONE) as app:
        before = box(app.window, "booking.b-24-1330-ana").height
        await grow(app.window, 2)
        after = box(app.window, "booking.b-24-1330-ana").height
        assert before and after and after >= 1.9 * before
        assert app.window.says("1–1 of 3 people"), "one person has room"


# --- odd days ---------------------------------------------------------------------------------------------------------


async def test_a_closed_day_and_a_holiday_say_so(open_app: Open) -> None:
    sunday, christmas = date(2025, 11, 30), date(2025, 12, 25)
    async with open_app(scenes.grid(View.DAY, day=sunday), route=f"/bookings/{sunday}", **PHONE) as app:
        assert app.window.says("Closed on Sundays")
    async with open_app(scenes.grid(View.WEEK, day=christmas), route=f"/bookings/{christmas}", **DESKTOP) as app:
        assert (
            app.window.named(f"grid.day.{christmas}").label
            == "Thursday 25 December, Closed on this date. Open the day."
        )


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (date(2026, 3, 8), "The clocks go forward at 02:00: an hour is left out."),
        (date(2025, 11, 2), "The clocks go back at 02:00: an hour comes twice."),
    ],
)
async def test_the_nights_on_which_the_clock_is_changed(night: date, said: str, open_app: Open) -> None:
    for view, size in ((View.DAY, PHONE), (View.WEEK, DESKTOP)):
        late = eg.booking("01:30", "Owl", "Cut", 60, "ana", day=night)
        async with open_app(scenes.grid(view, (late,), night), route=f"/bookings/{night}", **size) as app:
            assert app.window.says(said)
            assert app.window.find(f"booking.{late.booking_id}") is not None


async def test_in_the_hour_that_comes_twice_a_card_says_which_it_is(open_app: Open) -> None:
    night = date(2025, 11, 2)
    first = eg.booking("01:30", "Owl", "Cut", 60, "ana", day=night)
    second = replace(
        first,
        booking_id=BookingId("second"),
        staff_id=StaffId("s-luis"),
        starts_at=first.starts_at + timedelta(hours=1),
        ends_at=first.ends_at + timedelta(hours=1),
    )
    async with open_app(scenes.grid(View.DAY, (first, second), night), route=f"/bookings/{night}", **PHONE) as app:
        assert app.window.says("01:30 PDT Cut") and app.window.says("01:30 PST Cut")
        assert box(app.window, f"booking.{first.booking_id}").top == box(app.window, "booking.second").top


async def test_the_business_s_clock_is_named_where_it_is_another_than_the_device_s(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for zone, said in (
        ("America/Los_Angeles", None),
        ("Europe/Madrid", "9 h behind"),
        ("Pacific/Honolulu", "2 h ahead"),
    ):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        for size in (PHONE, DESKTOP):
            async with open_app(day(), route="/bookings", **size) as app:
                named = [t for t in app.window.all(ft.Text) if "Los Angeles time" in str(t.value)]
                assert len(named) == (said is not None)
                assert all(str(said) in str(t.value) and t.max_lines is None for t in named), "never cut off"
    monkeypatch.undo()
    time.tzset()


async def test_cancelled_ones_are_hidden_until_asked_for_and_struck_out_then(open_app: Open) -> None:
    gone = eg.booking("10:00", "Ada", "Cut", 45, "ana", status=BookingStatus.CANCELLED)
    async with open_app(week(gone), route="/bookings", **DESKTOP) as app:
        struck = [s for t in app.window.all(ft.Text) for s in t.spans or [] if s.text == "Ada"]
        assert struck and struck[0].style
        assert struck[0].style.decoration is ft.TextDecoration.LINE_THROUGH
        assert app.window.says("10:00 · Cancelled")
        assert app.window.find("agenda.cancelled") is not None
