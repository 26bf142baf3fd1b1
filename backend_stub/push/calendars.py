"""What `calendar.add` and `calendar.remove` do.  The feed itself is read in calendars/."""

from urllib.parse import urlsplit

from backend_stub.push.actor import Actor
from backend_stub.push.bookings import gone, in_conflict, is_gone
from backend_stub.push.placing import Diary
from backend_stub.push.refusals import Clash, Outcome, Rejected
from backend_stub.push.shapes import CalendarAdd, CalendarRemove
from backend_stub.store import Transaction, rows_by_ref, rows_of

MOST_CALENDARS = 20


def add(tx: Transaction, actor: Actor, asked: CalendarAdd) -> Outcome:
    """The address is kept apart from the row: whoever has it can read the calendar."""
    _check_role(actor)
    values = asked.values
    row = tx.get(actor.account, "calendars", asked.id)
    if row is not None:
        wanted = {"name": values.name, "staff_id": values.staff_id}
        differ = {name: value for name, value in wanted.items() if row[name] != value}
        server = {name: row[name] for name in differ}
        other = Clash(field="row", why="changed", base={}, mine=differ, server=server)
        return in_conflict(tx, actor, [other]) if differ else Outcome(status="ok", version=tx.seq(actor.account))
    if is_gone(tx, actor, "calendars", asked.id):
        return in_conflict(tx, actor, [gone({}, {"name": values.name, "staff_id": values.staff_id})])
    Diary.open(tx, actor.account, actor.now_ms).check_people(values.staff_id)
    if len(rows_of(tx.connection, actor.account, "calendars")) >= MOST_CALENDARS:
        raise Rejected("too_many", f"There are {MOST_CALENDARS} calendars already.")
    tx.connection.execute(
        "INSERT INTO feed (account, calendar_id, url) VALUES (?, ?, ?)", (actor.account, asked.id, values.url)
    )
    doc = {
        "id": asked.id,
        "name": values.name,
        "host": urlsplit(values.url).hostname,
        "staff_id": values.staff_id,
        "state": "new",
        "trouble": None,
        "last_ok_at": None,
        "checked_at": None,
        "events": 0,
        "created_at": actor.now_ms,
    }
    return Outcome(status="ok", version=tx.put(actor.account, "calendars", doc))


def remove(tx: Transaction, actor: Actor, asked: CalendarRemove) -> Outcome:
    """The calendar goes, and what it blocked with it.  Removing twice is removing once."""
    _check_role(actor)
    for block in rows_by_ref(tx.connection, actor.account, "blocks", asked.id):
        tx.remove(actor.account, "blocks", block["id"], now_ms=actor.now_ms)
    tx.connection.execute("DELETE FROM feed WHERE account = ? AND calendar_id = ?", (actor.account, asked.id))
    tx.remove(actor.account, "calendars", asked.id, now_ms=actor.now_ms)
    return Outcome(status="ok", version=tx.seq(actor.account))


def _check_role(actor: Actor) -> None:
    if actor.role == "front_desk":
        raise Rejected("forbidden", "Your role does not allow changing calendars.")
