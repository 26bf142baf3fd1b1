"""What a change left behind: the booking as it now stands, the change, and whether it waits."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from client.editing import Edited, nobody_is_free
from client.models.bookings import Booking
from client.models.ids import BookingId, ChangeId
from client.models.mutations import Change, ChangeState, PastChange, Row, Tell
from client.storage import bookings, outbox
from client.storage.database import Database
from desk.documents import Standing, booking_document, booking_lines, change_document, json_of
from desk.people import names_of
from desk.sentences import sentence_of
from desk.terminal import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Where answers about changes go, and what they are read from."""

    terminal: Terminal
    database: Database
    standing: Standing
    now: datetime

    def edited(self, edited: Edited, done: str) -> None:
        """The booking after an edit.  `done`: what happened, as a word that opens the answer."""
        change_id = None if edited.gone else edited.change_id
        if edited.after is None and edited.before is not None:
            self.never_sent(edited.recorded.before[0], bookings.of_columns(edited.before), "Taken back")
        else:
            dropped = _dropped(edited)
            said = [_NOT_TOLD_NOW.format(text=dropped.text)] if dropped else []
            nobody = edited.after is not None and self._nobody_is_free(edited.before, edited.after)
            said += [_NOBODY_IS_FREE] if nobody else []
            more = {"tell_dropped": json_of(dropped, self.standing.zone), "nobody_is_free": nobody}
            self.booking(BookingId(edited.row_id), change_id, done, said, **more)

    def _nobody_is_free(self, before: Row | None, after: Row) -> bool:
        return self.database.read(lambda conn: nobody_is_free(conn, before, after, self.now))

    def never_sent(self, change: Change, booking: Booking, done: str) -> None:
        """A booking that nobody has heard of is no more."""
        names, booking = self.database.read(names_of), no_more(booking)
        more = self.taken_back(change, booking, done, names)
        self.booking(booking.booking_id, None, done, self.lost(booking, names), taken_back=more)

    def taken_back(
        self, change: Change | PastChange, booking: Booking | None, sentence: str, names: Mapping[str, str]
    ) -> dict[str, Any]:
        """What was taken back, with the booking as it was."""
        return {
            "change_id": change.change_id,
            "op": change.op,
            "row_id": change.row_id,
            "sentence": sentence,
            "booking": booking_document(booking, self.standing.zone, names) if booking else None,
        }

    def lost(self, booking: Booking, names: Mapping[str, str]) -> list[str]:
        """A booking that is no more, and the way to have it again."""
        again = f"It had never been sent. `chatty bookings restore {booking.booking_id}` makes it again."
        return [again, "", *booking_lines([booking], self.standing.zone, names, "taken back")]

    def booking(
        self, booking_id: BookingId, change_id: ChangeId | None, done: str, said: Sequence[str] = (), **more: Any
    ) -> None:
        """`said`: lines below the booking; `more`: what the object says in addition."""
        self.database.read(lambda conn: self._booking(conn, booking_id, change_id, done, said, more))

    def other(self, change_id: ChangeId | None, done: str, said: Sequence[str] = (), **more: Any) -> None:
        """As `booking`, of anything else."""

        def show(conn: sqlite3.Connection) -> None:
            change = outbox.get(conn, change_id) if change_id is not None else None
            beside = self.beside(conn)
            document = {"change": self.change(conn, change) if change else None} | more | beside
            self.terminal.answer(document, [f"{done}. {_waits(change, beside['waiting'])}", *said])

        self.database.read(show)

    def change(self, conn: sqlite3.Connection, change: Change) -> dict[str, Any]:
        zone = self.standing.zone
        return change_document(change, zone, sentence_of(conn, change, zone, self.now))

    def beside(self, conn: sqlite3.Connection) -> dict[str, Any]:
        """`as_of`, and `waiting` as it is after the change."""
        return self.standing.with_waiting(outbox.waiting(conn)).without_link()

    def _booking(
        self,
        conn: sqlite3.Connection,
        booking_id: BookingId,
        change_id: ChangeId | None,
        done: str,
        said: Sequence[str],
        more: dict[str, Any],
    ) -> None:
        change = outbox.get(conn, change_id) if change_id is not None else None
        booking, names = bookings.get(conn, booking_id), names_of(conn)
        beside = self.beside(conn)
        document = {
            "booking": booking_document(booking, self.standing.zone, names) if booking else None,
            "change": self.change(conn, change) if change else None,
        }
        lines = self._lines(booking, change, names, done, beside["waiting"])
        self.terminal.answer(document | more | beside, [*lines, *said])

    def _lines(
        self, booking: Booking | None, change: Change | None, names: dict[str, str], done: str, waiting: int
    ) -> list[str]:
        lines = [f"{done}. {_waits(change, waiting)}"]
        if change is not None and change.tell is not None:
            lines.append(f"The client is told by {change.tell.channel} once the server has it: “{change.tell.text}”")
        return [*lines, "", *booking_lines([booking], self.standing.zone, names)] if booking else lines


_NOBODY_IS_FREE = "Nobody who does this is free then; `chatty bookings edit ID --staff NAME` decides who does it."
_NOT_TOLD_NOW = (
    "The client was to be told “{text}”, and is told nothing now: this change says nothing to them. "
    "`chatty undo`, then the same with --tell TEXT or --tell-default, tells them of it."
)


def no_more(booking: Booking) -> Booking:
    """As it was, but that nothing of it waits."""
    return replace(booking, pending=False)


def _dropped(edited: Edited) -> Tell | None:
    """What the client was to be told by the change that this one became part of, and no longer is."""
    if not edited.folded or edited.gone or edited.told:
        return None
    return next((was.tell for was in edited.recorded.before if was.change_id == edited.change_id), None)


def _waits(change: Change | None, waiting: int) -> str:
    if change is None or change.state is ChangeState.ACKED:
        return "Nothing of it waits."
    others = f", with {waiting - 1} more" if waiting > 1 else ""
    return f"It waits to be sent{others}: `chatty sync` sends it, and so does the app while it runs."
