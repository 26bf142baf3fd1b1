"""Who gets a room: a resource holds one booking at a time, as a member of staff does."""

from typing import Any

import pytest

from backend_stub.desk import StoreDesk
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import MINUTE, TEN, create, move, patch
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.example_rows import Row
from tests.backend_stub.pushing import Device, all_of, device, now, stored
from tests.backend_stub.test_desk import MONDAY


@pytest.fixture
async def phone(hosted: Hosted) -> Device:
    return await device(hosted)


async def rooms(hosted: Hosted, count: int, **service: Any) -> tuple[list[Row], Row]:
    """So many chairs, a second member of staff, and a service that is done in any of the chairs by both."""
    number, business = hosted.business.number, hosted.business
    found = [eg.resource(name=f"Chair {n + 1}") for n in range(count)]
    offered = eg.service(name="Balayage", resources=[row["id"] for row in found], **service)
    both = [
        eg.staff(id=business.staff_id, services=[offered["id"]]),
        eg.staff(name="Ben Cole", services=[offered["id"]]),
    ]
    rows = [("resources", found), ("services", [offered]), ("staff", both)]
    await hosted.store.write(lambda tx: [tx.put_many(number, kind, docs) for kind, docs in rows])
    return found, offered


def slot(row: Row, starts_at: int, resource_id: str | None, **more: Any) -> Row:
    """A patch that moves `row`, and to another resource."""
    asked = move(row, starts_at, **more)
    return asked | {"set": asked["set"] | {"resource_id": [row["resource_id"], resource_id]}}


def clash_of(result: Row) -> Row:
    assert (result["status"], len(result["conflicts"])) == ("conflict", 1), result
    return result["conflicts"][0]


async def test_a_resource_holds_one_booking_at_a_time_whoever_does_it(hosted: Hosted, phone: Device) -> None:
    (chair, other), service = await rooms(hosted, 2)
    wanted = {"resource_id": chair["id"], "service_id": service["id"]}
    first = create(staff_id=hosted.business.staff_id, **wanted)
    assert (await phone.one(first))["status"] == "ok"
    second = create(customer_name="Ben", starts_at=TEN + 30 * MINUTE, **wanted)
    clash = clash_of(await phone.one(second))
    assert (clash["field"], clash["why"]) == ("slot", "slot_taken")
    assert clash["mine"]["resource_id"] == chair["id"]
    assert (clash["with"]["booking_id"], clash["with"]["resource_id"]) == (first["id"], chair["id"])
    assert [row["id"] for row in all_of(hosted, "bookings")] == [first["id"]]
    assert clash["free"][0] == {
        "starts_at": TEN + 30 * MINUTE,
        "ends_at": TEN + 90 * MINUTE,
        "staff_id": next(row["id"] for row in all_of(hosted, "staff") if row["id"] != hosted.business.staff_id),
        "resource_id": other["id"],
    }
    assert (await phone.one(create(starts_at=TEN + eg.HOUR, **wanted)))["status"] == "ok"


async def test_the_buffer_keeps_the_resource_too(hosted: Hosted, phone: Device) -> None:
    (chair,), service = await rooms(hosted, 1, buffer_minutes=30)
    wanted = {"resource_id": chair["id"], "service_id": service["id"]}
    assert (await phone.one(create(**wanted)))["status"] == "ok"
    assert clash_of(await phone.one(create(**wanted, starts_at=TEN + 89 * MINUTE)))["why"] == "slot_taken"
    assert (await phone.one(create(**wanted, starts_at=TEN + 90 * MINUTE)))["status"] == "ok"


async def test_on_purpose_two_are_in_one_resource(hosted: Hosted, phone: Device) -> None:
    (chair,), _ = await rooms(hosted, 1)
    assert (await phone.one(create(resource_id=chair["id"])))["status"] == "ok"
    assert (await phone.one(create(resource_id=chair["id"], allow=("overlap",))))["status"] == "ok"


async def test_a_move_is_asked_of_the_resource_it_goes_to(hosted: Hosted, phone: Device) -> None:
    (chair, other), _ = await rooms(hosted, 2)
    taken = await stored(hosted, eg.booking(starts_at=TEN, resource_id=chair["id"]))
    row = await stored(hosted, eg.booking(starts_at=TEN + 3 * eg.HOUR, resource_id=chair["id"]))
    clash = clash_of(await phone.one(slot(row, TEN, chair["id"])))
    assert (clash["with"]["booking_id"], clash["server"]["resource_id"]) == (taken["id"], chair["id"])
    assert (await phone.one(slot(row, TEN, other["id"])))["status"] == "ok"
    after = now(hosted, "bookings", row["id"])
    assert (after["starts_at"], after["resource_id"]) == (TEN, other["id"])
    assert clash_of(await phone.one(slot(after, TEN, chair["id"])))["why"] == "slot_taken"
    assert (await phone.one(slot(after, TEN, None)))["status"] == "ok"


