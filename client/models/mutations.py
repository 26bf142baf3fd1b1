"""Changes made on this device: what they are, what they do to a row, and what became of them.

A change is recorded, sent, answered and settled; until then the row on screen is the server's row with the changes in
it (`effect`).  A row is a dict by column names here, because a change speaks of columns.
"""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from client.models import work
from client.models.ids import ChangeId, ConflictId
from client.models.operations import GROUP_OF, GROUPS, TOGETHER, Op, Payload, Row

__all__ = [
    "GROUPS",
    "GROUP_OF",
    "IN_EFFECT",
    "TOGETHER",
    "Change",
    "ChangeState",
    "Conflict",
    "ConflictState",
    "Op",
    "PastChange",
    "Payload",
    "Row",
    "Tell",
    "Undoing",
    "effect",
    "host_of",
    "refused_fields",
    "tell_of",
    "undoing",
]


class ChangeState(StrEnum):
    """
    queued ──> sent ──> acked ──> (settled: it is history)
       └─────────┴────> refused   the server said no for good; no longer in effect, kept until the owner dismisses it
                 └────> parked    the server fails on it every time; in effect, sent again only by hand
    """

    QUEUED = "queued"
    SENT = "sent"
    ACKED = "acked"
    REFUSED = "refused"
    PARKED = "parked"


IN_EFFECT: Final = frozenset({ChangeState.QUEUED, ChangeState.SENT, ChangeState.ACKED, ChangeState.PARKED})


class ConflictState(StrEnum):
    """open ──> answered (the owner's answer is on its way) ──> resolved; an answer that is withdrawn opens it again."""

    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"


class Undoing(StrEnum):
    """How a change is taken back.

    reversible: nothing of it remains.  compensable: by a change in the other direction that others may notice, such as
    a second message to the client.  final: not at all.
    """

    REVERSIBLE = "reversible"
    COMPENSABLE = "compensable"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """What the client is to be sent once the server has accepted the change.  `channel`: sms or email."""

    text: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that is not settled.  `mid` is its number for the server, None until it is first sent.

    `version`: the account's counter at which the server decided it.  `result`: the server's answer to it.
    """

    change_id: ChangeId
    client_id: str | None
    mid: int | None
    op: Op
    v: int
    kind: str
    row_id: str
    payload: Payload = field(hash=False)
    undo: dict[str, Any] = field(hash=False)
    state: ChangeState
    version: int | None
    result: dict[str, Any] | None = field(hash=False)
    attempts: int
    next_try: datetime | None
    created_at: datetime
    sent_at: datetime | None

    @property
    def never_sent(self) -> bool:
        """The server cannot have heard of it, so it may still be changed or taken back without a trace."""
        return self.state is ChangeState.QUEUED and self.mid is None

    @property
    def tell(self) -> Tell | None:
        return tell_of(self.payload)

    @property
    def undone_by(self) -> ChangeId | None:
        """The change that takes it back, which it cannot be spared once it has been sent."""
        return self.undo.get("undone_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """A settled change."""

    change_id: ChangeId
    op: Op
    v: int
    kind: str
    row_id: str
    payload: Payload = field(hash=False)
    undo: dict[str, Any] = field(hash=False)
    result: dict[str, Any] | None = field(hash=False)
    created_at: datetime
    settled_at: datetime

    @property
    def tell(self) -> Tell | None:
        return tell_of(self.payload)

    @property
    def undone_by(self) -> ChangeId | None:
        """The change that took it back."""
        return self.undo.get("undone_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The part of a change that the server did not apply, because the row had become another one meanwhile.

    `field`: slot, service, status, notes, customer, or row for all of it; of a lead its stage.  `document`: what the
    server said (docs/api.md): base, mine, server, by, with, free.  `resolved_by`: the change that answers it.
    """

    conflict_id: ConflictId
    change_id: ChangeId
    kind: str
    row_id: str
    field: str
    why: str
    document: dict[str, Any] = dataclasses.field(hash=False)
    made_at: datetime
    state: ConflictState
    resolved_by: ChangeId | None


def refused_fields(result: Mapping[str, Any] | None) -> frozenset[str]:
    """The fields of a mutation that the server did not apply.

    A conflict names them in `mine`; it may be about more than its own group, or, on a cancelled booking, less than all.
    """
    return frozenset(name for conflict in (result or {}).get("conflicts") or () for name in _refused(conflict))


