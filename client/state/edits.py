"""What the owner does to bookings and blocks: kept on this device at once, undone for ten seconds, never by halves.

No verb waits for the network.  What is not possible, or cannot be kept, becomes a state with its reason before anything
is shown as saved, and what was typed stays where it was typed.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeVar

import flet as ft

from client import editing
from client.editing import BlockDraft, BookingChange, BookingDraft, Choice, Edited, NotAllowed, Notice, Resolved, Why
from client.insight.changes import deed_between
from client.insight.deeds import Deed
from client.insight.diary import Obstacle
from client.models.bookings import Booking
from client.models.ids import BlockId, BookingId, ChangeId, ConflictId
from client.models.link import Trouble
from client.models.mutations import Tell
from client.models.tell_draft import TellBy, TellDraft
from client.state.rewording import Rewording, rewording_of
from client.state.runtime import Runtime
from client.state.telling import draft_of_undoing
from client.state.work_edits import BAR, WorkEdits
from client.storage import business, outbox
from client.storage.database import Database
from client.storage.errors import StorageError, trouble_of

T = TypeVar("T")

UNDO_S: Final = 10.0
UNDONE_S: Final = 4.0
"""How long the bar says that something was undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An edit of the last seconds, and what it did."""

    deed: Deed
    edited: Edited = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A change of a booking that was made by hand."""

    booking: Booking
    change: BookingChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Nothing was changed.  `why` it cannot be done, with what is in the way; or `trouble`: it could not be kept here.

    `place`: who shows it, a form or the bar.  `name`: the field it is about.  `wanted`: what may be had on purpose.
    """

    why: Why | None = None
    obstacle: Obstacle | None = None
    name: str | None = None
    trouble: Trouble | None = None
    place: str = BAR
    wanted: Wanted | None = None

    @property
    def allowance(self) -> str | None:
        """What may be allowed on purpose to do it all the same: overlap, closed, or None."""
        return self.obstacle.why.allowance if self.obstacle else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A client was told of the change that is being taken back: are they told of that, too?"""

    change_id: ChangeId
    deed: Deed
    draft: TellDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class EditState:
    """`done`: what can be undone from the bar, in order.  `undone`: what just was.

    `refusal`: why the last thing asked for was not done.
    """

    done: tuple[Done, ...] = ()
    undone: tuple[Deed, ...] = ()
    refusal: Refusal | None = None
    asking: Asking | None = None


