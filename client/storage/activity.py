"""What the AI employees did, newest first: calls answered, bookings made, messages, tasks, leads, their states.

A call that came to a booking is told by the booking, what an employee sent for one of its tasks by the task.  Each
source is asked for a page by an index, and the pages are merged.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from client.models.bookings import Booking, Message
from client.models.calls import Call
from client.models.events import Event
from client.models.ids import EmployeeId
from client.models.tasks import Task
from client.storage import bookings, calls, events, messages, tasks
from client.storage.columns import milliseconds

Thing = Call | Booking | Task | Event | Message


_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOR_A_TASK: Final = """
SELECT 1 FROM tasks t JOIN employees e ON e.id = t.employee_id WHERE t.done_at > messages.sent_at
AND t.done_at < messages.sent_at + 3600000 AND t.created_at < messages.sent_at AND t.state = 'done'
AND lower(e.name) = lower(messages.sent_by)"""
"""A task of its sender's was at work when a message was sent, and done within the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`at`: when the call began, the booking was made, the task was done, the message went out, it happened.

    `key` is unique, and with `at` the place in the line: the page after this entry is that `before` it.
    """

    at: datetime
    key: str
    thing: Thing


def page(
    conn: sqlite3.Connection, limit: int, *, employee_id: EmployeeId | None = None, before: Entry | None = None
) -> list[Entry]:
    """The newest `limit` entries, of one employee where one is given; those after `before`."""
    found = _newest([entry for source in _SOURCES for entry in source(conn, employee_id, before, limit)])
    # Many messages may be told by tasks: only those are looked at that may stand among these.
    since = found[limit - 1].at if len(found) >= limit else _EVER
    return _newest([*found, *_messages(conn, employee_id, before, limit, since)])[:limit]


def _newest(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)


_Source = Callable[[sqlite3.Connection, EmployeeId | None, Entry | None, int], list[Entry]]


def _end(at: str, before: Entry | None, limit: int) -> tuple[str, tuple[Any, ...]]:
    """The end of a query for what comes after `before`, newest first."""
    if before is None:
        return f"ORDER BY {at} DESC, id DESC LIMIT ?", (limit,)
    return f"AND ({at}, id) < (?, ?) ORDER BY {at} DESC, id DESC LIMIT ?", (milliseconds(before.at), before.key, limit)


def _whose(employee_id: EmployeeId | None, anybody: str = "1") -> tuple[str, tuple[Any, ...]]:
    return (anybody, ()) if employee_id is None else ("employee_id = ?", (employee_id,))


def _calls(conn: sqlite3.Connection, employee_id: EmployeeId | None, before: Entry | None, limit: int) -> list[Entry]:
    whose, who = _whose(employee_id)
    end, values = _end("started_at", before, limit)
    told = "ended_at IS NOT NULL AND (outcome IS NOT 'booked' OR booking_id IS NULL)"
    rows = calls.where(conn, f"{whose} AND {told} {end}", (*who, *values))
    return [Entry(at=call.started_at, key=call.call_id, thing=call) for call in rows]


def _bookings(
    conn: sqlite3.Connection, employee_id: EmployeeId | None, before: Entry | None, limit: int
) -> list[Entry]:
    # Of anybody by when they were made: the plus keeps the index of the employees out of it.
    whose, who = _whose(employee_id, "+employee_id IS NOT NULL")
    end, values = _end("created_at", before, limit)
    rows = bookings.where(conn, f"{whose} {end}", (*who, *values))
    return [Entry(at=booking.created_at, key=booking.booking_id, thing=booking) for booking in rows]


def _tasks(conn: sqlite3.Connection, employee_id: EmployeeId | None, before: Entry | None, limit: int) -> list[Entry]:
    whose, who = _whose(employee_id, "employee_id IS NOT NULL")
    end, values = _end("done_at", before, limit)
    rows = tasks.where(conn, f"{whose} AND state = 'done' AND done_at IS NOT NULL {end}", (*who, *values))
    return [Entry(at=task.done_at, key=task.task_id, thing=task) for task in rows if task.done_at]


def _events(conn: sqlite3.Connection, employee_id: EmployeeId | None, before: Entry | None, limit: int) -> list[Entry]:
    whose, who = _whose(employee_id)
    end, values = _end("at", before, limit)
    told = "(actor_kind = 'ai' OR verb = 'employee_state')"
    rows = events.where(conn, f"{whose} AND {told} {end}", (*who, *values))
    return [Entry(at=event.at, key=event.event_id, thing=event) for event in rows]


def _messages(
    conn: sqlite3.Connection, employee_id: EmployeeId | None, before: Entry | None, limit: int, since: datetime
) -> list[Entry]:
    """A message says who sent it by name."""
    named = (
        "SELECT lower(name) FROM employees" if employee_id is None else "SELECT lower(name) FROM employees WHERE id = ?"
    )
    end, values = _end("sent_at", before, limit)
    who: Sequence[Any] = () if employee_id is None else (employee_id,)
    told = f"sent_at >= ? AND lower(sent_by) IN ({named}) AND NOT EXISTS ({_FOR_A_TASK})"
    rows = messages.where(conn, f"{told} {end}", (milliseconds(since), *who, *values))
    return [Entry(at=message.sent_at, key=message.message_id, thing=message) for message in rows]


_SOURCES: Final[tuple[_Source, ...]] = (_calls, _bookings, _tasks, _events)
