"""What the owner can do, by its word on the wire: which table it is about, and which of its fields go together."""

from enum import StrEnum
from typing import Any, Final

from client.models.assumptions import TASK_MINUTES

Row = dict[str, Any]
Payload = dict[str, Any]
"""A mutation as it goes over the wire (docs/api.md), without its `mid`."""


class Op(StrEnum):
    """What a change does; the word on the wire."""

    BOOKING_CREATE = "booking.create"
    BOOKING_PATCH = "booking.patch"
    BLOCK_CREATE = "block.create"
    BLOCK_REMOVE = "block.remove"
    CALENDAR_ADD = "calendar.add"
    CALENDAR_REMOVE = "calendar.remove"
    LEAD_CREATE = "lead.create"
    LEAD_PATCH = "lead.patch"
    LEAD_REMOVE = "lead.remove"
    TASK_CREATE = "task.create"
    TASK_PATCH = "task.patch"
    EMPLOYEE_PATCH = "employee.patch"
    MARK_SET = "mark.set"
    MARK_CLEAR = "mark.clear"
    CORRECTION_CREATE = "correction.create"
    CORRECTION_WITHDRAW = "correction.withdraw"
    CALL_FLAG = "call.flag"
    CALL_UNFLAG = "call.unflag"
    NUMBER_BLOCK = "number.block"
    NUMBER_UNBLOCK = "number.unblock"
    ASSUMPTIONS_SET = "assumptions.set"

    @property
    def kind(self) -> str:
        """The table its row lies in."""
        return _KINDS[self.partition(".")[0]]

    @property
    def creates(self) -> bool:
        return self in CREATES

    @property
    def puts(self) -> bool:
        """It makes its row or replaces it, whichever there is."""
        return self in PUTS

    @property
    def removes(self) -> bool:
        return self in REMOVES

    @property
    def patches(self) -> bool:
        """It has a `set` of fields, each with its old and its new value."""
        return self in GROUPS_BY_OP


_KINDS: Final = {
    "booking": "bookings",
    "block": "blocks",
    "calendar": "calendars",
    "lead": "leads",
    "task": "tasks",
    "employee": "employees",
    "mark": "marks",
    "correction": "corrections",
    "call": "calls",
    "number": "blocked_numbers",
    "assumptions": "assumptions",
}
CREATES: Final = frozenset(
    {
        *(Op.BOOKING_CREATE, Op.BLOCK_CREATE, Op.CALENDAR_ADD, Op.LEAD_CREATE, Op.TASK_CREATE),
        Op.CORRECTION_CREATE,
    }
)
PUTS: Final = frozenset({Op.MARK_SET, Op.NUMBER_BLOCK})
REMOVES: Final = frozenset(
    {
        *(Op.BLOCK_REMOVE, Op.CALENDAR_REMOVE, Op.LEAD_REMOVE, Op.MARK_CLEAR, Op.CORRECTION_WITHDRAW),
        Op.NUMBER_UNBLOCK,
    }
)

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "slot": ("starts_at", "ends_at", "staff_id", "resource_id"),
    "service": ("service_id", "service_name"),
    "status": ("status", "cancellation_reason"),
    "notes": ("notes",),
    "customer": ("customer_name", "customer_phone", "customer_email"),
}
"""The fields of a booking that the owner can change; a group is accepted or refused as a whole."""

TOGETHER: Final = ("slot", "service", "status")
"""Groups whose fields always travel together, because one of them alone means nothing."""

GROUP_OF: Final = {name: group for group, names in GROUPS.items() for name in names}

GROUPS_BY_OP: Final[dict[Op, dict[str, tuple[str, ...]]]] = {
    Op.BOOKING_PATCH: GROUPS,
    Op.LEAD_PATCH: {
        "stage": ("stage", "lost_reason"),
        "notes": ("notes",),
        "followup": ("next_followup_at",),
        "assigned": ("assigned_to",),
        "value": ("value_cents",),
    },
    Op.TASK_PATCH: {
        "title": ("title",),
        "details": ("details",),
        "due": ("due_at",),
        "assigned": ("assigned_to",),
        "state": ("state", "outcome"),
    },
    Op.EMPLOYEE_PATCH: {"state": ("state", "held_until")},
    Op.ASSUMPTIONS_SET: {
        "wage": ("wage_cents_per_hour",),
        "hours": ("hours_per_week",),
        "missed": ("missed_call_value_cents",),
        **{name: (name,) for name in TASK_MINUTES.values()},
    },
}
"""The fields that a patch may change, by group.  But for bookings, and the stage of a lead, the later change of a group
wins."""
