"""Advice about who works is arithmetic, and is silent where it is unsure."""

from dataclasses import replace
from datetime import date, time, timedelta
from math import sqrt

from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.staffing import LEAST_BOOKINGS, Advice, Kind, Lengths, advice, days_ahead
from client.models.bookings import Block
from client.models.business import Staff, WeeklyHours
from tests import example_data as eg

SATURDAY = date(2025, 11, 29)
HOUR = Lengths(mean_minutes=60.0, count=400)
DAYS = days_ahead(eg.TODAY)
TEAM = tuple(eg.STAFF.values())


def grid(expected: float, hour: int = 9, day: int = 5) -> list[list[float]]:
    rows = [[0.0] * 24 for _ in range(7)]
    rows[day][hour] = expected
    return rows


def said(
    expected: float,
    *,
    staff: tuple[Staff, ...] = TEAM,
    blocks: tuple[Block, ...] = (),
    history: int = 200,
    lengths: Lengths = HOUR,
    hour: int = 9,
) -> list[Advice]:
    """What is said of Saturday, with so many bookings expected in one hour."""
    found = advice(grid(expected, hour), DAYS, history, eg.BUSINESS, staff, blocks, lengths)
    return [each for each in found if each.day == SATURDAY and each.hour == 9]


def test_more_is_expected_than_there_is_room_for() -> None:
    """Three people for two hours make six hours of work."""
    [short] = said(7.5)
    assert (short.kind, short.room, short.working, short.expected) == (Kind.SHORT, 6, 360, 7.5)
    assert said(6.0) == []


def test_what_is_blocked_is_no_room() -> None:
    away = eg.block("09:30", "Dentist", 90, "mia", day=SATURDAY)
    [short] = said(5.6, blocks=(away,))
    assert (short.working, short.room, short.away) == (270, 4, ("Mia",))
    everybody = eg.block("09:00", "Fire drill", 60, None, day=SATURDAY)
    [shut] = said(5.6, blocks=(everybody,))
    assert (shut.working, shut.away) == (180, ("Ana", "Luis", "Mia"))
    other_day = eg.block("09:30", "Dentist", 90, "mia", day=SATURDAY - timedelta(days=1))
    assert said(6.0, blocks=(other_day,)) == []


def test_where_it_is_unsure_nothing_is_said() -> None:
    assert said(7.5, history=7 * 8)
    assert said(7.5, history=7 * 4) == []
    assert said(9.0, lengths=replace(HOUR, count=LEAST_BOOKINGS - 1)) == []
    assert said(9.0, history=6) == []
    assert said(1.5, staff=()) == []


def test_room_to_spare_is_said_where_little_is_expected() -> None:
    [spare] = said(1.0)
    assert (spare.kind, spare.room) == (Kind.SPARE, 6)
    assert said(3.0) == []
    assert said(0.0, staff=TEAM[:1]) == []


def test_closed_days_and_those_who_do_not_work_are_left_out() -> None:
    shut = replace(eg.BUSINESS, closed_days=frozenset({SATURDAY}))
    assert not [a for a in advice(grid(9.0), DAYS, 200, shut, TEAM, (), HOUR) if a.day == SATURDAY]
    gone = tuple(replace(person, active=False) for person in TEAM[1:])
    [short] = said(4.0, staff=(TEAM[0], *gone))
    assert (short.room, short.working) == (2, 120)


@settings(deadline=None)
@given(
    st.floats(0, 20),
    st.lists(st.tuples(st.integers(0, 23), st.integers(1, 24)), min_size=1, max_size=4),
    st.integers(7, 400),
    st.floats(10, 120),
)
def test_it_is_what_the_sum_says(expected: float, shifts: list[tuple[int, int]], history: int, minutes: float) -> None:
    """Against minutes counted one by one."""
    people = tuple(_person(n, start, end) for n, (start, end) in enumerate(shifts) if start < end)
    working = sum(start * 60 <= minute < end * 60 for minute in range(540, 660) for start, end in shifts if start < end)
    room = int(working / minutes)
    unsure = 1.28 * sqrt(expected / min(8, history // 7))
    kinds = {
        a.kind for a in said(expected, staff=people, history=history, lengths=Lengths(mean_minutes=minutes, count=99))
    }
    short = expected >= 2 and expected - unsure > room
    spare = not short and room >= 4 and expected + unsure < 0.4 * room
    assert kinds == ({Kind.SHORT} if short else {Kind.SPARE} if spare else set())


def test_what_is_short_comes_first() -> None:
    rows = grid(9.0)
    rows[0][9] = 9.0
    found = advice(rows, DAYS, 200, eg.BUSINESS, TEAM, (), HOUR)
    kinds = [each.kind for each in found]
    assert kinds == sorted(kinds, key=lambda kind: kind is not Kind.SHORT)
    assert [each.day for each in found if each.kind is Kind.SHORT] == [SATURDAY, DAYS[-1]]


def _person(number: int, start: int, end: int) -> Staff:
    hours = ((time(start), time.max if end == 24 else time(end)),)
    return replace(eg.staff(f"s-{number}", f"P{number}", "P", 0), works=WeeklyHours(days=(hours,) * 7))
