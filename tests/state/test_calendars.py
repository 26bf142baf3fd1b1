"""Calendars and files in a window: how each stands, a file rehearsed and brought in, bookings as files."""

import asyncio
import json
import sqlite3
from typing import Any

import pytest

from client import editing
from client.calendars.reading import read_ics
from client.editing import Why
from client.editing.imports import As, Fate
from client.models.ids import BookingId, StaffId
from client.models.link import Trouble
from client.storage import blocks, outbox
from client.storage.errors import DiskFull
from tests import example_data as eg
from tests.calendars.files import calendar, event
from tests.state.conftest import Desk, put_booking
from tests.storage.rows import put


def put_staff(conn: sqlite3.Connection) -> None:
    week = json.dumps({day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")} | {"sun": []})
    row: dict[str, Any] = {"id": "s-ana", "name": "Ana", "initials": "AN", "colour_index": 0, "services": "[]"}
    put(conn, "staff", {**row, "works": week, "active": 1, "version": 1, "gen": 1})


DENTIST = event("UID:d", "SUMMARY:Dentist", "DTSTART:20251125T150000", "DTEND:20251125T160000")


async def opened(desk: Desk, *events: str) -> None:
    await desk.stores.imports.open("ana.ics", calendar(*events), eg.ZONE)


# --- how calendars stand --------------------------------------------------------------------------------------------
async def test_a_calendar_that_stopped_answering_is_known_at_once(desk: Desk) -> None:
    assert desk.stores.calendars.state.ready and desk.stores.calendars.state.calendars == ()
    row = {
        "id": "c1",
        "name": "Portal",
        "host": "h",
        "state": "ok",
        "events": 3,
        "created_at": 0,
        "version": 1,
        "gen": 1,
    }
    await desk.write(lambda conn: put(conn, "calendars", {**row, "gen": 1}))
    assert desk.stores.calendars.state.in_trouble == ()
    await desk.write(lambda conn: conn.execute("UPDATE calendars SET state = 'trouble', trouble = 'timeout'"))
    assert [each.name for each in desk.stores.calendars.state.in_trouble] == ["Portal"]


async def test_one_that_was_just_added_waits(desk: Desk) -> None:
    await desk.stores.edits.do(
        lambda conn: editing.add_calendar(conn, "Ana", "https://cal.test/a.ics", now=eg.NOW, new_id=lambda: "c1")
    )
    await desk.window.settle()
    (added,) = desk.stores.calendars.state.calendars
    assert added.pending and added.host == "cal.test"


# --- a file ---------------------------------------------------------------------------------------------------------
async def test_a_file_says_what_it_would_do_and_nothing_has_happened(desk: Desk) -> None:
    await opened(desk, DENTIST)
    state = desk.stores.imports.state
    assert state.plan and len(state.plan.of(Fate.ADD)) == 1 and not state.reading
    assert desk.db.read(outbox.waiting) == 0


async def test_it_is_brought_in_shown_with_its_way_back_and_sent(desk: Desk) -> None:
    await opened(desk, DENTIST)
    done = await desk.stores.imports.bring_in()
    assert done and not desk.stores.imports.state.is_open
    assert desk.db.read(outbox.waiting) == 1 and desk.runtime.kicks == 1
    desk.stores.edits.show(*done.edited)
    await desk.stores.edits.undo()
    assert desk.db.read(outbox.waiting) == 0
    assert desk.db.read(lambda conn: blocks.overlapping(conn, eg.at("00:00"), eg.at("23:00"))) == []
    desk.stores.edits.close()


async def test_what_is_chosen_works_out_the_plan_anew(desk: Desk) -> None:
    await desk.write(put_staff)
    await desk.write(lambda conn: put_booking(conn, "15:00", day=eg.TODAY.replace(day=25)))
    await desk.write(lambda conn: conn.execute("UPDATE bookings SET staff_id = 's-ana'"))
    imports = desk.stores.imports
    await opened(desk, DENTIST)
    assert imports.state.plan and len(imports.state.plan.lines[0].meets) == 1
    await imports.choose_as(As.BOOKINGS)
    assert imports.state.plan and imports.state.plan.of(Fate.ADD)
    await imports.choose_staff(StaffId("s-ana"))
    assert imports.state.plan and imports.state.plan.of(Fate.LEFT_OUT)
    await imports.choose_on_purpose(True)
    assert imports.state.plan and imports.state.plan.of(Fate.ADD)


async def test_a_person_who_left_and_a_full_disk_are_states(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await opened(desk, DENTIST)
    imports = desk.stores.imports
    await imports.choose_staff(StaffId("s-gone"))
    assert (imports.state.why, imports.state.plan) == (Why.STAFF_UNKNOWN, None)
    await imports.choose_staff(None)
    assert imports.state.why is None and imports.state.plan

    def full(_: object) -> object:
        raise DiskFull("the disk is full")

    monkeypatch.setattr(desk.db, "_transact", full)
    assert await imports.bring_in() is None
    assert imports.state.trouble is Trouble.DISK_FULL and not imports.state.busy and imports.state.is_open


async def test_a_file_that_is_none_is_said_and_a_closed_one_is_forgotten(desk: Desk) -> None:
    imports = desk.stores.imports
    await imports.open("list.txt", b"shopping list", eg.ZONE)
    assert imports.state.imported and imports.state.imported.refusal and imports.state.plan is None
    assert await imports.bring_in() is None
    imports.could_not_read("gone.ics")
    assert imports.state.unreadable
    imports.close()
    assert not imports.state.is_open


async def test_only_the_file_that_was_opened_last_is_shown(desk: Desk) -> None:
    imports = desk.stores.imports
    first = imports.open("first.ics", calendar(DENTIST), eg.ZONE)
    second = imports.open("second.ics", calendar(DENTIST.replace("Dentist", "Second")), eg.ZONE)
    await asyncio.gather(first, second)
    assert imports.state.name == "second.ics"
    assert imports.state.imported and imports.state.imported.events[0].title == "Second"


async def test_another_sign_in_closes_the_file(desk: Desk) -> None:
    await opened(desk, DENTIST)
    desk.stores.imports.follow(None)
    assert not desk.stores.imports.state.is_open


# --- files of bookings ----------------------------------------------------------------------------------------------
async def test_days_and_one_booking_become_files(desk: Desk) -> None:
    for clock in ("14:00", "16:00"):
        await desk.write(lambda conn, clock=clock: put_booking(conn, clock))
    await desk.write(lambda conn: put_booking(conn, "10:00", day=eg.TODAY.replace(day=28)))
    store = desk.stores.calendars
    today, week = await store.export_days(0, 1, as_csv=False), await store.export_days(0, 7, as_csv=True)
    assert today and (today.count, today.name) == (2, "bookings 2025-11-24.ics")
    assert week and (week.count, week.name.endswith(".csv")) == (3, True)
    window = (eg.at("00:00"), eg.at("23:59"))
    assert len(read_ics(today.data, zone=eg.ZONE, window=window).events) == 2
    one = await store.export_booking(BookingId(f"b-{eg.TODAY}-14:00"))
    assert one and one.count == 1
    none = await store.export_booking(BookingId("nobody"))
    assert none and none.count == 0
