"""Taking back: the last edit alone, or a change by its number; never more than was named, and nobody is passed over."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from client.config import Config
from client.editing import NotAllowed, Undone, Why, bring_back, undo, undo_edit
from client.editing.imports import undo_all
from client.models.bookings import Booking
from client.models.ids import BookingId, ChangeId
from client.models.mutations import Change, PastChange, Tell
from client.models.tell_draft import TellBy
from client.state.telling import draft_of_undoing
from client.storage import bookings, effective, last_edits, outbox
from client.storage.last_edits import Gone
from desk import last
from desk.changing import Telling, Wanted, Which, change_on
from desk.documents import Standing
from desk.finding import SHORTEST_PREFIX
from desk.people import names_of
from desk.sentences import sentence_between, sentence_of
from desk.showing import Answering, no_more
from desk.terminal import Refusal, Terminal
from desk.way import now_of, writable


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to undo, the last edit without `number`.  `whole`: with all edits that became one change with it.

    `said`: what the client is told, None where that was not said.
    """

    number: ChangeId | None = None
    whole: bool = False
    said: Telling | None = None
    allow: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """`one`: what it left, None for an import, of which `kept` could not be undone.  `said`: what else is to be known.

    `change`: what was taken back, or is there again; `waits`: the change that waits for it now; `booking`: as it was.
    """

    sentence: str
    said: tuple[str, ...] = ()
    change: Change | PastChange
    one: Undone | None = None
    waits: ChangeId | None = None
    booking: Booking | None = None
    undone: int = 1
    kept: tuple[ChangeId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hand:
    """What all ways of taking back need."""

    conn: sqlite3.Connection
    asked: Asked
    standing: Standing
    now: datetime
    new_id: Callable[[], str]

    def take_back(self) -> _Done:
        number = self.asked.number
        edit = last.newest(self.conn) if number is None else last.known(self.conn, number)
        if isinstance(edit, Gone):
            return self.bring_back(edit)
        if number is None and not self.asked.whole and last_edits.folds_of(edit):
            return self._last_edit(edit)
        together = outbox.together(self.conn, edit)
        return self._whole(edit) if len(together) == 1 else self._import(edit, together)

    def bring_back(self, gone: Gone) -> _Done:
        one = bring_back(self.conn, gone, allow=self.asked.allow, now=self.now)
        change = last.changes_of(gone)[0]
        sentence = f"Brought back: {self._sentence(change)}"
        return _Done(sentence=sentence, change=change, one=one, waits=change.change_id)

    def _last_edit(self, change: Change | PastChange) -> _Done:
        before = effective.effective_row(self.conn, change.kind, change.row_id)
        booking = self._booking(change)
        one = None
        if isinstance(change, Change):
            one = undo_edit(self.conn, change, allow=self.asked.allow, now=self.now)
        if one is None:
            raise Refusal(
                f"The last edit is part of change {change.change_id} and cannot be had alone any more: "
                f"{self._sentence(change)}. To undo all of that, run `chatty undo {change.change_id}`.",
                code="whole",
            )
        did = sentence_between(self.conn, change.op, one.after, before, self.standing.zone, self.now)
        sentence = f"Undone: {did}. The rest of it stays"
        return _Done(sentence=sentence, change=change, one=one, waits=change.change_id, booking=booking)

    def _whole(self, change: Change | PastChange) -> _Done:
        sentence, booking = self._sentence(change), self._booking(change)
        tell, said = self._telling(change)
        one = undo(self.conn, change.change_id, tell=tell, allow=self.asked.allow, now=self.now, new_id=self.new_id)
        waits = one.edited.change_id if one.edited and not one.edited.gone else None
        return _Done(sentence=f"Undone: {sentence}", said=said, change=change, one=one, waits=waits, booking=booking)

    def _import(self, change: Change | PastChange, together: list[ChangeId]) -> _Done:
        kept = undo_all(self.conn, together, now=self.now, new_id=self.new_id)
        undone = len(together) - len(kept)
        noun = "change" if undone == 1 else "changes"
        said = (f"{len(kept)} were changed since and stay.",) if kept else ()
        return _Done(
            sentence=f"Undone: the import, {undone} {noun}", said=said, change=change, undone=undone, kept=kept
        )

    def _telling(self, change: Change | PastChange) -> tuple[Tell | None, tuple[str, ...]]:
        """What the client hears of it.  Raises Refusal where they were told of the change and nothing was said."""
        said = self.asked.said
        told = draft_of_undoing(self.conn, change.change_id)
        if said is None:
            if told is None:
                return None, ()
            raise Refusal(
                f"{told.name or 'The client'} was told of it. Say whether they are told of this: --tell-default "
                f"(“{told.text}”), --tell TEXT or --no-tell.",
                code="told",
            )
        if said.text is None and not said.usual:
            return None, ("The client was told of it, and is told nothing of this.",) if told else ()
        draft = told or draft_of_undoing(self.conn, change.change_id, anyway=True)
        if draft is None:
            return None, ("Nobody has heard of it, so nobody is told.",)
        ways = [by for by in (TellBy.SMS, TellBy.EMAIL) if draft.can(by)]
        channel = change.tell.channel if change.tell else ways[0].value if ways else None
        if channel is None:
            raise NotAllowed(Why.NO_RECIPIENT, field="tell")
        return Tell(text=draft.text if said.text is None else said.text, channel=channel), ()

    def _sentence(self, change: Change | PastChange) -> str:
        return sentence_of(self.conn, change, self.standing.zone, self.now, telling=False)

    def _booking(self, change: Change | PastChange) -> Booking | None:
        return bookings.get(self.conn, BookingId(change.row_id)) if change.kind == "bookings" else None


async def undo_change(config: Config, terminal: Terminal, asked: Asked) -> None:
    """The last edit, the change of that number, or an import as a whole."""
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)

        def verb(conn: sqlite3.Connection) -> _Done:
            hand = _Hand(conn=conn, asked=asked, standing=standing, now=now, new_id=device.clock.new_id)
            return hand.take_back()

        done = await database.write(verb)
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now)
        _answer(answering, done, database.read(names_of))


