"""A server or a network in trouble: no change is lost, done twice, or holds the others up."""

import contextlib
import json

import httpx
import pytest

from client.api.errors import MalformedResponse, ServerFault
from client.models.link import LinkState, Trouble
from client.storage import outbox
from sync.push import SKIP
from tests.backend_stub import example_rows as eg
from tests.sync.conftest import Device, World, some_history
from tests.sync.edits import (
    TEN,
    booked,
    changes,
    edit,
    messages,
    move,
    note,
    server_row,
    shown,
    states,
)
from tests.sync.pushed import PUSH, Pushed, in_time, settled


# --- a server in trouble ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "spec",
    [
        "drop_before@/v1/sync/push*3",
        "drop_after@/v1/sync/push*3",
        "refuse:500@/v1/sync/push*3",
        "refuse:503@/v1/sync/push*3",
        "refuse:429@/v1/sync/push*3",
        "refuse:408@/v1/sync/push*3",
        "malformed@/v1/sync/push*3",
        "unknown@/v1/sync/push*3",
        "halfway@/v1/sync/push*3",
        "partial@/v1/sync/push*3",
        "defer:2@/v1/sync/push*3",
        "delay:900@/v1/sync/push*3",
        "slow_body@/v1/sync/push*3",
    ],
)
async def test_every_fault_is_outlasted_and_nothing_is_done_twice(world: World, synced: Device, spec: str) -> None:
    rows = [booked(world, n - 1) for n in range(4)]
    await synced.equals(world)
    await world.faults(spec)
    for n, row_id in enumerate(rows):
        await move(synced, row_id, n + 30 * 24, tell=f"moved {n}")
        await note(synced, row_id, f"note {n}")
    await settled(synced)
    await synced.equals_in_time(world)
    assert sorted(messages(world)) == [f"moved {n}" for n in range(4)]
    for n, row_id in enumerate(rows):
        row = server_row(world, row_id)
        assert row is not None and (row["notes"], row["starts_at"]) == (f"note {n}", TEN + (n + 30 * 24) * eg.HOUR)
    assert synced.status.needs_you == 0 and synced.status.trouble is None


async def test_trouble_with_sending_is_said_though_rows_still_come(world: World, synced: Device) -> None:
    row_id = booked(world)
    await synced.equals(world)
    await world.faults("refuse:500@/v1/sync/push")
    await note(synced, row_id, "x")
    await synced.heard.until(lambda: synced.status.trouble is Trouble.SERVER_FAULT)
    assert synced.status.state is LinkState.ONLINE and synced.status.waiting == 1
    booked(world, 3)
    await synced.equals(world)
    await world.faults("")
    await settled(synced)
    await synced.equals_in_time(world)


