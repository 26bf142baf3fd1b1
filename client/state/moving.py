"""A booking that is being moved or made longer in a grid: where it would stand now, and what is in the way there.

Nothing is changed before it is dropped; then it is one edit like any other, checked anew in its own transaction.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import flet as ft

from client.editing import BookingChange, NotAllowed, Why, obstacle_to, open_diary
from client.insight.day import day_bounds
from client.insight.diary import LONGEST, Diary, Obstacle
from client.insight.walltime import DAY_MINUTES, Span, at_wall, ends_at_wall, wall_end
from client.models.bookings import Booking, BookingStatus
from client.models.ids import BookingId, StaffId
from client.models.mutations import Row
from client.state.edits import BAR, EditStore, Refusal, Wanted
from client.storage import business, effective
from client.storage.columns import milliseconds
from client.storage.database import Database
from client.storage.errors import StorageError, trouble_of

SNAP: Final = 5
"""Minutes of the wall's clock that a booking is moved by, and an edge is drawn to."""

Asks = Callable[[Booking, BookingChange], bool]

_DAY: Final = timedelta(days=1)


class Aim(StrEnum):
    """What is changed: when, and by whom; or how long."""

    PLACE = "place"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The grid that is on screen: whose day each of its columns is, and the wall minutes it shows.

    `people`: its columns are the people of one day; else they are days, of everybody.
    """

    columns: tuple[tuple[date, StaffId | None], ...]
    span: Span
    people: bool

    def column_of(self, day: date, staff_id: StaffId | None) -> int | None:
        for index, (its_day, whose) in enumerate(self.columns):
            if its_day == day and (not self.people or whose == staff_id):
                return index
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """`column` and `minute`: where it begins, `end_minute`: where it ends, by the wall; `minutes`: how long it lasts.
    `people`: a column is a person.  `starts_at` None: the wall never shows that time.

    `obstacle`: why it cannot be dropped there.  `by_keys`: with the keyboard, so that it is spoken.  `since`: when it
    was taken.
    """

    booking: Booking
    aim: Aim
    by_keys: bool
    since: datetime
    people: bool
    column: int
    minute: int
    end_minute: int
    minutes: int
    staff_id: StaffId | None
    starts_at: datetime | None
    obstacle: Obstacle | None = None

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    @property
    def changed(self) -> bool:
        before = self.booking
        return (self.starts_at, self.ends_at, self.staff_id) != (before.starts_at, before.ends_at, before.staff_id)

    @property
    def blocked(self) -> bool:
        return self.starts_at is None or self.obstacle is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What the places are judged by while one booking is moved: its row, and the diary of the days on screen."""

    row: Row
    diary: Diary
    zone: ZoneInfo


