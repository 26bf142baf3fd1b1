"""Whether anybody is left for an appointment that nobody in particular has been chosen for."""

from collections.abc import Collection
from datetime import datetime, timedelta

from client.insight.diary import HOLDS_TIME, Diary, Why
from client.models.bookings import Booking
from client.models.business import Staff
from client.models.ids import BookingId, ServiceId

_KEEPS_AWAY = {Why.STAFF_OFF, Why.TAKEN, Why.BLOCKED}


def nobody_is_free(
    diary: Diary,
    service_id: ServiceId | None,
    starts_at: datetime,
    ends_at: datetime,
    but: Collection[BookingId] = (),
) -> bool:
    """Whether those who do the service and are free then are no more than the others that have nobody yet.

    While the business is closed it is that which stands in the way.  `diary`: of everybody, with all of that time.
    """
    buffer = diary.buffer_of(service_id)
    if any(obstacle.why is Why.CLOSED for obstacle in diary.obstacles(None, starts_at, ends_at)):
        return False
    able = _able(diary, service_id)
    free = [
        person
        for person in able
        if not any(
            obstacle.why in _KEEPS_AWAY
            for obstacle in diary.obstacles(person.staff_id, starts_at, ends_at, buffer, but)
        )
    ]
    until = ends_at + timedelta(minutes=buffer)
    others = [
        booking
        for booking in diary.bookings
        if booking.staff_id is None
        and booking.status in HOLDS_TIME
        and booking.booking_id not in but
        and booking.starts_at < until
        and starts_at < booking.ends_at + timedelta(minutes=diary.buffer_of(booking.service_id))
        and _may_need(diary, booking, free)
    ]
    return bool(able) and len(others) >= len(free)


def _able(diary: Diary, service_id: ServiceId | None) -> list[Staff]:
    """Who does the service; everybody, where nobody is said to."""
    people = [person for person in diary.house.staff if person.active]
    return [person for person in people if service_id in person.service_ids] or people


def _may_need(diary: Diary, booking: Booking, free: Collection[Staff]) -> bool:
    """Whether one of these would do it."""
    able = {person.staff_id for person in _able(diary, booking.service_id)}
    return any(person.staff_id in able for person in free) or not free