async def restore(
    config: Config, terminal: Terminal, which: Which, wanted: Wanted, said: Telling, allow: frozenset[str]
) -> None:
    """Bring a booking back: one that was cancelled and the like, or one that is no more and had never been sent."""
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)

        def verb(conn: sqlite3.Connection) -> _Done | None:
            gone = _gone_booking(conn, which.booking_id or "")
            asked = Asked(allow=allow)
            hand = _Hand(conn=conn, asked=asked, standing=standing, now=now, new_id=device.clock.new_id)
            return hand.bring_back(gone) if gone else None

        done = await database.write(verb)
        if done is None:
            await change_on(device, database, standing, terminal, which, wanted, said, allow, "Brought back")
            return
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now)
        _answer(answering, done, database.read(names_of))


def _gone_booking(conn: sqlite3.Connection, text: str) -> Gone | None:
    """What made the booking of that id, or with that beginning, that is no more."""
    prefix = text.strip().lower()
    if len(prefix) < SHORTEST_PREFIX:
        return None
    found = [gone for gone in last_edits.gone(conn) if gone.kind == "bookings" and gone.row_id.startswith(prefix)]
    return next((gone for gone in found if effective.effective_row(conn, gone.kind, gone.row_id) is None), None)


async def list_edits(config: Config, terminal: Terminal) -> None:
    async with writable(config, terminal) as (device, database, standing):
        now = now_of(device, database)
        last.show_list(Answering(terminal=terminal, database=database, standing=standing, now=now))


def _answer(answering: Answering, done: _Done, names: Mapping[str, str]) -> None:
    was, lost = done.booking, done.one is not None and done.one.after is None
    was = no_more(was) if was and lost else was
    taken_back = answering.taken_back(done.change, was, done.sentence, names)
    more: dict[str, Any] = {"undone": done.undone, "kept": list(done.kept), "taken_back": taken_back}
    said = list(done.said)
    if was and lost:
        said += answering.lost(was, names)
    if done.one is not None and done.one.kind == "bookings":
        answering.booking(BookingId(done.one.row_id), done.waits, done.sentence, said, **more)
    else:
        answering.other(done.waits, done.sentence, said, **more)
