"""A booking on its way in a grid: where it would stand, why not, and that nothing is changed before it is dropped."""

import sqlite3
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from client.editing import Why
from client.insight.diary import Why as InTheWay
from client.insight.walltime import Span
from client.models.bookings import Booking
from client.models.ids import BookingId, StaffId
from client.state.edits import BAR
from client.state.moving import Aim, Ground, MoveStore
from client.storage import bookings
from tests import example_data as eg
from tests.state.conftest import Desk, ms
from tests.state.conftest import put_booking as put_guest
from tests.storage.rows import put

MARIA, SAM = BookingId("b-maria"), BookingId("b-sam")
ANA, LUIS = StaffId("s-ana"), StaffId("s-luis")
WEEK = tuple((eg.TODAY + timedelta(days=n), None) for n in range(6))
HOURS = Span(start=8 * 60, end=19 * 60)
NINE_TO_SIX = '[["09:00", "18:00"]]'


def person(staff_id: str, name: str, works: str) -> dict[str, Any]:
    return {
        **{"id": staff_id, "name": name, "initials": name[:2], "colour_index": 0, "services": "[]"},
        **{"works": works, "active": 1, "version": 1, "gen": 1},
    }


@pytest.fixture(autouse=True)
async def salon(desk: Desk) -> None:
    """Ana works Monday to Wednesday, Luis on Monday until 15:00; Maria at 14:00 with Ana, Sam at 11:00 with Luis."""

    def fill(conn: sqlite3.Connection) -> None:
        ana = ", ".join(f'"{day}": {NINE_TO_SIX}' for day in ("mon", "tue", "wed"))
        put(conn, "staff", person(ANA, "Ana", f"{{{ana}}}"))
        put(conn, "staff", person(LUIS, "Luis", '{"mon": [["09:00", "15:00"]]}'))
        for booking_id, clock, whose in ((MARIA, "14:00", ANA), (SAM, "11:00", LUIS)):
            put_guest(conn, clock)
            conn.execute(
                "UPDATE bookings SET id = ?, staff_id = ? WHERE id = ?", (booking_id, whose, f"b-{eg.TODAY}-{clock}")
            )

    await desk.write(fill)
    desk.stores.moves.lay_out(Ground(columns=WEEK, span=HOURS, people=False))


def booking(desk: Desk, booking_id: BookingId = MARIA) -> Booking:
    found = desk.db.read(lambda conn: bookings.get(conn, booking_id))
    assert found is not None
    return found


def taken(desk: Desk, booking_id: BookingId = MARIA, aim: Aim = Aim.PLACE) -> MoveStore:
    assert desk.stores.moves.take(booking(desk, booking_id), aim)
    return desk.stores.moves


def people(desk: Desk) -> None:
    """The day, with a column for Ana and one for Luis."""
    desk.stores.moves.lay_out(
        Ground(columns=((eg.TODAY, ANA), (eg.TODAY, LUIS), (eg.TODAY, None)), span=HOURS, people=True)
    )


def begins(desk: Desk) -> tuple[str, StaffId | None, int]:
    now = booking(desk)
    return f"{now.starts_at.astimezone(eg.ZONE):%a %H:%M}", now.staff_id, now.duration_minutes


async def test_taken_it_stands_where_it_stood(desk: Desk) -> None:
    now = taken(desk).state
    assert now is not None
    assert (now.column, now.minute, now.minutes, now.changed, now.blocked) == (0, 14 * 60, 45, False, False)


@pytest.mark.parametrize(
    ("minute", "snapped"), [(16 * 60 + 2, "16:00"), (16 * 60 + 2.6, "16:05"), (16 * 60 + 33, "16:35")]
)
async def test_it_goes_by_five_minutes_of_the_wall_s_clock(desk: Desk, minute: float, snapped: str) -> None:
    moves = taken(desk)
    moves.to(1, minute)
    assert moves.state and moves.state.starts_at == eg.at(snapped, eg.TODAY + timedelta(days=1))
    assert begins(desk) == ("Mon 14:00", ANA, 45), "nothing is changed before it is dropped"


async def test_dropped_it_is_one_edit_with_its_way_back(desk: Desk) -> None:
    moves = taken(desk)
    moves.to(1, 16 * 60 + 30)
    await moves.drop()
    assert begins(desk) == ("Tue 16:30", ANA, 45)
    assert moves.state is None
    assert desk.stores.waiting.state.waiting == 1
    await desk.stores.edits.undo()
    assert begins(desk) == ("Mon 14:00", ANA, 45)
    assert desk.stores.waiting.state.waiting == 0


