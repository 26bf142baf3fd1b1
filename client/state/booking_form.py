"""The form of a booking, new or changed: what is typed, what it means, what is in its way, and what the client hears.

All of it is looked at again at every letter and at every commit.  What is typed outlives the screen until it is saved
or given up, and is never taken for saved before the database has it.
"""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from client.editing import BookingChange, Edited, preview_change
from client.insight.diary import Slot
from client.insight.typed_time import minute_of
from client.insight.walltime import DAY_MINUTES
from client.models.account import Role
from client.models.bookings import Booking
from client.models.business import Business, Service
from client.models.customers import Customer
from client.models.ids import BookingId, ResourceId, StaffId
from client.models.tell_draft import TellDraft
from client.state.edits import EditStore, tell_of
from client.state.form_state import (
    FormState,
    Kept,
    Refused,
    found,
    placed,
    preview_of,
    refused,
    rooms_of,
    sought,
    tell_draft,
)
from client.state.live_query import LiveQuery
from client.state.picking import DAYS_SHOWN, FreeDay, first_shown, free_days
from client.state.typed_booking import (
    FIRST_DAY,
    LAST_DAY,
    STEP,
    Doing,
    Fault,
    Meant,
    Pen,
    Typed,
    change_of,
    draft_of,
    has_time,
    meant,
    typed_of,
)
from client.storage import bookings, business, customers
from client.storage.errors import StorageError

PLACE: Final = "form"
"""Who shows why a booking could not be saved."""

_TIME: Final = ("day", "start", "length", "staff_id", "resource_id")
_Target = tuple[Doing, BookingId | None]


