"""Who gets a time: bookings with their buffers, blocks, hours, what is told of what is in the way, what is free."""

from typing import Any

import pytest

from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import MINUTE, TEN, create, move, mutation, patch, text_to
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.example_rows import Row
from tests.backend_stub.pushing import Device, all_of, device, now, stored


@pytest.fixture
async def phone(hosted: Hosted) -> Device:
    return await device(hosted)


async def booked(hosted: Hosted, starts_at: int = TEN, **more: Any) -> Row:
    return await stored(hosted, eg.booking(staff_id=hosted.business.staff_id, starts_at=starts_at, **more))


async def buffered(hosted: Hosted, minutes: int, **more: Any) -> Row:
    """A second service, with time kept free after it."""
    row = eg.service(name="Balayage", buffer_minutes=minutes, **more)
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "services", row))
    return row


def clash_of(result: Row) -> Row:
    assert (result["status"], len(result["conflicts"])) == ("conflict", 1), result
    return result["conflicts"][0]


async def test_a_move_into_another_is_told_with_the_other_and_three_free_times(hosted: Hosted, phone: Device) -> None:
    luna = {"id": eg.staff()["id"], "name": "Luna", "kind": "reception"}
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "employees", luna))
    row = await booked(hosted, TEN + 3 * eg.HOUR)
    other = await booked(hosted, customer_name="J. Ortiz", employee_id=luna["id"], call_id=eg.call()["id"])
    clash = clash_of(await phone.one(move(row, TEN + 30 * MINUTE, tell=text_to())))
    assert (clash["field"], clash["why"], clash["by"]) == ("slot", "slot_taken", None)
    assert clash["server"] == {name: row[name] for name in ("starts_at", "ends_at", "staff_id")}
    assert clash["with"] == {
        "booking_id": other["id"],
        "block_id": None,
        "customer_name": "J. Ortiz",
        "service_name": other["service_name"],
        "staff_id": hosted.business.staff_id,
        "resource_id": None,
        "starts_at": TEN,
        "ends_at": TEN + eg.HOUR,
        "source": "luna",
        "by_name": "Luna",
        "created_at": other["created_at"],
        "call_id": other["call_id"],
    }
    assert [(one["starts_at"] - TEN) // MINUTE for one in clash["free"]] == [60, 75, 90]
    assert now(hosted, "bookings", row["id"])["starts_at"] == row["starts_at"]
    assert all_of(hosted, "messages") == []


async def test_who_made_or_moved_what_is_in_the_way_is_named(hosted: Hosted, phone: Device) -> None:
    made = create(staff_id=hosted.business.staff_id)
    await phone.one(made)
    desk = await device(hosted, "front_desk")
    wanted = create(staff_id=hosted.business.staff_id)
    assert clash_of(await desk.one(wanted))["with"]["by_name"] == "Owner of Salon Aurora"
    await desk.one(move(now(hosted, "bookings", made["id"]), TEN + 30 * MINUTE))
    assert clash_of(await phone.one(create(staff_id=hosted.business.staff_id)))["with"]["by_name"].startswith(
        "Front Desk"
    )


@pytest.mark.parametrize(
    ("after", "status"), [(0, "conflict"), (59, "conflict"), (60, "ok"), (-60, "ok"), (-59, "conflict")]
)
async def test_what_touches_does_not_overlap(hosted: Hosted, phone: Device, after: int, status: str) -> None:
    await booked(hosted)
    result = await phone.one(create(staff_id=hosted.business.staff_id, starts_at=TEN + after * MINUTE))
    assert result["status"] == status


async def test_the_buffers_of_both_count(hosted: Hosted, phone: Device) -> None:
    service = await buffered(hosted, 30)
    staff = {"staff_id": hosted.business.staff_id}
    with_buffer = staff | {"service_id": service["id"], "service_name": "Balayage"}
    assert (await phone.one(create(**with_buffer)))["status"] == "ok"
    assert clash_of(await phone.one(create(**staff, starts_at=TEN + 89 * MINUTE)))["why"] == "slot_taken"
    assert (await phone.one(create(**staff, starts_at=TEN + 90 * MINUTE)))["status"] == "ok"
    before = create(**with_buffer, starts_at=TEN - eg.HOUR)
    assert clash_of(await phone.one(before))["why"] == "slot_taken"


async def test_another_service_must_have_room_for_its_buffer(hosted: Hosted, phone: Device) -> None:
    service = await buffered(hosted, 30)
    row = await booked(hosted)
    await booked(hosted, TEN + eg.HOUR)
    change = {"service_id": (None, service["id"]), "service_name": (row["service_name"], "Balayage")}
    result = await phone.one(patch(row["id"], **change, notes=(None, "Tea")))
    clash = clash_of(result)
    assert (clash["field"], clash["why"]) == ("service", "slot_taken")
    after = now(hosted, "bookings", row["id"])
    assert (after["service_id"], after["notes"]) == (None, "Tea")


async def test_a_slot_that_is_taken_leaves_room_for_the_service_that_was_wanted_too(
    hosted: Hosted, phone: Device
) -> None:
    service = await buffered(hosted, 30)
    row = await booked(hosted, TEN + 4 * eg.HOUR)
    await booked(hosted)
    change = {"service_id": [None, service["id"]], "service_name": [row["service_name"], "Balayage"]}
    asked = move(row, TEN)
    result = await phone.one(asked | {"set": asked["set"] | change})
    assert (clash_of(result)["field"], now(hosted, "bookings", row["id"])["service_id"]) == ("slot", service["id"])


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
async def test_coming_back_needs_the_time_to_be_free(hosted: Hosted, phone: Device, status: str) -> None:
    row = await booked(hosted, status=status)
    other = await booked(hosted)
    clash = clash_of(await phone.one(patch(row["id"], status=(status, "confirmed"))))
    assert (clash["field"], clash["why"], clash["with"]["booking_id"]) == ("status", "slot_taken", other["id"])
    assert (clash["mine"], clash["server"]) == ({"status": "confirmed"}, {"status": status})
    await phone.one(patch(other["id"], status=("confirmed", "cancelled")))
    assert (await phone.one(patch(row["id"], status=(status, "confirmed"))))["status"] == "ok"


async def test_coming_back_somewhere_else_is_one_wish(hosted: Hosted, phone: Device) -> None:
    row = await booked(hosted, TEN + 5 * eg.HOUR, status="cancelled")
    await booked(hosted)
    asked = move(row, TEN)
    result = await phone.one(asked | {"set": asked["set"] | {"status": ["cancelled", "confirmed"]}})
    clash = clash_of(result)
    assert (clash["field"], set(clash["mine"])) == ("status", {"status", "starts_at", "ends_at", "staff_id"})
    assert now(hosted, "bookings", row["id"])["status"] == "cancelled"


async def test_a_booking_does_not_stand_in_its_own_way(hosted: Hosted, phone: Device) -> None:
    row = await booked(hosted)
    assert (await phone.one(move(row, TEN + 30 * MINUTE)))["status"] == "ok"


async def test_a_double_booking_on_purpose_may_be_shortened_and_ended(hosted: Hosted, phone: Device) -> None:
    await booked(hosted)
    double = create(staff_id=hosted.business.staff_id, allow=("overlap",))
    assert (await phone.one(double))["status"] == "ok"
    row = now(hosted, "bookings", double["id"])
    assert (await phone.one(move(row, TEN + 15 * MINUTE, minutes=30)))["status"] == "ok"
    row = now(hosted, "bookings", double["id"])
    assert clash_of(await phone.one(move(row, TEN, minutes=30)))["why"] == "slot_taken"
    assert (await phone.one(patch(row["id"], status=("confirmed", "completed"))))["status"] == "ok"


async def test_nobody_in_particular_is_never_taken(phone: Device) -> None:
    assert [result["status"] for result in await phone.push(create(), create())] == ["ok", "ok"]


# --- blocks


def block(starts_at: int, *, hours: float = 1, **more: Any) -> Row:
    values = {
        "starts_at": starts_at,
        "ends_at": starts_at + int(hours * eg.HOUR),
        "title": "Dentist",
        "source": "manual",
    }
    return mutation("block.create", values=values | more)


@pytest.mark.parametrize("whose", ["hers", "everybody's"])
async def test_a_block_is_in_the_way_until_it_is_removed(hosted: Hosted, phone: Device, whose: str) -> None:
    staff_id = hosted.business.staff_id
    asked = block(TEN, staff_id=staff_id if whose == "hers" else None)
    assert (await phone.one(asked))["status"] == "ok"
    told = clash_of(await phone.one(create(staff_id=staff_id)))["with"]
    assert (told["booking_id"], told["block_id"], told["customer_name"]) == (None, asked["id"], "Dentist")
    assert (told["source"], told["by_name"], told["call_id"]) == ("manual", None, None)
    gone = await phone.push(*(mutation("block.remove", asked["id"], base_version=1) for _ in range(2)))
    assert [result["status"] for result in gone] == ["ok", "ok"]
    assert (await phone.one(create(staff_id=staff_id)))["status"] == "ok"


async def test_a_long_block_is_in_the_way_on_all_its_days(hosted: Hosted, phone: Device) -> None:
    staff_id = hosted.business.staff_id
    await phone.one(block(TEN - eg.HOUR, hours=15 * 24, staff_id=staff_id))
    clash = clash_of(await phone.one(create(staff_id=staff_id, starts_at=TEN + 9 * eg.DAY)))
    assert clash["with"]["ends_at"] == TEN - eg.HOUR + 15 * eg.DAY
    assert clash["free"][0]["starts_at"] == TEN - eg.HOUR + 15 * eg.DAY
    assert (await phone.one(create(staff_id=staff_id, starts_at=TEN + 15 * eg.DAY)))["status"] == "ok"


async def test_a_block_is_taken_over_bookings_and_only_once(hosted: Hosted, phone: Device) -> None:
    await booked(hosted)
    asked = block(TEN, staff_id=hosted.business.staff_id, source="ics", uid="a@b")
    assert [result["status"] for result in await phone.push(asked, asked)] == ["ok", "ok"]
    other = asked | {"values": asked["values"] | {"title": "Vet"}}
    clash = clash_of(await phone.one(other))
    assert (clash["field"], clash["why"], clash["mine"]) == ("row", "changed", {"title": "Vet"})
    await phone.one(mutation("block.remove", asked["id"], base_version=1))
    assert clash_of(await phone.one(asked))["why"] == "deleted"
    assert all_of(hosted, "blocks") == []


async def test_what_a_calendar_blocks_is_not_removed_here(hosted: Hosted, phone: Device) -> None:
    doc = eg.block(source="calendar")
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "blocks", doc))
    result = await phone.one(mutation("block.remove", doc["id"], base_version=1))
    assert (result["status"], result["code"]) == ("rejected", "read_only")