async def test_dropped_where_it_stood_nothing_is_changed_or_said(desk: Desk) -> None:
    moves = taken(desk)
    moves.to(2, 10 * 60)
    moves.to(0, 14 * 60)
    await moves.drop()
    assert desk.stores.waiting.state.waiting == 0
    assert (desk.stores.edits.state.done, desk.stores.edits.state.refusal) == ((), None)


@pytest.mark.parametrize(
    ("column", "minute", "why"),
    [
        (0, 8 * 60, InTheWay.CLOSED),
        (0, 17 * 60 + 30, InTheWay.CLOSED),
        (3, 10 * 60, InTheWay.STAFF_OFF),
    ],
)
async def test_where_it_cannot_stand_it_says_why_and_stays_where_it_was(
    desk: Desk, column: int, minute: int, why: InTheWay
) -> None:
    moves = taken(desk)
    moves.to(column, minute)
    assert moves.state and moves.state.obstacle and moves.state.obstacle.why is why
    await moves.drop()
    assert begins(desk) == ("Mon 14:00", ANA, 45)
    refusal = desk.stores.edits.state.refusal
    assert refusal and (refusal.why, refusal.place) == (why, BAR)
    assert desk.stores.waiting.state.waiting == 0


async def test_to_another_person_s_column(desk: Desk) -> None:
    people(desk)
    moves = taken(desk)
    moves.to(1, 10 * 60 + 30)
    assert moves.state and moves.state.obstacle
    assert (moves.state.obstacle.why, moves.state.obstacle.booking) == (InTheWay.TAKEN, booking(desk, SAM))
    moves.to(1, 14 * 60 + 30)
    assert moves.state.obstacle.why is InTheWay.STAFF_OFF, "Luis leaves at 15:00"
    moves.to(1, 13 * 60)
    assert not moves.state.blocked
    await moves.drop()
    assert begins(desk) == ("Mon 13:00", LUIS, 45)


async def test_to_nobody_s_column(desk: Desk) -> None:
    people(desk)
    moves = taken(desk)
    moves.to(2, 14 * 60)
    await moves.drop()
    assert begins(desk) == ("Mon 14:00", None, 45)


async def test_by_its_lower_edge_it_is_made_longer_and_never_less_than_five_minutes(desk: Desk) -> None:
    moves = taken(desk, aim=Aim.LENGTH)
    moves.stretch(15 * 60 + 31)
    assert moves.state and (moves.state.minutes, moves.state.starts_at) == (90, eg.at("14:00"))
    moves.stretch(9 * 60)
    assert moves.state and moves.state.minutes == 5
    moves.stretch(15 * 60)
    await moves.drop()
    assert begins(desk) == ("Mon 14:00", ANA, 60)


async def test_the_keyboard_goes_by_steps_and_stops_at_the_ends(desk: Desk) -> None:
    moves = taken(desk)
    for minutes, columns in ((5, 0), (60, 0), (0, 1), (0, -9), (0, 9)):
        moves.step(minutes, columns)
    assert moves.state and (moves.state.column, moves.state.minute) == (5, 15 * 60 + 5)
    moves.step(-24 * 60, 0)
    assert moves.state.minute == HOURS.start
    moves.step(48 * 60, 0)
    assert moves.state.minute == HOURS.end - 5


@pytest.mark.parametrize(("status", "why"), [("cancelled", Why.IS_CANCELLED), ("puzzled", Why.UNKNOWN_STATUS)])
async def test_what_is_cancelled_or_of_a_newer_version_is_not_taken(desk: Desk, status: str, why: Why) -> None:
    await desk.write(lambda conn: conn.execute("UPDATE bookings SET status = ? WHERE id = ?", (status, MARIA)))
    assert not desk.stores.moves.take(booking(desk))
    refusal = desk.stores.edits.state.refusal
    assert refusal and refusal.why is why


async def test_a_grid_of_other_days_gives_it_up_and_the_same_again_does_not(desk: Desk) -> None:
    moves = taken(desk)
    moves.lay_out(Ground(columns=WEEK, span=Span(start=0, end=24 * 60), people=False))
    assert moves.state is not None
    moves.lay_out(Ground(columns=WEEK[1:], span=HOURS, people=False))
    assert moves.state is None
    moves.lay_out(None)
    assert not moves.take(booking(desk)), "without a grid there is nowhere to move it"


async def test_what_came_in_meanwhile_is_found_at_the_drop(desk: Desk) -> None:
    moves = taken(desk)
    moves.to(0, 16 * 60)
    assert moves.state and not moves.state.blocked

    def luna_books(conn: sqlite3.Connection) -> None:
        put_guest(conn, "16:00")
        conn.execute("UPDATE bookings SET staff_id = ? WHERE id = ?", (ANA, f"b-{eg.TODAY}-16:00"))

    await desk.write(luna_books)
    await moves.drop()
    assert begins(desk) == ("Mon 14:00", ANA, 45)
    refusal = desk.stores.edits.state.refusal
    assert refusal and refusal.why is Why.TAKEN


