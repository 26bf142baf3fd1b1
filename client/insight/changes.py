"""What a change does, in the terms of the trade: one act, on one booking, block, lead, task or whatever it may be.

Made from the change's document and the row it changes, so that the outbox, the undo bar and the command line say the
same.  The words are the catalogue's.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from client.insight.deeds import Act, Deed, instant_of, mapping_of, pairs_of, text_of
from client.insight.work_changes import work_deed
from client.models.ids import StaffId
from client.models.operations import GROUP_OF, GROUPS_BY_OP, Op

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def deed_of(
    op: str, payload: Mapping[str, Any], row: Mapping[str, Any] | None, rooms: Mapping[str, str] = _NONE
) -> Deed:
    """What the change `payload` does to `row`, the row as this device knows it, with or without the change.

    `rooms`: what the resources are called.
    """
    match op:
        case "booking.create":
            return _deed((Act.BOOK,), payload, mapping_of(payload.get("values")), rooms)
        case "booking.patch":
            changed = pairs_of(payload.get("set"))
            after = {**(row or {}), **{field: new for field, (_, new) in changed.items()}}
            return _deed(_acts(changed) or (Act.OTHER,), payload, after, rooms)
        case "block.create":
            return _deed((Act.BLOCK,), payload, mapping_of(payload.get("values")))
        case "block.remove":
            return _deed((Act.UNBLOCK,), payload, row or {})
        case "calendar.add":
            return _deed((Act.FOLLOW,), payload, mapping_of(payload.get("values")))
        case "calendar.remove":
            return _deed((Act.UNFOLLOW,), payload, row or {})
        case _:
            return work_deed(op, payload, row or {}) or _deed((Act.OTHER,), payload, row or {})


def deed_between(
    op: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    channel: str | None,
    rooms: Mapping[str, str] = _NONE,
) -> Deed:
    """What was done to a row that was `before` and is `after`, by a change of this kind; None where there is no row.

    Unlike `deed_of` it speaks of the last edit alone, also where that became part of an earlier change.
    """
    tell = {"channel": channel} if channel else None
    if before is None or after is None:
        gone = {"booking.create": "booking.patch"}.get(op, op) if after is None else op
        if gone == "booking.patch":
            return _deed((Act.CANCEL,), {"tell": tell}, before or {}, rooms)
        return deed_of(op, {"values": after or before or {}, "tell": tell}, after or before, rooms)
    if op.partition(".")[0] != "booking":
        return deed_of(op, {"values": after, "set": _differing(op, before, after)}, after)
    pairs = {name: [before.get(name), after.get(name)] for name in GROUP_OF}
    return deed_of("booking.patch", {"set": pairs, "tell": tell}, after, rooms)


def _differing(op: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    groups = GROUPS_BY_OP.get(Op(op), {}).values()
    pairs = {name: [before.get(name), after.get(name)] for names in groups for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _deed(
    acts: tuple[Act, ...], payload: Mapping[str, Any], row: Mapping[str, Any], rooms: Mapping[str, str] = _NONE
) -> Deed:
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
        where=rooms.get(text_of(row.get("resource_id")), ""),
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
    if "resource_id" in differs:
        acts.append(Act.ROOM)
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
