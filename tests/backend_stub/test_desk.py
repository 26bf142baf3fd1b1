"""The desk of the calls player over the store: bookings that never overlap, one transaction an effect, free times."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend_stub.calls import StoreDesk
from backend_stub.store import get_row
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted

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
    answers = await asyncio.gather(*(desk.book(doc, also=[("leads", eg.lead(id=doc["id"]))]) for doc in wanted))
    got = [answer for answer in answers if answer is not None]
    assert len(got) == 1
    leads = [await row(hosted, "leads", doc["id"]) for doc in wanted]
    assert [lead["id"] for lead in leads if lead] == got


async def test_a_booking_does_not_stand_in_its_own_way(hosted: Hosted, desk: StoreDesk) -> None:
    doc = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    assert await desk.book(doc, also=[]) == doc["id"]
    later = doc | {"starts_at": TEN + 30 * 60_000, "ends_at": TEN + 90 * 60_000}
    assert await desk.book(later, also=[]) == doc["id"]
    freed = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN - eg.HOUR // 2)
    assert await desk.book(freed, also=[]) == freed["id"]


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
async def test_what_is_cancelled_frees_its_time(hosted: Hosted, desk: StoreDesk, status: str) -> None:
    doc = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    await desk.book(doc, also=[])
    await desk.commit([("bookings", doc | {"status": status})])
    again = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    assert await desk.book(again, also=[]) == again["id"]


async def test_free_slots_keep_the_service_s_length_and_buffer(hosted: Hosted, desk: StoreDesk) -> None:
    service = eg.service(id=hosted.business.service_id, duration_minutes=60, buffer_minutes=30)
    await desk.commit([("services", service)])
    taken = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN + eg.HOUR)
    await desk.book(taken, also=[])
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