class FormStore(LiveQuery[FormState]):
    """One form at a time: the one that is on screen."""

    tables = frozenset({"bookings", "blocks", "staff", "resources", "services", "business", "customers"})

    def __init__(
        self,
        edits: EditStore,
        now: Callable[[], datetime],
        pen: Pen,
        role: Callable[[], Role | None],
    ) -> None:
        """`now`: the time by the server's clock."""
        super().__init__(FormState())
        self._edits, self._now, self._pen, self._role = edits, now, pen, role
        self._target: _Target | None = None
        self._day: date | None = None
        self._forms: dict[_Target, Kept] = {}
        self._busy = False
        self._free: tuple[object, tuple[FreeDay, ...]] = (None, ())
        self._found: tuple[object, tuple[Customer, ...]] = (None, ())

    # --- which form ------------------------------------------------------------------------------------------------
    def open(self, doing: Doing | None, booking_id: BookingId | None = None, day: date | None = None) -> None:
        """Show this form, as it was left; None when it is gone.  `day`: of a new booking, None for today."""
        target = (doing, booking_id) if doing else None
        if target == self._target:
            return
        self._put_away()
        self._target, self._day = target, day
        if form := self._form:
            form.resumed, form.tried = True, False
        self.state = FormState(doing=doing)
        self.refresh()

    def close(self, doing: Doing, booking_id: BookingId | None) -> None:
        """The form's screen is gone; harmless when another one is open already."""
        if self._target == (doing, booking_id):
            self.open(None)

    def start(self, day: date, minute: int, staff_id: StaffId | None) -> None:
        """A new booking at this time, of this person: what is typed already of one stays, its time apart."""
        self.open(Doing.NEW, None, day)
        form = self._form
        if form is None:
            return
        typed = replace(self._on(form.typed, day), start=self._pen.clock(minute))
        typed = replace(typed, staff_id=staff_id or typed.staff_id)
        if not self.state.touched:
            # Where it was begun is nothing that was typed.
            form.initial = typed
        self._type(typed)

    def propose(self, booking_id: BookingId, change: BookingChange) -> bool:
        """A move that was made by hand is asked about in its form, where the client would hear of it; else False."""
        return self._begin_move(booking_id, change, heard=True)

    def insist(self, booking_id: BookingId, change: BookingChange) -> bool:
        """A move that was made by hand and refused, in its form with what is in its way; False if it is gone."""
        return self._begin_move(booking_id, change, heard=False)

    def _begin_move(self, booking_id: BookingId, change: BookingChange, *, heard: bool) -> bool:
        """`heard`: only where the client would hear of it."""

        def become(conn: sqlite3.Connection) -> tuple[Booking, ZoneInfo] | None:
            preview, ours = preview_change(conn, booking_id, change, self._now()), business.get(conn)
            if preview is None or ours is None:
                return None
            draft = tell_draft(conn, preview, None, self._now())
            return (preview.after, ours.zone) if not heard or (draft and not draft.decided) else None

        try:
            found = self._database.read(become) if self._database else None
        except StorageError:
            # The change itself will say so.
            found = None
        if found is None:
            return False
        after, zone = found
        self.open(Doing.MOVE, booking_id)
        if form := self._form:
            form.by_hand = True
            wanted = typed_of(after, zone, self._pen, self.state.today)
            typed = replace(self._on(form.typed, wanted.day), start=wanted.start, length=wanted.length)
            self._type(replace(typed, staff_id=wanted.staff_id))
        return True

    def give_up(self) -> None:
        """Forget what was typed in the open form."""
        if self._target:
            self._forms.pop(self._target, None)
        self._edits.forget_refusal(PLACE)
        self.refresh()

    def detach(self) -> None:
        super().detach()
        self._forget_read()

    def forget(self) -> None:
        super().forget()
        self._target = None
        self._forms.clear()

    def _put_away(self) -> None:
        """Only what was typed in is kept."""
        self._edits.forget_refusal(PLACE)
        if self._target and (self.state.by_hand or not self.state.touched):
            self._forms.pop(self._target, None)

    @property
    def _form(self) -> Kept | None:
        return self._forms.get(self._target) if self._target else None

    # --- typing ----------------------------------------------------------------------------------------------------
    def type(self, **texts: str) -> None:
        """Text in fields, by their names."""
        typed = replace(self.state.typed, **texts)
        day = self._pen.day_of(typed.date, self.state.today)
        self._type(replace(typed, day=day) if day and FIRST_DAY <= day <= LAST_DAY else typed)

    def shift(self, *, start: int = 0, length: int = 0) -> None:
        """So many minutes later, longer, or less; from what can be read."""
        typed, what, form = self.state.typed, self.state.what, self._form
        minute = minute_of(typed.start)
        if start and minute is not None:
            begins = (minute + start - minute % STEP + (STEP if start < 0 and minute % STEP else 0)) % DAY_MINUTES
            typed = replace(typed, start=self._pen.clock(begins))
        if length and form and what.length is not None:
            minutes = round(what.length.total_seconds() / 60) + length
            typed = replace(typed, length=str(max(STEP, minutes)))
        self._type(typed)

    def choose_customer(self, customer: Customer | None) -> None:
        """Book for somebody who is known; None: for somebody else."""
        typed = self.state.typed
        if customer is None:
            self._type(replace(typed, customer_id=None, name="", phone="", email=""))
            return
        self._type(
            replace(
                typed,
                customer_id=customer.customer_id,
                name=customer.name,
                phone=customer.phone or "",
                email=customer.email or "",
            )
        )

    def choose_service(self, service: Service) -> None:
        self._type(self.state.typed.serve(service))

    def choose_staff(self, staff_id: StaffId | None) -> None:
        self._type(replace(self.state.typed, staff_id=staff_id))

    def choose_room(self, resource_id: ResourceId | None) -> None:
        self._type(replace(self.state.typed, resource_id=resource_id, placed=True))

    def go_to(self, day: date) -> None:
        """Another day."""
        day = min(max(day, FIRST_DAY), LAST_DAY)
        self._type(self._on(self.state.typed, day))

    def turn(self, by: int) -> None:
        """So many days ahead or back, not before today."""
        self.go_to(max(self.state.typed.day + timedelta(days=by), self.state.today))

    def take(self, slot: Slot) -> None:
        """A time that is free, and who is."""
        ours = self._database.read(business.get) if self._database else None
        if ours is None:
            return
        local = slot.starts_at.astimezone(ours.zone)
        start = self._pen.clock(local.hour * 60 + local.minute)
        typed = replace(self._on(self.state.typed, local.date()), start=start)
        self._type(replace(typed, staff_id=slot.staff_id or typed.staff_id))

    def allow(self, what: str, on: bool) -> None:
        """Book over it on purpose, or not."""
        if form := self._form:
            form.allow = form.allow | {what} if on else form.allow - {what}
            self.refresh()

    def tell(self, draft: TellDraft) -> None:
        """What the owner has decided of the message so far."""
        if form := self._form:
            form.by, form.text = draft.by, draft.text if draft.edited else None
            self.refresh()

    def _on(self, typed: Typed, day: date) -> Typed:
        return replace(typed, day=day, date=self._pen.day(day, self.state.today))

    def _type(self, typed: Typed) -> None:
        if (form := self._form) is None:
            return
        if not typed.placed:
            typed = replace(typed, resource_id=form.initial.resource_id)
        if any(getattr(typed, name) != getattr(form.typed, name) for name in _TIME):
            # What was allowed for one time is not allowed for the next.
            form.allow = frozenset()
        form.typed = typed
        self._edits.forget_refusal(PLACE)
        self.refresh()

    # --- saving ----------------------------------------------------------------------------------------------------
    async def save(self) -> BookingId | None:
        """The booking that was made or changed; None when nothing was, and the state says why."""
        self.refresh()
        state, target, form = self.state, self._target, self._form
        if self._busy or target is None or form is None:
            return None
        if state.faults or state.in_the_way:
            form.tried = True
            self.refresh()
            return None
        self._say_busy(True)
        try:
            edited = await self._write(state, form)
        finally:
            self._say_busy(False)
        if edited is None:
            return None
        self._forms.pop(target, None)
        self.refresh()
        return BookingId(edited.row_id)

    async def _write(self, state: FormState, form: Kept) -> Edited | None:
        tell = tell_of(state.draft) if state.draft else None
        allow = {each.why.allowance or "" for each in state.obstacles} & state.allow
        if state.doing is Doing.NEW:
            draft = draft_of(state.typed, state.what, state.service, self._now())
            if form.again is not None:
                return await self._edits.work.book_again(form.again, draft, tell=tell, allow=allow, place=PLACE)
            return await self._edits.create(draft, tell=tell, allow=allow, place=PLACE)
        assert state.doing is not None and state.booking is not None
        change = change_of(state.doing, state.typed, form.initial, state.what)
        return await self._edits.change(state.booking.booking_id, change, tell=tell, allow=allow, place=PLACE)

    def _is_missing(
        self, doing: Doing, booking_id: BookingId | None, booking: Booking | None, again: Refused | None
    ) -> bool:
        """A new booking under an id is one that was refused: made anew, there is none to make any more."""
        if doing is not Doing.NEW:
            return booking is None
        kept = self._form
        return booking_id is not None and again is None and (kept is None or kept.again is None)

    def _say_busy(self, busy: bool) -> None:
        self._busy = busy
        self.state = replace(self.state, busy=busy)

    # --- reading ---------------------------------------------------------------------------------------------------
    def read(self, conn: sqlite3.Connection) -> FormState:
        if self._target is None:
            return FormState()
        doing, booking_id = self._target
        ours, now = business.get(conn), self._now()
        if ours is None:
            return FormState(doing=doing, unknown=True)
        booking = bookings.get(conn, booking_id) if booking_id else None
        again = refused(conn, booking_id) if booking_id and doing is Doing.NEW else None
        if self._is_missing(doing, booking_id, booking, again):
            return FormState(doing=doing, missing=True)
        today = now.astimezone(ours.zone).date()
        form = self._filled(booking, again, ours, self._day or today, today)
        dated = "date" not in form.typed.touched(form.initial)
        dated = dated or self._pen.day_of(form.typed.date, today) == form.typed.day
        what = meant(doing, form.typed, form.initial, booking, ours.zone, dated=dated)
        typed = placed(conn, form, what, now)
        service = next((each for each in business.services(conn) if each.service_id == typed.service_id), None)
        preview = preview_of(conn, doing, form, typed, what, service, now)
        draft = tell_draft(conn, preview, form, now) if preview else None
        faults = {**what.faults, **({"tell": Fault.UNDECIDED} if draft and not draft.decided else {})}
        return FormState(
            doing=doing,
            booking=booking,
            typed=typed,
            what=what,
            service=service,
            rooms=rooms_of(conn, typed),
            customer=customers.get(conn, typed.customer_id) if typed.customer_id else None,
            faults=MappingProxyType(faults),
            obstacles=preview.obstacles if preview else (),
            nobody_is_free=preview is not None and preview.nobody_is_free,
            allow=form.allow,
            may_overbook=(role := self._role()) is not None and role.may_overbook,
            found=self._customers(conn, typed) if doing is Doing.NEW else (),
            days=self._days(conn, form, typed, what, today, now) if has_time(doing, booking) else (),
            today=today,
            draft=draft,
            touched=bool(form.typed.touched(form.initial)),
            resumed=form.resumed,
            by_hand=form.by_hand,
            tried=form.tried,
            busy=self._busy,
        )

    def failed(self, error: StorageError) -> FormState:
        """What is typed stays on screen; saving will say what is wrong."""
        del error
        return self.state

    def _filled(self, booking: Booking | None, again: Refused | None, ours: Business, day: date, today: date) -> Kept:
        """The form, with what the booking has become meanwhile under what is typed; `again`: what was refused."""
        assert self._target is not None
        form = self._forms.get(self._target)
        if form is None or form.booking != booking:
            initial = Typed(day=day, date=self._pen.day(day, today))
            if booking is not None:
                initial = typed_of(booking, ours.zone, self._pen, today)
            if form is None:
                typed = typed_of(again[1], ours.zone, self._pen, today) if again else initial
                form = Kept(initial=initial, typed=typed, booking=booking, again=again[0] if again else None)
                self._forms[self._target] = form
            form.typed = form.typed.moved_to(initial, form.initial)
            form.initial, form.booking = initial, booking
        return form

    def _days(
        self, conn: sqlite3.Connection, form: Kept, typed: Typed, what: Meant, today: date, now: datetime
    ) -> tuple[FreeDay, ...]:
        """Read again only when it is about something else, or when somebody changed the diary."""
        wanted = sought(conn, form, typed, what)
        first = first_shown(form.typed.day, today)
        about = (wanted, first, now.replace(second=0, microsecond=0))
        if self._free[0] != about:
            self._free = (about, free_days(conn, wanted, first, DAYS_SHOWN, now))
        return self._free[1]

    def _customers(self, conn: sqlite3.Connection, typed: Typed) -> tuple[Customer, ...]:
        about = (typed.name, typed.customer_id)
        if self._found[0] != about:
            self._found = (about, found(conn, typed))
        return self._found[1]

    def _touched(self, tables: Collection[str]) -> None:
        self._forget_read()
        super()._touched(tables)

    def _forget_read(self) -> None:
        """What was read for the last letter is no longer so, or somebody else's."""
        self._free, self._found = (None, ()), (None, ())
