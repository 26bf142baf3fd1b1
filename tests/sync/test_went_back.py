"""A server that goes back to older data without a new epoch, and what tells its devices: numbers, counter, cursor."""

import contextlib
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from client.api.errors import Unreachable
from client.storage import answers, cursors, meta
from tests.backend_stub.going_back import copied, put_in_place, started_on
from tests.sync.conftest import Device, World
from tests.sync.edits import booked, changes, note, server_row, shown, states
from tests.sync.pushed import PUSH, answered_and_no_more, copy_of, numbers, refuse_pulls, settled


async def noted_and_answered(phone: Device, row_id: str) -> None:
    """A note that the server has accepted and no pull has settled."""
    phone.network.before = refuse_pulls
    await note(phone, row_id, "x")
    with contextlib.suppress(Unreachable):
        await phone.engine.sync_once()
    assert states(phone) == ["acked"]


async def test_a_server_that_went_back_without_saying_so_is_asked_again(world: World, phone: Device) -> None:
    """Somebody put an older copy of its data in place: cursors of later than that copy are not followed."""
    row_id = booked(world)
    await phone.engine.sync_once()
    copy = copied(world.store)
    booked(world, 40)
    await phone.engine.sync_once()
    await noted_and_answered(phone, row_id)
    put_in_place(world.store, copy)
    phone.network.before = lambda _: None
    await phone.engine.sync_once()
    await phone.engine.sync_once()
    assert changes(phone) == [] and (server_row(world, row_id) or {})["notes"] == "x"
    assert phone.rows() == world.rows()


async def test_a_server_that_went_back_is_seen_by_its_numbers_too(world: World, phone: Device) -> None:
    """It has come further since than this device had seen, in the same epoch, so no cursor tells."""
    row_id, other = booked(world), booked(world, 1)
    await phone.engine.sync_once()
    copy = copied(world.store)
    original = server_row(world, other)
    assert original is not None
    world.put("bookings", original | {"notes": "of a time that was not"})
    await phone.engine.sync_once()
    await noted_and_answered(phone, row_id)
    put_in_place(world.store, copy)
    for hours in range(40, 46):
        booked(world, hours)
    phone.network.before = lambda _: None
    again = await world.reopened(phone)
    await again.engine.sync_once()
    assert changes(again) == [] and again.rows() == world.rows()
    assert (server_row(world, row_id) or {})["notes"] == "x"
    assert (shown(again, other) or {})["notes"] is None


@pytest.mark.parametrize("from_the_start", [False, True])
async def test_a_counter_below_an_answer_tells_that_the_server_went_back(
    world: World, phone: Device, from_the_start: bool
) -> None:
    """The answer came under a client id that is no longer used, so no count tells."""
    row_id = booked(world)
    await phone.engine.sync_once()
    backup = copied(world.store)
    await answered_and_no_more(phone, row_id, "x")
    await phone.db.write(lambda conn: answers.new_client_id(conn, str(UUID(int=1, version=4))))
    if from_the_start:
        await phone.db.write(lambda conn: cursors.start_over(conn, "core"))
    put_in_place(world.store, backup)
    again = await world.reopened(phone)
    await again.engine.sync_once()
    await again.engine.sync_once()
    assert changes(again) == [] and again.rows() == world.rows()
    assert (server_row(world, row_id) or {})["notes"] == "x"


