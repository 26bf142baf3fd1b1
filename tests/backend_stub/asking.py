"""Mutations for tests, without their numbers, one line each."""

from typing import Any

from backend_stub.clock import uuid7
from tests.backend_stub import example_rows as eg

Row = dict[str, Any]

TEN = eg.NOON + 23 * eg.HOUR
"""Ten o'clock of the next day, a Monday, in Los Angeles; the one member of staff works from nine to six."""

MINUTE = 60_000


def mutation(op: str, row_id: str | None = None, **more: Any) -> Row:
    return {"op": op, "v": 1, "id": row_id or uuid7(eg.NOON), "client_ts": eg.NOON, **more}


def create(
    booking_id: str | None = None, *, tell: Row | None = None, allow: tuple[str, ...] = (), **values: Any
) -> Row:
    """A booking at ten, of an hour unless said, of nobody unless said."""
    starts_at = values.get("starts_at", TEN)
    given = {
        "customer_name": "Maria Lopez",
        "service_name": "Colour and cut",
        "starts_at": starts_at,
        "ends_at": starts_at + eg.HOUR if isinstance(starts_at, int) else starts_at,
        "status": "confirmed",
    }
    return mutation("booking.create", booking_id, values=given | values, tell=tell, allow=list(allow))


def patch(booking_id: str, *, tell: Row | None = None, allow: tuple[str, ...] = (), **changes: Any) -> Row:
    """`changes`: field=(had, wanted)."""
    changed = {name: list(pair) for name, pair in changes.items()}
    return mutation("booking.patch", booking_id, base_version=1, set=changed, tell=tell, allow=list(allow))


def move(row: Row, starts_at: int, *, staff_id: str | None = None, minutes: int | None = None, **more: Any) -> Row:
    """A patch that moves `row` as this device has it."""
    ends_at = starts_at + (row["ends_at"] - row["starts_at"] if minutes is None else minutes * MINUTE)
    return patch(
        row["id"],
        starts_at=(row["starts_at"], starts_at),
        ends_at=(row["ends_at"], ends_at),
        staff_id=(row["staff_id"], staff_id or row["staff_id"]),
        **more,
    )


def text_to(text: str = "See you then.") -> Row:
    return {"text": text, "channel": "sms"}