class MoveStore(ft.Observable):
    """At most one booking is being moved.  `state` None: none is."""

    def __init__(self, edits: EditStore, now: Callable[[], datetime]) -> None:
        self.state: Moving | None = None
        self._edits = edits
        self._now = now
        self._database: Database | None = None
        self._ground: Ground | None = None
        self._desk: _Desk | None = None

    def follow(self, database: Database | None) -> None:
        if database is not self._database:
            self.give_up()
        self._database = database

    def lay_out(self, ground: Ground | None) -> None:
        """This grid is on screen now, or none; what was moved over other columns is given up."""
        if self.state and (ground is None or self._ground is None or ground.columns != self._ground.columns):
            self.give_up()
        self._ground = ground

    # --- taking ------------------------------------------------------------------------------------------------------
    def take(self, booking: Booking, aim: Aim = Aim.PLACE, *, by_keys: bool = False) -> bool:
        """Begin to move it; False when it cannot be, with the reason in the bar."""
        if self._ground is None:
            return False
        self._edits.forget_refusal(BAR)
        refusal = _never(booking)
        desk = None
        if refusal is None and self._database is not None:
            try:
                desk = self._database.read(lambda conn: _desk_of(conn, booking, self._ground, self._now()))
            except NotAllowed as error:
                refusal = Refusal(why=error.why)
            except StorageError as error:
                refusal = Refusal(trouble=trouble_of(error))
        if refusal is not None:
            self._edits.refuse(refusal)
        place = self._place_of(booking, desk) if desk else None
        if desk is None or place is None:
            return False
        self._desk = desk
        self.state = Moving(
            booking=booking,
            aim=aim,
            by_keys=by_keys,
            since=self._now(),
            people=self._ground.people,
            column=place[0],
            minute=place[1],
            end_minute=place[2],
            minutes=booking.duration_minutes,
            staff_id=booking.staff_id,
            starts_at=booking.starts_at,
        )
        return True

    def _place_of(self, booking: Booking, desk: _Desk) -> tuple[int, int, int] | None:
        """Where it stands: by the column it begins in, or by the one it reaches into from the day before."""
        local = booking.starts_at.astimezone(desk.zone)
        for back in (0, 1):
            day = local.date() + back * _DAY
            column = self._ground.column_of(day, booking.staff_id) if self._ground else None
            if column is not None:
                minute = local.hour * 60 + local.minute - back * DAY_MINUTES
                return column, minute, wall_end(booking.starts_at, booking.ends_at, day, desk.zone)
        return None

    # --- moving ------------------------------------------------------------------------------------------------------
    def to(self, column: int, minute: float) -> None:
        """It would begin in this column at this minute."""
        now, ground = self.state, self._ground
        if now is None or ground is None:
            return
        column = max(0, min(len(ground.columns) - 1, column))
        latest = ground.span.end - SNAP
        snapped = max(min(ground.span.start, now.minute), min(latest, round(minute / SNAP) * SNAP))
        self._show(replace(now, column=column, minute=snapped))

    def stretch(self, minute: float) -> None:
        """It would end at this minute of the column it stands in.

        Where the wall shows that twice: the one as far from its old end as it was drawn.
        """
        now, desk, ground = self.state, self._desk, self._ground
        if now is None or desk is None or ground is None:
            return
        booking, day = now.booking, ground.columns[now.column][0]
        end = round(minute / SNAP) * SNAP
        drawn = timedelta(minutes=end - wall_end(booking.starts_at, booking.ends_at, day, desk.zone))
        ends = ends_at_wall(booking.starts_at, end, day, desk.zone)
        ends_at = min(ends, key=lambda at: abs(at - booking.ends_at - drawn))
        self._last(now, round((ends_at - booking.starts_at).total_seconds() / 60))

    def _last(self, now: Moving, minutes: int) -> None:
        self._show(replace(now, minutes=max(SNAP, minutes)))

    def step(self, minutes: int, columns: int) -> None:
        """With the keyboard: earlier or later, to the left or to the right; or shorter and longer."""
        now = self.state
        if now is None:
            return
        if now.aim is Aim.LENGTH:
            self._last(now, round((now.minute + now.minutes + minutes) / SNAP) * SNAP - now.minute)
        else:
            self.to(now.column + columns, now.minute + minutes)

    def _show(self, wanted: Moving) -> None:
        """Where that is in time, and what is in the way; nothing where it is there already."""
        now, desk, ground = self.state, self._desk, self._ground
        if now is None or desk is None or ground is None:
            return
        if (wanted.column, wanted.minute, wanted.minutes) == (now.column, now.minute, now.minutes):
            return
        day, whose = ground.columns[wanted.column]
        wanted = replace(
            wanted,
            staff_id=whose if ground.people else wanted.booking.staff_id,
            starts_at=_starts_at(wanted, day, desk.zone),
        )
        end_minute = wanted.minute + wanted.minutes
        if wanted.starts_at is not None and wanted.ends_at is not None:
            end_minute = wall_end(wanted.starts_at, wanted.ends_at, day, desk.zone)
        self.state = replace(wanted, end_minute=end_minute, obstacle=_obstacle(wanted, desk))

    # --- letting go --------------------------------------------------------------------------------------------------
    async def drop(self, asks: Asks | None = None) -> None:
        """Change the booking, as the bar then says; or nothing, as the bar then says too.

        `asks`: whether it is asked about first, because the client would hear of it.
        """
        now = self.state
        self.give_up()
        if now is None or not now.changed:
            return
        if now.starts_at is None or now.ends_at is None:
            self._edits.refuse(Refusal(why=Why.SKIPPED))
            return
        change = BookingChange(starts_at=now.starts_at, ends_at=now.ends_at, staff_id=now.staff_id)
        if asks is not None and not now.blocked and asks(now.booking, change):
            return
        if await self._edits.change(BookingId(now.booking.booking_id), change) is None:
            self._edits.remember(Wanted(booking=now.booking, change=change))

    def give_up(self) -> None:
        """It stays where it is."""
        self._desk = None
        self.state = None


def _never(booking: Booking) -> Refusal | None:
    """Why it cannot be moved anywhere."""
    if booking.status is BookingStatus.CANCELLED:
        return Refusal(why=Why.IS_CANCELLED)
    return Refusal(why=Why.UNKNOWN_STATUS) if booking.status is BookingStatus.UNKNOWN else None


def _desk_of(conn: sqlite3.Connection, booking: Booking, ground: Ground | None, now: datetime) -> _Desk:
    ours, row = business.get(conn), effective.effective_row(conn, "bookings", booking.booking_id)
    if row is None or ours is None or ground is None:
        raise NotAllowed(Why.NOT_READY if ours is None else Why.NOT_THERE)
    days = [day for day, _ in ground.columns]
    since, until = day_bounds(min(days) - _DAY, ours.zone)[0], day_bounds(max(days), ours.zone)[1]
    diary = open_diary(conn, since, until + LONGEST, now)
    if diary is None:
        raise NotAllowed(Why.NOT_READY)
    return _Desk(row=row, diary=diary, zone=ours.zone)


def _starts_at(wanted: Moving, day: date, zone: ZoneInfo) -> datetime | None:
    """When the wall shows that minute.  In the hour that comes twice it stays in the one in which it was."""
    was = wanted.booking.starts_at.astimezone(zone)
    if (was.date(), was.hour * 60 + was.minute) == (day, wanted.minute):
        return wanted.booking.starts_at
    first = at_wall(day, wanted.minute, zone)
    if first is None or not was.fold:
        return first
    return first.astimezone(zone).replace(fold=1).astimezone(UTC)


def _obstacle(wanted: Moving, desk: _Desk) -> Obstacle | None:
    starts_at, ends_at = wanted.starts_at, wanted.ends_at
    if starts_at is None or ends_at is None:
        return None
    after = {
        **desk.row,
        "starts_at": milliseconds(starts_at),
        "ends_at": milliseconds(ends_at),
        "staff_id": wanted.staff_id,
    }
    return obstacle_to(desk.diary, desk.row, after)
