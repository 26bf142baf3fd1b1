"""The answers of the `chatty` command: models as JSON objects, and the same as lines for people.

Keys are the models' own words; docs/cli.md lists them.  Instants are RFC 3339 in the business's zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, cast
from zoneinfo import ZoneInfo

from client.models.account import Identity
from client.models.bookings import Booking, BookingStatus
from client.models.calls import Call, Speaker, Turn, TurnKind
from client.models.mutations import Change
from desk.terminal import table
from desk.times import clock_of

ASIDE = {
    BookingStatus.CANCELLED: "cancelled",
    BookingStatus.NO_SHOW: "did not come",
    BookingStatus.PENDING: "not confirmed",
    BookingStatus.COMPLETED: "done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What every answer says beside its list: how old the data is, whether the API answers, what waits to be sent."""

    as_of: datetime | None
    offline: bool
    waiting: int
    zone: ZoneInfo

    def document(self) -> dict[str, Any]:
        return {"as_of": json_of(self.as_of, self.zone), "offline": self.offline, "waiting": self.waiting}

    def with_waiting(self, waiting: int) -> "Standing":
        return replace(self, waiting=waiting)

    def without_link(self) -> dict[str, Any]:
        """Of an answer that asked nobody: whether the API would answer was not looked at."""
        return {"as_of": json_of(self.as_of, self.zone), "waiting": self.waiting}

    def sentence(self) -> str:
        parts = ["offline"] if self.offline else []
        parts.append(f"data from {_moment(self.as_of, self.zone)}" if self.as_of else "never synced to the end")
        if self.waiting:
            parts.append(f"{self.waiting} {'change' if self.waiting == 1 else 'changes'} waiting")
        line = " · ".join(parts)
        return line[0].upper() + line[1:]


def json_of(value: object, zone: ZoneInfo) -> Any:
    """A model, or anything in one, as JSON.  A `zone` of the model's own is given as `time_zone`."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return value
        case datetime():
            return value.astimezone(zone).isoformat()
        case date():
            return value.isoformat()
        case ZoneInfo():
            return value.key
        case Mapping():
            return {str(key): json_of(item, zone) for key, item in cast(Mapping[object, object], value).items()}
        case Sequence():
            return [json_of(item, zone) for item in cast(Sequence[object], value)]
        case _:
            named = {field.name: getattr(value, field.name) for field in fields(cast(Any, value))}
            return {("time_zone" if name == "zone" else name): json_of(item, zone) for name, item in named.items()}


# --- bookings -------------------------------------------------------------------------------------------------------
def booking_document(booking: Booking, zone: ZoneInfo, names: Mapping[str, str]) -> dict[str, Any]:
    """`names`: what members of staff and resources are called."""
    document = json_of(booking, zone)
    return document | {
        "staff_name": names.get(booking.staff_id or ""),
        "resource_name": names.get(booking.resource_id or ""),
        "duration_minutes": booking.duration_minutes,
    }


def booking_lines(
    bookings: Sequence[Booking], zone: ZoneInfo, names: Mapping[str, str], state: str | None = None
) -> list[str]:
    """With a column of where they are only when one of them is anywhere.  `state`: instead of that of each."""
    placed = any(booking.resource_id for booking in bookings)
    rows = [
        (
            f"{booking.starts_at.astimezone(zone):%a %d %b}  {clock_of(booking.starts_at, zone)}",
            f"{booking.duration_minutes} min",
            booking.customer_name,
            booking.service_name,
            names.get(booking.staff_id or "", ""),
            *((names.get(booking.resource_id or "", ""),) if placed else ()),
            _state(booking) if state is None else state,
            booking.booking_id,
        )
        for booking in bookings
    ]
    head = ("When", "Length", "Who", "What", "With", *(("In",) if placed else ()), "", "Id")
    return table(head, rows) if rows else ["No bookings."]


def _state(booking: Booking) -> str:
    return " · ".join(filter(None, (ASIDE.get(booking.status), "waiting" if booking.pending else None)))


# --- changes --------------------------------------------------------------------------------------------------------
def change_document(change: Change, zone: ZoneInfo, sentence: str) -> dict[str, Any]:
    """Without its payload: `chatty outbox export` has that."""
    result = change.result or {}
    document = {
        "change_id": change.change_id,
        "op": change.op,
        "row_id": change.row_id,
        "booking_id": change.row_id if change.kind == "bookings" else None,
        "state": change.state,
        "sentence": sentence,
        "tell": change.tell,
        "code": result.get("code"),
        "detail": result.get("detail"),
        "attempts": change.attempts,
        "next_try": change.next_try,
        "created_at": change.created_at,
        "sent_at": change.sent_at,
    }
    return json_of(document, zone)


# --- calls ----------------------------------------------------------------------------------------------------------
def call_document(call: Call, zone: ZoneInfo, turns: Sequence[Turn] | None) -> dict[str, Any]:
    document = json_of(call, zone) | {"live": call.is_live}
    return document if turns is None else document | {"turns": [json_of(turn, zone) for turn in turns]}


def call_lines(calls: Sequence[Call], zone: ZoneInfo) -> list[str]:
    rows = [
        (
            f"{call.started_at.astimezone(zone):%a %d %b  %H:%M}",
            call.caller_name or call.caller_phone or "unknown caller",
            call.employee_name,
            _standing_of(call),
            call.call_id,
        )
        for call in calls
    ]
    return table(("When", "Caller", "Answered by", "", "Id"), rows) if rows else ["No calls."]


def call_detail_lines(call: Call, turns: Sequence[Turn], zone: ZoneInfo) -> list[str]:
    caller = call.caller_name or call.caller_phone or "Unknown caller"
    head = [f"{caller} · {_moment(call.started_at, zone)} · {call.employee_name} · {_standing_of(call)}"]
    head += [call.summary] if call.summary else []
    return (
        [*head, "", *(_turn_line(turn) for turn in turns)] if turns else [*head, "No words of it are on this device."]
    )


def _standing_of(call: Call) -> str:
    if call.is_live:
        who = call.handler_name or "a person"
        return "in progress" if call.handler.value != "human" else f"in progress, {who} talks"
    return call.outcome.value.replace("_", " ") if call.outcome else "ended"


def _turn_line(turn: Turn) -> str:
    if turn.kind is not TurnKind.SPEECH:
        return f"    [{turn.text}]"
    return f"{turn.name or ('Caller' if turn.speaker is Speaker.CALLER else turn.speaker.value)}: {turn.text}"


# --- who is signed in -----------------------------------------------------------------------------------------------
def identity_document(identity: Identity) -> dict[str, Any]:
    return {
        "account": {"account_id": identity.account_id, "business_name": identity.business_name},
        "user": {
            "user_id": identity.user_id,
            "name": identity.name,
            "email": identity.email,
            "role": identity.role.value,
        },
    }


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %H:%M}"
