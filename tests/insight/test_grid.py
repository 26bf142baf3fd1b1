"""Where things stand in a grid: lanes, hours that are shut, crowds; never more cards than there is room for."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.insight.grid import Blocks, Budget, Card, Column, Crowd, Grid, Rows, Shut, day_grid, people_of, week_grid
from client.insight.walltime import DAY_MINUTES, Span
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import Service, Staff, WeeklyHours
from client.models.ids import StaffId
from tests import example_data as eg

ROOMY = Budget(cards=1000, lanes=100, least=5)
WEEK = tuple(eg.TODAY + timedelta(days=i) for i in range(7))


def rows(*bookings: Booking, blocks: tuple[Block, ...] = (), **changes: object) -> Rows:
    base = Rows(
        business=eg.BUSINESS,
        staff=tuple(eg.STAFF.values()),
        services=eg.SERVICES,
        bookings=bookings,
        blocks=blocks,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def one_column(*bookings: Booking, budget: Budget = ROOMY, blocks: tuple[Block, ...] = ()) -> Column:
    return week_grid(rows(*bookings, blocks=blocks), [eg.TODAY], budget).columns[0]


def names(cards: tuple[Card, ...]) -> list[str]:
    return [card.item.customer_name for card in cards if isinstance(card.item, Booking)]


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def span(start: str, end: str) -> Span:
    return Span(start=minutes(start), end=minutes(end))


# --- columns ----------------------------------------------------------------------------------------------------------


def test_a_week_has_a_column_a_day_without_the_idle_sunday() -> None:
    grid = week_grid(rows(*eg.WEEK), WEEK, ROOMY)
    assert [column.day for column in grid.columns] == list(WEEK[:6])
    assert [column.count for column in grid.columns] == [7, 3, 2, 2, 1, 1]
    assert grid.span == span("08:00", "19:00"), "an hour before and after what is open and booked"


def test_a_sunday_with_a_booking_is_shown() -> None:
    sunday = eg.booking("10:00", "Rosa", "Cut", 45, "ana", day=WEEK[6])
    assert len(week_grid(rows(sunday), WEEK, ROOMY).columns) == 7


def test_a_holiday_is_shown_closed() -> None:
    christmas = date(2025, 12, 25)
    column = week_grid(rows(), [christmas], ROOMY).columns[0]
    assert column.holiday and not column.open
    assert column.shut == (Shut(span=Span(start=0, end=DAY_MINUTES), why="closed"),)


def test_a_day_has_a_column_for_everybody_with_their_own() -> None:
    people = people_of(rows(*eg.BOOKINGS))
    grid = day_grid(rows(*eg.BOOKINGS), eg.TODAY, people, ROOMY)
    assert [column.staff.name if column.staff else None for column in grid.columns] == ["Ana", "Luis", "Mia"]
    assert [names(column.cards) for column in grid.columns] == [
        ["Kim Lee", "Maria Gómez"],
        ["Rosa Lind", "Jun Ortiz", "Tom Baker"],
        ["Ida Berg", "Priya Shah"],
    ]


def test_who_left_and_nobody_have_a_column_while_they_are_booked() -> None:
    gone = replace(eg.staff("s-old", "Olga", "OL", 3), active=False)
    staff = (*eg.STAFF.values(), gone)
    nobodys = eg.booking("10:00", "Rosa", "Cut", 45, "ana", staff_id=None)
    olgas = eg.booking("11:00", "Kim", "Cut", 45, "old")
    unknown = eg.booking("12:00", "Ida", "Cut", 45, "never-heard-of")
    assert gone not in people_of(rows(staff=staff))
    assert people_of(rows(olgas, staff=staff))[-1] is gone
    assert people_of(rows(nobodys))[-1] is None
    assert people_of(rows(unknown))[-1] is None
    assert people_of(rows(staff=())) == (None,)


# --- what is shut -----------------------------------------------------------------------------------------------------


def test_closed_hours_and_the_hours_a_person_does_not_work() -> None:
    half = WeeklyHours(days=(((time(9), time(12)), (time(13), time(15))),) * 7)
    ana = replace(eg.STAFF[StaffId("s-ana")], works=half)
    column = day_grid(rows(staff=(ana,)), eg.TODAY, [ana], ROOMY).columns[0]
    assert [(shut.span, shut.why) for shut in column.shut] == [
        (span("00:00", "09:00"), "closed"),
        (span("12:00", "13:00"), "staff_off"),
        (span("15:00", "18:00"), "staff_off"),
        (span("18:00", "24:00"), "closed"),
    ]


def test_open_to_24_00_has_nothing_shut_after() -> None:
    late = replace(eg.BUSINESS, opening_hours=WeeklyHours(days=(((time(12), time.max),),) * 7))
    grid = week_grid(rows(business=late), [eg.TODAY], ROOMY)
    assert [shut.span for shut in grid.columns[0].shut] == [span("00:00", "12:00")]
    assert grid.span == span("11:00", "24:00")


def test_the_hour_the_clock_skips_is_shut() -> None:
    column = week_grid(rows(), [date(2026, 3, 8)], ROOMY).columns[0]
    assert Shut(span=span("02:00", "03:00"), why="skipped") in column.shut


# --- cards ------------------------------------------------------------------------------------------------------------


def test_what_overlaps_stands_side_by_side_and_what_does_not_has_all_the_room() -> None:
    a = eg.booking("10:00", "A", "Cut", 60, "ana")
    b = eg.booking("10:30", "B", "Cut", 60, "luis")
    c = eg.booking("11:00", "C", "Cut", 30, "mia")
    d = eg.booking("12:00", "D", "Cut", 30, "mia")
    placed = {names((card,))[0]: (card.lane, card.lanes, card.wide) for card in one_column(a, b, c, d).cards}
    assert placed == {"A": (0, 2, 1), "B": (1, 2, 1), "C": (0, 2, 1), "D": (0, 1, 1)}


def test_a_card_is_as_wide_as_the_lanes_beside_it_are_free() -> None:
    three = [eg.booking("10:00", name, "Cut", 30, "ana") for name in "ABC"]
    long = eg.booking("10:00", "L", "Cut", 120, "mia")
    after = eg.booking("11:00", "Z", "Cut", 30, "ana")
    placed = {names((card,))[0]: card for card in one_column(*three, long, after).cards}
    assert (placed["Z"].lane, placed["Z"].lanes, placed["Z"].wide) == (1, 4, 3)


def test_short_ones_are_drawn_long_enough_to_be_pressed_and_still_do_not_touch() -> None:
    first = eg.booking("10:00", "A", "Cut", 5, "ana")
    second = eg.booking("10:05", "B", "Cut", 5, "ana")
    cards = one_column(first, second, budget=replace(ROOMY, least=20)).cards
    assert [card.lane for card in cards] == [0, 1]


def test_a_buffer_is_kept_after_a_booking_but_not_after_a_cancelled_one() -> None:
    service = Service(
        service_id=eg.SERVICES[0].service_id,
        name="Colour",
        duration_minutes=60,
        buffer_minutes=15,
        price_cents=1,
        category="",
        active=True,
    )
    booked = eg.booking("10:00", "A", "Colour", 60, "ana", service_id=service.service_id)
    gone = replace(booked, customer_name="B", status=BookingStatus.CANCELLED)
    column = week_grid(rows(booked, gone, services=(service,)), [eg.TODAY], ROOMY).columns[0]
    assert [(names((card,))[0], card.buffer) for card in column.cards] == [("A", 15), ("B", 0)]
    assert column.count == 1


def test_a_booking_over_midnight_says_so_on_both_days() -> None:
    late = eg.booking("23:30", "Late", "Cut", 60, "ana")
    grid = week_grid(rows(late), [eg.TODAY, eg.TODAY + timedelta(days=1)], ROOMY)
    (before,), (after,) = (column.cards for column in grid.columns)
    assert (before.goes_on, before.from_before) == (True, False)
    assert (after.goes_on, after.from_before) == (False, True)
    to_midnight = eg.booking("23:00", "Owl", "Cut", 60, "ana")
    assert not one_column(to_midnight).cards[0].goes_on


def test_lunch_is_said_once_for_all_who_have_it() -> None:
    (card,) = one_column(blocks=eg.BLOCKS).cards
    assert isinstance(card.item, Blocks)
    assert card.item.first.title == "Lunch" and set(card.item.whose) == {"s-ana", "s-luis"}


def test_a_block_of_everybody_is_in_every_column_of_a_day() -> None:
    all_day = eg.block("00:00", "Fair", 24 * 60, None)
    grid = day_grid(rows(blocks=(all_day,)), eg.TODAY, people_of(rows()), ROOMY)
    assert [len(column.cards) for column in grid.columns] == [1, 1, 1]
    assert grid.span == span("08:00", "19:00"), "a day that is blocked is not drawn from midnight"


# --- too many ---------------------------------------------------------------------------------------------------------


def crowd_sizes(grid: Grid) -> list[int]:
    return [len(c.item.bookings) for column in grid.columns for c in column.cards if isinstance(c.item, Crowd)]


def all_bookings(grid: Grid) -> list[str]:
    out: list[str] = []
    for column in grid.columns:
        for card in column.cards:
            if isinstance(card.item, Booking):
                out.append(card.item.booking_id)
            elif isinstance(card.item, Crowd):
                out += [b.booking_id for b in card.item.bookings]
    return out


def busy(count: int) -> list[Booking]:
    """`count` bookings over the week, three to a slot."""
    out: list[Booking] = []
    for number in range(count):
        day, slot = WEEK[number % 6], (number // 18) % 36
        at = f"{9 + slot // 4:02}:{slot % 4 * 15:02}"
        who = ("ana", "luis", "mia")[number // 6 % 3]
        out.append(
            replace(eg.booking(at, f"N{number}", "Cut", 30, who, day=day), booking_id=f"b{number}")  # type: ignore[arg-type]
        )
    return out


def test_the_fullest_hours_are_gathered_first_and_quiet_ones_stay() -> None:
    crowd = [eg.booking(f"10:{m:02}", f"C{m}", "Cut", 5, "ana", booking_id=f"c{m}") for m in range(0, 60, 5)]
    quiet = [eg.booking(f"{h}:00", f"Q{h}", "Cut", 30, "ana", booking_id=f"q{h}") for h in (12, 14, 16)]
    grid = week_grid(rows(*crowd, *quiet), [eg.TODAY], Budget(cards=10, lanes=9, least=5))
    assert crowd_sizes(grid) == [12]
    assert names(grid.columns[0].cards) == ["Q12", "Q14", "Q16"]


def test_more_side_by_side_than_there_is_room_for_is_gathered() -> None:
    three = [eg.booking("10:00", name, "Cut", 30, who) for name, who in zip("ABC", ("ana", "luis", "mia"), strict=True)]
    quiet = eg.booking("15:00", "Q", "Cut", 30, "ana")
    assert crowd_sizes(week_grid(rows(*three, quiet), [eg.TODAY], Budget(lanes=2))) == [3]
    assert crowd_sizes(week_grid(rows(*three, quiet), [eg.TODAY], Budget(lanes=3))) == []


@pytest.mark.parametrize("count", [40, 60, 61, 200, 648, 2000])
def test_never_more_than_sixty_cards_and_nothing_is_lost(count: int) -> None:
    bookings = busy(count)
    for grid in (
        week_grid(rows(*bookings), WEEK, Budget()),
        day_grid(rows(*bookings), eg.TODAY, people_of(rows(*bookings)), Budget()),
    ):
        assert grid.cards <= 60
    assert sorted(all_bookings(week_grid(rows(*bookings), WEEK, Budget()))) == sorted(b.booking_id for b in bookings)


SLOTS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 287), st.integers(1, 144), st.sampled_from(["ana", "luis", "mia"])),
    max_size=150,
)


@given(slots=SLOTS, cards=st.integers(7, 60), lanes=st.integers(1, 4), least=st.integers(5, 30))
def test_no_card_stands_on_another_whatever_is_booked(
    slots: list[tuple[int, int, int, str]], cards: int, lanes: int, least: int
) -> None:
    bookings = [
        replace(
            eg.booking(f"{at // 12:02}:{at % 12 * 5:02}", f"N{n}", "Cut", length * 5, who, day=WEEK[day]),
            booking_id=f"b{n}",  # type: ignore[arg-type]
        )
        for n, (day, at, length, who) in enumerate(slots)
    ]
    budget = Budget(cards=cards, lanes=lanes, least=least)
    grid = week_grid(rows(*bookings), WEEK, budget)
    assert grid.cards <= max(cards, 7)
    assert set(all_bookings(grid)) == {b.booking_id for b in bookings}
    for column in grid.columns:
        for i, one in enumerate(column.cards):
            assert one.lane >= 0 and one.lane + one.wide <= one.lanes
            assert grid.span.start <= one.span.start and one.span.end <= grid.span.end
            for other in column.cards[i + 1 :]:
                apart = not _drawn(one, least).meets(_drawn(other, least))
                beside = one.lane + one.wide <= other.lane or other.lane + other.wide <= one.lane
                assert apart or beside


def _drawn(card: Card, least: int) -> Span:
    return Span(start=card.span.start, end=max(card.span.end, card.span.start + least))


def test_staff_of_a_week_are_not_columns() -> None:
    assert all(column.staff is None for column in week_grid(rows(*eg.WEEK), WEEK, ROOMY).columns)
    assert isinstance(eg.STAFF[StaffId("s-ana")], Staff)
