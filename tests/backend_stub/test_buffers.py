"""The minutes kept free after an appointment: nobody books into them, nobody is offered them, whoever asks."""

from datetime import UTC, date, datetime

import pytest

from backend_stub.desk import StoreDesk
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.example_rows import Row

MONDAY = date(2025, 11, 24)
TEN = int(datetime(2025, 11, 24, 18, tzinfo=UTC).timestamp() * 1000)
"""Ten o'clock in Los Angeles; the one member of staff works from nine to six."""
MINUTE = 60_000


@pytest.fixture
def desk(hosted: Hosted) -> StoreDesk:
    return StoreDesk(hosted.store, hosted.app.state.services.hub, hosted.clock, hosted.business.number)


@pytest.fixture
async def service(hosted: Hosted, desk: StoreDesk) -> Row:
    """An hour, and half an hour of cleaning after it."""
    row = eg.service(id=hosted.business.service_id, duration_minutes=60, buffer_minutes=30)
    await desk.commit([("services", row)])
    return row


@pytest.mark.parametrize(("after", "free"), [(0, False), (60, False), (89, False), (90, True)])
async def test_nobody_books_into_the_buffer_of_another(
    hosted: Hosted, desk: StoreDesk, service: Row, after: int, free: bool
) -> None:
    first = eg.booking(staff_id=hosted.business.staff_id, service_id=service["id"], starts_at=TEN)
    plain = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN + after * MINUTE)
    assert await desk.book(first, customer=None, also=[]) == first["id"]
    assert (await desk.book(plain, customer=None, also=[]) is not None) is free


@pytest.mark.parametrize(("before", "free"), [(60, False), (89, False), (90, True)])
async def test_a_booking_needs_room_for_its_own_buffer(
    hosted: Hosted, desk: StoreDesk, service: Row, before: int, free: bool
) -> None:
    plain = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    early = eg.booking(staff_id=hosted.business.staff_id, service_id=service["id"], starts_at=TEN - before * MINUTE)
    assert await desk.book(plain, customer=None, also=[]) == plain["id"]
    assert (await desk.book(early, customer=None, also=[]) is not None) is free


async def test_what_is_offered_is_what_can_be_booked(hosted: Hosted, desk: StoreDesk, service: Row) -> None:
    first = eg.booking(staff_id=hosted.business.staff_id, service_id=service["id"], starts_at=TEN + 60 * MINUTE)
    await desk.book(first, customer=None, also=[])
    offered = await desk.free_slots(service_id=service["id"], staff_id=None, day=MONDAY, count=4)
    assert [(slot.starts_at - TEN) // MINUTE for slot in offered] == [-60, -45, -30, 150]
    last = offered[-1]
    wanted = eg.booking(staff_id=last.staff_id, service_id=service["id"], starts_at=last.starts_at)
    assert await desk.book(wanted, customer=None, also=[]) == wanted["id"]


async def test_a_booking_moves_within_its_own_buffer(hosted: Hosted, desk: StoreDesk, service: Row) -> None:
    first = eg.booking(staff_id=hosted.business.staff_id, service_id=service["id"], starts_at=TEN)
    await desk.book(first, customer=None, also=[])
    later = {"starts_at": TEN + 75 * MINUTE, "ends_at": TEN + 135 * MINUTE}
    assert await desk.change(first["id"], later, by="Luna", call_id=eg.call()["id"], also=[]) is not None
    into_the_old_time = eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN)
    assert await desk.book(into_the_old_time, customer=None, also=[]) == into_the_old_time["id"]
