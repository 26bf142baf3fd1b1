"""Whose number is whose: copies of the file, restored files and servers, other accounts, other processes."""

import asyncio
import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock

from backend_stub.store import Transaction
from client.api.errors import SignedOut, Unreachable
from client.models.ids import AccountId
from client.models.link import LinkState
from client.storage import conflicts, meta
from tests.backend_stub import example_rows as eg
from tests.storage import mutations
from tests.sync.conftest import Device, World, some_history
from tests.sync.edits import (
    TEN,
    booked,
    changes,
    messages,
    move,
    note,
    open_fields,
    server_row,
    shown,
    states,
)
from tests.sync.pushed import PUSH, Pushed, copy_of, numbers, pushes, refuse_pulls, settled


# --- copies, restored files, restored servers ------------------------------------------------------------------------
async def forget(device: Device, sql: str) -> None:
    await device.db.write(lambda conn: conn.execute(sql))


async def test_a_copy_of_the_file_is_told_apart_and_loses_nothing(world: World, phone: Device) -> None:
    """Both copies number their next change alike; the server has one of them under that number."""
    rows = [booked(world), booked(world, 1)]
    await phone.engine.sync_once()
    client_id, _ = numbers(phone)
    copy = await world.device("copy")
    await copy.engine.sync_once()
    await copy.db.write(lambda conn: meta.put(conn, "client_id", client_id))
    await move(phone, rows[0], 30 * 24, tell="from the phone")
    await move(copy, rows[1], 30 * 24 + 1, tell="from the copy")
    await phone.engine.sync_once()
    await copy.engine.sync_once()
    assert changes(copy) == [] and changes(phone) == []
    assert sorted(messages(world)) == ["from the copy", "from the phone"]
    assert numbers(copy)[0] != client_id and numbers(phone)[0] == client_id
    await phone.engine.sync_once()
    assert phone.rows() == copy.rows() == world.rows()


