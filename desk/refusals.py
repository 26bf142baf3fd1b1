"""Why an edit is not possible, as one sentence with a code; and what would be possible instead."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from client.editing import NotAllowed, Why, open_diary
from client.insight.diary import LONGEST, SHORTEST, Obstacle, Slot, Wish
from client.models.business import HoursRange
from client.models.ids import BookingId, ResourceId, ServiceId, StaffId
from desk.terminal import Refusal

_AROUND = timedelta(days=7)

_CODES = {
    Why.NOT_THERE: "not_found",
    Why.TOO_FAR: "invalid",
    Why.SKIPPED: "invalid",
    Why.NO_NAME: "invalid",
    Why.NO_SERVICE: "invalid",
    Why.NO_TITLE: "invalid",
    Why.TEXT_TOO_LONG: "invalid",
    Why.TEXT_UNREADABLE: "invalid",
    Why.BAD_ADDRESS: "invalid",
    Why.NO_NUMBER: "invalid",
    Why.NO_ANSWER: "invalid",
    Why.BAD_AMOUNT: "invalid",
    Why.STAFF_UNKNOWN: "not_found",
    Why.RESOURCE_UNKNOWN: "not_found",
    Why.SERVICE_UNKNOWN: "not_found",
    Why.CUSTOMER_UNKNOWN: "not_found",
}
"""Where the code is not the word of the reason itself."""

_FIELDS = {
    "customer_name": "The name",
    "customer_phone": "The phone number",
    "customer_email": "The e-mail address",
    "service_name": "The service",
    "notes": "The note",
    "cancellation_reason": "The reason",
    "tell": "The message",
    "name": "The calendar's name",
    "url": "The address",
    "title": "The title",
}

_SENTENCES = {
    Why.PAST: "That is before today.",
    Why.TOO_SHORT: f"That is shorter than {SHORTEST.seconds // 60} minutes.",
    Why.TOO_LONG: f"That is longer than {LONGEST.seconds // 3600} hours.",
    Why.TOO_FAR: "That is after the year 2099.",
    Why.SKIPPED: "The clocks go forward over that time: it does not exist.",
    Why.NOT_THERE: "This device has no such thing, or no longer.",
    Why.NOT_READY: "This device does not know the business yet. Run `chatty sync`.",
    Why.NOTHING: "It is that way already; nothing was changed.",
    Why.IS_CANCELLED: "It is cancelled; only its note can be changed. Bring it back with `chatty bookings restore`.",
    Why.STATUS: "A booking in its state cannot become that.",
    Why.NOT_BEGUN: "It has not begun yet, so it is neither done nor missed.",
    Why.UNKNOWN_STATUS: "Its state is one of a newer version; it is left alone.",
    Why.FORBIDDEN: "Your role does not allow that.",
    Why.NO_NAME: "It needs a name.",
    Why.NO_SERVICE: "It needs a service.",
    Why.NO_TITLE: "It needs a title.",
    Why.STAFF_UNKNOWN: "That person does not work here, or no longer.",
    Why.RESOURCE_UNKNOWN: "There is no such room, chair or bay in use.",
    Why.SERVICE_UNKNOWN: "That service is not offered.",
    Why.CUSTOMER_UNKNOWN: "That client is not on this device.",
    Why.BAD_ADDRESS: "That is no address of a calendar. It begins with https:// or webcal://.",
    Why.FROM_CALENDAR: "That time is blocked by a calendar; it is changed there.",
    Why.NO_NUMBER: "There is no telephone number in it.",
    Why.NO_ANSWER: "The answer is missing.",
    Why.BAD_AMOUNT: "That amount is not possible.",
    Why.NOT_SET_UP: "It has not been set up yet.",
    Why.NO_MESSAGE: "The message is empty.",
    Why.NO_RECIPIENT: "There is no phone number and no e-mail address that the client could be told at.",
    Why.FINAL: "That cannot be undone.",
    Why.UNDONE_ALREADY: "It was undone already.",
    Why.SENT: "It was sent meanwhile.",
    Why.CHANGED_SINCE: "It was changed again since; undo that first.",
    Why.DECIDED_ALREADY: "It was decided already.",
    Why.NO_SUCH_CHOICE: "This conflict does not offer that.",
}


def refusal_of(
    error: NotAllowed, zone: ZoneInfo, instead: tuple[Slot, ...] = (), way_round: str | None = None
) -> Refusal:
    """`instead`: free times nearest to what was wanted.  `way_round`: what to do all the same, if not --on-purpose."""
    sentence = _sentence(error, zone)
    if instead:
        sentence += (
            f" Free instead: {', '.join(f'{slot.starts_at.astimezone(zone):%a %d %b %H:%M}' for slot in instead)}."
        )
    if way_round is None and error.allowance:
        way_round = f"To do it all the same, add --on-purpose {error.allowance}."
    if way_round:
        sentence += f" {way_round}"
    return Refusal(sentence, code=_CODES.get(error.why, error.why.value))


def _sentence(error: NotAllowed, zone: ZoneInfo) -> str:
    if error.obstacle is not None and (said := _about(error.obstacle, zone)):
        return said
    field = _FIELDS.get(error.field or "", "What was written")
    if error.why is Why.TEXT_TOO_LONG:
        return f"{field} is too long."
    if error.why is Why.TEXT_UNREADABLE:
        return f"{field} has characters in it that cannot be read."
    return _SENTENCES[error.why]


def _about(obstacle: Obstacle, zone: ZoneInfo) -> str:
    who = obstacle.staff.name if obstacle.staff else "Everybody"
    if obstacle.buffer_minutes:
        return _about_buffer(obstacle, who, zone)
    match obstacle.why:
        case "taken" if obstacle.booking:
            taken = obstacle.booking
            span = _span(taken.starts_at, taken.ends_at, zone)
            return f"{who} is taken then: {taken.customer_name}, {taken.service_name}, {span}."
        case "occupied" if obstacle.booking:
            taken = obstacle.booking
            span = _span(taken.starts_at, taken.ends_at, zone)
            return f"{_where(obstacle)} is taken then: {taken.customer_name}, {taken.service_name}, {span}."
        case "blocked" if obstacle.block:
            span = _span(obstacle.block.starts_at, obstacle.block.ends_at, zone)
            return f"{who} is not free then: {obstacle.block.title}, {span}."
        case "closed":
            return f"The business is closed then. {_hours(obstacle.hours, f'On {obstacle.day:%A}s it')}"
        case "staff_off":
            if not obstacle.hours:
                return f"{who} does not work on {obstacle.day:%a %d %b}."
            return f"{who} does not work then. {_hours(obstacle.hours, f'On {obstacle.day:%a %d %b} {who}', 'works')}"
        case _:
            return ""


def _about_buffer(obstacle: Obstacle, who: str, zone: ZoneInfo) -> str:
    """By the clock they do not meet."""
    length = "1 minute" if obstacle.buffer_minutes == 1 else f"{obstacle.buffer_minutes} minutes"
    if there := obstacle.booking:
        whose = _where(obstacle) if obstacle.why == "occupied" else who
        span = _span(there.starts_at, there.ends_at, zone)
        return (
            f"{whose} needs {length} free between this booking and {there.customer_name}, {there.service_name}, {span}."
        )
    assert obstacle.block
    span = _span(obstacle.block.starts_at, obstacle.block.ends_at, zone)
    return f"{length} must stay free before what is blocked: {obstacle.block.title}, {span}."


def _where(obstacle: Obstacle) -> str:
    return obstacle.resource.name if obstacle.resource else "The place"


def _hours(hours: tuple[HoursRange, ...], who: str, verb: str = "is open") -> str:
    if not hours:
        return f"{who} is closed."
    return f"{who} {verb} {' and '.join(f'{opens:%H:%M}–{closes:%H:%M}' for opens, closes in hours)}."


def _span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if starts.date() == ends.date():
        return f"{starts:%a %d %b %H:%M}–{ends:%H:%M}"
    return f"{starts:%a %d %b %H:%M} – {ends:%a %d %b %H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The time that was wanted, and what of it counts when another is looked for.  `stands_at`: when it begins now."""

    staff_id: StaffId | None
    service_id: ServiceId | None
    starts_at: datetime
    ends_at: datetime
    resource_id: ResourceId | None = None
    booking_id: BookingId | None = None
    stands_at: datetime | None = None


def nearest_free(conn: sqlite3.Connection, error: NotAllowed, place: Place, now: datetime) -> tuple[Slot, ...]:
    """Three free times near the one that cannot be had, none where the time is not what is wrong."""
    if error.allowance is None:
        return ()
    diary = open_diary(conn, place.starts_at - _AROUND, place.starts_at + _AROUND, now)
    if diary is None or not SHORTEST <= place.ends_at - place.starts_at <= LONGEST:
        return ()
    wish = Wish(
        minutes=round((place.ends_at - place.starts_at).total_seconds() / 60),
        buffer_minutes=diary.buffer_of(place.service_id),
        staff_ids=(place.staff_id,),
        resource_ids=(place.resource_id,),
        but=frozenset([place.booking_id] if place.booking_id else []),
    )
    return tuple(slot for slot in diary.free(wish, place.starts_at, 4) if slot.starts_at != place.stands_at)[:3]