def _refused(conflict: Mapping[str, Any]) -> Collection[str]:
    return conflict.get("mine") or GROUPS.get(conflict["field"], GROUP_OF)


def tell_of(payload: Mapping[str, Any]) -> Tell | None:
    """What the client is sent when the mutation is accepted."""
    tell = payload.get("tell")
    return Tell(text=tell["text"], channel=tell["channel"]) if tell else None


# --- effects ---------------------------------------------------------------------------------------------------------
def effect(row: Row | None, payload: Payload, refused: Collection[str] = (), *, time_zone: str = "UTC") -> Row | None:
    """The row with the mutation in it, None for no row.  `refused` as `refused_fields` gives it.

    A row that is there already is not made again, one that is gone is not changed.  `time_zone` is the business's.
    """
    op = Op(payload["op"])
    # Nothing is made by halves: a booking whose slot was taken is not there at all.
    if op.creates:
        return row if row is not None or refused else _created(op, payload, time_zone)
    if op.puts:
        return {**(row or {"version": 0}), **_created(op, payload, time_zone)}
    if op.removes or row is None:
        return None
    if op.patches:
        return _patched(row, payload, refused) if op is Op.BOOKING_PATCH else work.patched(op, row, payload, refused)
    return work.flagged(row, payload)


def _patched(row: Row, payload: Payload, refused: Collection[str]) -> Row:
    changed = {name: new for name, (_, new) in payload["set"].items() if name not in refused}
    if changed.get("status", row.get("status")) != row.get("status"):
        changed |= _moments(changed["status"], payload["client_ts"])
    # What the new service costs is for the server to say.
    if changed.get("service_id", row.get("service_id")) != row.get("service_id"):
        changed["price_cents"] = None
    return {**row, **changed}


def _moments(status: str, at: int) -> Row:
    """When it got its status, and that it no longer has the one it had."""
    moments: Row = {"completed_at": None, "cancelled_at": None}
    match status:
        case "confirmed":
            return {**moments, "confirmed_at": at}
        case "completed" | "cancelled":
            return {**moments, f"{status}_at": at}
        case _:
            return moments


def _created(op: Op, payload: Payload, time_zone: str) -> Row:
    values, at = payload["values"], payload["client_ts"]
    make = {"bookings": _new_booking, "blocks": _new_block, "calendars": _new_calendar}.get(op.kind)
    row = work.made(op, values, at) if make is None else make(values, time_zone)
    return {**row, "id": payload["id"], "created_at": at, "version": 0}


def _new_booking(values: Row, time_zone: str) -> Row:
    absent = dict.fromkeys(
        (
            *("customer_id", "customer_phone", "customer_email", "service_id", "staff_id", "resource_id"),
            "notes",
            *("employee_id", "call_id", "price_cents", "paid_cents", "confirmed_at", "completed_at", "cancelled_at"),
            *("cancellation_reason", "series_id", "series_label", "updated_at", "updated_by", "updated_call_id"),
            "extra",
        )
    )
    fixed = {"time_zone": time_zone, "source": "manual", "payment_status": "pending", "reminder_sent": 0}
    return {**absent, **fixed, **values}


def _new_block(values: Row, time_zone: str) -> Row:
    return {"staff_id": None, "uid": None, "calendar_id": None, "time_zone": time_zone, "extra": None, **values}


def _new_calendar(values: Row, time_zone: str) -> Row:
    del time_zone
    absent = dict.fromkeys(("trouble", "last_ok_at", "checked_at", "extra"))
    return {
        **absent,
        "name": values["name"],
        "host": host_of(values["url"]),
        "staff_id": values.get("staff_id"),
        "state": "new",
        "events": 0,
    }


def host_of(url: str) -> str:
    """The part of an address that is no secret; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


# --- taking back -----------------------------------------------------------------------------------------------------
def undoing(op: Op, *, never_sent: bool, told: bool) -> Undoing:
    """How a change of this kind is taken back.  `told`: a message goes out with it.

    A message that has left is final in itself, so what came with it can only be compensated.  The address of a
    calendar is a secret the server does not give back, and a lead that was removed is not there any more.
    """
    if never_sent:
        return Undoing.REVERSIBLE
    if op in (Op.CALENDAR_REMOVE, Op.LEAD_REMOVE):
        return Undoing.FINAL
    return Undoing.COMPENSABLE if told or op is Op.BOOKING_CREATE else Undoing.REVERSIBLE