@pytest.mark.parametrize("killed", [False, True])
async def test_a_server_that_went_back_while_a_pull_was_under_way_is_read_anew(
    world: World, phone: Device, killed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its older data knows the pull's cursor, and has a row before it that was left out: it was to come once more."""
    row_id, other = booked(world), booked(world, 1)
    await phone.engine.sync_once()
    world.put("bookings", (server_row(world, row_id) or {}) | {"notes": "of the copy"})
    for notes in ("one", "two"):
        world.put("bookings", (server_row(world, other) or {}) | {"notes": notes})
        booked(world, 40 + len(notes))
    copy = copied(world.store)
    world.put("bookings", (server_row(world, row_id) or {}) | {"notes": "of a time that was not"})
    pages: list[str] = []

    def before(request: httpx.Request) -> None:
        if request.url.path != PUSH and request.url.params.get("stream") == "core":
            pages.append(request.url.params.get("cursor", ""))
            if len(pages) == 2:
                put_in_place(world.store, copy)
                phone.network.up = not killed

    phone.network.before = before
    phone.engine._streams.pullers["core"]._limit = 1
    # Page by page, as what is much is pulled.
    monkeypatch.setattr("sync.pull.CATCH_UP_ROWS", 1 if killed else 20_000)
    with pytest.raises(Unreachable) if killed else contextlib.nullcontext():
        await phone.engine.sync_once()
    if killed:
        phone.network.restore()
        phone = await world.reopened(phone)
        await phone.engine.sync_once()
    assert "" in pages and (shown(phone, row_id) or {})["notes"] == "of the copy"
    assert phone.rows() == world.rows()


async def test_a_server_that_went_back_is_noticed_when_it_is_connected_to_again(world: World, synced: Device) -> None:
    """By a device that has nothing to send."""
    row_id, other = booked(world), booked(world, 1)
    await synced.equals(world)
    copy = copied(world.store)
    await note(synced, row_id, "x")
    await settled(synced)
    world.put("bookings", (server_row(world, other) or {}) | {"notes": "of a time that was not"})
    await synced.equals(world)
    synced.network.cut()
    put_in_place(world.store, copy)
    for hours in range(40, 52):
        booked(world, hours)
    synced.network.restore()
    synced.engine.kick()
    await synced.equals_in_time(world)
    assert (shown(synced, row_id) or {})["notes"] is None and (shown(synced, other) or {})["notes"] is None


async def test_an_answer_is_asked_again_where_another_copy_has_its_number(world: World, phone: Device) -> None:
    """The server forgot it; the other copy went on from there, so neither the counter nor the count tells."""
    rows = [booked(world), booked(world, 1)]
    await phone.engine.sync_once()
    copy, backup = await copy_of(world, phone), copied(world.store)
    await answered_and_no_more(copy, rows[0], "x")
    put_in_place(world.store, backup)
    for notes in ("a", "b"):
        await note(phone, rows[1], notes)
        await phone.engine.sync_once()
    again = await world.reopened(copy)
    await again.engine.sync_once()
    await again.engine.sync_once()
    assert changes(again) == [] and numbers(again)[0] != numbers(phone)[0]
    assert [(server_row(world, row_id) or {})["notes"] for row_id in rows] == ["x", "b"]


# --- and has come as far again before anybody looks: its cursors tell -------------------------------------------------
async def test_a_server_that_has_come_as_far_again_is_noticed_by_its_cursor(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    copy = copied(world.store)
    world.put("bookings", (server_row(world, row_id) or {}) | {"notes": "of a time that was not"})
    await phone.engine.sync_once()
    started_on(world.store, copy)
    booked(world, 40)
    again = await world.reopened(phone)
    await again.engine.sync_once()
    assert (shown(again, row_id) or {})["notes"] is None and again.rows() == world.rows()


async def left_its_client_id(_: World, phone: Device) -> None:
    await phone.db.write(lambda conn: answers.new_client_id(conn, str(UUID(int=1, version=4))))


async def another_copy_used_the_number(world: World, phone: Device) -> None:
    row_id = booked(world, 20)
    copy = await copy_of(world, phone)
    await note(copy, row_id, "the copy's")
    await copy.engine.sync_once()
    assert states(copy) == []


@pytest.mark.parametrize("meanwhile", [left_its_client_id, another_copy_used_the_number])
@pytest.mark.parametrize("live", [False, True])
async def test_an_answer_is_asked_again_however_far_the_server_has_come_since(
    world: World, phone: Device, meanwhile: Callable[[World, Device], Awaitable[None]], live: bool
) -> None:
    """No count tells: the answer's client id is not asked about, or its number is used again."""
    row_id = booked(world)
    await phone.engine.sync_once()
    backup = copied(world.store)
    await answered_and_no_more(phone, row_id, "x")
    started_on(world.store, backup)
    await meanwhile(world, phone)
    for hours in range(40, 46):
        booked(world, hours)
    again = await world.reopened(phone)
    if live:
        again.run()
        await settled(again)
    else:
        await again.engine.sync_once()
        await again.engine.sync_once()
    assert changes(again) == [] and (server_row(world, row_id) or {})["notes"] == "x"
    assert again.rows() == world.rows()


async def test_a_delta_does_not_settle_what_the_server_has_forgotten(world: World, phone: Device) -> None:
    """It went back to where the phone's rows are from, so its deltas continue the cursor."""
    row_id = booked(world)
    await phone.engine.sync_once()
    backup = copied(world.store)
    await answered_and_no_more(phone, row_id, "x")
    await left_its_client_id(world, phone)
    started_on(world.store, backup)
    phone.network.before = refuse_pulls
    again = await world.reopened(phone)
    again.run()
    await again.heard.until(lambda: states(again) != ["acked"])
    again.network.before = lambda _: None
    await settled(again)
    assert (server_row(world, row_id) or {})["notes"] == "x"


async def test_what_is_heard_of_a_time_that_is_gone_is_not_heard_again(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    backup = copied(world.store)
    await answered_and_no_more(phone, row_id, "x")
    heard = phone.db.read(meta.heard)
    started_on(world.store, backup)
    again = await world.reopened(phone)
    await again.engine.sync_once()
    assert heard and again.db.read(meta.heard) not in ("", heard)
