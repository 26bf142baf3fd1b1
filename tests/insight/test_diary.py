"""Whether a time can be had, why not, and when instead: hours, buffers, blocks, the nights when clocks are changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.insight.diary import Diary, House, Obstacle, Why, Wish
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import HoursRange, Resource, WeeklyHours
from client.models.ids import BlockId, BookingId, ResourceId, ServiceId, StaffId
from tests import example_data as eg

ANA, LUIS, MIA = (StaffId(f"s-{name}") for name in ("ana", "luis", "mia"))
COLOUR = ServiceId("sv-buffered")
SERVICES = (replace(eg.SERVICES[0], service_id=COLOUR, buffer_minutes=15), *eg.SERVICES)
NEW_YORK = ZoneInfo("America/New_York")


def always(*ranges: HoursRange) -> WeeklyHours:
    return WeeklyHours(days=(tuple(ranges),) * 7)


ROUND_THE_CLOCK = always((time(0), time.max))


def block(clock: str, minutes: int, staff_id: StaffId | None, day: date = eg.TODAY) -> Block:
    return Block(
        block_id=BlockId(f"k-{clock}"),
        staff_id=staff_id,
        starts_at=eg.at(clock, day),
        ends_at=eg.at(clock, day) + timedelta(minutes=minutes),
        zone=eg.ZONE,
        title="Lunch",
        source="manual",
        calendar_id=None,
        pending=False,
    )


def diary(*rows: Booking | Block, **changes: Any) -> Diary:
    house = House(business=eg.BUSINESS, staff=tuple(eg.STAFF.values()), services=SERVICES)
    base = Diary(
        house=replace(house, **{name: changes.pop(name) for name in ("business", "staff") if name in changes}),
        bookings=tuple(row for row in rows if isinstance(row, Booking)),
        blocks=tuple(row for row in rows if isinstance(row, Block)),
        since=eg.at("00:00"),
        until=eg.at("00:00", eg.TODAY + timedelta(days=14)),
        now=eg.NOW,
    )
    return replace(base, **changes)


def ask(
    found: Diary, clock: str, minutes: int, staff_id: StaffId | None = MIA, day: date = eg.TODAY, **more: Any
) -> Obstacle | None:
    starts_at = eg.at(clock, day)
    return found.obstacle(staff_id, starts_at, starts_at + timedelta(minutes=minutes), **more)


def why(*asked: Any, **more: Any) -> Why | None:
    obstacle = ask(*asked, **more)
    return obstacle.why if obstacle else None


def test_an_empty_diary_has_room() -> None:
    assert ask(diary(), "14:00", 60) is None


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (-60, Why.TOO_SHORT),
        (0, Why.TOO_SHORT),
        (4, Why.TOO_SHORT),
        (5, None),
        (721, Why.TOO_LONG),
        (1440, Why.TOO_LONG),
    ],
)
def test_lengths(minutes: int, expected: Why | None) -> None:
    assert why(diary(), "14:00", minutes) == expected


def test_twelve_hours_are_not_too_long_only_longer_than_the_day() -> None:
    assert why(diary(), "09:00", 720) is Why.CLOSED
    open_all_night = replace(eg.BUSINESS, opening_hours=ROUND_THE_CLOCK)
    assert why(diary(business=open_all_night), "20:00", 720, None) is None


def test_earlier_today_may_be_written_down_yesterday_may_not() -> None:
    assert why(diary(), "09:00", 30) is None
    assert why(diary(), "14:00", 30, day=eg.TODAY - timedelta(days=1)) is Why.PAST


def test_today_is_the_business_today() -> None:
    late = diary(now=eg.at("23:30"))
    assert late.today == eg.TODAY
    assert (eg.at("23:30").astimezone(UTC).date() - eg.TODAY).days == 1


def test_closed_hours_and_days_are_named_with_the_hours() -> None:
    early = ask(diary(), "08:30", 60)
    assert early is not None and (early.why, early.hours) == (Why.CLOSED, ((time(9), time(18)),))
    assert why(diary(), "17:30", 60) is Why.CLOSED
    assert why(diary(), "17:00", 60) is None
    sunday = ask(diary(), "12:00", 60, day=date(2025, 11, 30))
    assert sunday is not None and (sunday.why, sunday.hours) == (Why.CLOSED, ())
    assert why(diary(), "12:00", 60, day=date(2025, 12, 25)) is Why.CLOSED


def test_a_buffer_may_reach_into_closed_hours() -> None:
    assert why(diary(), "17:00", 60, buffer_minutes=30) is None


def test_who_is_not_working_and_who_has_left() -> None:
    part_time = replace(eg.STAFF["s-mia"], works=always((time(9), time(13))))
    gone = replace(eg.STAFF["s-luis"], active=False)
    found = diary(staff=(part_time, gone))
    obstacle = ask(found, "14:00", 60)
    assert obstacle is not None and (obstacle.why, obstacle.staff) == (Why.STAFF_OFF, part_time)
    assert why(found, "14:00", 60, LUIS) is Why.STAFF_OFF
    assert why(found, "14:00", 60, StaffId("nobody")) is Why.STAFF_OFF
    assert why(found, "14:00", 60, None) is None


def test_a_gap_between_opening_hours_is_closed_and_a_seam_is_not() -> None:
    lunch = replace(eg.BUSINESS, opening_hours=always((time(9), time(13)), (time(14), time(18))))
    seam = replace(eg.BUSINESS, opening_hours=always((time(9), time(13)), (time(13), time(18))))
    assert why(diary(business=lunch), "12:30", 60) is Why.CLOSED
    assert why(diary(business=seam), "12:30", 60) is None


def test_a_booking_keeps_its_person_until_its_buffer_is_over() -> None:
    held = eg.booking("14:00", "Maria", "Colour", 60, "mia", service_id=COLOUR)
    found = diary(held)
    taken = ask(found, "14:30", 30)
    assert taken is not None and (taken.why, taken.booking) == (Why.TAKEN, held)
    assert why(found, "15:00", 30) is Why.TAKEN
    assert why(found, "15:15", 30) is None
    assert why(found, "13:30", 30) is None
    assert why(found, "13:30", 30, buffer_minutes=5) is Why.TAKEN
    assert why(found, "14:30", 30, ANA) is None
    assert why(found, "14:30", 30, None) is None
    assert why(found, "14:30", 30, but={held.booking_id}) is None


@pytest.mark.parametrize(
    ("clock", "minutes", "buffer", "kept"),
    [
        ("15:00", 30, 0, 15),
        ("15:14", 30, 40, 15),
        ("13:00", 30, 35, 35),
        ("13:00", 60, 5, 5),
        ("13:00", 61, 5, 0),
        ("14:30", 30, 5, 0),
        ("14:59", 30, 5, 0),
        ("13:30", 120, 5, 0),
    ],
)
def test_where_by_the_clock_they_do_not_meet_the_buffer_is_named(
    clock: str, minutes: int, buffer: int, kept: int
) -> None:
    held = eg.booking("14:00", "Maria", "Colour", 60, "mia", service_id=COLOUR, resource_id=ONE)
    found = furnished(held)
    starts_at = eg.at(clock)
    for whose, room, reason in ((MIA, None, Why.TAKEN), (None, ONE, Why.OCCUPIED)):
        ends_at = starts_at + timedelta(minutes=minutes)
        obstacle = found.obstacle(whose, starts_at, ends_at, buffer, resource_id=room)
        assert obstacle is not None and (obstacle.why, obstacle.buffer_minutes) == (reason, kept)


def test_before_a_block_the_buffer_is_named_after_it_there_is_none() -> None:
    found = diary(block("14:00", 60, MIA))
    before, over = ask(found, "13:30", 30, buffer_minutes=10), ask(found, "13:30", 31, buffer_minutes=10)
    assert before is not None and over is not None
    assert (before.buffer_minutes, over.buffer_minutes) == (10, 0)
    assert ask(found, "15:00", 30, buffer_minutes=10) is None


def test_what_is_in_the_way_by_the_clock_is_named_before_what_only_a_buffer_meets() -> None:
    before = eg.booking("13:00", "Maria", "Colour", 60, "mia", service_id=COLOUR)
    meant = eg.booking("14:15", "Kim", "Cut", 30, "mia")
    found = diary(before, meant, block("14:50", 60, MIA))
    starts_at = eg.at("14:05")
    met = list(found.obstacles(MIA, starts_at, starts_at + timedelta(minutes=40), 10))
    assert [(each.booking or each.block, each.buffer_minutes) for each in met] == [
        (meant, 0),
        (before, 15),
        (found.blocks[0], 10),
    ]


@pytest.mark.parametrize("status", BookingStatus)
def test_who_is_not_coming_keeps_nobody(status: BookingStatus) -> None:
    found = diary(eg.booking("14:00", "Maria", "Cut", 60, "mia", status=status))
    holds = status in (BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.COMPLETED)
    assert (why(found, "14:00", 60) is Why.TAKEN) == holds


def test_a_block_is_of_one_person_or_of_all() -> None:
    mias, everybodys = block("14:00", 60, MIA), block("16:00", 60, None)
    found = diary(mias, everybodys)
    obstacle = ask(found, "14:30", 30)
    assert obstacle is not None and (obstacle.why, obstacle.block) == (Why.BLOCKED, mias)
    assert why(found, "14:30", 30, ANA) is None
    assert why(found, "13:30", 30, buffer_minutes=10) is Why.BLOCKED
    assert {why(found, "16:00", 30, who) for who in (ANA, MIA, None)} == {Why.BLOCKED}


def test_a_block_of_weeks_blocks_its_middle() -> None:
    holiday = replace(block("09:00", 0, MIA), ends_at=eg.at("09:00", eg.TODAY + timedelta(days=20)))
    assert why(diary(holiday), "14:00", 30, day=eg.TODAY + timedelta(days=10)) is Why.BLOCKED


def test_what_is_allowed_on_purpose_is_no_obstacle_but_sense_is_not_allowed_away() -> None:
    found = diary(eg.booking("17:30", "Maria", "Cut", 30, "mia"))
    everything = ("overlap", "closed")
    assert why(found, "17:30", 60, allow=("closed",)) is Why.TAKEN
    assert why(found, "17:30", 60, allow=("overlap",)) is Why.CLOSED
    assert why(found, "17:30", 60, allow=everything) is None
    assert why(found, "17:30", 0, allow=everything) is Why.TOO_SHORT


# --- the two nights --------------------------------------------------------------------------------------------------
def in_new_york(**hours: Any) -> Diary:
    business = replace(eg.BUSINESS, zone=NEW_YORK, closed_days=frozenset(), **hours)
    people = tuple(replace(person, works=ROUND_THE_CLOCK) for person in eg.STAFF.values())
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return diary(business=business, staff=people, now=since, since=since, until=datetime(2026, 12, 31, tzinfo=UTC))


def test_an_appointment_over_the_hour_that_is_skipped_is_as_long_as_it_really_is() -> None:
    found = in_new_york(opening_hours=ROUND_THE_CLOCK)
    starts, ends = (datetime(2026, 3, 8, hour, tzinfo=NEW_YORK) for hour in (1, 3))
    assert ends.astimezone(UTC) - starts.astimezone(UTC) == timedelta(hours=1)
    assert found.obstacle(MIA, starts, ends) is None
    thirteen_by_the_wall = datetime(2026, 3, 7, 20, tzinfo=NEW_YORK), datetime(2026, 3, 8, 9, tzinfo=NEW_YORK)
    assert found.obstacle(MIA, *thirteen_by_the_wall) is None
    thirteen = datetime(2026, 10, 31, 20, tzinfo=NEW_YORK), datetime(2026, 11, 1, 8, tzinfo=NEW_YORK)
    obstacle = found.obstacle(MIA, *thirteen)
    assert obstacle is not None and obstacle.why is Why.TOO_LONG


def test_hours_that_begin_in_the_skipped_hour_begin_when_it_is_over() -> None:
    found = in_new_york(opening_hours=always((time(2, 30), time(8))))
    three = datetime(2026, 3, 8, 3, tzinfo=NEW_YORK)
    assert found.obstacle(MIA, three, three + timedelta(hours=1)) is None
    before = three.astimezone(UTC) - timedelta(minutes=15)
    obstacle = found.obstacle(MIA, before, before + timedelta(minutes=30))
    assert obstacle is not None and obstacle.why is Why.CLOSED


def test_free_starts_of_the_nights_are_distinct_instants_in_the_hours() -> None:
    found = in_new_york(opening_hours=always((time(0), time(4))))
    for day in (date(2026, 3, 8), date(2026, 11, 1)):
        near = datetime(day.year, day.month, day.day, 2, tzinfo=NEW_YORK)
        slots = found.free(Wish(minutes=60, staff_ids=(MIA,)), near, 8)
        starts = [slot.starts_at for slot in slots]
        assert len(set(starts)) == 8
        assert all(slot.ends_at - slot.starts_at == timedelta(hours=1) for slot in slots)
        assert all(start.astimezone(NEW_YORK).date() == day for start in starts)


def test_midnight_that_does_not_exist_is_the_first_moment_that_does() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    business = replace(eg.BUSINESS, zone=beirut, opening_hours=ROUND_THE_CLOCK)
    since = datetime(2026, 3, 1, tzinfo=UTC)
    found = diary(business=business, now=since, since=since, until=datetime(2026, 4, 30, tzinfo=UTC))
    eleven = datetime(2026, 3, 28, 23, tzinfo=beirut).astimezone(UTC)
    assert (eleven + timedelta(hours=1)).astimezone(beirut).time() == time(1)
    assert found.obstacle(None, eleven, eleven + timedelta(hours=3)) is None


# --- when instead ----------------------------------------------------------------------------------------------------
def test_the_nearest_free_times_nearest_first_for_whoever_comes_first() -> None:
    held = eg.booking("15:00", "Maria", "Cut", 60, "mia")
    slots = diary(held).free(Wish(minutes=30, staff_ids=(MIA,)), eg.at("15:00"), 3)
    assert [slot.starts_at for slot in slots] == [eg.at("14:30"), eg.at("14:15"), eg.at("14:00")]
    both = diary(held).free(Wish(minutes=30, staff_ids=(MIA, ANA)), eg.at("15:00"), 2)
    assert [(slot.starts_at, slot.staff_id) for slot in both] == [(eg.at("15:00"), ANA), (eg.at("14:45"), ANA)]


def test_free_times_are_on_the_raster_and_not_over() -> None:
    odd = replace(eg.BUSINESS, opening_hours=always((time(9, 10), time(18))))
    slots = diary(business=odd).free(Wish(minutes=30, staff_ids=(MIA,)), eg.at("12:41"), 2)
    assert [slot.starts_at for slot in slots] == [eg.at("12:45"), eg.at("13:00")]
    fine = diary(business=odd).free(Wish(minutes=30, staff_ids=(MIA,), step_minutes=5), eg.at("12:41"), 1)
    assert [slot.starts_at for slot in fine] == [eg.at("12:45")]


def test_another_day_is_offered_when_it_is_nearer() -> None:
    full = block("09:00", 540, None)
    (first, *_) = diary(full).free(Wish(minutes=30, staff_ids=(MIA,)), eg.at("17:30"), 3)
    assert first.starts_at == eg.at("09:00", eg.TODAY + timedelta(days=1))


def test_beyond_what_is_known_nothing_is_offered() -> None:
    full = block("09:00", 540, None)
    today_only = diary(full, until=eg.at("23:59"))
    assert today_only.free(Wish(minutes=30, staff_ids=(MIA,)), eg.at("17:30"), 3) == ()
    far = datetime(9999, 12, 31, tzinfo=UTC)
    assert len(diary().free(Wish(minutes=30, staff_ids=(MIA,)), far, 3)) == 3


_STARTS = st.integers(0, 4 * 24 * 12).map(lambda steps: eg.at("00:00") + timedelta(minutes=5 * steps))


@given(
    st.lists(st.tuples(_STARTS, st.integers(1, 40), st.sampled_from(["mia", "ana"]), st.booleans()), max_size=12),
    _STARTS,
    st.integers(5, 120),
    st.integers(0, 30),
)
def test_what_is_offered_is_free_and_nothing_free_is_nearer(
    rows: list[tuple[datetime, int, str, bool]], near: datetime, minutes: int, buffer: int
) -> None:
    bookings = [
        replace(
            eg.booking("12:00", "X", "Cut", 30, who),
            booking_id=BookingId(str(number)),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=5 * length),
            service_id=COLOUR if buffered else None,
        )
        for number, (starts_at, length, who, buffered) in enumerate(rows)
    ]
    found = diary(*bookings, until=eg.at("00:00", eg.TODAY + timedelta(days=5)))
    wish = Wish(minutes=minutes, buffer_minutes=buffer, staff_ids=(MIA, ANA))
    slots = found.free(wish, near, 3)
    every_start = [eg.at("00:00") + timedelta(minutes=15 * n) for n in range(5 * 96)]
    possible = [start for start in every_start if start >= eg.NOW and _obviously_free(bookings, start, minutes, buffer)]
    expected = sorted(possible, key=lambda start: (abs(start - near), start))[:3]
    assert [slot.starts_at for slot in slots] == expected


def _obviously_free(bookings: list[Booking], start: datetime, minutes: int, buffer: int) -> bool:
    begins = start.astimezone(eg.ZONE)
    closes = 13 if begins.weekday() == 5 else 18
    wall = begins.hour * 60 + begins.minute
    if begins.weekday() == 6 or wall < 9 * 60 or wall + minutes > closes * 60:
        return False
    free_again = start + timedelta(minutes=minutes + buffer)
    busy = {b.staff_id for b in bookings if not _apart(b, start, free_again)}
    return not {MIA, ANA} <= busy


def _apart(booking: Booking, starts_at: datetime, free_again: datetime) -> bool:
    held_until = booking.ends_at + timedelta(minutes=15 if booking.service_id == COLOUR else 0)
    return booking.starts_at >= free_again or held_until <= starts_at


# --- rooms ------------------------------------------------------------------------------------------------------------
CHAIRS = tuple(
    Resource(resource_id=ResourceId(name), name=name, active=name != "old") for name in ("one", "two", "old")
)
ONE, TWO, OLD = (chair.resource_id for chair in CHAIRS)


def furnished(*bookings: Booking) -> Diary:
    found = diary(*bookings)
    return replace(found, house=replace(found.house, resources=CHAIRS))


def within(room: ResourceId, start: str, minutes: int = 60, who: str = "ana", **more: Any) -> Booking:
    return eg.booking(start, "Kim", "Cut", minutes, who, resource_id=room, **more)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 24), st.sampled_from([ONE, TWO])), max_size=8))
def test_a_time_is_offered_in_the_first_room_that_is_empty(rows: list[tuple[int, int, ResourceId]]) -> None:
    bookings = [
        replace(
            within(room, "13:00"),
            booking_id=BookingId(str(n)),
            starts_at=at,
            ends_at=at + timedelta(minutes=5 * length),
        )
        for n, (steps, length, room) in enumerate(rows)
        for at in [eg.at("13:00") + timedelta(minutes=5 * steps)]
    ]
    found = furnished(*bookings)
    wish = Wish(minutes=30, buffer_minutes=10, staff_ids=(None,), resource_ids=(ONE, TWO))
    offered = {slot.starts_at: slot.resource_id for slot in found.free(wish, eg.at("13:00"), 18)}
    starts = [eg.at("13:00") + timedelta(minutes=15 * n) for n in range(10)]
    for start in starts:
        again = start + timedelta(minutes=40)
        empty = [room for room in (ONE, TWO) if all(_apart(b, start, again) for b in bookings if b.resource_id == room)]
        assert offered.get(start) == (empty[0] if empty else None)


def test_what_is_in_the_room_is_in_the_way_of_whoever_it_is_with() -> None:
    found = furnished(within(ONE, "14:00"))
    [obstacle] = found.obstacles(MIA, eg.at("14:30"), eg.at("15:00"), resource_id=ONE)
    assert (obstacle.why, obstacle.resource) == (Why.OCCUPIED, CHAIRS[0])
    assert obstacle.booking and obstacle.booking.customer_name == "Kim"
    assert obstacle.why.allowance == "overlap"
    assert not list(found.obstacles(MIA, eg.at("14:30"), eg.at("15:00"), resource_id=TWO))
    assert not list(found.obstacles(MIA, eg.at("15:00"), eg.at("15:30"), resource_id=ONE))
    assert not list(
        furnished(within(ONE, "14:00", status="cancelled")).obstacles(
            MIA, eg.at("14:30"), eg.at("15:00"), resource_id=ONE
        )
    )


def test_a_service_is_done_in_those_of_its_rooms_that_are_in_use() -> None:
    offered = replace(SERVICES[0], resource_ids=(OLD, TWO, ONE))
    house = replace(furnished().house, services=(offered,))
    assert house.resources_for(offered.service_id) == (TWO, ONE)
    assert house.resources_for(ServiceId("old")) == house.resources_for(None) == ()


def test_an_unknown_service_has_no_buffer() -> None:
    found = diary()
    assert (found.buffer_of(COLOUR), found.buffer_of(ServiceId("old")), found.buffer_of(None)) == (15, 0, 0)
