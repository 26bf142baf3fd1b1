"""A calendar file on its way in: read beside the window, shown as what it would do, done in one transaction."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import flet as ft

from client.calendars.imported import Imported
from client.editing import NotAllowed
from client.editing.imports import As, Import, Rehearsed, Wanted, import_events, joined, rehearse, slices, span
from client.editing.opened_file import OpenedFile
from client.insight.day import Say
from client.insight.diary import CLOSED, OVERLAP
from client.models.ids import StaffId
from client.models.link import Trouble
from client.state.runtime import Runtime
from client.storage.database import Database
from client.storage.errors import StorageError, trouble_of


class ImportStore(ft.Observable):
    """One file at a time; what is chosen works out the plan anew."""

    def __init__(self, runtime: Runtime, now: Callable[[], datetime], say: Callable[[], Say]) -> None:
        """`now`: the time by the server's clock.  `say`: the catalogue, for titles that the file lacks."""
        self.state = OpenedFile()
        self._runtime = runtime
        self._now = now
        self._say = say
        self._database: Database | None = None
        self._turn = 0

    def follow(self, database: Database | None) -> None:
        """Whose bookings these are; a file that was open for another's is closed."""
        if database is not self._database:
            self.close()
        self._database = database

    def close(self) -> None:
        self._turn += 1
        self.state = OpenedFile()

    def could_not_read(self, name: str) -> None:
        """The file that was chosen cannot be opened."""
        self._turn += 1
        self.state = OpenedFile(name=name, unreadable=True)

    async def open(self, name: str, data: bytes, zone: ZoneInfo) -> None:
        """Read the file, without holding up the window."""
        self._turn += 1
        turn = self._turn
        self.state = OpenedFile(name=name, reading=True)
        imported = await asyncio.to_thread(_read, data, zone, span(self._now(), zone))
        if turn == self._turn:
            self.state = replace(self.state, reading=False, imported=imported)
            if imported.refusal is None:
                await self._plan()

    async def choose_as(self, as_: As) -> None:
        await self._choose(replace(self.state, as_=as_))

    async def choose_staff(self, staff_id: StaffId | None) -> None:
        await self._choose(replace(self.state, staff_id=staff_id))

    async def choose_on_purpose(self, on_purpose: bool) -> None:
        """Take over what is in somebody's way, too."""
        await self._choose(replace(self.state, on_purpose=on_purpose))

    async def bring_in(self) -> Import | None:
        """Do it.  None when nothing was done; the state says why.  The file is closed when it is done."""
        imported = self.state.imported
        if self.state.busy or self.state.plan is None or imported is None:
            return None
        self.state = replace(self.state, busy=True)
        done = await self._write(import_events, imported)
        if done is None:
            self.state = replace(self.state, busy=False)
            return None
        self.close()
        self._runtime.kick()
        return done

    # --- inside ----------------------------------------------------------------------------------------------------
    async def _choose(self, state: OpenedFile) -> None:
        self.state = replace(state, plan=None, why=None, trouble=None)
        await self._plan()

    async def _plan(self) -> None:
        """Piece by piece, so that whoever else writes has not to wait for all of it."""
        self._turn += 1
        turn = self._turn
        assert self.state.imported
        done: list[Import] = []
        for piece in slices(self.state.imported):
            try:
                await self._write(rehearse, piece)
            except Rehearsed as rehearsed:
                done.append(rehearsed.done)
            else:
                return
            if turn != self._turn:
                return
        self.state = replace(self.state, plan=joined(done))

    async def _write(self, verb: Callable[..., Import], imported: Imported) -> Import | None:
        """Raises Rehearsed."""
        wanted, now, new_id = self._wanted(), self._now(), self._runtime.clock.new_id

        def transaction(conn: sqlite3.Connection) -> Import:
            return verb(conn, imported, wanted, now=now, new_id=new_id)

        if self._database is None:
            self.state = replace(self.state, trouble=Trouble.UNAVAILABLE)
            return None
        try:
            return await self._database.write(transaction)
        except NotAllowed as refusal:
            self.state = replace(self.state, why=refusal.why)
        except StorageError as error:
            self.state = replace(self.state, trouble=trouble_of(error))
        return None

    def _wanted(self) -> Wanted:
        say, state = self._say(), self.state
        return Wanted(
            as_=state.as_,
            busy=say("import.busy"),
            appointment=say("import.appointment"),
            staff_id=state.staff_id,
            allow=frozenset((OVERLAP, CLOSED)) if state.on_purpose else frozenset(),
        )


def _read(data: bytes, zone: ZoneInfo, window: tuple[datetime, datetime]) -> Imported:
    # The libraries behind it take longer to import than the rest of the app's state, and few files are ever opened.
    from client.calendars.reading import read_ics

    return read_ics(data, zone=zone, window=window)