class EditStore(ft.Observable):
    """The owner's hand in the bookings; `work` in all else.  Each verb is one transaction, None when nothing was done.

    `place` is who shows the refusal then: a form that asks by its own name shows it itself, else the bar does.
    """

    def __init__(self, runtime: Runtime, now: Callable[[], datetime]) -> None:
        """`now`: the time by the server's clock."""
        self.state = EditState()
        self._runtime = runtime
        self._now = now
        self._until = 0.0
        self._ending: asyncio.Task[None] | None = None
        self._database: Database | None = None
        self.work = WorkEdits(self.do, self.do_all, now, runtime.clock.new_id)

    def follow(self, database: Database | None) -> None:
        """Whose bookings these are; what was done to another's is no longer offered back."""
        if database is not self._database:
            self.close()
        self._database = database

    # --- verbs -----------------------------------------------------------------------------------------------------
    async def create(
        self, draft: BookingDraft, *, tell: Tell | None = None, allow: Collection[str] = (), place: str = BAR
    ) -> Edited | None:
        now, new_id = self._now(), self._runtime.clock.new_id
        return await self.do(
            lambda conn: editing.create_booking(conn, draft, tell=tell, allow=allow, now=now, new_id=new_id),
            place=place,
        )

    async def change(
        self,
        booking_id: BookingId,
        change: BookingChange,
        *,
        tell: Tell | None = None,
        allow: Collection[str] = (),
        place: str = BAR,
    ) -> Edited | None:
        now = self._now()
        return await self.do(
            lambda conn: editing.change_booking(conn, booking_id, change, tell=tell, allow=allow, now=now),
            place=place,
        )

    async def cancel(
        self, booking_id: BookingId, *, reason: str | None = None, tell: Tell | None = None, place: str = BAR
    ) -> Edited | None:
        now = self._now()
        return await self.do(
            lambda conn: editing.cancel_booking(conn, booking_id, reason=reason, tell=tell, now=now), place=place
        )

    async def no_show(self, booking_id: BookingId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self.do(lambda conn: editing.mark_no_show(conn, booking_id, now=now), place=place)

    async def complete(self, booking_id: BookingId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self.do(lambda conn: editing.complete_booking(conn, booking_id, now=now), place=place)

    async def reinstate(
        self, booking_id: BookingId, *, tell: Tell | None = None, allow: Collection[str] = (), place: str = BAR
    ) -> Edited | None:
        now = self._now()
        return await self.do(
            lambda conn: editing.reinstate_booking(conn, booking_id, tell=tell, allow=allow, now=now), place=place
        )

    async def create_block(self, draft: BlockDraft, *, place: str = BAR) -> Edited | None:
        now, new_id = self._now(), self._runtime.clock.new_id
        return await self.do(lambda conn: editing.create_block(conn, draft, now=now, new_id=new_id), place=place)

    async def remove_block(self, block_id: BlockId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self.do(lambda conn: editing.remove_block(conn, block_id, now=now), place=place)

    async def do(self, edit: Callable[[sqlite3.Connection], Edited], *, place: str = BAR) -> Edited | None:
        """Any edit: written, shown in the bar with its way back, and sent as soon as there is a connection."""
        edited = await self._write(edit, place)
        if edited is not None:
            self.show(edited)
        return edited

    async def do_all(self, edits: Sequence[Callable[[sqlite3.Connection], Edited]], *, place: str = BAR) -> bool:
        """Several at once: all of them, or none; undone as one."""
        edited = await self._write(lambda conn: [edit(conn) for edit in edits], place)
        if edited is not None:
            self.show(*edited)
        return edited is not None

    async def resolve(
        self,
        conflict_id: ConflictId,
        choice: Choice,
        told: Callable[[Choice], Sequence[Notice]],
        *,
        place: str = BAR,
    ) -> bool:
        """Decide a conflict; False when nothing was done.  `told` says who hears what of the choice as it is now."""
        now, new_id = self._now(), self._runtime.clock.new_id

        def decide(conn: sqlite3.Connection) -> Resolved:
            fresh = editing.at(conn, conflict_id, choice.kind, choice.slot, now)
            return editing.resolve(conn, conflict_id, choice, tell=told(fresh), now=now, new_id=new_id)

        resolved = await self._write(decide, place)
        if resolved is not None and resolved.edited:
            self.show(*resolved.edited)
        return resolved is not None

    def show(self, *edited: Edited) -> None:
        """Let the bar offer the way back, of these together with what it offers already."""
        rooms = self._rooms()
        done = tuple(Done(deed=_deed(each, rooms), edited=each) for each in edited)
        self._begin(UNDO_S, replace(self.state, done=(*self.state.done, *done), undone=()))

    def _rooms(self) -> dict[str, str]:
        """What the resources are called; none while the database cannot be read, which matters more elsewhere."""
        try:
            return self._database.read(business.room_names) if self._database else {}
        except StorageError:
            return {}

    # --- taking back -----------------------------------------------------------------------------------------------
    async def undo(self) -> None:
        """Take back what the bar shows: all of it, or nothing when part of it is no longer possible.

        Where a client was told of one already, that one is asked about first.
        """
        done = self.state.done
        if len(done) == 1 and self._asks(done[0].edited.change_id, done[0].deed):
            return
        undone = await self._write(lambda conn: self._undo_all(conn, done), BAR) if done else None
        if undone is not None:
            self._begin(UNDONE_S, replace(self.state, done=(), undone=undone))

    async def undo_past(self, change_id: ChangeId, deed: Deed) -> None:
        """Take back a change of the history, or one that was sent."""
        if not self._asks(change_id, deed):
            await self._undo_one(change_id, deed, None)

    def type_tell(self, draft: TellDraft) -> None:
        """What the owner has decided of the second message so far."""
        if self.state.asking:
            self.state = replace(self.state, asking=replace(self.state.asking, draft=draft))

    async def undo_asked(self) -> None:
        """Take back what was asked about, and tell the client as decided."""
        asking = self.state.asking
        if asking is None or not asking.draft.decided:
            return
        self.state = replace(self.state, asking=None)
        await self._undo_one(asking.change_id, asking.deed, tell_of(asking.draft))

    def keep(self) -> None:
        """It is not taken back after all."""
        self.state = replace(self.state, asking=None)

    def refuse(self, refusal: Refusal) -> None:
        """Something asked for that is no edit: it cannot be done, and this is why."""
        self.state = replace(self.state, refusal=refusal)

    def remember(self, wanted: Wanted) -> None:
        """What the bar has just refused; where it may be had on purpose, the bar can lead there."""
        refusal = self.state.refusal
        if refusal is not None and refusal.place == BAR and refusal.allowance:
            self.state = replace(self.state, refusal=replace(refusal, wanted=wanted))

    def forget_refusal(self, place: str) -> None:
        """The form that showed it is gone."""
        if self.state.refusal is not None and self.state.refusal.place == place:
            self.state = replace(self.state, refusal=None)

    def put_away(self) -> None:
        """The bar was closed, or the refusal read."""
        self._stop()
        self.state = EditState(asking=self.state.asking)

    @property
    def left_s(self) -> float:
        """How long the bar still stands."""
        return max(0.0, self._until - self._runtime.clock.monotonic())

    def close(self) -> None:
        """The window is gone."""
        self._stop()
        self.state = EditState()

    # --- changes that wait -----------------------------------------------------------------------------------------
    async def withdraw(self, change_id: ChangeId) -> None:
        """Take a waiting change back as if it had not been, or forget a refused one."""
        await self._write(lambda conn: outbox.withdraw(conn, change_id), BAR)

    async def retry(self, change_id: ChangeId) -> None:
        """Send it as soon as there is a connection."""
        await self._write(lambda conn: outbox.retry(conn, change_id), BAR)

    def waiting(self, change_id: ChangeId) -> Rewording | None:
        """What its form begins with; None where it has none, or cannot be read now."""
        database = self._database
        try:
            return database.read(lambda conn: rewording_of(conn, change_id)) if database else None
        except StorageError:
            return None

    # --- inside ----------------------------------------------------------------------------------------------------
    async def _write(self, fn: Callable[[sqlite3.Connection], T], place: str) -> T | None:
        """Run `fn` as one transaction.  None when nothing was done; `state.refusal` says why."""
        database = self._database
        refusal = Refusal(trouble=Trouble.UNAVAILABLE, place=place)
        if database is not None:
            try:
                result = await database.write(fn)
            except NotAllowed as error:
                refusal = Refusal(why=error.why, obstacle=error.obstacle, name=error.field, place=place)
            except StorageError as error:
                refusal = Refusal(trouble=trouble_of(error), place=place)
            else:
                self.state = replace(self.state, refusal=None)
                self._runtime.kick()
                return result
        self.state = replace(self.state, refusal=refusal)
        return None

    def _undo_all(self, conn: sqlite3.Connection, done: tuple[Done, ...]) -> tuple[Deed, ...]:
        """Latest first.  What was sent as one change meanwhile is taken back as one.

        Of several, a client who was told of one hears of its undoing in the same way.
        """
        undone: list[Deed] = []
        compensated: set[ChangeId] = set()
        for each in reversed(done):
            change_id = each.edited.change_id
            if change_id in compensated:
                continue
            draft = draft_of_undoing(conn, change_id)
            tell = Tell(text=draft.text, channel=each.deed.channel) if draft and each.deed.channel else None
            result = editing.undo(conn, each.edited, tell=tell, now=self._now(), new_id=self._runtime.clock.new_id)
            if result.edited is not None:
                compensated.add(change_id)
            undone.append(_undone(each.deed, tell if result.edited else None))
        return tuple(undone)

    async def _undo_one(self, change_id: ChangeId, deed: Deed, tell: Tell | None) -> None:
        now, new_id = self._now(), self._runtime.clock.new_id
        what = next((each.edited for each in self.state.done if each.edited.change_id == change_id), change_id)
        if await self._write(lambda conn: editing.undo(conn, what, tell=tell, now=now, new_id=new_id), BAR) is not None:
            done = tuple(each for each in self.state.done if each.edited.change_id != change_id)
            self._begin(UNDONE_S, replace(self.state, done=done, undone=(_undone(deed, tell),)))

    def _asks(self, change_id: ChangeId, deed: Deed) -> bool:
        """Whether the client, who was told of it, has to be thought of first; then it is on screen."""
        database = self._database
        draft = None
        try:
            draft = database.read(lambda conn: draft_of_undoing(conn, change_id)) if database else None
        except StorageError:
            # What cannot be read cannot be written either: the attempt itself will say so.
            return False
        if draft is None:
            return False
        self.state = replace(self.state, asking=Asking(change_id=change_id, deed=deed, draft=draft))
        return True

    def _begin(self, seconds: float, state: EditState) -> None:
        """Show the bar for so long, from now."""
        self._stop()
        self._until = self._runtime.clock.monotonic() + seconds
        self.state = state
        self._ending = asyncio.get_running_loop().create_task(self._end(seconds))

    async def _end(self, seconds: float) -> None:
        await self._runtime.clock.sleep(seconds)
        self._ending = None
        self.state = replace(self.state, done=(), undone=())

    def _stop(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None


def tell_of(draft: TellDraft) -> Tell | None:
    """What the server is asked to send; None where the client is not told, or nothing is decided."""
    if draft.by in (None, TellBy.NOBODY) or not draft.decided:
        return None
    return Tell(text=draft.text.strip(), channel=draft.by.value)


def _undone(deed: Deed, tell: Tell | None) -> Deed:
    return replace(deed, channel=tell.channel if tell else None)


def _deed(edited: Edited, rooms: Mapping[str, str]) -> Deed:
    tell = edited.recorded.after[-1].tell if edited.told else None
    return deed_between(edited.op, edited.before, edited.after, tell.channel if tell else None, rooms)