# --- the two odd nights -----------------------------------------------------------------------------------------------
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


async def at_night(desk: Desk, at: datetime, day: date, *, minutes: int = 45, aim: Aim = Aim.PLACE) -> MoveStore:
    """Maria at an instant of the night, and a business that is open then."""

    def fill(conn: sqlite3.Connection) -> None:
        conn.execute('UPDATE business SET opening_hours = \'{"sun": [["00:00", "24:00"]]}\'')
        conn.execute(
            "UPDATE bookings SET staff_id = NULL, starts_at = ?, ends_at = ? WHERE id = ?",
            (ms(at), ms(at + timedelta(minutes=minutes)), MARIA),
        )

    await desk.write(fill)
    desk.stores.moves.lay_out(Ground(columns=((day, None),), span=Span(start=0, end=24 * 60), people=False))
    return taken(desk, aim=aim)


async def test_in_spring_the_hour_that_is_left_out_takes_no_booking(desk: Desk) -> None:
    moves = await at_night(desk, eg.at("00:30", SPRING), SPRING)
    moves.to(0, 2 * 60 + 30)
    assert moves.state and moves.state.blocked and moves.state.starts_at is None
    await moves.drop()
    assert booking(desk).starts_at == eg.at("00:30", SPRING)
    refusal = desk.stores.edits.state.refusal
    assert refusal and refusal.why is Why.SKIPPED
    moves = taken(desk)
    moves.to(0, 3 * 60)
    await moves.drop()
    assert booking(desk).starts_at == eg.at("03:00", SPRING)


async def test_in_autumn_it_stays_in_the_hour_of_the_two_in_which_it_was(desk: Desk) -> None:
    second = eg.at("01:30", AUTUMN) + timedelta(hours=1)
    moves = await at_night(desk, second, AUTUMN)
    moves.to(0, 60 + 35)
    assert moves.state and moves.state.starts_at == second + timedelta(minutes=5)
    moves.to(0, 60 + 30)
    assert moves.state and not moves.state.changed


async def test_in_spring_its_edge_is_where_the_wall_says_beyond_the_hour_that_is_left_out(desk: Desk) -> None:
    moves = await at_night(desk, eg.at("01:00", SPRING), SPRING, aim=Aim.LENGTH)
    moves.stretch(2 * 60 + 30)
    assert moves.state and (moves.state.ends_at, moves.state.end_minute) == (eg.at("03:00", SPRING), 3 * 60)
    moves.stretch(3 * 60 + 30)
    assert moves.state and (moves.state.ends_at, moves.state.end_minute) == (eg.at("03:30", SPRING), 3 * 60 + 30)
    await moves.drop()
    assert booking(desk).duration_minutes == 90


async def test_in_autumn_its_edge_is_where_the_wall_says_beyond_the_hour_that_comes_twice(desk: Desk) -> None:
    moves = await at_night(desk, eg.at("00:30", AUTUMN), AUTUMN, aim=Aim.LENGTH)
    moves.stretch(3 * 60)
    assert moves.state and (moves.state.ends_at, moves.state.minutes) == (eg.at("03:00", AUTUMN), 210)
    moves.stretch(60 + 40)
    assert moves.state and (moves.state.ends_at, moves.state.minutes) == (eg.at("01:40", AUTUMN), 70)


async def test_an_edge_in_the_second_of_the_two_hours_stays_in_it(desk: Desk) -> None:
    moves = await at_night(desk, eg.at("00:30", AUTUMN), AUTUMN, minutes=120, aim=Aim.LENGTH)
    assert moves.state and moves.state.end_minute == 60 + 30
    moves.stretch(60 + 30)
    assert not moves.state.changed
    moves.stretch(60 + 45)
    assert moves.state and moves.state.minutes == 135


async def test_the_keyboard_makes_it_longer_through_both_of_the_hours(desk: Desk) -> None:
    moves = await at_night(desk, eg.at("00:30", AUTUMN), AUTUMN, minutes=85, aim=Aim.LENGTH)
    seen = []
    for _ in range(3):
        moves.step(5, 0)
        assert moves.state
        seen.append((moves.state.minutes, moves.state.end_minute))
    assert seen == [(90, 60), (95, 65), (100, 70)]


async def test_moved_over_the_hour_that_is_left_out_it_is_drawn_as_the_wall_shows_it(desk: Desk) -> None:
    moves = await at_night(desk, eg.at("00:30", SPRING), SPRING)
    moves.to(0, 60 + 30)
    assert moves.state and (moves.state.minutes, moves.state.end_minute) == (45, 3 * 60 + 15)
