"""The conflict that is open: its three versions, the ways out with what follows from each, and the owner's decision."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from client.editing import Choice, Choosing, Notice, choices
from client.editing.cases import Case, case_of
from client.insight.changes import deed_of
from client.insight.clash import Clash, clash_of
from client.insight.deeds import Deed
from client.insight.diary import Slot
from client.models.bookings import Booking
from client.models.ids import BookingId, ConflictId
from client.models.mutations import ConflictState
from client.models.tell_draft import TellBy, TellDraft
from client.state.edits import EditStore, tell_of
from client.state.live_query import LiveQuery
from client.state.picking import Picking, pick, wanted_start
from client.state.telling import expected_at
from client.storage import bookings, business, conflicts, effective, outbox
from client.storage.errors import StorageError

PLACE: Final = "conflict"
"""Who shows why a decision could not be carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflict:
    """`booking`: as it is now, None where it is not there.  `made_at`: when the owner made the change.

    `choices`: what is offered; none once a decision is on its way (`answered`) or was taken (`decided`).
    `draft`: what the client is told of it, None where there is nothing to tell.  `picking`: other times are looked at.
    `missing`: this device knows of no such conflict.
    """

    clash: Clash | None = None
    deed: Deed | None = None
    booking: Booking | None = None
    made_at: datetime | None = None
    choices: tuple[Choice, ...] = ()
    draft: TellDraft | None = None
    picking: Picking | None = None
    answered: bool = False
    decided: bool = False
    missing: bool = False
    busy: bool = False
    broken: bool = False


class ConflictsStore(LiveQuery[OpenConflict]):
    """One conflict at a time: the one whose sheet is open."""

    tables = frozenset(
        {"outbox", "conflicts", "bookings", "blocks", "staff", "resources", "services", "business", "leads"}
    )

    def __init__(self, edits: EditStore, now: Callable[[], datetime]) -> None:
        """`now`: the time by the server's clock."""
        super().__init__(OpenConflict())
        self._edits = edits
        self._now = now
        self._conflict_id: ConflictId | None = None
        self._draft: TellDraft | None = None
        self._day: date | None = None
        self._typed = ""
        self._busy = False

    def open(self, conflict_id: ConflictId | None) -> None:
        """Show this conflict; None when the sheet is gone."""
        if conflict_id == self._conflict_id:
            return
        self._conflict_id, self._draft, self._day, self._typed = conflict_id, None, None, ""
        self.state = OpenConflict()
        self.refresh()

    # --- deciding --------------------------------------------------------------------------------------------------
    def tell(self, draft: TellDraft) -> None:
        """What the owner has decided of the message so far."""
        self._draft = draft
        self.state = replace(self.state, draft=draft)

    def pick(self, day: date | None) -> None:
        """Look for another time on this day; None: no longer."""
        self._day, self._typed = day, ""
        self.refresh()

    def type_time(self, text: str) -> None:
        self._typed = text
        self.refresh()

    async def decide(self, kind: Choosing) -> bool:
        """Carry out what is offered; True when it is decided.  OTHER opens the other times and decides nothing."""
        choice = self._offered(kind)
        if choice is None:
            return False
        if kind is Choosing.OTHER:
            self._look_around()
            return False
        return await self._resolve(choice)

    async def decide_time(self, slot: Slot) -> bool:
        """Take mine, at this time."""
        choice = self._offered(Choosing.OTHER)
        return choice is not None and await self._resolve(replace(choice, slot=slot))

    def _offered(self, kind: Choosing) -> Choice | None:
        return None if self._busy else next((each for each in self.state.choices if each.kind is kind), None)

    async def _resolve(self, choice: Choice) -> bool:
        conflict_id, draft = self._conflict_id, self._draft
        if conflict_id is None or (draft is not None and not draft.decided):
            return False
        self._say_busy(True)
        try:
            return await self._edits.resolve(conflict_id, choice, lambda fresh: told(fresh, draft), place=PLACE)
        finally:
            self._say_busy(False)

    def _say_busy(self, busy: bool) -> None:
        self._busy = busy
        self.state = replace(self.state, busy=busy)

    def _look_around(self) -> None:
        """The other times of the day that was wanted."""

        def wanted(conn: sqlite3.Connection) -> date | None:
            assert self._conflict_id is not None
            start, ours = wanted_start(case_of(conn, self._conflict_id, self._now())), business.get(conn)
            return start.astimezone(ours.zone).date() if start and ours else None

        if self._database is not None:
            self.pick(self._database.read(wanted))

    # --- reading ---------------------------------------------------------------------------------------------------
    def read(self, conn: sqlite3.Connection) -> OpenConflict:
        if self._conflict_id is None:
            return OpenConflict()
        conflict = conflicts.get(conn, self._conflict_id)
        change = None
        if conflict is not None:
            change = outbox.get(conn, conflict.change_id) or outbox.past(conn, conflict.change_id)
        if conflict is None or change is None:
            return OpenConflict(missing=True)
        row = effective.effective_row(conn, conflict.kind, conflict.row_id)
        state = OpenConflict(
            clash=clash_of(conflict.document),
            deed=deed_of(change.op, change.payload, row, business.room_names(conn)),
            booking=bookings.get(conn, BookingId(conflict.row_id)) if conflict.kind == "bookings" else None,
            made_at=change.created_at,
            answered=conflict.state is ConflictState.ANSWERED,
            decided=conflict.state is ConflictState.RESOLVED,
            busy=self._busy,
        )
        return self._with_choices(conn, state) if conflict.state is ConflictState.OPEN else state

    def failed(self, error: StorageError) -> OpenConflict:
        del error
        return OpenConflict(broken=True)

    def _with_choices(self, conn: sqlite3.Connection, state: OpenConflict) -> OpenConflict:
        assert self._conflict_id is not None
        now = self._now()
        case = case_of(conn, self._conflict_id, now)
        offered = choices(conn, self._conflict_id, now)
        self._draft = self._draft or _draft(case, offered)
        picking = pick(conn, case, self._day, self._typed) if self._day else None
        return replace(state, choices=offered, draft=self._draft, picking=picking)


def told(choice: Choice, draft: TellDraft | None) -> tuple[Notice, ...]:
    """Who is told what of a choice: those it concerns, or nobody, as the owner decided for their own client.

    Their own client gets the owner's words where the owner wrote some, each other the text that is suggested.
    """
    if draft is None or draft.by in (None, TellBy.NOBODY):
        return ()
    first = choice.steps[-1].booking_id if choice.steps else None
    return tuple(_worded(notice, draft) if notice.booking_id == first else notice for notice in choice.notices)


def _worded(notice: Notice, draft: TellDraft) -> Notice:
    return replace(notice, tell=tell_of(draft.suggest(notice.tell.text)) or notice.tell)


def _draft(case: Case, offered: tuple[Choice, ...]) -> TellDraft | None:
    """As the owner decided when they made the change: told in the same way, or not at all."""
    row_id, asked = case.conflict.row_id, case.change.tell
    for choice in offered:
        for notice, step in ((n, s) for n in choice.notices for s in choice.steps if n.booking_id == s.booking_id):
            if notice.booking_id == row_id:
                after = step.after
                draft = TellDraft(
                    name=after.customer_name,
                    phone=after.customer_phone,
                    email=after.customer_email,
                    text=notice.tell.text,
                    by=TellBy.NOBODY,
                    expected_at=expected_at(step.before),
                )
                return draft.choose(TellBy(asked.channel)) if asked and asked.channel in set(TellBy) else draft
    return None