async def test_after_an_hour_without_a_signal_all_is_sent_within_a_minute(world: World, synced: Device) -> None:
    rows = [booked(world, n - 1) for n in range(4)]
    await synced.equals(world)
    for _ in range(3):
        synced.network.cut()
        await synced.heard.until(lambda: synced.status.state is LinkState.OFFLINE)
        for row_id in rows:
            await note(synced, row_id, f"at {world.time.now_ms()}")
        await synced.pass_time(3600)
        assert len(changes(synced)) == 4
        synced.network.restore()
        await settled(synced, 60)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"mid": 999, "status": "ok", "version": 9},
        {"mid": 1, "status": "ok", "version": "soon"},
        {"mid": 1, "status": "splendid", "version": 9},
        {"mid": 1, "status": "conflict", "version": 9, "conflicts": []},
        None,
        [],
    ],
)
async def test_an_answer_that_is_none_changes_nothing_and_is_asked_again(
    world: World, phone: Device, spoilt: object
) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    await note(phone, row_id, "x")
    pushed = Pushed(phone)

    def nonsense(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
        return httpx.Response(200, json={**answer.json(), "results": [spoilt]})

    pushed.spoil = nonsense
    with pytest.raises(MalformedResponse):
        await phone.engine.sync_once()
    assert states(phone) == ["sent"] and phone.status.waiting == 1
    pushed.spoil = lambda _, answer: answer
    await phone.engine.sync_once()
    assert changes(phone) == [] and phone.rows() == world.rows()
    # It was done when it was first sent; the repetition has the same number and the same words.
    numbered = [body["mutations"] for body in pushed.bodies if body["mutations"]]
    assert len(numbered) == 2 and numbered[0] == numbered[1]


async def test_a_batch_that_is_too_large_for_the_server_is_halved(world: World, phone: Device) -> None:
    rows = [booked(world, -500 - n) for n in range(8)]
    await phone.engine.sync_once()
    for row_id in rows:
        await note(phone, row_id, "x")
    pushed = Pushed(phone)
    pushed.instead = lambda body: httpx.Response(413) if len(body["mutations"]) > 2 else None
    await phone.engine.sync_once()
    assert changes(phone) == []
    assert [len(mids) for mids in pushed.mids] == [8, 4, 2, 2, 2, 2]
    assert max(mid for mids in pushed.mids for mid in mids) == 8


async def test_a_change_that_is_too_large_alone_is_set_aside(world: World, phone: Device) -> None:
    rows = [booked(world, -500 - n) for n in range(3)]
    await phone.engine.sync_once()
    for n, row_id in enumerate(rows):
        await note(phone, row_id, "huge" if n == 1 else "x")
    pushed = Pushed(phone)
    pushed.instead = lambda body: httpx.Response(413) if "huge" in json.dumps(body) else None
    await phone.engine.sync_once()
    assert states(phone) == ["parked"]
    assert [(server_row(world, row_id) or {})["notes"] for row_id in rows] == ["x", None, "x"]


# --- poison ----------------------------------------------------------------------------------------------------------
def poison(pushed: Pushed, word: str, status: int = 500) -> None:
    """The server fails on whatever holds that word."""
    pushed.instead = lambda body: httpx.Response(status) if word in json.dumps(body) else None


async def test_what_the_server_fails_on_is_set_aside_and_the_others_go_on(world: World, synced: Device) -> None:
    rows = [booked(world, n - 1) for n in range(4)]
    await synced.equals(world)
    pushed = Pushed(synced)
    poison(pushed, "venom")
    synced.network.cut()
    for n, row_id in enumerate(rows):
        await note(synced, row_id, "venom" if n == 1 else "sweet")
    synced.network.restore()
    synced.engine.kick()
    await in_time(synced, lambda: states(synced) == ["parked"], 900)
    assert [(server_row(world, row_id) or {})["notes"] for row_id in rows] == ["sweet", None, "sweet", "sweet"]
    row = shown(synced, rows[1])
    assert row is not None and row["notes"] == "venom"
    assert synced.status.needs_you == 1
    await note(synced, rows[2], "later")
    await synced.heard.until(lambda: (server_row(world, rows[2]) or {})["notes"] == "later")
    assert [mutation["op"] for body in pushed.bodies for mutation in body["mutations"]].count(SKIP) == 1


async def test_what_was_set_aside_is_sent_again_by_hand_and_done_once(world: World, phone: Device) -> None:
    row_id = booked(world)
    await phone.engine.sync_once()
    pushed = Pushed(phone)
    poison(pushed, "venom", 422)
    await edit(phone, row_id, tell="Hello", status="cancelled", cancellation_reason="venom")
    await phone.engine.sync_once()
    assert states(phone) == ["parked"]
    pushed.instead = lambda _: None
    (change,) = changes(phone)
    await phone.db.write(lambda conn: outbox.retry(conn, change.change_id))
    await phone.engine.sync_once()
    assert changes(phone) == [] and messages(world) == ["Hello"]
    assert (server_row(world, row_id) or {})["status"] == "cancelled"


async def test_what_the_server_did_but_cannot_tell_is_never_done_again(world: World, phone: Device) -> None:
    """Its answers get lost on a bridge that fails on a word in them, though the change itself has been made."""
    rows = [booked(world), booked(world, 1)]
    await phone.engine.sync_once()
    pushed = Pushed(phone)
    await move(phone, rows[0], 30 * 24, tell="Hello")
    await note(phone, rows[1], "x")

    def spoil(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        sent = json.loads(request.content)["mutations"]
        return httpx.Response(500) if any(mutation.get("tell") for mutation in sent) else answer

    pushed.spoil = spoil
    for _ in range(12):
        with contextlib.suppress(ServerFault):
            await phone.engine.sync_once()
    assert states(phone) == ["parked"] and changes(phone)[0].mid == 1
    assert (server_row(world, rows[1]) or {})["notes"] == "x"
    pushed.spoil = lambda _, answer: answer
    (change,) = changes(phone)
    await phone.db.write(lambda conn: outbox.retry(conn, change.change_id))
    await phone.engine.sync_once()
    assert changes(phone) == [] and messages(world) == ["Hello"]


async def test_later_changes_of_the_row_wait_behind_one_that_was_set_aside(world: World, phone: Device) -> None:
    row_id, other = booked(world), booked(world, 1)
    await phone.engine.sync_once()
    pushed = Pushed(phone)
    poison(pushed, "venom", 422)
    await note(phone, row_id, "venom")
    await move(phone, other, 5)
    await move(phone, row_id, 2, tell="Hello")
    await phone.engine.sync_once()
    # They were numbered together; the number of the one that must not overtake is given up.
    assert states(phone) == ["parked", "queued"]
    assert messages(world) == [] and (server_row(world, other) or {})["starts_at"] == TEN + 5 * eg.HOUR
    pushed.instead = lambda _: None
    await phone.db.write(lambda conn: outbox.retry(conn, changes(phone)[0].change_id))
    await phone.engine.sync_once()
    assert changes(phone) == [] and messages(world) == ["Hello"]
    row = server_row(world, row_id)
    assert row is not None and (row["notes"], row["starts_at"]) == ("venom", TEN + 2 * eg.HOUR)


async def test_a_late_copy_of_an_old_request_changes_nothing_after_a_number_was_given_up(
    world: World, phone: Device
) -> None:
    row_id, other = booked(world), booked(world, 1)
    await phone.engine.sync_once()
    pushed = Pushed(phone)
    poison(pushed, "venom", 422)
    await edit(phone, row_id, tell="One", status="cancelled", cancellation_reason="venom")
    await move(phone, other, 5, tell="Two")
    await phone.engine.sync_once()
    pushed.instead = lambda _: None
    old = pushed.bodies[0]
    assert len(old["mutations"]) == 2
    owner = await world.hosted.client()
    for _ in range(2):
        assert (await owner.post(PUSH, json=old)).status_code == 200
        await phone.db.write(lambda conn: outbox.retry(conn, 1))
        await phone.engine.sync_once()
    await owner.aclose()
    assert sorted(messages(world)) == ["One", "Two"] and changes(phone) == []


async def test_an_outage_is_no_poison(world: World, synced: Device) -> None:
    rows = [booked(world, n - 1) for n in range(3)]
    await synced.equals(world)
    await world.faults("refuse:500@/v1/sync/push")
    for row_id in rows:
        await note(synced, row_id, "x")
    await synced.pass_time(3000)
    assert synced.status.waiting == 3
    assert [change.attempts for change in changes(synced)] == [0] * 3
    await world.faults("")
    synced.engine.kick()
    await settled(synced, 5)


async def test_the_poison_of_the_stub(world: World, synced: Device) -> None:
    rows = [booked(world, n - 1) for n in range(3)]
    await synced.equals(world)
    await world.faults("poison:2@/v1/sync/push")
    for row_id in rows:
        await note(synced, row_id, "x")
    await in_time(synced, lambda: states(synced) == ["parked"], 900)
    assert [(server_row(world, row_id) or {})["notes"] for row_id in rows] == ["x", None, "x"]


# --- put off ---------------------------------------------------------------------------------------------------------
async def test_what_the_server_puts_off_holds_only_its_own_row(world: World, synced: Device) -> None:
    row_id, other = booked(world), booked(world, 1)
    await synced.equals(world)
    synced.network.cut()
    await note(synced, row_id, "first")
    await note(synced, other, "x")
    await move(synced, row_id, 2)
    await world.faults("defer:60@/v1/sync/push*1")
    synced.network.restore()
    synced.engine.kick()
    await synced.heard.until(lambda: states(synced) == ["queued", "queued"])
    assert (server_row(world, other) or {})["notes"] == "x"
    await synced.pass_time(30)
    assert len(changes(synced)) == 2
    await synced.pass_time(31)
    await settled(synced, 5)
    row = server_row(world, row_id)
    assert row is not None and (row["notes"], row["starts_at"]) == ("first", TEN + 2 * eg.HOUR)


async def test_a_jump_of_the_wall_clock_does_not_move_what_was_put_off(world: World) -> None:
    some_history(world)
    row_id = booked(world)
    device = await world.device(fast_s=0)
    device.run()
    await device.equals(world)
    await world.faults("defer:30@/v1/sync/push*1")
    await note(device, row_id, "x")
    await device.heard.until(lambda: changes(device)[0].next_try is not None)
    device.wall.fast_s = -3 * 86_400
    await device.pass_time(35)
    await settled(device, 5)


async def test_a_change_that_would_overtake_one_that_was_put_off_gives_up_its_number(
    world: World, phone: Device
) -> None:
    """The server put the first one off and looked at no other."""
    row_id, other = booked(world), booked(world, 1)
    await phone.engine.sync_once()
    await note(phone, row_id, "first")
    await note(phone, other, "x")
    await edit(phone, row_id, tell="Hello", status="cancelled", cancellation_reason=None)
    await world.faults("defer:1@/v1/sync/push*1,halfway@/v1/sync/push*1")
    pushed = Pushed(phone)
    await phone.engine.sync_once()
    skipped = [mutation for body in pushed.bodies for mutation in body["mutations"] if mutation["op"] == SKIP]
    assert [mutation["mid"] for mutation in skipped] == [3]
    assert states(phone) == ["queued", "queued"] and messages(world) == []
    await phone.pass_time(2)
    await phone.engine.sync_once()
    row = server_row(world, row_id)
    assert changes(phone) == [] and messages(world) == ["Hello"]
    assert row is not None and (row["notes"], row["status"]) == ("first", "cancelled")


async def test_one_that_has_overtaken_already_is_asked_what_became_of_it(world: World, phone: Device) -> None:
    """As above, but the server did look at all of them; only the answer was cut short."""
    row_id, other = booked(world), booked(world, 1)
    await phone.engine.sync_once()
    await note(phone, row_id, "first")
    await note(phone, other, "x")
    await edit(phone, row_id, tell="Hello", status="cancelled", cancellation_reason=None)
    await world.faults("defer:1@/v1/sync/push*1")
    pushed = Pushed(phone)

    def spoil(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        return first_only(answer) if len(json.loads(request.content)["mutations"]) == 3 else answer

    pushed.spoil = spoil
    await phone.engine.sync_once()
    assert states(phone) == ["queued", "queued"]
    await phone.pass_time(2)
    await phone.engine.sync_once()
    assert changes(phone) == [] and messages(world) == ["Hello"]


def first_only(answer: httpx.Response) -> httpx.Response:
    """An honest answer that tells of one mutation only."""
    return httpx.Response(200, json={**answer.json(), "results": answer.json()["results"][:1]})


async def test_what_is_changed_again_after_the_signal_went_is_one_change_and_one_message(
    world: World, synced: Device
) -> None:
    row_id = booked(world)
    await synced.equals(world)
    synced.network.cut()
    await synced.heard.until(lambda: synced.status.state is LinkState.OFFLINE)
    await move(synced, row_id, 30 * 24, tell="first thought")
    synced.engine.kick()
    await synced.pass_time(5)
    assert states(synced) == ["queued"]
    await move(synced, row_id, 31 * 24, tell="second thought")
    assert len(changes(synced)) == 1
    synced.network.restore()
    await settled(synced)
    assert messages(world) == ["second thought"]