# --- hours


@pytest.mark.parametrize(
    ("minutes", "length", "status"),
    [
        (-60, 60, "ok"),
        (-61, 60, "rejected"),
        (7 * 60, 60, "ok"),
        (7 * 60 + 1, 60, "rejected"),
        (13 * 60, 90, "rejected"),
    ],
)
async def test_closed_hours_refuse_what_is_only_a_move(
    hosted: Hosted, phone: Device, minutes: int, length: int, status: str
) -> None:
    row = await booked(hosted)
    result = await phone.one(move(row, TEN + minutes * MINUTE, minutes=length))
    assert result["status"] == status
    assert result.get("code") == ("closed" if status == "rejected" else None)
    if status == "rejected":
        assert (await phone.one(move(row, TEN + minutes * MINUTE, minutes=length, allow=("closed",))))["status"] == "ok"


async def test_a_closed_slot_beside_another_change_is_a_conflict_with_free_times(hosted: Hosted, phone: Device) -> None:
    row = await booked(hosted)
    asked = move(row, TEN + 9 * eg.HOUR)
    clash = clash_of(await phone.one(asked | {"set": asked["set"] | {"notes": [None, "Tea"]}}))
    assert (clash["field"], clash["why"], len(clash["free"])) == ("slot", "closed", 3)
    assert now(hosted, "bookings", row["id"])["notes"] == "Tea"


