"""The desk of the calls player over the store: bookings that never overlap, one transaction an effect, free times."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend_stub.desk import StoreDesk
from backend_stub.store import get_row
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.pushing import all_of, now

MONDAY = date(2025, 11, 24)
TEN = int(datetime(2025, 11, 24, 18, tzinfo=UTC).timestamp() * 1000)
"""Ten o'clock in Los Angeles."""


@pytest.fixture
def desk(hosted: Hosted) -> StoreDesk:
    return StoreDesk(hosted.store, hosted.app.state.services.hub, hosted.clock, hosted.business.number)


async def row(hosted: Hosted, kind: str, row_id: str) -> dict[str, Any] | None:
    return await hosted.store.read(lambda connection: get_row(connection, hosted.business.number, kind, row_id))


async def test_of_many_who_want_the_same_time_one_gets_it(hosted: Hosted, desk: StoreDesk) -> None:
    wanted = [eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN + n * 60_000) for n in range(20)]
    answers = await asyncio.gather(
        *(desk.book(doc, customer=None, also=[("leads", eg.lead(id=doc["id"]))]) for doc in wanted)
    )
    got = [answer for answer in answers if answer is not None]
    assert len(got) == 1
    leads = [await row(hosted, "leads", doc["id"]) for doc in wanted]
    assert [lead["id"] for lead in leads if lead] == got


MOVED = {"starts_at": TEN + 30 * 60_000, "ends_at": TEN + 90 * 60_000}


async def moved(desk: StoreDesk, booking_id: str, changes: dict[str, Any], **more: Any) -> dict[str, Any] | None:
    return await desk.change(booking_id, changes, by="Luna", call_id="call-1", also=more.get("also", []))


async def test_a_booking_does_not_stand_in_its_own_way(hosted: Hosted, desk: StoreDesk) -> None:
    doc = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    assert await desk.book(doc, customer=None, also=[]) == doc["id"]
    assert await moved(desk, doc["id"], MOVED) is not None
    freed = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN - eg.HOUR // 2)
    assert await desk.book(freed, customer=None, also=[]) == freed["id"]


async def test_a_change_is_made_to_the_booking_as_it_is_now(hosted: Hosted, desk: StoreDesk) -> None:
    """While somebody was on the line, the owner wrote a note: it stays, and the change says whose it is."""
    doc = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    await desk.book(doc, customer=None, also=[])
    await desk.commit([("bookings", doc | {"notes": "Likes tea"})])
    changed = await moved(desk, doc["id"], MOVED)
    assert changed is not None and (changed["notes"], changed["starts_at"]) == ("Likes tea", MOVED["starts_at"])
    told = (changed["updated_by"], changed["updated_call_id"], changed["updated_at"])
    assert told == ("Luna", "call-1", hosted.clock.now_ms())
    stored = await row(hosted, "bookings", doc["id"])
    assert stored is not None and changed.items() <= stored.items()


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show"])
async def test_what_is_not_ahead_any_more_is_not_changed(hosted: Hosted, desk: StoreDesk, status: str) -> None:
    doc = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN, status=status)
    await desk.commit([("bookings", doc)])
    lead = eg.lead()
    assert await moved(desk, doc["id"], MOVED, also=[("leads", lead)]) is None
    assert await moved(desk, eg.booking()["id"], MOVED) is None
    assert await row(hosted, "leads", lead["id"]) is None


async def test_a_block_is_neither_booked_into_nor_offered(hosted: Hosted, desk: StoreDesk) -> None:
    block = eg.block(starts_at=TEN - eg.HOUR, ends_at=TEN + eg.HOUR)
    await desk.commit([("blocks", block)])
    doc = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    assert await desk.book(doc, customer=None, also=[]) is None
    later = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN + eg.HOUR)
    assert await desk.book(later, customer=None, also=[]) == later["id"]
    assert await moved(desk, later["id"], MOVED) is None
    free = await desk.free_slots(service_id=hosted.business.service_id, staff_id=None, day=MONDAY, count=1)
    assert free[0].starts_at == TEN + 2 * eg.HOUR


async def test_a_customer_is_counted_as_the_row_is_now(hosted: Hosted, desk: StoreDesk) -> None:
    known = eg.customer(total_bookings=1)
    await desk.commit([("customers", known | {"notes": "Likes tea", "total_bookings": 4})])
    doc = eg.booking(customer_id=known["id"], starts_at=TEN)
    await desk.book(doc, customer=known, also=[])
    after = await row(hosted, "customers", known["id"])
    assert after is not None and (after["notes"], after["total_bookings"]) == ("Likes tea", 5)
    await moved(desk, doc["id"], {"status": "cancelled"})
    assert (await row(hosted, "customers", known["id"]) or {})["total_bookings"] == 4


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
async def test_what_is_cancelled_frees_its_time(hosted: Hosted, desk: StoreDesk, status: str) -> None:
    doc = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    await desk.book(doc, customer=None, also=[])
    await desk.commit([("bookings", doc | {"status": status})])
    again = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    assert await desk.book(again, customer=None, also=[]) == again["id"]


