"""What a change does, in the terms of the trade: one act, on one booking, block or calendar.

Made from the change's document and the row it changes, so that the outbox, the undo bar and the command line say the
same.  The words are the catalogue's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from client.models.ids import StaffId
from client.models.mutations import GROUP_OF

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER_MS: Final = 253_402_300_799_000
"""The last second of the year 9999."""


class Act(StrEnum):
    """What is done.  OTHER is what a newer version of the app recorded and this one has no word for."""

    BOOK = "book"
    MOVE = "move"
    LENGTH = "length"
    STAFF = "staff"
    SERVICE = "service"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    UNCONFIRM = "unconfirm"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    REINSTATE = "reinstate"
    NOTE = "note"
    CONTACT = "contact"
    BLOCK = "block"
    UNBLOCK = "unblock"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`also`: what the same change does besides.  `name`: the client, the block's title or the calendar.

    `starts_at`, `ends_at`, `staff_id`, `service`: as they are once it is done.  `said`: the reason or the note.
    `channel`: how the client is told, None where they are not.
    """

    act: Act
    also: tuple[Act, ...] = ()
    name: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    staff_id: StaffId | None = None
    service: str = ""
    said: str = ""
    channel: str | None = None


def deed_of(op: str, payload: Mapping[str, Any], row: Mapping[str, Any] | None) -> Deed:
    """What the change `payload` does to `row`, the row as this device knows it, with or without the change."""
    match op:
        case "booking.create":
            return _deed((Act.BOOK,), payload, mapping_of(payload.get("values")))
        case "booking.patch":
            changed = _pairs(payload.get("set"))
            after = {**(row or {}), **{field: new for field, (_, new) in changed.items()}}
            return _deed(_acts(changed) or (Act.OTHER,), payload, after)
        case "block.create":
            return _deed((Act.BLOCK,), payload, mapping_of(payload.get("values")))
        case "block.remove":
            return _deed((Act.UNBLOCK,), payload, row or {})
        case "calendar.add":
            return _deed((Act.FOLLOW,), payload, mapping_of(payload.get("values")))
        case "calendar.remove":
            return _deed((Act.UNFOLLOW,), payload, row or {})
        case _:
            return _deed((Act.OTHER,), payload, row or {})


def deed_between(
    op: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, channel: str | None
) -> Deed:
    """What was done to a row that was `before` and is `after`, by a change of this kind; None where there is no row.

    Unlike `deed_of` it speaks of the last edit alone, also where that became part of an earlier change.
    """
    tell = {"channel": channel} if channel else None
    if before is None or after is None:
        gone = {"booking.create": "booking.patch"}.get(op, op) if after is None else op
        if gone == "booking.patch":
            return _deed((Act.CANCEL,), {"tell": tell}, before or {})
        return deed_of(op, {"values": after or before or {}, "tell": tell}, after or before)
    pairs = {name: [before.get(name), after.get(name)] for name in GROUP_OF}
    return deed_of("booking.patch", {"set": pairs, "tell": tell}, after)


def _deed(acts: tuple[Act, ...], payload: Mapping[str, Any], row: Mapping[str, Any]) -> Deed:
    tell = mapping_of(payload.get("tell"))
    staff_id = text_of(row.get("staff_id"))
    return Deed(
        act=acts[0],
        also=acts[1:],
        name=text_of(row.get("customer_name")) or text_of(row.get("title")) or text_of(row.get("name")),
        starts_at=instant_of(row.get("starts_at")),
        ends_at=instant_of(row.get("ends_at")),
        staff_id=StaffId(staff_id) if staff_id else None,
        service=text_of(row.get("service_name")),
        said=_said(acts, row),
        channel=text_of(tell.get("channel")) or None,
    )


def _said(acts: tuple[Act, ...], row: Mapping[str, Any]) -> str:
    if Act.CANCEL in acts:
        return text_of(row.get("cancellation_reason"))
    return text_of(row.get("notes")) if Act.NOTE in acts else ""


def _acts(changed: Mapping[str, tuple[Any, Any]]) -> tuple[Act, ...]:
    """What weighs most first."""
    differs = {field for field, (old, new) in changed.items() if old != new}
    acts: list[Act] = []
    if "status" in differs:
        acts.append(_status_act(*changed["status"]))
    if "starts_at" in differs:
        acts.append(Act.MOVE)
    elif "ends_at" in differs:
        acts.append(Act.LENGTH)
    if "staff_id" in differs:
        acts.append(Act.STAFF)
    if differs & {"service_id", "service_name"}:
        acts.append(Act.SERVICE)
    if "notes" in differs:
        acts.append(Act.NOTE)
    if differs & {"customer_name", "customer_phone", "customer_email"}:
        acts.append(Act.CONTACT)
    return tuple(acts)


def _status_act(old: object, new: object) -> Act:
    match new:
        case "cancelled":
            return Act.CANCEL
        case "completed":
            return Act.COMPLETE
        case "no_show":
            return Act.NO_SHOW
        case "confirmed":
            return Act.CONFIRM if old == "pending" else Act.REINSTATE
        case "pending":
            return Act.REINSTATE if old == "cancelled" else Act.UNCONFIRM
        case _:
            return Act.OTHER


def mapping_of(value: object) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _pairs(value: object) -> dict[str, tuple[Any, Any]]:
    """The fields a patch sets, each with its old and its new value; what is no pair is passed over."""
    pairs: dict[str, tuple[Any, Any]] = {}
    for field, pair in mapping_of(value).items():
        match pair:
            case [old, new]:
                pairs[field] = (old, new)
            case _:
                pass
    return pairs


def text_of(value: object) -> str:
    """The value where it is text, else none."""
    return value if isinstance(value, str) else ""


def instant_of(value: object) -> datetime | None:
    """The instant that milliseconds stand for; None for what is none, or is not one of our calendar."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _FOREVER_MS:
        return None
    return _EPOCH + timedelta(milliseconds=value)