async def test_where_it_is_belongs_to_when_it_is(hosted: Hosted, phone: Device) -> None:
    """Somebody gave it another room meanwhile: the move to another hour was thought of the first."""
    (chair, other), _ = await rooms(hosted, 2)
    row = await stored(hosted, eg.booking(starts_at=TEN, resource_id=chair["id"]))
    assert (await phone.one(slot(row, TEN, other["id"])))["status"] == "ok"
    clash = clash_of(await phone.one(slot(row, TEN + eg.HOUR, chair["id"])))
    assert (clash["field"], clash["why"], clash["server"]["resource_id"]) == ("slot", "changed", other["id"])
    assert now(hosted, "bookings", row["id"])["starts_at"] == TEN


async def test_a_device_that_knows_no_resources_moves_a_booking_within_its_own(hosted: Hosted, phone: Device) -> None:
    (chair,), _ = await rooms(hosted, 1)
    row = await stored(hosted, eg.booking(starts_at=TEN + 3 * eg.HOUR, resource_id=chair["id"]))
    assert (await phone.one(move(row, TEN)))["status"] == "ok"
    after = now(hosted, "bookings", row["id"])
    assert (after["starts_at"], after["resource_id"]) == (TEN, chair["id"])
    await stored(hosted, eg.booking(starts_at=TEN + 6 * eg.HOUR, resource_id=chair["id"]))
    assert clash_of(await phone.one(move(after, TEN + 6 * eg.HOUR)))["why"] == "slot_taken"


async def test_coming_back_needs_the_resource_to_be_free(hosted: Hosted, phone: Device) -> None:
    (chair,), _ = await rooms(hosted, 1)
    row = await stored(hosted, eg.booking(starts_at=TEN, resource_id=chair["id"], status="cancelled"))
    other = await stored(hosted, eg.booking(starts_at=TEN, resource_id=chair["id"]))
    clash = clash_of(await phone.one(patch(row["id"], status=("cancelled", "confirmed"))))
    assert (clash["field"], clash["with"]["booking_id"]) == ("status", other["id"])


async def test_a_double_booking_on_purpose_may_change_its_room(hosted: Hosted, phone: Device) -> None:
    """What was allowed of its person is not asked again when it only goes to another room, nor when it is closed."""
    (chair, other), _ = await rooms(hosted, 2)
    at = {"staff_id": hosted.business.staff_id, "starts_at": TEN - 2 * eg.HOUR}
    await stored(hosted, eg.booking(**at))
    row = await stored(hosted, eg.booking(**at, resource_id=chair["id"]))
    assert (await phone.one(slot(row, row["starts_at"], other["id"])))["status"] == "ok"


@pytest.mark.parametrize("active", [True, False])
async def test_only_what_is_in_use_is_booked(hosted: Hosted, phone: Device, active: bool) -> None:
    (chair,), _ = await rooms(hosted, 1)
    if not active:
        await hosted.store.write(lambda tx: tx.put(hosted.business.number, "resources", chair | {"active": False}))
    result = await phone.one(create(resource_id=chair["id"] if not active else eg.resource()["id"]))
    assert (result["status"], result["code"]) == ("rejected", "invalid")


async def test_a_booking_is_not_moved_into_what_is_out_of_use(hosted: Hosted, phone: Device) -> None:
    (chair,), _ = await rooms(hosted, 1)
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "resources", chair | {"active": False}))
    row = await stored(hosted, eg.booking(starts_at=TEN))
    result = await phone.one(slot(row, TEN, chair["id"]))
    assert (result["status"], result["detail"]) == ("rejected", "Chair 1 is not in use.")


async def test_luna_offers_and_books_what_has_a_room(hosted: Hosted) -> None:
    (chair, other), service = await rooms(hosted, 2)
    desk = StoreDesk(hosted.store, hosted.app.state.services.hub, hosted.clock, hosted.business.number)
    await stored(hosted, eg.booking(starts_at=TEN, resource_id=chair["id"]))

    async def at_ten() -> list[str | None]:
        slots = await desk.free_slots(service_id=service["id"], staff_id=None, day=MONDAY, count=96)
        return [found.resource_id for found in slots if found.starts_at == TEN]

    assert await at_ten() == [other["id"]]
    doc = eg.booking(starts_at=TEN, service_id=service["id"], resource_id=other["id"])
    assert await desk.book(doc, customer=None, also=[]) == doc["id"]
    assert await at_ten() == []
    assert await desk.book(eg.booking(starts_at=TEN, resource_id=other["id"]), customer=None, also=[]) is None
    later = eg.booking(starts_at=TEN + 4 * eg.HOUR, resource_id=chair["id"])
    await desk.book(later, customer=None, also=[])
    into = {"starts_at": TEN + 30 * MINUTE, "ends_at": TEN + 90 * MINUTE}
    assert await desk.change(later["id"], into, by="Luna", call_id="call-1", also=[]) is None


async def test_a_service_whose_rooms_are_all_out_of_use_is_offered_at_no_time(hosted: Hosted) -> None:
    (chair,), service = await rooms(hosted, 1)
    desk = StoreDesk(hosted.store, hosted.app.state.services.hub, hosted.clock, hosted.business.number)
    asked = {"service_id": service["id"], "staff_id": None, "day": MONDAY, "count": 3}
    assert len(await desk.free_slots(**asked)) == 3
    await desk.commit([("resources", chair | {"active": False})])
    assert await desk.free_slots(**asked) == []