async def test_free_slots_keep_the_service_s_length_and_buffer(hosted: Hosted, desk: StoreDesk) -> None:
    service = eg.service(id=hosted.business.service_id, duration_minutes=60, buffer_minutes=30)
    await desk.commit([("services", service)])
    taken = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN + eg.HOUR)
    await desk.book(taken, customer=None, also=[])
    slots = await desk.free_slots(service_id=service["id"], staff_id=None, day=MONDAY, count=4)
    assert [slot.ends_at - slot.starts_at for slot in slots] == [eg.HOUR] * 4
    starts = [(slot.starts_at - TEN) // 60_000 for slot in slots]
    assert starts == [-60, -45, -30, 120]
    assert await desk.free_slots(service_id="unknown", staff_id=None, day=MONDAY, count=1) == []
    assert await desk.free_slots(service_id=service["id"], staff_id="unknown", day=MONDAY, count=1) == []


async def test_documents_carry_no_version_and_are_what_was_committed(desk: StoreDesk) -> None:
    customer = eg.customer(phone="+14155550177")
    booking = eg.booking(customer_id=customer["id"], starts_at=eg.NOON + eg.HOUR)
    seq = await desk.commit([("customers", customer), ("bookings", booking)])
    assert desk.customers_by_phone("+14155550177") == [customer]
    assert desk.customers_by_phone("+14155550178") == []
    assert desk.upcoming(customer["id"], eg.NOON) == [booking]
    assert desk.upcoming(customer["id"], eg.NOON + 2 * eg.HOUR) == []
    assert await desk.commit([("customers", customer | {"name": "Maria L."})]) == seq + 1
    assert desk.customers_by_phone("+14155550177")[0]["name"] == "Maria L."


async def test_what_raises_in_a_transaction_leaves_nothing(hosted: Hosted, desk: StoreDesk) -> None:
    booking = eg.booking()
    with pytest.raises(KeyError):
        await desk.commit([("bookings", booking), ("no such kind", eg.lead())])
    assert await row(hosted, "bookings", booking["id"]) is None
    before = await desk.commit([("bookings", booking)])
    assert await desk.commit([("bookings", booking)]) == before + 1


async def test_what_people_did_meanwhile_is_not_overwritten_by_the_player(hosted: Hosted, desk: StoreDesk) -> None:
    number = hosted.business.number
    call, luna = eg.call(), eg.employee()
    flags = [{"turn_id": eg.turn(call["id"], 0)["id"], "label": "Here"}]
    await hosted.store.write(lambda tx: tx.put(number, "calls", call | {"flags": flags}))
    await hosted.store.write(lambda tx: tx.put(number, "employees", luna | {"state": "held"}))
    await desk.commit([("calls", call | {"turn_count": 3}), ("employees", luna | {"doing": "On 1 call"})])
    assert (now(hosted, "calls", call["id"])["flags"], now(hosted, "calls", call["id"])["turn_count"]) == (flags, 3)
    kept = now(hosted, "employees", luna["id"])
    assert (kept["state"], kept["doing"]) == ("held", "On 1 call")


async def test_who_was_held_until_now_goes_on_unless_something_else_was_said(hosted: Hosted, desk: StoreDesk) -> None:
    number = hosted.business.number
    held = eg.employee(state="held", held_until=eg.NOON - 1)
    await hosted.store.write(lambda tx: tx.put(number, "employees", held | {"held_until": eg.NOON + eg.HOUR}))
    await desk.go_on(held)
    assert now(hosted, "employees", held["id"])["state"] == "held" and all_of(hosted, "events") == []
    await hosted.store.write(lambda tx: tx.put(number, "employees", held))
    await desk.go_on(held)
    row = now(hosted, "employees", held["id"])
    assert (row["state"], row["held_until"], row["state_since"]) == ("on", None, eg.NOON)
    (event,) = all_of(hosted, "events")
    assert (event["actor_kind"], event["before"], event["after"]) == ("system", "held", "on")


async def test_a_number_is_blocked_however_it_is_written(hosted: Hosted, desk: StoreDesk) -> None:
    blocked = {"id": eg.lead()["id"], "phone": "+12125550188", "reason": None, "by": "Ana", "created_at": eg.NOON}
    await hosted.store.write(lambda tx: tx.put(hosted.business.number, "blocked_numbers", blocked))
    assert desk.is_blocked("+1 (212) 555-0188") and not desk.is_blocked("+12125550189")
    assert desk.corrections() == []