async def test_closed_days_and_days_off_are_closed(hosted: Hosted, phone: Device) -> None:
    number, staff_id = hosted.business.number, hosted.business.staff_id
    holiday = eg.business(id=hosted.business.account_id, closed_days=["2025-11-25"])
    off = eg.staff(id=staff_id, works=eg.WEEK | {"wed": []}, services=[hosted.business.service_id])
    await hosted.store.write(lambda tx: (tx.put(number, "business", holiday), tx.put(number, "staff", off)))
    asked = [create(staff_id=staff_id, starts_at=TEN + days * eg.DAY) for days in (0, 1, 2, 3)]
    results = await phone.push(*asked, create(starts_at=TEN + 2 * eg.DAY))
    assert [result["status"] for result in results] == ["ok", "rejected", "rejected", "ok", "ok"]


async def test_what_is_free_is_of_those_who_do_it_and_not_what_was_had(hosted: Hosted, phone: Device) -> None:
    number, service_id = hosted.business.number, hosted.business.service_id
    ben, otto = eg.staff(name="Ben", services=[service_id]), eg.staff(name="Otto")
    await hosted.store.write(lambda tx: tx.put_many(number, "staff", [ben, otto]))
    row = await booked(hosted, TEN + 6 * eg.HOUR, service_id=service_id)
    for hour in (0, 1, 2, 3):
        await booked(hosted, TEN + hour * eg.HOUR)
    free = clash_of(await phone.one(move(row, TEN + eg.HOUR)))["free"]
    told = [((one["starts_at"] - TEN) // MINUTE, one["staff_id"]) for one in free]
    assert told == [(-60, hosted.business.staff_id), (60, ben["id"]), (45, ben["id"])]
    assert all(one["ends_at"] - one["starts_at"] == eg.HOUR for one in free)


async def test_nothing_of_the_past_is_free(hosted: Hosted, phone: Device) -> None:
    await booked(hosted, eg.NOON - 30 * MINUTE)
    clash = clash_of(await phone.one(create(staff_id=hosted.business.staff_id, starts_at=eg.NOON - 30 * MINUTE)))
    assert min(one["starts_at"] for one in clash["free"]) >= eg.NOON
