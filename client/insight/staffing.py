"""Whether who works is enough for what is expected: arithmetic over hours, shown with its numbers.

Room is the time of those who work, divided by how long a booking takes here.  Two hours at a time; nothing is said of
hours for which the expectation itself is not sure enough.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt
from typing import Final

from client.insight.walltime import DAY_MINUTES, Span, span_of, wall_span
from client.models.bookings import Block
from client.models.business import Business, Staff

WINDOW: Final = 2
"""Hours."""
LEAST_EXPECTED: Final = 2.0
"""Fewer bookings than this in a window are no ground for calling anybody in."""
LEAST_ROOM: Final = 4
"""Less room than this is nothing to spare."""
LEAST_BOOKINGS: Final = 30
"""The mean length is known from so many bookings on."""
MOST_WEEKS: Final = 8
"""At which hours bookings begin is known from so many weeks at the most."""
SURE: Final = 1.28
"""Deviations of the expectation by which it must lie beyond the room: one-sided, nine times of ten."""
SPARE: Final = 0.4
"""Room to spare is where no more than this share of it is expected."""


class Kind(StrEnum):
    SHORT = "short"
    SPARE = "spare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long bookings took lately, with the pause after them, on average; `count`: of how many that is known."""

    mean_minutes: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`day` from `hour` on for `WINDOW` hours.  `working`: minutes of work in it; `room`: bookings that fit in.

    `away`: names of those who would work then and are blocked for part of it.
    """

    kind: Kind
    day: date
    hour: int
    expected: float
    room: int
    working: int
    mean_minutes: float
    away: tuple[str, ...]


def advice(
    grid: Sequence[Sequence[float]],
    days: Sequence[date],
    history_days: int,
    business: Business,
    staff: Sequence[Staff],
    blocks: Sequence[Block],
    lengths: Lengths,
) -> tuple[Advice, ...]:
    """What can be said of `days`, those that are short of room first, then by day and hour.

    `grid`: bookings expected to begin, by weekday from Monday and hour.  `blocks`: those of the days.
    """
    weeks = min(MOST_WEEKS, history_days // 7)
    if weeks < 1 or lengths.count < LEAST_BOOKINGS or lengths.mean_minutes <= 0:
        return ()
    found = (
        _of_window(day, hour, expected, weeks, business, staff, blocks, lengths)
        for day, hour, expected in _windows(grid, days, business)
    )
    said = [each for each in found if each is not None]
    return tuple(sorted(said, key=lambda each: (each.kind is not Kind.SHORT, each.day, each.hour)))


def _windows(
    grid: Sequence[Sequence[float]], days: Sequence[date], business: Business
) -> Iterator[tuple[date, int, float]]:
    """Each whole window within the opening hours, with what is expected in it."""
    for day in days:
        if day in business.closed_days:
            continue
        for opening in map(span_of, business.opening_hours.on(day)):
            first = -(-opening.start // 60)
            for hour in range(first, opening.end // 60 - WINDOW + 1, WINDOW):
                yield day, hour, sum(grid[day.weekday()][hour : hour + WINDOW])


def _of_window(
    day: date,
    hour: int,
    expected: float,
    weeks: int,
    business: Business,
    staff: Sequence[Staff],
    blocks: Sequence[Block],
    lengths: Lengths,
) -> Advice | None:
    window = Span(start=hour * 60, end=min(DAY_MINUTES, (hour + WINDOW) * 60))
    off = _blocked(day, window, blocks, business)
    minutes = {person.name: _works(person, day, window) for person in staff if person.active}
    free = {p.name: _works(p, day, window, off.get(p.staff_id, ()), off.get(None, ())) for p in staff if p.active}
    working = sum(free.values())
    room = int(working / lengths.mean_minutes)
    unsure = SURE * sqrt(expected / weeks)
    if expected >= LEAST_EXPECTED and expected - unsure > room:
        kind = Kind.SHORT
    elif room >= LEAST_ROOM and expected + unsure < SPARE * room:
        kind = Kind.SPARE
    else:
        return None
    return Advice(
        kind=kind,
        day=day,
        hour=hour,
        expected=expected,
        room=room,
        working=working,
        mean_minutes=lengths.mean_minutes,
        away=tuple(sorted(name for name, whole in minutes.items() if free[name] < whole)),
    )


def _blocked(
    day: date, window: Span, blocks: Sequence[Block], business: Business
) -> Mapping[str | None, tuple[Span, ...]]:
    """The blocked parts of the window by whose they are; None is everybody's."""
    found: dict[str | None, tuple[Span, ...]] = {}
    for block in blocks:
        span = wall_span(block.starts_at, block.ends_at, day, business.zone)
        if span is not None and span.meets(window):
            found[block.staff_id] = (*found.get(block.staff_id, ()), span)
    return found


def _works(person: Staff, day: date, window: Span, *off: Sequence[Span]) -> int:
    """Minutes of the window in which the person works and is not blocked."""
    minutes = {minute for span in map(span_of, person.works.on(day)) for minute in _shared(span, window)}
    blocked = {minute for spans in off for span in spans for minute in _shared(span, window)}
    return len(minutes - blocked)


def _shared(span: Span, window: Span) -> range:
    return range(max(span.start, window.start), min(span.end, window.end))


def days_ahead(today: date) -> tuple[date, ...]:
    """The seven days after today."""
    return tuple(today + timedelta(days=ahead) for ahead in range(1, 8))