async def test_a_copy_with_the_same_changes_in_it_does_not_do_them_again(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    client_id, _ = numbers(phone)
    await move(phone, row_id, 30 * 24, tell="once")
    copy = await world.device("copy")
    await copy.engine.sync_once()
    await copy.db.write(lambda conn: meta.put(conn, "client_id", client_id))
    payload = changes(phone)[0].payload
    await copy.db.write(lambda conn: mutations.record(conn, payload))
    await phone.engine.sync_once()
    await copy.engine.sync_once()
    assert changes(copy) == [] and messages(world) == ["once"]


async def test_what_a_copy_told_is_not_told_again_with_a_note(world: World, phone: Device) -> None:
    """The change waited when the file was copied; one copy sent it, the other one put a note to it first."""
    row_id = booked(world, customer_phone="+14155550142")
    await phone.engine.sync_once()
    copy = await copy_of(world, phone)
    for device in (phone, copy):
        await move(device, row_id, 30 * 24, tell="once")
    assert (await note(copy, row_id, "window")).folded
    await phone.engine.sync_once()
    await copy.engine.sync_once()
    assert changes(copy) == [] and (server_row(world, row_id) or {})["notes"] == "window"
    assert messages(world) == ["once"]


async def test_a_file_that_lost_its_tail_numbers_anew(world: World, phone: Device) -> None:
    """A power cut took the last commits: the server knows numbers this file has not given."""
    rows = [booked(world), booked(world, 1)]
    await phone.engine.sync_once()
    before = numbers(phone)
    await note(phone, rows[0], "x")
    await phone.engine.sync_once()
    await forget(phone, "DELETE FROM history")
    await forget(phone, f"UPDATE meta SET v = '{before[1]}' WHERE k = 'next_mid'")
    await phone.stop()
    again = await world.reopened(phone)
    await note(again, rows[1], "new")
    await again.engine.sync_once()
    assert changes(again) == [] and numbers(again)[0] != before[0]
    assert [(server_row(world, row_id) or {})["notes"] for row_id in rows] == ["x", "new"]


async def test_a_file_that_lost_its_tail_is_noticed_with_nothing_to_send(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    before = numbers(phone)
    await note(phone, row_id, "x")
    await phone.engine.sync_once()
    await forget(phone, f"UPDATE meta SET v = '{before[1]}' WHERE k = 'next_mid'")
    again = await world.reopened(phone)
    await again.engine.sync_once()
    assert numbers(again) != before and numbers(again)[1] == 1


async def test_a_restored_server_gets_again_what_it_forgot(world: World, phone: Device) -> None:
    """Answered but not yet seen in the rows: the server's backup is of before."""
    row_id = booked(world)
    await phone.engine.sync_once()
    original = server_row(world, row_id)
    assert original is not None
    phone.network.before = refuse_pulls
    await move(phone, row_id, 30 * 24, tell="See you")
    with contextlib.suppress(Unreachable):
        await phone.engine.sync_once()
    assert states(phone) == ["acked"]
    restore(world, original)
    phone.network.before = lambda _: None
    row = shown(phone, row_id)
    assert row is not None and row["starts_at"] == TEN + 30 * 24 * eg.HOUR
    again = await world.reopened(phone)
    await again.engine.sync_once()
    await again.engine.sync_once()
    assert changes(again) == []
    row = server_row(world, row_id)
    assert row is not None and row["starts_at"] == TEN + 30 * 24 * eg.HOUR


async def answered_before_a_restore(world: World, phone: Device) -> tuple[str, dict[str, Any]]:
    """A conflict over notes that this device knows of and has not seen settle; and the row of before it."""
    row_id = booked(world)
    await phone.engine.sync_once()
    original = server_row(world, row_id)
    assert original is not None
    world.put("bookings", original | {"notes": "hers"})
    phone.network.before = refuse_pulls
    await note(phone, row_id, "mine")
    with contextlib.suppress(Unreachable):
        await phone.engine.sync_once()
    assert (states(phone), open_fields(phone)) == (["acked"], ["notes"])
    row = shown(phone, row_id)
    assert row is not None and row["notes"] is None
    phone.network.before = lambda _: None
    return row_id, original


async def test_an_answer_a_restored_server_forgot_is_forgotten_whole(world: World, phone: Device) -> None:
    """What was a conflict is none any more, because the change it met is gone as well."""
    row_id, original = await answered_before_a_restore(world, phone)
    restore(world, original)
    again = await world.reopened(phone)
    again.network.before = refuse_pulls
    with contextlib.suppress(Unreachable):
        await again.engine.sync_once()
    row = shown(again, row_id)
    assert row is not None and row["notes"] == "mine"
    assert open_fields(again) == []
    again.network.before = lambda _: None
    await again.engine.sync_once()
    assert (changes(again), open_fields(again)) == ([], [])
    assert (server_row(world, row_id) or {})["notes"] == "mine"


async def test_a_change_asked_about_again_is_in_effect_until_it_is_answered(world: World, phone: Device) -> None:
    row_id, original = await answered_before_a_restore(world, phone)
    restore(world, original | {"notes": "older"})
    again = await world.reopened(phone)
    seen: list[tuple[Any, list[str]]] = []

    def before(request: httpx.Request) -> None:
        if request.url.path == PUSH and json.loads(request.content)["mutations"]:
            seen.append(((shown(again, row_id) or {})["notes"], open_fields(again)))

    again.network.before = before
    await again.engine.sync_once()
    assert seen == [("mine", [])]
    assert open_fields(again) == ["notes"]
    (conflict,) = again.db.read(conflicts.open_conflicts)
    assert conflict.document["server"] == {"notes": "older"}


async def test_a_restored_server_whose_numbers_do_not_connect_is_met_anew(world: World, phone: Device) -> None:
    rows = [booked(world, n) for n in range(3)]
    await phone.engine.sync_once()
    before = numbers(phone)
    await note(phone, rows[0], "settled")
    await phone.engine.sync_once()
    await note(phone, rows[1], "settled, too")
    await phone.engine.sync_once()
    world.store.write_now(forget_devices)
    world.store.new_epoch()
    await note(phone, rows[2], "new")
    again = await world.reopened(phone)
    await again.engine.sync_once()
    await again.engine.sync_once()
    assert changes(again) == [] and numbers(again)[0] != before[0]
    assert (server_row(world, rows[2]) or {})["notes"] == "new"


async def test_a_new_epoch_settles_what_the_server_still_knows(world: World, synced: Device) -> None:
    row_id = booked(world)
    await synced.equals(world)
    synced.network.before = refuse_pulls
    synced.network.swallow_frames(True)
    await note(synced, row_id, "x")
    await synced.heard.until(lambda: states(synced) == ["acked"])
    world.store.new_epoch()
    synced.network.before = lambda _: None
    synced.network.swallow_frames(False)
    synced.network.cut()
    synced.network.restore()
    synced.engine.kick()
    await settled(synced)
    await synced.equals_in_time(world)
    assert (server_row(world, row_id) or {})["notes"] == "x"


def forget_devices(tx: Transaction) -> None:
    """A backup of before any device had sent anything."""
    tx.connection.execute("DELETE FROM client")
    tx.connection.execute("DELETE FROM mutation_result")


def restore(world: World, row: dict[str, Any]) -> None:
    world.store.write_now(forget_devices)
    world.put("bookings", row)
    world.store.new_epoch()


# --- who is asking ---------------------------------------------------------------------------------------------------
async def test_nothing_is_sent_for_another_account(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    identity = phone.db.read(meta.identity)
    assert identity is not None
    await phone.db.write(lambda conn: meta.put_identity(conn, replace(identity, account_id=AccountId("somebody-else"))))
    await note(phone, row_id, "x")
    again = await world.reopened(phone)
    pushed = Pushed(again)
    with pytest.raises(SignedOut):
        await again.engine.sync_once()
    assert states(again) == ["queued"] and pushed.mids == [[]]
    assert (server_row(world, row_id) or {})["notes"] is None


async def test_a_session_that_ended_freezes_the_changes_and_keeps_them(world: World, synced: Device) -> None:
    row_id = booked(world)
    await synced.equals(world)
    other = await world.hosted.client()
    await other.delete("/v1/auth/sessions")
    await other.aclose()
    await note(synced, row_id, "x")
    await synced.heard.until(lambda: synced.status.state is LinkState.SIGNED_OUT)
    assert len(changes(synced)) == 1
    row = shown(synced, row_id)
    assert row is not None and row["notes"] == "x"


async def test_the_front_desk_is_told_what_it_may_not(world: World) -> None:
    some_history(world)
    device = await world.device(role="front_desk")
    row_id = booked(world)
    booked(world, 2)
    await device.engine.sync_once()
    slot = {
        name: (TEN + was * eg.HOUR, TEN + will * eg.HOUR)
        for name, was, will in (("starts_at", 0, 2), ("ends_at", 1, 3))
    }
    staff_id = world.hosted.business.staff_id
    payload = mutations.patch(row_id, {**slot, "staff_id": (staff_id, staff_id)}, allow=("overlap",))
    await device.db.write(lambda conn: mutations.record(conn, payload))
    await device.engine.sync_once()
    (change,) = changes(device)
    assert change.state == "refused" and (change.result or {})["code"] == "forbidden"


# --- one process at a time -------------------------------------------------------------------------------------------
async def test_another_process_sends_what_this_one_recorded(world: World, tmp_path: Path) -> None:
    some_history(world)
    lock = tmp_path / "sync.lock"
    app = await world.device("shared", lock_path=lock)
    app.run()
    row_id = booked(world)
    await app.equals(world)
    tool = await world.device("shared", lock_path=lock)
    await note(tool, row_id, "from the command line")
    sync = asyncio.create_task(tool.engine.sync_once())
    for _ in range(30):
        await app.pass_time(0.5)
        if sync.done():
            break
    report = await sync
    assert report.elsewhere and (report.pushed, report.waiting) == (1, 0)
    assert pushes(tool) == 0
    assert (server_row(world, row_id) or {})["notes"] == "from the command line"


async def test_another_process_that_does_nothing_is_not_waited_for_for_ever(world: World, tmp_path: Path) -> None:
    lock = tmp_path / "sync.lock"
    row_id = booked(world)
    tool = await world.device("shared", lock_path=lock)
    await tool.engine.sync_once()
    await note(tool, row_id, "x")
    with FileLock(lock):
        sync = asyncio.create_task(tool.engine.sync_once())
        for _ in range(60):
            await tool.pass_time(0.5)
        assert sync.done()
    report = await sync
    assert report.elsewhere and (report.pushed, report.waiting) == (0, 1)
